"""Printers' dots: found in print, not in anything else that is regular, and removed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.preprocess import halftone as module
from ganfx.preprocess.halftone import Halftone, descreened, find_halftone

Floats = NDArray[np.float32]

FINER = 3  # times the resolution of the scan, at which dots are printed
INKS = {  # transmission to red, green and blue, and the screen's usual angle
    "cyan": ((0.05, 0.6, 0.9), 15),
    "magenta": ((0.9, 0.1, 0.5), 75),
    "yellow": ((0.98, 0.92, 0.1), 0),
    "black": ((0.1, 0.1, 0.1), 45),
}


def as_rgb(gray: NDArray[np.generic]) -> ImageU8:
    return np.repeat(np.clip(gray, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def gray(photo: ImageU8) -> ImageU8:
    return as_rgb(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY))


def screen(height: int, width: int, period: float, degrees: float) -> Floats:
    """Thresholds of a lattice of dots, spread evenly over 0 to 1."""
    down, across = np.mgrid[:height, :width].astype(np.float32) * (2 * np.pi / period)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    lattice = np.cos(across * cos + down * sin) + np.cos(down * cos - across * sin)
    ranks = np.sort(lattice.ravel()[::97])
    return (np.searchsorted(ranks, lattice) / len(ranks)).astype(np.float32)


def scanned(print_: Floats, size: tuple[int, int]) -> ImageU8:
    soft = cv2.GaussianBlur(print_, (0, 0), 0.6 * FINER)
    small = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(1).normal(0, 2, small.shape)
    return np.clip(20 + 215 * small + noise + 0.5, 0, 255).astype(np.uint8)


def printed_gray(photo: ImageU8, period: float, degrees: float) -> ImageU8:
    height, width = photo.shape[:2]
    tone = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    tone = cv2.resize(tone, (width * FINER, height * FINER)).astype(np.float32) / 255
    dots = (tone > screen(*tone.shape, period * FINER, degrees)).astype(np.float32)
    return scanned(np.repeat(dots[..., None], 3, axis=2), (width, height))


def printed_color(photo: ImageU8, period: float) -> ImageU8:
    height, width = photo.shape[:2]
    lack = 1 - cv2.resize(photo, (width * FINER, height * FINER)).astype(np.float32) / 255
    black = 0.8 * lack.min(axis=2)
    plates = [lack[..., i] - black for i in range(3)] + [black]
    paper = np.ones_like(lack)
    for plate, (ink, degrees) in zip(plates, INKS.values(), strict=True):
        dots = (plate > screen(*plate.shape, period * FINER, degrees))[..., None]
        paper *= np.where(dots, np.float32(ink), np.float32(1))
    return scanned(paper, (width, height))


def halved(picture: ImageU8) -> Floats:
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    return cv2.resize(picture.astype(np.float32), size, interpolation=cv2.INTER_AREA)


def decibels(picture: ImageU8, original: ImageU8) -> float:
    """PSNR at half size, of the original in the inks' range of tones."""
    range_ = 20 + 215 / 255 * halved(original)
    return float(10 * np.log10(255**2 / np.mean((halved(picture) - range_) ** 2)))


@pytest.mark.parametrize("period", [4.0, 5.3, 8.0])
@pytest.mark.parametrize("degrees", [15.0, 45.0])
def test_gray_dots_are_found_and_removed(period: float, degrees: float):
    photo = skimage.data.coffee()
    dotted = printed_gray(photo, period, degrees)
    found = find_halftone(dotted)

    assert found is not None
    assert found.period == pytest.approx(period, rel=0.01)
    cleaned = descreened(dotted, found)
    assert decibels(cleaned, gray(photo)) > decibels(dotted, gray(photo)) + 8
    left = find_halftone(cleaned)
    assert left is None or left.strength < found.strength / 30


def test_four_colors_are_found_by_one_of_their_screens():
    photo = skimage.data.chelsea()
    dotted = printed_color(photo, 5.0)
    found = find_halftone(dotted)

    assert found is not None
    assert found.period == pytest.approx(5.0, rel=0.05)
    roughness_before, roughness_after = (
        np.abs(np.diff(halved(p), axis=1)).mean() for p in (dotted, descreened(dotted, found))
    )
    assert roughness_after < roughness_before / 5


