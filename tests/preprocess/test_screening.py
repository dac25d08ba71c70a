"""What teaches nothing: blur, shake, noise, pictures with next to nothing in them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.datasets import load_sample_image

from ganfx.media.arrays import ImageU8
from ganfx.preprocess.options import PRESETS
from ganfx.preprocess.screening import exposure_problem, noisiness, sharpness

LEAST_SHARP = PRESETS["photos"].min_sharpness
MOST_NOISE = PRESETS["photos"].max_noise


def as_rgb(gray: NDArray[np.generic]) -> ImageU8:
    return np.repeat(np.clip(gray, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def photos() -> dict[str, ImageU8]:
    return {
        "astronaut": skimage.data.astronaut(),
        "coffee": skimage.data.coffee(),
        "chelsea": skimage.data.chelsea(),
        "rocket": skimage.data.rocket(),
        "camera": as_rgb(skimage.data.camera()),
        "china": load_sample_image("china.jpg"),
        "flower": load_sample_image("flower.jpg"),
    }


NAMES = list(photos())


def enlarged(picture: ImageU8) -> ImageU8:
    scale = 768 / max(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)


def noised(picture: ImageU8, deviation: float, seed: int = 0) -> ImageU8:
    noise = np.random.default_rng(seed).normal(0, deviation, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def shaken(picture: ImageU8, length: int, degrees: float) -> ImageU8:
    """As by a camera that moves in a straight line while the shutter is open."""
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    along = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]) * middle
    start, end = ((np.array([middle, middle]) + sign * along).round() for sign in (-1, 1))
    cv2.line(kernel, start.astype(int).tolist(), end.astype(int).tolist(), 1.0)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def edge(blur: float, low: float = 60, high: float = 200) -> ImageU8:
    """A disc, so that there are edges in all directions."""
    down, across = np.mgrid[:400, :500]
    disc = np.hypot(down - 200, across - 250) < 120
    values = np.where(disc, high, low).astype(np.float32)
    return as_rgb(cv2.GaussianBlur(values, (0, 0), blur) + 0.5 if blur else values)


@pytest.mark.parametrize("name", NAMES)
def test_photographs_are_sharp_and_out_of_focus_they_are_not(name: str):
    photo = photos()[name]
    blurred = cv2.GaussianBlur(enlarged(photo), (0, 0), 4)

    assert sharpness(photo) > LEAST_SHARP + 0.1
    assert sharpness(blurred) < LEAST_SHARP
    assert sharpness(noised(blurred, 8)) < LEAST_SHARP


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("degrees", [30, 75, 120])
def test_shaken_photographs_are_not_sharp_though_edges_along_the_shake_are(
    name: str, degrees: float
):
    photo = photos()[name]
    # The finest foliage survives a shake a little.
    most = 0.5 * sharpness(photo) if name == "china" else LEAST_SHARP

    assert sharpness(shaken(enlarged(photo), 25, degrees)) < most


@pytest.mark.parametrize(("blur", "expected"), [(1.0, 0.52), (2.0, 0.33), (4.0, 0.14)])
def test_sharpness_of_an_edge_is_that_of_its_blur(blur: float, expected: float):
    """An edge's gradient energy goes with 1 / sqrt(blur^2 + scale^2)."""
    by_hand = 1 - np.sqrt((blur**2 + 0.8**2) / (blur**2 + 2.5**2))

    assert by_hand == pytest.approx(expected, abs=0.01)
    assert sharpness(edge(blur)) == pytest.approx(by_hand, abs=0.04)


@given(low=st.integers(5, 90), contrast=st.integers(30, 150))
@settings(max_examples=15)
def test_sharpness_is_independent_of_contrast_and_brightness(low: int, contrast: int):
    assert sharpness(edge(2.0, low, low + contrast)) == pytest.approx(
        sharpness(edge(2.0)), abs=0.03
    )


