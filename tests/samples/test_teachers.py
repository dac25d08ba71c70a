import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ganfx.samples.impressionist as impressionist_teacher
from ganfx.errors import UsageError
from ganfx.samples import TEACHERS, teach
from tests.samples.conftest import PHOTOS, grey, photo


def inked(picture):
    """Share of ink on each pixel, 0 paper to 1 black."""
    return (255.0 - teach("ink", picture)[..., 0]) / (255.0 - 14.0)


@pytest.mark.parametrize("name", PHOTOS)
def test_ink_is_black_lines_on_white_paper(name):
    drawing = teach("ink", photo(name))

    assert (drawing == drawing[..., :1]).all()
    tones = drawing[..., 0]
    assert ((tones < 40) | (tones > 230)).mean() > 0.6  # grey only where a line's border is
    assert (tones == 255).mean() > 0.15
    assert (tones < 40).mean() > 0.15


def test_ink_leaves_bright_paper_bare_and_fills_black():
    assert (teach("ink", grey(210)) == 255).all()
    assert (teach("ink", grey(4)) == 14).all()


def test_ink_lays_one_two_and_three_hatches_as_it_gets_darker():
    def expected(dark):  # each hatch covers 2 * half a width in each period
        halves = [0.4 + 0.65 * (dark - low) / (full - low) for low, full in ranges if dark > low]
        return 1 - np.prod([1 - 2 * h / p for h, p in zip(halves, periods, strict=False)])

    ranges, periods = ((0.31, 0.85), (0.60, 0.95), (0.76, 1.0)), (4.8, 5.2, 4.6)
    for value in (140, 82, 45):
        share = inked(grey(value, 240))[20:-20, 20:-20].mean()
        assert share == pytest.approx(expected(1 - value / 255), abs=0.02)


def test_lines_of_the_first_hatch_rise_to_the_right_4_8_pixels_apart():
    drawing = inked(grey(140, 240))

    power = np.abs(np.fft.rfft2(drawing - drawing.mean()))
    down, across = np.unravel_index(power.argmax(), power.shape)
    down = down - 240 if down > 120 else down

    assert 240 / np.hypot(down, across) == pytest.approx(4.8, abs=0.1)
    assert np.degrees(np.arctan2(across, down)) == pytest.approx(50.0, abs=2.0)


def test_ink_draws_an_outline_between_two_bright_areas():
    halves = grey(255)
    halves[:, 48:] = 208

    drawing = inked(halves)

    assert drawing[20:-20, 46:52].max(axis=1).min() > 0.5
    assert drawing[:, :40].max() == 0
    assert drawing[:, 60:].max() < 0.1


def test_hatching_moves_with_the_photo():
    picture = photo("coffee")

    moved = inked(np.ascontiguousarray(picture[3:, 2:]))[30:-30, 30:-30]

    difference = np.abs(moved - inked(picture)[33:-30, 32:-30]).mean()
    assert difference < 0.1 * np.abs(moved - moved.mean()).mean()


def test_ink_depends_on_no_pixel_farther_than_100():
    picture = photo("china")
    changed = picture.copy()
    changed[:, :60] = 255 - changed[:, :60]

    before, after = teach("ink", picture), teach("ink", changed)

    assert np.array_equal(before[:, 160:], after[:, 160:])
    assert not np.array_equal(before[:, 60:80], after[:, 60:80])


@pytest.mark.parametrize("teacher", TEACHERS)
def test_the_same_photo_gives_the_same_painting(teacher):
    picture = photo("cat", 160)

    assert np.array_equal(teach(teacher, picture), teach(teacher, picture))


@pytest.mark.parametrize("teacher", TEACHERS)
def test_another_seed_prints_a_little_lighter_or_darker(teacher):
    picture = photo("cat", 160)
    plain = teach(teacher, picture).astype(int)

    shift = (teach(teacher, picture, seed=3) - plain).ravel()

    assert 0 < np.abs(shift).max() < 25
    assert (shift >= 0).all() or (shift <= 0).all()


@settings(max_examples=12)
@given(st.integers(16, 70), st.integers(16, 70), st.integers(0, 9), st.sampled_from(TEACHERS))
def test_any_picture_of_16_pixels_and_more_can_be_painted(height, width, seed, teacher):
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)

    painting = teach(teacher, noise)

    assert painting.shape == noise.shape
    assert painting.dtype == np.uint8


def test_a_painting_does_not_change_the_photo():
    picture = photo("cat", 64)
    before = picture.copy()

    for teacher in TEACHERS:
        teach(teacher, picture)

    assert np.array_equal(picture, before)


def test_a_picture_too_small_to_paint_is_refused():
    with pytest.raises(UsageError, match="15x40"):
        teach("noir", np.zeros((40, 15, 3), dtype=np.uint8))


def test_an_unknown_teacher_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError) as caught:
        teach("nior", np.zeros((40, 40, 3), dtype=np.uint8))

    assert "nior" in caught.value.message
    assert "noir" in str(caught.value.hint)


def density(picture):
    return -np.log(np.maximum(picture, 1) / 255.0)


@pytest.mark.parametrize("name", PHOTOS)
def test_watercolor_is_light_and_leaves_bare_paper_and_no_black(name):
    before = photo(name)
    after = teach("watercolor", before)

    assert after.mean() > before.mean()
    lights = before.min(axis=-1) > 240
    if lights.mean() > 0.01:
        assert np.median(after[lights], axis=0).tolist() == [255, 251, 242]  # warm paper
    assert np.percentile(after.max(axis=-1), 1) > 15  # transparent pigment is never black


