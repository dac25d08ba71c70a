"""Copied patches: what was pasted from the art is found, and nothing else is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ganfx.media.color import luma_of
from ganfx.quality.copied_patches import LEAST, SIDE, find_copied_patches, side_by_side
from ganfx.samples import sample_pictures

Picture = np.ndarray


def texture(seed: int, size: int = 192) -> Picture:
    """Blobs of several sizes, unlike those of any other seed."""
    rng = np.random.default_rng(seed)
    layers = [cv2.GaussianBlur(rng.normal(size=(size, size, 3)), (0, 0), s) * s for s in (1.5, 4)]
    whole = sum(layers)
    return np.clip(128 + 150 * whole, 0, 255).astype(np.uint8)


ART = [texture(seed) for seed in range(6)]


def pasted(piece: Picture, seed: int = 50) -> Picture:
    whole = texture(seed)
    whole[24 : 24 + piece.shape[0], 48 : 48 + piece.shape[1]] = piece
    return whole


@pytest.mark.parametrize(
    ("change", "mirrored"),
    [
        (lambda piece: piece, False),
        (lambda piece: piece[:, ::-1], True),
        (lambda piece: np.clip(piece * 0.6 + 40.0, 0, 255).astype(np.uint8), False),
        (lambda piece: np.repeat(luma_of(piece)[..., None], 3, axis=2).astype(np.uint8), False),
    ],
    ids=["as it is", "mirrored", "toned", "grey"],
)
def test_a_piece_of_art_in_a_picture_is_found_with_its_place(change, mirrored) -> None:
    piece = change(ART[3][40:152, 30:142])
    found = find_copied_patches([texture(60), pasted(piece)], ART, most=80)

    assert found.copied
    assert found.usual < LEAST
    assert {(c.picture, c.art, c.mirrored) for c in found.copied} == {(1, 3, mirrored)}
    for copy in found.copied:
        left = 30 + (112 - SIDE - (copy.x - 48) if mirrored else copy.x - 48)
        assert abs(copy.art_x - left) <= 1
        assert abs(copy.art_y - (40 + copy.y - 24)) <= 1


def test_a_piece_of_art_is_found_at_the_size_at_which_it_was_seen() -> None:
    smaller = cv2.resize(ART[2], (144, 144), interpolation=cv2.INTER_AREA)  # at 0.75
    found = find_copied_patches([pasted(smaller[:120, :120])], ART, scales=(0.7, 1.0))
    assert {copy.art for copy in found.copied} == {2}
    best = found.copied[0]
    assert best.art_side == pytest.approx(SIDE / 0.75, abs=6)
    assert best.art_x == pytest.approx((best.x - 48) / 0.75, abs=8)


@pytest.mark.parametrize("name", ["noise", "rendered photos", "other textures"])
def test_pictures_that_took_nothing_from_the_art_have_no_copies(name: str) -> None:
    rng = np.random.default_rng(9)
    pictures = {
        "noise": [rng.integers(0, 256, (192, 192, 3), dtype=np.uint8) for _ in range(2)],
        "rendered photos": sample_pictures("samples:scenes", 2, seed=5),
        "other textures": [texture(seed) for seed in range(70, 73)],
    }[name]
    found = find_copied_patches(pictures, ART, most=60)
    assert found.patches > 20
    assert found.copied == ()


def test_flat_patches_and_single_edges_never_count() -> None:
    flat = np.full((192, 192, 3), 90, np.uint8)
    edge, ruled, corner = flat.copy(), flat.copy(), flat.copy()
    edge[:, 100:] = 200
    ruled[::6] = 200
    corner[150:, :30] = 0
    plain = [flat, edge, ruled, corner]
    found = find_copied_patches(plain, [*plain, *ART])
    assert found.patches == 0
    assert found.copied == ()


def test_what_the_photo_showed_already_is_no_copy() -> None:
    photo = pasted(ART[3][40:152, 30:142])
    assert find_copied_patches([photo], ART, sources=[texture(50)], most=40).copied
    assert find_copied_patches([photo], ART, sources=[photo], most=40).copied == ()


def test_the_more_the_art_repeats_itself_the_more_a_copy_takes() -> None:
    series = [ART[0], *(np.clip(ART[0] * 0.8 + 9 * k, 0, 255).astype(np.uint8) for k in range(5))]
    found = find_copied_patches([texture(60)], series, most=40)
    assert found.usual > 0.99
    assert found.threshold > 0.99
    assert find_copied_patches([texture(60)], ART, most=40).threshold == LEAST


def test_a_single_picture_of_art_or_a_tiny_one_is_not_judged() -> None:
    for art in (ART[:1], [each[:40] for each in ART], []):
        found = find_copied_patches([ART[0]], art)
        assert (found.patches, found.copied) == (0, ())
    assert find_copied_patches([ART[0][:40]], ART).patches == 0


def test_the_same_pictures_have_the_same_copies() -> None:
    picture = pasted(ART[3][40:152, 30:142])
    first, second = (find_copied_patches([picture], ART, most=30) for _ in range(2))
    assert first == second


def test_copies_are_shown_above_their_art() -> None:
    picture = pasted(ART[3][40:152, 30:142])
    found = find_copied_patches([picture], ART)
    sheet = side_by_side(found.copied[:2], [picture], ART)
    upper, lower = (sheet[top : top + 3 * SIDE, 8 : 8 + 3 * SIDE] for top in (8, 16 + 3 * SIDE))
    assert np.abs(upper.astype(int) - lower).mean() < 6
