"""Hatching: tone kept, lines where and as they were asked for, the same in every strip."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.preset import HatchConfig
from ganfx.stylize.effects import Effects
from ganfx.stylize.effects.hatch import add_hatch
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.plate import prepare
from ganfx.stylize.options import Options
from ganfx.stylize.render.finish import finish, place_of
from tests.stylize.conftest import laid, photo

RULED = HatchConfig(amount=0.5, spacing=8.0, angles=(0.0,))
PENCIL = HatchConfig(amount=0.6, spacing=8.0, angles=(-55.0, -35.0), broken=0.8)


def flat(tone: float, height: int = 320, width: int = 400) -> np.ndarray:
    return np.full((height, width, 3), tone, np.float32)


def rows_per_line(picture: np.ndarray) -> float:
    """Period of the strongest wave down the picture, in pixels."""
    column = picture[..., 0].mean(axis=1) - picture[..., 0].mean()
    spectrum = np.abs(np.fft.rfft(column))
    return len(column) / int(spectrum.argmax())


def test_without_an_amount_the_picture_is_the_same():
    picture = flat(0.5)
    assert laid(add_hatch, picture, HatchConfig()) is picture


@pytest.mark.parametrize("hatch", [RULED, PENCIL, HatchConfig(amount=0.7)])
@pytest.mark.parametrize("tone", [0.2, 0.5, 0.8])
def test_the_mean_tone_is_kept(hatch, tone):
    assert laid(add_hatch, flat(tone), hatch).mean() == pytest.approx(tone, abs=0.02)


@pytest.mark.parametrize("tone", [0.0, 1.0])
@pytest.mark.parametrize("hatch", [RULED, PENCIL])
def test_bare_paper_and_full_ink_have_no_lines(hatch, tone):
    np.testing.assert_array_equal(laid(add_hatch, flat(tone), hatch), flat(tone))


def test_a_line_is_as_dark_as_was_asked_for():
    hatched = laid(add_hatch, flat(0.5), RULED)  # layer at mid-grey: 0.5 +- amount / 2
    assert hatched.min() == pytest.approx(0.25, abs=0.01)
    assert hatched.max() == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize(
    ("lines", "scale", "period"), [(1080, 1.0, 8.0), (2160, 1.0, 16.0), (1080, 2.0, 16.0)]
)
def test_the_spacing_goes_by_the_height_and_the_brush(lines, scale, period):
    hatched = laid(add_hatch, flat(0.5, 512, 64), RULED, scale=scale, lines=lines)
    assert rows_per_line(hatched) == pytest.approx(period, rel=0.04)


def test_lines_are_never_finer_than_pixels_can_show():
    hatched = laid(add_hatch, flat(0.5, 350, 64), RULED, lines=200)
    assert rows_per_line(hatched) == pytest.approx(3.5, rel=0.04)


def test_angles_are_degrees_by_which_lines_fall():
    upright = laid(add_hatch, flat(0.5), HatchConfig(amount=0.5, angles=(90.0,)))
    level = laid(add_hatch, flat(0.5), RULED)
    falling = laid(add_hatch, flat(0.5), HatchConfig(amount=0.5, angles=(45.0,)), lines=1080)[
        ..., 0
    ]

    assert upright.mean(axis=0).std() > 10 * upright.mean(axis=1).std()
    assert level.mean(axis=1).std() > 10 * level.mean(axis=0).std()
    followed = [np.roll(falling, (step, step), (0, 1))[8:, 8:] for step in (0, 4)]
    crossed = np.roll(falling, (4, -4), (0, 1))[8:-8, 8:-8]
    assert (
        np.abs(followed[1] - followed[0]).mean()
        < 0.2 * np.abs(crossed - falling[8:-8, 8:-8]).mean()
    )


def test_the_second_layer_is_where_the_picture_is_dark():
    one = HatchConfig(amount=0.6, angles=(0.0,), cross=0.4)
    two = one.model_copy(update={"angles": (0.0, 90.0)})
    across = {tone: laid(add_hatch, flat(tone), two).mean(axis=0).std() for tone in (0.2, 0.6)}

    np.testing.assert_allclose(
        laid(add_hatch, flat(0.6), two), laid(add_hatch, flat(0.6), one), atol=1e-6
    )
    assert across[0.2] > 20 * across[0.6]


def test_a_burins_line_goes_on_and_a_pencils_is_lifted():
    def along(broken: float) -> float:
        hatch = HatchConfig(amount=0.5, spacing=8.0, angles=(0.0,), broken=broken)
        darkest = laid(add_hatch, flat(0.5, 64, 800), hatch, lines=1080)[..., 0].min(axis=0)
        return float(np.ptp(darkest))

    assert along(1.0) > 2 * along(0.0)


def test_neighbouring_strokes_do_not_end_together():
    hatch = HatchConfig(amount=0.5, spacing=8.0, angles=(0.0,), broken=1.0)
    drawn = laid(add_hatch, flat(0.5, 320, 800), hatch, lines=1080)[..., 0]
    strokes = drawn.reshape(40, 8, 800).min(axis=1)
    alike = np.corrcoef(strokes)[np.arange(39), np.arange(1, 40)]
    assert np.mean(alike) < 0.3


def test_light_pushes_lines_aside():
    """Level lines over a ramp to the right: at a bend of 2 they fall 2 spacings on the way."""
    ramp = np.repeat(np.linspace(0.3, 0.8, 400, dtype=np.float32)[None], 320, axis=0)
    rgb = np.stack([ramp] * 3, axis=-1)
    hatch = RULED.model_copy(update={"bend": 2.0})
    bent, straight = (
        laid(add_hatch, rgb, each, lines=1080)[..., 0]
        for each in (hatch, RULED.model_copy(update={"bend": 0.0}))
    )

    def shift(column: int) -> float:
        phases = [
            np.angle(np.fft.fft(each[:, column] - each[:, column].mean())[40])  # 320 / 8
            for each in (bent, straight)
        ]
        return float((phases[0] - phases[1]) / (2 * np.pi) % 1)

    for column in (50, 200, 350):
        expected = 2.0 * ramp[0, column] % 1
        assert abs((shift(column) - expected + 0.5) % 1 - 0.5) < 0.03


def test_hue_is_kept():
    colour = flat(1.0) * np.float32([0.5, 0.3, 0.2])
    hatched = laid(add_hatch, colour, RULED)
    np.testing.assert_allclose(hatched[..., 1] / hatched[..., 0], 0.6, atol=1e-4)


@settings(max_examples=20)
@given(cut=st.integers(1, 199), wrap=st.sampled_from(["", "x", "y", "xy"]), which=st.booleans())
def test_strips_are_as_the_whole(cut, wrap, which):
    rgb = photo(200, 150).astype(np.float32) / np.float32(255)
    hatch = PENCIL if which else HatchConfig(amount=0.7)
    whole = laid(add_hatch, rgb, hatch, wrap=wrap)
    parts = [
        laid(add_hatch, rgb[:cut], hatch, first=0, lines=200, wrap=wrap),
        laid(add_hatch, rgb[cut:], hatch, first=cut, lines=200, wrap=wrap),
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("hatch", [PENCIL, HatchConfig(amount=0.7)])
@pytest.mark.parametrize("size", [(256, 512), (37, 53), (6, 5)])
def test_lines_tile_with_the_picture(hatch, size):
    """Next to the seam, steps between pixels are as everywhere."""
    height, width = size
    tiled = laid(add_hatch, flat(0.4, height, width), hatch, wrap="xy")[..., 0]
    for axis in (0, 1):
        steps = np.abs(tiled - np.roll(tiled, -1, axis)).mean(axis=1 - axis)
        assert steps[-1] <= 1.5 * steps[:-1].max() + 1e-6


def test_a_picture_too_small_for_a_line_that_tiles_keeps_its_tone():
    np.testing.assert_array_equal(
        laid(add_hatch, flat(0.5, 3, 2), PENCIL, wrap="xy"), flat(0.5, 3, 2)
    )


def test_far_down_a_picture_lines_are_as_fine_as_at_its_top():
    """Positions are reduced before they lose their fractions."""
    near, far = (
        laid(add_hatch, flat(0.5, 64, 64), RULED, first=first, lines=1080 * 64)
        for first in (0, 1_000_000)
    )
    assert far.std() == pytest.approx(near.std(), rel=0.2)
    spread = np.unique(far[:, 0, 0]).size
    assert spread > 50


def test_it_comes_after_the_network_and_before_grain_and_strength(inked):
    look = open_look(inked)
    rgb = photo().astype(np.float32) / np.float32(255)
    prepared, chosen = prepare(rgb), Options(grain=0.0, hatch=0.6, strength=0.5)
    styled = run_network(look, prepared, chosen, deep=True)
    hatched = laid(add_hatch, styled, HatchConfig(amount=0.6))

    place, effects = place_of(chosen, len(styled), number=7), Effects(look.headers, chosen)
    result = finish(effects, prepared, styled, place, strength=0.5)
    np.testing.assert_allclose(result, rgb + 0.5 * (hatched - rgb), atol=1e-6)