def test_watercolor_lays_washes_whose_pigment_gathers_at_their_edge():
    halves = np.full((96, 128, 3), 235, dtype=np.uint8)
    halves[:, 64:] = (90, 130, 190)

    line = density(teach("watercolor", halves)).mean(axis=-1)[48]

    wash = np.median(line[90:120])
    rim = line[64:70].max()
    assert rim > 1.15 * wash
    assert line[:58].max() < 0.15  # the paper beside it is bare, without a halo


def test_watercolor_is_drawn_in_brown_ink_on_the_dark_side_of_edges():
    halves = np.full((96, 128, 3), 200, dtype=np.uint8)
    halves[:, 64:] = 110
    paper = density(np.array((255, 251, 242)))
    red, _, blue = (density(teach("watercolor", halves))[48] - paper).T

    assert red[100] > blue[100]  # a grey wash is bluish
    assert red[64:67].max() > 1.5 * red[100]
    assert blue[64:67].max() > 1.05 * red[64:67].max()
    assert red[58:63].max() < 1.05 * red[30]  # none on the bright side


def test_watercolor_lays_soft_steps_over_a_slope():
    ramp = np.repeat(np.linspace(230, 40, 600).astype(np.uint8)[None, :], 64, axis=0)
    line = density(teach("watercolor", np.repeat(ramp[..., None], 3, axis=2))).mean(axis=-1)[32]

    slopes = np.diff(cv2.GaussianBlur(line[None].astype(np.float64), (0, 0), 6.0)[0])[40:-40]
    assert slopes.min() < 0.5 * slopes.mean() < slopes.mean() < 0.6 * slopes.max()


def test_watercolor_pigment_settles_where_the_photo_has_faint_texture():
    grain = np.random.default_rng(1).normal(0.0, 2.0, (96, 96, 1))
    wash = np.clip(np.array([110, 140, 180]) + grain, 0, 255).astype(np.uint8)
    settled = density(teach("watercolor", wash)).mean(axis=-1)
    clean = density(teach("watercolor", np.full_like(wash, (110, 140, 180)))).mean(axis=-1)

    assert 0.01 < settled[16:-16, 16:-16].std() < 0.1
    assert clean.std() < 0.01


def gradients(picture):
    """Power of luma's change across and down."""
    grey = picture.astype(float).mean(axis=-1)
    return np.mean(np.diff(grey, axis=1) ** 2), np.mean(np.diff(grey, axis=0) ** 2)


def test_impressionist_strokes_lie_along_the_shapes():
    grain = np.random.default_rng(1).normal(0.0, 2.0, (128, 128, 1))
    bands = 128 + 60 * np.sin(np.arange(128) / 9.0)
    stripes = np.clip(bands[:, None, None] + grain + np.zeros(3), 0, 255).astype(np.uint8)
    clean = bands[:, None, None] + np.zeros((128, 128, 3))
    # strokes change across the stripes, that is down, and little along them
    change = teach("impressionist", stripes) - clean
    across, down = gradients(change[16:-16, 16:-16])
    assert down > 3 * across

    turned = np.ascontiguousarray(stripes.swapaxes(0, 1))
    across, down = gradients(
        (teach("impressionist", turned) - clean.swapaxes(0, 1))[16:-16, 16:-16]
    )
    assert across > 3 * down


def test_impressionist_colour_is_broken_from_stroke_to_stroke_and_its_mean_kept():
    grain = np.random.default_rng(2).normal(0.0, 2.0, (128, 128, 3))
    sea = np.clip(np.array([90, 130, 150]) + grain, 0, 255).astype(np.uint8)
    lab = [
        cv2.cvtColor(p.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab)[16:-16, 16:-16]
        for p in (sea, teach("impressionist", sea))
    ]
    assert lab[1][..., 1].std() > 3.5 > 2 * lab[0][..., 1].std()
    assert (
        np.abs(lab[1][..., 1:].mean(axis=(0, 1)) / lab[0][..., 1:].mean(axis=(0, 1)) - 1.35).max()
        < 0.4
    )


@pytest.mark.parametrize("name", PHOTOS)
def test_impressionist_shadows_are_violet_and_nothing_is_black(name):
    after = teach("impressionist", photo(name))
    assert np.percentile(after.max(axis=-1), 2) > 15

    lab = cv2.cvtColor(
        teach("impressionist", grey(25)).astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab
    )
    a, b = lab[48, 48, 1:]
    assert a > 0 > b


def test_impressionist_draws_no_outline_beside_an_edge():
    step = np.full((96, 160, 3), 70, np.uint8)
    step[:, 80:] = 190
    lifted = teach("impressionist", step).astype(int)[16:-16]
    left, right = lifted[0, 24], lifted[0, 136]
    low, high = np.minimum(left, right), np.maximum(left, right)

    # nothing darker than the dark side or lighter than the light one: no lines, no halos
    assert (lifted >= low - 3).all()
    assert (lifted <= high + 3).all()


def test_impressionist_paint_lies_in_dabs(monkeypatch):
    grain = np.random.default_rng(5).normal(0.0, 3.0, (128, 128, 3))
    field = np.clip(np.array([120, 140, 60]) + grain, 0, 255).astype(np.uint8)

    def flat():
        """Share of neighbours that look the same: at most 3 codes apart."""
        steps = np.abs(np.diff(teach("impressionist", field).astype(int), axis=1)).max(axis=-1)
        return (steps[16:-16, 16:-16] <= 3).mean()

    in_dabs = flat()
    monkeypatch.setattr(impressionist_teacher, "DAB", (4.0, 0.5))  # no colours run together
    assert in_dabs > 3 * flat()