@given(period=st.floats(3.5, 11), degrees=st.floats(10, 80), quality=st.integers(60, 98))
@settings(max_examples=6)
def test_dots_of_any_pitch_and_angle_are_found_in_jpegs(
    period: float, degrees: float, quality: int
):
    dotted = printed_gray(skimage.data.chelsea(), period, degrees)
    packed = cv2.imencode(".jpg", dotted, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    found = find_halftone(cv2.imdecode(packed, cv2.IMREAD_COLOR))

    assert found is not None
    assert found.period == pytest.approx(period, rel=0.05)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
def test_type_is_kept_and_tells_nothing_about_the_result(kind: type):
    dotted = printed_gray(skimage.data.chelsea(), 6, 30)
    scale = {np.uint8: 1, np.uint16: 257, np.float32: np.float32(1 / 255)}[kind]
    pixels = (dotted * scale).astype(kind) if kind != np.uint16 else dotted.astype(kind) * scale
    found = find_halftone(pixels)
    cleaned = descreened(pixels, found)

    assert cleaned.dtype == kind
    assert cleaned.shape == pixels.shape
    assert found.period == pytest.approx(find_halftone(dotted).period, rel=1e-4)
    reference = descreened(dotted, find_halftone(dotted))
    np.testing.assert_allclose(cleaned / scale, reference, atol=0.51)


def test_edges_stay_steeper_than_by_smoothing_alone():
    step = as_rgb(np.where(np.arange(400) < 200, 60.0, 190.0)[None].repeat(300, 0))
    dotted = printed_gray(step, 6, 45)
    smooth = cv2.GaussianBlur(dotted, (0, 0), module.SMOOTHING * 6)

    def steepest(picture: ImageU8) -> float:
        profile = picture[50:250, :, 0].mean(axis=0)
        return float(np.diff(profile).max())

    assert steepest(descreened(dotted, find_halftone(dotted))) > 1.2 * steepest(smooth)


def test_flat_tones_come_out_flat_and_equal():
    dotted = printed_gray(as_rgb(np.full((400, 400), 140)), 5, 45)
    cleaned = descreened(dotted, find_halftone(dotted))

    assert dotted.std() > 50
    assert cleaned[20:-20, 20:-20].std() < 2.5
    assert cleaned.mean() == pytest.approx(dotted.mean(), abs=0.5)


@pytest.mark.parametrize("strength", [50.0, 1.0])
def test_bands_leave_no_trace(strength: float, monkeypatch: pytest.MonkeyPatch):
    dotted = printed_gray(skimage.data.coffee(), 5.3, 45)
    found = Halftone(5.3, strength, () if strength > 8 else ((0.13, 0.13), (0.13, -0.13)))
    whole = descreened(dotted, found)
    monkeypatch.setattr(module, "BAND", 40 * dotted.shape[1])

    assert np.abs(descreened(dotted, found).astype(int) - whole).max() <= 1


def with_weak_dots(photo: ImageU8, amplitude: float) -> tuple[ImageU8, ImageU8]:
    """A photo, and the same under a faint lattice, as a reduced scan has it."""
    down, across = np.mgrid[: photo.shape[0], : photo.shape[1]] * (2 * np.pi / 5)
    waves = np.cos(0.9 * across + 0.44 * down) + np.cos(0.9 * down - 0.44 * across)
    noise = np.random.default_rng(3).normal(0, 1, photo.shape)
    clean = np.clip(photo * 0.9 + 12 + noise, 0, 255)
    dotted = np.clip(clean + amplitude * waves[..., None], 0, 255)
    return np.round(clean).astype(np.uint8), np.round(dotted).astype(np.uint8)


def test_weak_dots_are_picked_out_and_all_else_is_left():
    clean, dotted = with_weak_dots(skimage.data.astronaut(), 3.0)
    found = find_halftone(dotted)

    assert found.strength == pytest.approx(3.0, rel=0.2)
    assert found.period == pytest.approx(5 / np.hypot(0.9, 0.44), rel=0.01)
    cleaned = descreened(dotted, found)
    error_before, error_after = (
        np.abs(picture.astype(float) - clean).mean() for picture in (dotted, cleaned)
    )
    assert error_after < error_before / 3
    assert np.abs(cleaned.astype(float) - clean).max() < 16  # no ringing, no lost detail


@pytest.mark.parametrize(
    "name",
    ["astronaut", "coffee", "chelsea", "rocket", "camera", "brick", "grass", "gravel", "moon"],
)
def test_photographs_and_textures_have_no_dots(name: str):
    photo = getattr(skimage.data, name)()
    photo = as_rgb(photo) if photo.ndim == 2 else photo

    assert find_halftone(photo) is None


def waves(x: float, y: float) -> Floats:
    down, across = np.mgrid[:700, :800].astype(np.float32)
    return np.sin(across * x + down * y)


def test_hatching_has_no_dots():
    hatched = waves(0.9, 0.3) > 0.2
    crossed = hatched & (waves(-0.25, 0.7) > 0.2)
    lozenges = hatched & (waves(0.9 * np.cos(1.3), 0.9 * np.sin(1.3)) > 0.2)

    for lines in (hatched, crossed, lozenges):
        assert find_halftone(as_rgb(lines * 255)) is None


def test_grids_of_blocks_and_grain_have_no_dots():
    photo = skimage.data.astronaut()
    packed = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 15])[1]
    grain = np.random.default_rng(2).normal(0, 20, photo.shape)

    assert find_halftone(cv2.imdecode(packed, cv2.IMREAD_COLOR)) is None
    assert find_halftone(np.clip(photo + grain, 0, 255).astype(np.uint8)) is None
    assert find_halftone(cv2.resize(photo, None, fx=3, fy=3, interpolation=0)) is None


def test_dots_in_a_corner_are_not_a_print():
    photo = cv2.resize(skimage.data.astronaut(), (1024, 1024))
    photo[:400, :400] = printed_gray(photo[:400, :400], 6, 45)

    assert find_halftone(photo) is None


def test_small_and_blank_pictures_have_no_dots():
    dotted = printed_gray(skimage.data.coffee(), 5, 45)

    assert find_halftone(dotted[:255]) is None
    assert find_halftone(np.full((600, 600, 3), 255, np.uint8)) is None


def test_tall_and_small_pictures_can_be_cleaned_too():
    dotted = printed_gray(skimage.data.coffee(), 5, 45)
    for found in (Halftone(5, 50, ()), Halftone(5, 1, ((0.14, 0.14),))):
        for part in (dotted[:9, :200], dotted[:, :7], dotted[:31, :31]):
            assert descreened(part, found).shape == part.shape
