"""Art direction: mixes, mattes, the plate's colour, the size of the brush, textures that tile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import read_frame, read_picture, write_picture
from ganfx.media.scaling import resized
from ganfx.models.generator import Generator
from ganfx.preset import DabsConfig, GrainConfig, HatchConfig
from ganfx.stylize import Options
from ganfx.stylize.effects.effect import by_amount
from ganfx.stylize.events import FrameDone, FrameFailed
from ganfx.stylize.job.mattes import find_mattes
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.mixing import parse_mix
from ganfx.stylize.network.plate import prepare
from ganfx.stylize.network.plate_color import with_plate_color
from ganfx.stylize.render.finish import stylize_picture
from ganfx.stylize.surface.surfaces import surface_of
from tests.stylize.conftest import (
    SMALL,
    make_shot,
    of_kind,
    photo,
    random_generator,
    run,
    save_look,
)

LUMA = np.array([0.2126, 0.7152, 0.0722])


def styled(source, style, out, **options):
    run(source, style, out=out, **options)
    return out


def as_float(picture):
    return picture.astype(np.float32) / np.float32(255)


def looked(look, rgb, **options):
    chosen = Options(**options)
    surface = surface_of(*rgb.shape[:2], wrap=chosen.wrap)
    return run_network(look, prepare(rgb, surface=surface), chosen, deep=True)


@pytest.fixture
def two(places):
    """Two looks that differ."""
    for name, seed in (("one", 1), ("two", 2)):
        save_look(places / "styles", name, random_generator(seed=seed))
    return "one", "two"


def test_a_mix_is_the_mean_of_its_looks_by_their_shares(two):
    rgb = as_float(photo())
    one, other = (looked(open_look(name), rgb) for name in two)
    mix = open_look({"one": 3.0, "two": 1.0})

    np.testing.assert_allclose(looked(mix, rgb), 0.75 * one + 0.25 * other, atol=1e-6)
    assert mix.name == "one+two"
    assert mix.description == "75% one, 25% two"


def test_a_mix_of_one_look_is_that_look_bit_for_bit(two):
    rgb = as_float(photo())
    alone, mixed = open_look("one"), open_look({"one": 0.3, "two": 0.0})
    np.testing.assert_array_equal(looked(mixed, rgb), looked(alone, rgb))
    assert mixed.fingerprint == alone.fingerprint


def test_the_notation_of_a_mix():
    assert parse_mix("noir:0.6, a/b:c.safetensors:0.2") == pytest.approx(
        {"noir": 0.75, "a/b:c.safetensors": 0.25}
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("noir", "expected looks and their shares"),
        ("noir:much", "expected looks and their shares"),
        (":0.5", "expected looks and their shares"),
        ("noir:1,", "expected looks and their shares"),
        ("noir:0.5,noir:0.5", "noir is there twice"),
        ("noir:-1,anime:2", "share of noir is -1"),
        ("noir:nan", "share of noir is nan"),
        ("noir:0,anime:0", "no look has a share above 0"),
    ],
)
def test_a_mix_that_makes_no_sense_is_refused(text, said):
    with pytest.raises(UsageError) as caught:
        parse_mix(text)
    assert said in f"{caught.value} {caught.value.hint}"


def test_grain_of_a_mix_is_each_ones_by_its_share_and_looks_like_the_strongest():
    fine, coarse = GrainConfig(amount=0.04, size=1.0), GrainConfig(amount=0.02, size=3.0)
    mixed = by_amount([(fine, 0.25), (coarse, 0.75)])
    assert mixed.amount == pytest.approx(0.025)
    assert mixed.size == 3.0  # 0.015 of it is the coarse one's


def test_hatching_of_a_mix_likewise():
    burin, pencil = HatchConfig(amount=0.8, angles=(0.0,)), HatchConfig(amount=0.4, broken=1.0)
    mixed = by_amount([(burin, 0.25), (pencil, 0.75)])
    assert mixed == HatchConfig(amount=0.5, broken=1.0)
    assert by_amount([(burin, 0.5), (HatchConfig(), 0.5)]).angles == (0.0,)


def test_dabs_of_a_mix_likewise():
    fine, broad = DabsConfig(amount=0.8, size=10.0), DabsConfig(amount=0.4, size=30.0)
    assert by_amount([(fine, 0.25), (broad, 0.75)]) == DabsConfig(amount=0.5, size=30.0)


def test_the_plates_colour_with_the_looks_light():
    plate = np.float32([[[0.8, 0.4, 0.2]]])
    styled = np.full((1, 1, 3), 0.5, np.float32)
    result = with_plate_color(styled, plate)[0, 0]
    # luma of the plate is 0.4706; its colour is (0.3294, -0.0706, -0.2706)
    np.testing.assert_allclose(result, (0.8294, 0.4294, 0.2294), atol=1e-4)


def test_colour_gives_way_where_there_is_no_room_and_light_does_not():
    rng = np.random.default_rng(1)
    plate, styled = rng.random((2, 32, 32, 3), dtype=np.float32)
    styled[:4], styled[4:8] = 0, 1
    result = with_plate_color(styled, plate)
    np.testing.assert_allclose(result @ LUMA, styled @ LUMA, atol=2e-5)
    assert (result[:4] == 0).all()
    np.testing.assert_allclose(result[4:8], 1, atol=1e-6)


def test_a_pixel_has_the_same_colour_whatever_is_around_it():
    """A matrix product adds up in an order that goes by the picture's shape, and by the CPU."""
    plate, styled = np.random.default_rng(1).random((2, 16, 16, 3), dtype=np.float32)
    whole = with_plate_color(styled, plate)
    for y, x in np.ndindex(16, 16):
        alone = with_plate_color(styled[y : y + 1, x : x + 1], plate[y : y + 1, x : x + 1])
        np.testing.assert_array_equal(alone[0, 0], whole[y, x])


