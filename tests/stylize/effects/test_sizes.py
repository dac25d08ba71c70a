"""Marks of other sizes at other places are those of each size, and nothing between."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.preset import DabsConfig, HatchConfig, LinesConfig, StrokesConfig, WashesConfig
from ganfx.styles.header import StyleHeader
from ganfx.stylize import Options
from ganfx.stylize.effects import EFFECTS, Effects, Place
from ganfx.stylize.effects.lines import add_lines
from ganfx.stylize.effects.sizes import LEVELS, by_size, shares
from ganfx.stylize.effects.strokes import add_strokes
from tests.stylize.conftest import SMALL, photo

LINES = LinesConfig(amount=1.0, spacing=8.0, contour=0.0, tooth=0.0, cross=0.0, form=0.0)
STROKES = StrokesConfig(amount=1.0, size=24.0, detail=0.02)
CONFIGS = {
    "strokes": STROKES,
    "washes": WashesConfig(amount=1.0),
    "dabs": DabsConfig(amount=1.0),
    "hatch": HatchConfig(amount=1.0),
    "lines": LINES,
}
TALL = 1080
"""Lines of the picture that the pieces here are of: sizes are as they are given."""


def picture(height: int = 96, width: int = 160) -> np.ndarray:
    return photo(height, width).astype(np.float32) / np.float32(255)


def halves(left: float, right: float, height: int = 96, width: int = 160) -> np.ndarray:
    sizes = np.full((height, width), right, np.float32)
    sizes[:, : width // 2] = left
    return sizes


def test_shares_are_whole_at_the_levels_and_turn_between_them():
    sizes = np.array([[0.1, 0.5, 0.7, 1.0, 1.1, 1.2, 1.3, 1.4, 2.0, 9.0]], np.float32)
    found = dict(shares(sizes))
    assert list(found) == list(reversed(LEVELS))
    # From 1 to 1.4 a tenth is a quarter of the way, before the sizes begin to turn; at half of it
    # they are half turned.
    np.testing.assert_allclose(found[1.4][0], [0, 0, 0, 0, 0, 0.5, 1, 1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(found[1.0][0], [0, 0, 0, 1, 1, 0.5, 0, 0, 0, 0], atol=1e-6)
    np.testing.assert_array_equal(found[0.5][0], [1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    slow = dict(shares(sizes, slow=True))
    np.testing.assert_allclose(slow[1.4][0, 3:8], [0, 0.25, 0.5, 0.75, 1], atol=1e-6)
    for each in (found, slow):
        np.testing.assert_allclose(sum(each.values()), 1, atol=1e-6)


def test_levels_that_nobody_wants_are_not_drawn():
    assert [level for level, _ in shares(halves(1.0, 2.0))] == [2.0, 1.0]
    drawn = []

    def apply(image, config, place):
        drawn.append(place.scale)
        return image + np.float32(place.scale)

    place = Place(96, scale=0.5, sizes=halves(0.7, 1.4))
    made = by_size(apply, np.zeros((96, 160, 3), np.float32), None, place)
    assert drawn == [0.7, 0.35]
    assert set(made[:, :80].ravel()) == {np.float32(0.35)}
    assert set(made[:, 80:].ravel()) == {np.float32(0.7)}


@pytest.mark.parametrize("name", CONFIGS)
def test_one_size_everywhere_is_that_size(name):
    effect = next(each for each in EFFECTS if each.name == name)
    config, image = CONFIGS[name], picture()

    def made(**place):
        told = Place(TALL, **place)
        if effect.takes_sizes:
            return effect.apply(image, config, told)
        return by_size(effect.apply, image, config, told)

    np.testing.assert_array_equal(made(sizes=halves(1.0, 1.0)), made())
    np.testing.assert_array_equal(made(sizes=halves(2.0, 2.0)), made(scale=2.0))
    assert (made(scale=2.0) != made()).any()


@pytest.mark.parametrize("name", CONFIGS)
def test_marks_of_two_sizes_are_on_either_side_what_they_are_alone(name):
    image = np.tile(picture(48, 128), (1, 8, 1))
    header = StyleHeader(name="a", model=SMALL, **{name: CONFIGS[name]})
    effects = Effects([(header, 1.0)], Options())
    made = effects.marked(image, Place(TALL, sizes=halves(0.5, 1.0, 48, 1024)))
    small, large = (effects.marked(image, Place(TALL, scale=scale)) for scale in (0.5, 1.0))
    reach = effects.reach(Place(TALL))
    assert reach < 400
    np.testing.assert_array_equal(made[:, : 512 - reach], small[:, : 512 - reach])
    np.testing.assert_array_equal(made[:, 512 + reach :], large[:, 512 + reach :])
    assert (small != large).any()
    told = Place(TALL, sizes=halves(1.0, 1.0))
    assert effects.reach(told) == effects.reach(Place(TALL, scale=2.0))


def test_lines_are_twice_as_far_apart_where_marks_are_twice_as_large():
    gray = np.full((320, 256, 3), 0.5, np.float32)
    made = add_lines(gray, LINES, Place(TALL, sizes=halves(1.0, 2.0, 320, 256)))
    dark = made[..., 0] < 0.5
    begun = (dark[1:] & ~dark[:-1]).sum(axis=0)  # lines that a column crosses
    near, far = begun[160:].mean(), begun[:96].mean()
    assert far == pytest.approx(2 * near, rel=0.15)
    assert far == pytest.approx(320 / 8, rel=0.2)


def test_lines_taper_where_sizes_change_and_stay_ink():
    gray = np.full((256, 128, 3), 0.5, np.float32)
    ramp = np.broadcast_to(np.linspace(1, 2, 256, dtype=np.float32)[:, None], (256, 128)).copy()
    plain = add_lines(gray, LINES, Place(TALL))
    made = add_lines(gray, LINES, Place(TALL, sizes=ramp))
    gray_of_edges = (np.abs(plain - 0.5) < 0.3).mean()
    assert (np.abs(made - 0.5) < 0.3).mean() < 1.5 * gray_of_edges
    assert made.mean() == pytest.approx(plain.mean(), abs=0.08)


def correlation_length(plane: np.ndarray) -> int:
    """Pixels right after which a picture's values have forgotten half of one another."""
    plane = plane - plane.mean()
    for lag in range(1, plane.shape[1] // 2):
        if (plane[:, lag:] * plane[:, :-lag]).mean() < 0.5 * plane.var():
            return lag
    return plane.shape[1] // 2


def test_strokes_are_larger_where_the_scene_is_near():
    noise = np.random.RandomState(3).uniform(0, 1, (192, 384, 1)).astype(np.float32)
    image = np.repeat(noise, 3, axis=2)
    config = STROKES.model_copy(update={"levels": 1, "relief": 0.0})
    made = add_strokes(image, config, Place(TALL, sizes=halves(0.5, 2.0, 192, 384)))[..., 0]
    far, near = correlation_length(made[:, :160]), correlation_length(made[:, 224:])
    assert near >= 2 * far
