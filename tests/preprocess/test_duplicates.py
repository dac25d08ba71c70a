"""Near-duplicates: one picture twice, and pictures that only look alike."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage import data

from ganfx.preprocess.duplicates import find_duplicates, fingerprint
from ganfx.preprocess.pieces import Box, Piece
from ganfx.samples import still

PHOTOS = {
    "astronaut": data.astronaut(),
    "cat": data.chelsea(),
    "coffee": data.coffee(),
    "rocket": data.rocket(),
    "man": np.repeat(data.camera()[..., np.newaxis], 3, axis=-1),
}


def piece(picture, *, scale=1.0):
    digits, thumbnail = fingerprint(picture)
    height, width = (round(side * scale) for side in picture.shape[:2])
    return Piece("", Box(), 0.0, (), hash=digits, thumbnail=thumbnail, width=width, height=height)


def found(*pieces):
    return find_duplicates([(f"{number}.png", each) for number, each in enumerate(pieces)])


def smaller(picture, factor=0.6):
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def faded(picture):
    """Another printing: pale ink on yellow paper, unevenly lit, with noise."""
    paper = np.float32([250, 235, 190]) * np.linspace(0.85, 1, picture.shape[1])[:, np.newaxis]
    inked = paper * (0.35 + 0.65 * (picture / 255.0) ** 0.6)
    noise = np.random.default_rng(0).normal(0, 6, picture.shape)
    return np.clip(inked + noise, 0, 255).astype(np.uint8)


def cropped(picture, left=0.0, top=0.0, right=0.0, bottom=0.0):
    height, width = picture.shape[:2]
    rows = slice(round(top * height), round((1 - bottom) * height))
    return picture[rows, round(left * width) : round((1 - right) * width)]


def with_margin(picture, share=0.04):
    border = round(share * max(picture.shape))
    return cv2.copyMakeBorder(
        picture, border, border, border, border, cv2.BORDER_CONSTANT, value=(240, 235, 220)
    )


def sketch(seed):
    """Pencil lines on white paper, at the same places of the sheet for all."""
    rng = np.random.default_rng(seed)
    sheet = np.full((400, 300), 250, np.uint8)
    for _ in range(60):
        x, y = rng.normal(150, 50), rng.normal(200, 60)
        dx, dy = rng.normal(0, 40, 2)
        cv2.line(sheet, (int(x), int(y)), (int(x + dx), int(y + dy)), int(rng.integers(60, 160)))
    return np.repeat(sheet[..., np.newaxis], 3, axis=-1)


def test_a_fingerprint_is_digits():
    digits, thumbnail = fingerprint(PHOTOS["cat"])
    assert len(digits) == 6 * 16
    assert len(thumbnail) == 32 * 32
    assert set(digits + thumbnail) <= set("0123456789abcdef")
    assert fingerprint(PHOTOS["cat"]) == (digits, thumbnail)
    assert fingerprint(PHOTOS["cat"][:, ::-1]) != (digits, thumbnail)


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize(
    "changed",
    [
        smaller,
        faded,
        with_margin,
        lambda p: cropped(p, 0.04, 0.03, 0.05, 0.02),
        lambda p: faded(smaller(cropped(p, bottom=0.15))),
        lambda p: cropped(p, left=0.2),
        lambda p: cv2.GaussianBlur(p, (0, 0), 3),
    ],
    ids=["smaller", "faded", "margin", "crop", "page", "side", "blurred"],
)
def test_another_version_of_a_picture_is_found_and_the_largest_kept(name, changed):
    picture = PHOTOS[name]
    other = changed(picture)
    # Sizes are those of the sources: here, the second is the larger one.
    assert found(piece(picture), piece(other, scale=2.5)) == {0: 1}
    assert found(piece(picture, scale=2.5), piece(other)) == {1: 0}


def test_of_two_equals_the_first_is_kept():
    assert found(*[piece(PHOTOS["cat"])] * 3) == {1: 0, 2: 0}


def test_different_pictures_are_kept():
    assert found(*(piece(picture) for picture in PHOTOS.values())) == {}


def test_landscapes_under_skies_are_kept():
    assert found(*(piece(still(seed, 192, 128)) for seed in range(40))) == {}


def test_sketches_on_white_paper_are_kept_but_for_a_copy():
    sheets = [sketch(seed) for seed in range(40)]
    assert found(*(piece(sheet) for sheet in [*sheets, smaller(sheets[7], 0.5)])) == {40: 7}


def test_flat_pictures_are_duplicates_only_of_the_same():
    flat = np.full((64, 96, 3), 200, np.uint8)
    sky = np.repeat(np.linspace(90, 220, 64).astype(np.uint8)[:, None, None], 96, axis=1)
    sky = np.repeat(sky, 3, axis=2)
    assert found(piece(flat), piece(flat), piece(sky)) == {1: 0}


def test_a_row_of_views_does_not_shrink_to_its_first():
    pan = np.concatenate([PHOTOS["astronaut"], PHOTOS["coffee"][:, :512].repeat(2, 0)[:512]], 1)
    views = [piece(pan[:, x : x + 512], scale=1 - x / 9999) for x in (0, 60, 120, 180, 240)]
    chain = found(*views)
    assert chain[1] == 0  # a step aside is the same picture still
    assert set(chain.values()).isdisjoint(chain)  # what others are dropped for stays
    assert len(chain) < 4  # and the last is not dropped for the sake of those between


def test_the_most_alike_is_named():
    cat = PHOTOS["cat"]
    far, near = cropped(cat, right=0.16, bottom=0.16), cropped(cat, left=0.17, top=0.17)
    pieces = [piece(far, scale=3), piece(near, scale=2.9), piece(cropped(cat, left=0.19, top=0.19))]
    assert found(*pieces)[2] == 1


def test_dropped_pieces_and_those_without_fingerprint_are_left_out():
    cat = piece(PHOTOS["cat"])
    assert found(replace(cat, dropped="text"), cat, replace(cat, hash="", thumbnail="")) == {}
    assert find_duplicates([]) == {}


def test_among_thousands_the_pairs_are_found_wherever_they_are():
    rng = np.random.default_rng(3)
    photo = piece(PHOTOS["coffee"])
    digits = rng.integers(0, 16, (5000, 96 + 1024), np.uint8)
    lines = ["".join(f"{digit:x}" for digit in row) for row in digits.tolist()]
    pieces = [replace(photo, hash=line[:96], thumbnail=line[96:]) for line in lines]
    for place in (0, 63, 64, 4095, 4096, 4999):  # on both sides of the blocks' edges
        pieces[place] = photo
    assert found(*pieces) == dict.fromkeys((63, 64, 4095, 4096, 4999), 0)