def test_a_quarter_in_focus_is_enough():
    photo = enlarged(skimage.data.coffee())
    shallow = cv2.GaussianBlur(photo, (0, 0), 5)
    height, width = photo.shape[:2]
    in_focus = slice(height // 4, 3 * height // 4), slice(width // 4, 3 * width // 4)
    shallow[in_focus] = photo[in_focus]

    assert sharpness(shallow) > LEAST_SHARP


def test_pictures_without_anything_are_not_sharp():
    assert sharpness(np.full((200, 300, 3), 90, np.uint8)) == 0.0
    assert sharpness(np.zeros((4, 300, 3), np.uint8)) == 0.0


def statics(height: int, width: int) -> dict[str, ImageU8]:
    generator = np.random.default_rng(5)
    colored = generator.integers(0, 256, (height, width, 3)).astype(np.uint8)
    gray = as_rgb(generator.normal(128, 60, (height, width)))
    coarse = cv2.resize(gray[: height // 3, : width // 3], (width, height))
    dim = np.abs(generator.normal(0, 6, (height, width, 3))).astype(np.uint8)
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    vignetted = as_rgb(gray[..., 0] * (1 - 0.3 * (down**2 + across**2)))
    packed = cv2.imdecode(cv2.imencode(".jpg", colored, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], 1)
    return {
        "coloured": colored,
        "grey": gray,
        "coarse": coarse,
        "a covered lens": dim,
        "vignetted": vignetted,
        "as jpeg": packed,
    }


@pytest.mark.parametrize("size", [(300, 256), (480, 768)])
@pytest.mark.parametrize("kind", list(statics(9, 9)))
def test_static_is_noise(kind: str, size: tuple[int, int]):
    assert noisiness(statics(*size)[kind]) > MOST_NOISE


@pytest.mark.parametrize("name", NAMES)
def test_photographs_are_no_noise_even_under_noise_as_strong_as_themselves(name: str):
    photo = photos()[name]

    assert noisiness(photo) < 0.2
    assert noisiness(noised(photo, float(photo.std()))) < 0.6


@pytest.mark.parametrize("texture", ["brick", "grass", "gravel"])
def test_textures_are_no_noise(texture: str):
    assert noisiness(as_rgb(getattr(skimage.data, texture)())) < 0.6


def test_noise_needs_room_and_something_that_varies():
    assert noisiness(statics(90, 400)["grey"]) == 0.0
    assert noisiness(np.full((200, 300, 3), 90, np.uint8)) == 0.0


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({3: 0.98, 200: 0.02}, "98 % of it is black"),
        ({20: 1.0}, "100 % of it is black"),
        ({252: 0.96, 90: 0.04}, "96 % of it is white"),
        ({120: 0.5, 124: 0.48, 30: 0.02}, "98 % of it is one tone"),
    ],
)
def test_pictures_of_one_tone_are_named_with_their_share(values: dict[int, float], says: str):
    column = np.concatenate([np.full(round(500 * share), tone) for tone, share in values.items()])

    assert exposure_problem(as_rgb(np.tile(column[:, None], (1, 400)))) == says


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "china"])
def test_a_blown_out_photograph_is_clipped(name: str):
    photo = photos()[name].astype(np.float32)

    assert exposure_problem(np.clip(photo * 1.3, 0, 255).astype(np.uint8)) == ""
    problem = exposure_problem(np.clip(photo * 4 + 60, 0, 255).astype(np.uint8))
    assert problem.endswith(("% of it is white", "% of it is clipped"))


@pytest.mark.parametrize("name", NAMES)
def test_photographs_are_well_exposed(name: str):
    assert exposure_problem(photos()[name]) == ""


def test_night_snow_and_pencil_pass():
    photo = skimage.data.coffee().astype(np.float32)
    night = (photo * 0.15).astype(np.uint8)
    snow = (photo * 0.1 + 228).astype(np.uint8)
    pencil = np.full((500, 400), 255, np.uint8)
    pencil[100:400:12, 50:350] = 90
    pencil[101:401:12, 50:350] = 150

    assert [exposure_problem(p) for p in (night, snow, as_rgb(pencil))] == ["", "", ""]