def test_a_look_that_changes_nothing_keeps_colour_too(plain):
    rgb = as_float(photo())
    np.testing.assert_allclose(looked(open_look(plain), rgb, keep_color=True), rgb, atol=2e-6)


def test_a_brush_of_twice_the_size_is_the_look_of_half_the_picture(inked):
    look, rgb = open_look(inked), as_float(photo(48, 64))
    large = looked(look, rgb, scale=2.0)
    small = looked(look, resized(rgb, 32, 24))
    np.testing.assert_allclose(large, np.clip(resized(small, 64, 48), 0, 1), atol=1e-6)
    assert looked(look, rgb, scale=0.5).shape == rgb.shape


def seam(picture):
    """The step over the seam, and the largest step between interior columns; means of luma."""
    steps = np.abs(np.diff(picture @ LUMA, axis=1)).mean(axis=0)
    return np.abs(picture[:, 0] @ LUMA - picture[:, -1] @ LUMA).mean(), steps.max()


@pytest.mark.parametrize("scale", [1.0, 2.0, 0.7])
@pytest.mark.parametrize("size", [(48, 64), (45, 61)])
def test_a_texture_that_tiles_still_does(inked, size, scale):
    y, x = np.mgrid[: size[0], : size[1]] / np.array(size)[:, None, None]
    waves = [np.sin(2 * np.pi * (2 * x + k * y) + k) for k in (1, 2, 3)]
    texture = (0.5 + 0.4 * np.stack(waves, axis=-1)).astype(np.float32)
    look = open_look(inked)

    tiled = looked(look, texture, wrap="xy", scale=scale)
    for turned in (tiled, tiled.swapaxes(0, 1)):
        across, interior = seam(turned)
        assert across <= interior
    across, interior = seam(looked(look, texture, scale=scale))
    assert across > seam(tiled)[0]  # what it is without


def test_wrapping_is_the_middle_of_the_texture_laid_three_times(inked):
    look, rgb = open_look(inked), as_float(photo(48, 64))  # both multiples of the stride
    wide = looked(look, np.tile(rgb, (1, 3, 1)))
    np.testing.assert_allclose(looked(look, rgb, wrap="x"), wide[:, 64:128], atol=1e-6)


@pytest.mark.parametrize("tile", [8, 24, 64])
def test_wrapping_and_brush_do_not_depend_on_tiles(inked, tile):
    look, rgb = open_look(inked), as_float(photo(45, 61))
    whole = looked(look, rgb, wrap="xy", scale=1.5)
    np.testing.assert_allclose(looked(look, rgb, wrap="xy", scale=1.5, tile=tile), whole, atol=1e-6)


