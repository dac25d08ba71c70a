import cv2
import numpy as np
import pytest

from ganfx.samples import teach
from tests.samples.conftest import photo, roughness, saturation


@pytest.mark.parametrize("name", ["coffee", "china"])
def test_anime_paints_areas_flat_and_strong_in_colour(name):
    before = photo(name)
    after = teach("anime", before)

    assert roughness(after) <= 0.5 * roughness(before) + 0.5
    assert saturation(after) > 1.15 * saturation(before)


def test_anime_leaves_no_specks_in_a_noisy_flat_area():
    grain = np.random.default_rng(1).normal(0.0, 3.0, (80, 80, 1))
    sky = np.clip(np.array([90, 150, 220]) + grain, 0, 255).astype(np.uint8)

    after = teach("anime", sky).astype(float)

    assert after.std(axis=(0, 1)).max() < 2.0


def test_anime_draws_a_dark_line_beside_an_edge():
    halves = np.full((64, 96, 3), 200, dtype=np.uint8)
    halves[:, 48:] = 90

    after = teach("anime", halves).astype(int).mean(axis=-1)[32]

    assert after.min() < min(after[10], after[85]) - 20


def test_anime_keeps_the_gradient_of_a_sky():
    down = np.linspace(0.0, 1.0, 240)[:, None, None]
    sky = np.array([70, 120, 210]) + down * np.array([110, 90, 30]) + np.zeros((240, 240, 1))

    light = teach("anime", sky.astype(np.uint8)).astype(int).sum(axis=-1).mean(axis=1) / 3.0

    assert light[-20] > light[20] + 40
    assert np.abs(np.diff(light)[8:-8]).max() < 5.0


def test_anime_has_no_black_specks_in_foliage():
    noise = np.random.default_rng(4).normal(0.0, 1.0, (200, 200)).astype(np.float32)
    light = cv2.GaussianBlur(noise, (0, 0), 1.2)[..., None]
    leaves = np.clip(np.array([80, 115, 50]) + 90.0 * light, 20, 235).astype(np.uint8)

    after = teach("anime", leaves).astype(int).sum(axis=-1) / 3.0

    assert (after < 25).mean() < 0.01
    assert after.std() < 0.75 * (leaves.astype(int).sum(axis=-1) / 3.0).std()


def hue_and_chroma(color):
    patch = np.full((48, 48, 3), color, dtype=np.uint8)
    lab = cv2.cvtColor(teach("anime", patch).astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab)
    a, b = lab[24, 24, 1:]
    return np.degrees(np.arctan2(b, a)) % 360.0, np.hypot(a, b)


def test_anime_has_fresher_colours_for_leaves_and_sky_than_for_skin():
    before = {  # equal chroma of about 30, by hue
        "leaf": (108, 132, 80),
        "sky": (95, 130, 175),
        "skin": (178, 124, 106),
    }
    gain = {}
    for name, color in before.items():
        lab = cv2.cvtColor(np.float32([[color]]) / 255.0, cv2.COLOR_RGB2Lab)[0, 0]
        gain[name] = hue_and_chroma(color)[1] / np.hypot(lab[1], lab[2])

    assert gain["leaf"] > 1.1 * gain["skin"]
    assert gain["sky"] > 1.1 * gain["skin"]
    assert gain["skin"] > 1.2


def test_anime_paints_shadows_cool_and_leaves_black_and_white_alone():
    shadow, _ = hue_and_chroma((55, 55, 55))
    assert 265.0 < shadow < 315.0  # blue to violet
    for end in (0, 255):
        assert hue_and_chroma((end,) * 3)[1] < 2.0
