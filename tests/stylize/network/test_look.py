"""One frame through the look: encodings, alpha, strength, precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ganfx.errors import UsageError
from ganfx.media.color import linear_to_display
from ganfx.media.color_spaces import find_space
from ganfx.media.icc import to_srgb
from ganfx.stylize.effects import Effects
from ganfx.stylize.effects.grain import add_grain
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.plate import prepare
from ganfx.stylize.network.tiling import stylize_image
from ganfx.stylize.options import Options
from ganfx.stylize.render.finish import finish, place_of, stylize_picture
from ganfx.stylize.surface.surfaces import Surface
from tests.media.icc_profiles import DISPLAY_P3, matrix_profile
from tests.stylize.conftest import laid, photo


def finished(look, prepared, styled, options, number=0):
    place = place_of(options, len(styled), number=number)
    effects = Effects(look.headers, options)
    return finish(effects, prepared, styled, place, strength=options.strength)


def through(look, prepared, number=0, **options):
    chosen = Options(**options)
    styled = run_network(look, prepared, chosen, deep=True)
    return finished(look, prepared, styled, chosen, number=number)


def as_float(picture):
    return picture.astype(np.float32) / np.float32(255)


def test_the_order_is_network_then_grain_then_strength(inked):
    look, rgb = open_look(inked), as_float(photo())
    network = stylize_image(look.generator, rgb, device=look.device)
    grained = laid(add_grain, network, look.style.header.grain, seed=3, number=1001)

    result = through(look, prepare(rgb), number=1001, seed=3)
    np.testing.assert_array_equal(result, grained)
    half = through(look, prepare(rgb), number=1001, seed=3, strength=0.25)
    np.testing.assert_allclose(half, rgb + 0.25 * (grained - rgb), atol=1e-6)


def test_grain_can_be_turned_off_and_up(inked):
    look, rgb = open_look(inked), np.full((200, 300, 3), 0.5, np.float32)
    clean = through(look, prepare(rgb), grain=0.0)
    strong = through(look, prepare(rgb), grain=0.1)

    assert np.ptp(clean, axis=(0, 1)).max() < 1e-5  # flat stays flat
    assert (strong - clean).std() == pytest.approx(
        2 * (through(look, prepare(rgb)) - clean).std(), rel=0.02
    )


def test_light_above_1_comes_back_by_ratio(plain):
    look = open_look(plain)
    light = np.array([[[0.18, 0.18, 0.18], [12.0, 6.0, 3.0], [1.0, 0.5, 0.0]]], np.float32)
    result = through(look, prepare(light, scene_linear=True))

    np.testing.assert_allclose(result, light, rtol=1e-4, atol=1e-6)


def test_twice_the_light_in_a_lamp_is_twice_the_light_in_the_result(inked):
    look = open_look(inked)
    light = np.full((6, 6, 3), 4.0, np.float32) * np.array([1.0, 0.7, 0.4], np.float32)
    once = through(look, prepare(light, scene_linear=True), grain=0.0)
    twice = through(look, prepare(2 * light, scene_linear=True), grain=0.0)

    np.testing.assert_allclose(twice, 2 * once, rtol=1e-4)


def test_dim_light_is_seen_as_a_display_shows_it(inked):
    look, light = open_look(inked), as_float(photo())
    shown = through(look, prepare(linear_to_display(light)), grain=0.0)
    result = through(look, prepare(light, scene_linear=True), grain=0.0)

    np.testing.assert_allclose(linear_to_display(result), shown, atol=1e-4)


def test_colour_under_no_alpha_stays_and_does_not_bleed_into_the_rest(inked):
    look, rgb = open_look(inked), as_float(photo())
    alpha = np.ones(rgb.shape[:2], np.float32)
    alpha[:, :20] = 0
    black, green = rgb.copy(), rgb.copy()
    black[:, :20], green[:, :20] = 0, (0, 1, 0)
    a, b = (through(look, prepare(each, alpha)) for each in (black, green))

    np.testing.assert_array_equal(a[:, 20:], b[:, 20:])
    np.testing.assert_array_equal(a[:, :20], black[:, :20])
    np.testing.assert_array_equal(b[:, :20], green[:, :20])
    assert np.abs(a[:, 20:] - black[:, 20:]).mean() > 0.02


def test_a_cut_out_texture_that_tiles_has_no_seam_under_its_alpha(inked):
    look, rgb = open_look(inked), as_float(np.tile(photo(64, 256), (1, 2, 1)))
    alpha = np.ones((64, 512), np.float32)
    alpha[:, 126:258] = 0  # a whole block, which is filled from both sides
    turned = [np.roll(each, 256, axis=1) for each in (rgb, alpha)]
    result, rolled = (
        through(look, prepare(*each, surface=Surface("x")), wrap="x", grain=0.0)
        for each in ((rgb, alpha), turned)
    )

    np.testing.assert_allclose(rolled, np.roll(result, 256, axis=1), atol=1e-6)


def test_grain_tiles_with_the_picture(inked):
    look, flat = open_look(inked), np.full((256, 512, 3), 0.5, np.float32)
    grained = through(look, prepare(flat, surface=Surface("xy")), wrap="xy", grain=0.1)
    for axis in (0, 1):
        steps = np.abs(grained - np.roll(grained, -1, axis)).mean(axis=(1 - axis, 2))
        assert steps[-1] <= 1.5 * steps[:-1].max()
    assert not np.array_equal(grained, through(look, prepare(flat), grain=0.1))


def test_frames_of_more_than_8_bits_are_done_in_float32(inked):
    look = open_look(inked)

    assert look.precision(Options(), deep=True) == torch.float32
    assert look.precision(Options(precision="bfloat16"), deep=True) == torch.bfloat16
    assert look.precision(Options(precision="float32"), deep=False) == torch.float32


def test_an_8_bit_picture_goes_through_in_one_call(inked, plain):
    picture = photo()
    np.testing.assert_array_equal(stylize_picture(open_look(plain), picture), picture)

    look = open_look(inked)
    first, second = (stylize_picture(look, picture, number=number) for number in (1, 2))
    assert first.dtype == np.uint8
    assert not np.array_equal(first, second)  # other grain


@pytest.mark.parametrize("device", ["gpu", "cuda", "CPU"])
def test_a_device_that_is_not_there_is_a_usage_error(inked, device):
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("there is one here")
    with pytest.raises(UsageError):
        open_look(inked, device=device)


def test_a_plate_in_another_space_gets_the_same_look_and_stays_in_its_space(inked):
    look, light = open_look(inked), as_float(photo())
    space = find_space("ACEScg")
    assert space is not None
    plate = space.from_linear(light)

    told = through(look, prepare(plate, space=space), grain=0.0)
    plain = through(look, prepare(light, scene_linear=True), grain=0.0)
    np.testing.assert_allclose(space.to_linear(told), plain, atol=2e-4)


def test_log_footage_keeps_its_highlights(plain):
    look, space = open_look(plain), find_space("ACEScct")
    assert space is not None
    log = np.linspace(0.1, 1.2, 64, dtype=np.float32)[None, :, None].repeat(3, axis=2)
    assert space.to_linear(log).max() > 30
    np.testing.assert_allclose(through(look, prepare(log, space=space)), log, atol=1e-3)


def test_a_float_picture_may_be_told_to_be_display(inked):
    look, rgb = open_look(inked), as_float(photo())
    told = through(look, prepare(rgb, scene_linear=True, space=find_space("srgb")), grain=0.0)
    np.testing.assert_array_equal(told, through(look, prepare(rgb), grain=0.0))


def test_under_a_matte_of_0_a_plate_of_another_space_is_as_it_was_read(inked):
    look, space = open_look(inked), find_space("ACEScg")
    rgb = np.random.default_rng(4).random((20, 24, 3), dtype=np.float32) * 3
    matte = np.zeros((20, 24), np.float32)
    matte[:, 12:] = 1
    prepared = replace(prepare(rgb, space=space), matte=matte)
    result = through(look, prepared)
    np.testing.assert_array_equal(result[:, :12], rgb[:, :12])
    assert np.abs(result[:, 12:] - rgb[:, 12:]).max() > 0.05


def test_a_display_p3_picture_is_seen_as_srgb_and_stays_p3(plain):
    look = open_look(plain)
    profile = matrix_profile(DISPLAY_P3)
    rgb = np.array([[[0.5, 0.4, 0.3], [1.0, 0.0, 0.0]]], np.float32)
    prepared = prepare(rgb, profile=profile)
    np.testing.assert_allclose(prepared.display, to_srgb(rgb, profile))
    assert np.abs(prepared.display - rgb).max() > 0.015
    half = finished(look, prepared, prepared.display, Options(strength=0.5, grain=0))
    np.testing.assert_allclose(half[0, 0], rgb[0, 0], atol=1e-4)
    # Half of the red that sRGB does not reach is the plate's own.
    whole = finished(look, prepared, prepared.display, Options(grain=0))
    np.testing.assert_allclose(half[0, 1], (whole[0, 1] + rgb[0, 1]) / 2, atol=1e-4)
    assert whole[0, 1, 0] < 0.98
    kept = prepare(rgb, profile=profile, space=find_space("srgb"))
    assert np.array_equal(kept.display, rgb)  # said to be sRGB, whatever the file says