def soft_matte(height=48, width=64):
    ramp = np.linspace(0, 255, width).round().astype(np.uint8)
    matte = np.repeat(np.tile(ramp, (height, 1))[..., None], 3, axis=2)
    matte[:, :8] = 0
    return matte


def test_a_matte_blends_and_leaves_the_rest_bit_for_bit(places, inked):
    write_picture(Path("plate.png"), photo())
    write_picture(Path("matte.png"), soft_matte())
    options = {"grain": 0.0, "seed": 1}
    full, part = (
        read_picture(styled("plate.png", inked, Path(out), matte=matte, **options)).astype(float)
        for out, matte in (("full.png", ""), ("part.png", "matte.png"))
    )
    source = photo().astype(float)
    share = soft_matte() / 255.0
    np.testing.assert_allclose(part, source + share * (full - source), atol=1.01)
    np.testing.assert_array_equal(part[:, :8], source[:, :8])


def test_each_frame_has_its_own_matte_and_a_missing_one_is_that_frames_error(places, inked):
    files = make_shot(Path("shot"), range(1001, 1005))
    for frame in (1001, 1002, 1004):
        grey = np.full((48, 64, 3), 255 if frame == 1002 else 0, np.uint8)
        write_picture(Path(f"roto/m.{frame}.png"), grey)
    mattes = find_mattes("roto/m.1001-1004#.png")
    assert mattes is not None
    plates = [read_frame(file) for file in files]

    assert mattes.read((48, 64), 1001, plates[0]).max() == 0
    assert mattes.read((48, 64), 1002, plates[1]).min() == 1
    with pytest.raises(MediaError, match="no matte for frame 1003"):
        mattes.read((48, 64), 1003, plates[2])
    with pytest.raises(MediaError, match="64x48 pixels, the frame 60x40"):
        mattes.read((40, 60), 1001, None)


def test_a_frame_of_a_held_shot_without_its_matte_fails_alone(inked):
    make_shot(Path("shot"), range(1001, 1005))
    for frame in (1001, 1002, 1004):
        write_picture(Path(f"roto/m.{frame}.png"), np.full((48, 64, 3), 255, np.uint8))
    events = run("shot", inked, out=Path("out"), matte="roto/m.####.png")
    assert [e.frame for e in of_kind(events, FrameFailed)] == [1003]
    assert [e.frame for e in of_kind(events, FrameDone)] == [1001, 1002, 1004]


def test_a_matte_may_be_a_channel_of_the_plate(places):
    write_picture(Path("plate.png"), photo())
    plate, mattes = read_frame(Path("plate.png")), find_mattes("channel:r")
    assert mattes is not None
    np.testing.assert_array_equal(mattes.read((48, 64), None, plate), plate.rgb[..., 0])
    missing = find_mattes("channel:mask.a")
    assert missing is not None
    with pytest.raises(MediaError, match=r"no channel mask\.a") as caught:
        missing.read((48, 64), None, plate)
    assert caught.value.hint == "there is R, G, B"
    with pytest.raises(MediaError, match="video has no channels"):
        mattes.read((48, 64), 0, None)


def test_another_matte_is_another_result_to_make(places, inked):
    write_picture(Path("plate.png"), photo())
    write_picture(Path("matte.png"), soft_matte())
    out = styled("plate.png", inked, Path("out.png"), matte="matte.png", grain=0.0)
    first = out.read_bytes()
    write_picture(Path("matte.png"), 255 - soft_matte())
    assert styled("plate.png", inked, Path("out.png"), matte="matte.png", grain=0.0) == out
    assert out.read_bytes() != first


@pytest.mark.parametrize("text", ["channel:", "nowhere.png", "."])
def test_mattes_that_cannot_be_are_refused(places, text):
    write_picture(Path("a.png"), photo())
    write_picture(Path("b.png"), photo())
    with pytest.raises(UsageError):
        find_mattes(text)


def test_options_out_of_range_are_refused():
    for bad in ({"scale": 0.1}, {"scale": 9.0}, {"scale": float("nan")}, {"wrap": "z"}):
        with pytest.raises(UsageError):
            Options(**bad)


def test_direction_reaches_pictures_of_the_short_way_too(places):
    save_look(places, "plain", Generator(SMALL))
    picture = photo()
    look = open_look(places / "plain.safetensors")
    result = stylize_picture(look, picture, Options(keep_color=True))
    assert np.abs(result.astype(int) - picture).max() <= 1
