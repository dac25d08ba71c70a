"""Whole runs: what comes out, what is told, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
import torch
from PIL import Image

from ganfx.errors import StyleError, UsageError
from ganfx.media.allocation import keep_freed_memory
from ganfx.media.color_spaces import find_space
from ganfx.media.frames import (
    new_frame,
    read_frame,
    read_header,
    read_picture,
    write_frame,
    write_picture,
)
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import (
    FrameDone,
    FrameFailed,
    Notice,
    ShotDone,
    ShotStarted,
    StylizeDone,
    StylizeStarted,
)
from ganfx.stylize.network.look import open_look
from ganfx.stylize.render.finish import stylize_picture
from tests.stylize.conftest import kinds, make_shot, of_kind, photo, run, visible, write_float


def test_a_tree_comes_out_as_it_went_in(inked, capsys):
    make_shot(Path("shots/sh010"))
    write_picture(Path("shots/day/tree.png"), photo())
    events = run("shots", "inked.safetensors")

    assert visible(Path("shots-inked")) == visible(Path("shots"))
    assert kinds(events) == [
        "StylizeStarted", "ShotStarted", "FrameDone", "ShotDone",
        "ShotStarted", *["FrameDone"] * 5, "ShotDone", "StylizeDone",
    ]  # fmt: skip
    assert capsys.readouterr() == ("", "")


def test_the_events_tell_what_happens(inked):
    files = make_shot(Path("shots/sh010"))
    events = run("shots", "inked.safetensors", threads=1)
    started, done = events[0], events[-1]
    frames = of_kind(events, FrameDone)
    name = "sh010/plate.1001-1005#.png"

    assert isinstance(started, StylizeStarted)
    assert (started.style, started.shots, started.frames) == ("inked", 1, 5)
    assert started.device == "CPU, 1 thread" or torch.cuda.is_available()
    assert started.output == Path("shots-inked")
    assert of_kind(events, ShotStarted) == [ShotStarted(name, 5)]
    assert [frame.frame for frame in frames] == [1001, 1002, 1003, 1004, 1005]
    assert [frame.source for frame in frames] == files
    assert frames[2].output == Path("shots-inked/sh010/plate.1003.png")
    assert all(frame.seconds >= 0 for frame in frames)
    (shot,) = of_kind(events, ShotDone)
    assert (shot.shot, shot.done, shot.skipped, shot.failed) == (name, 5, 0, 0)
    assert shot.output == Path("shots-inked/sh010")
    assert isinstance(done, StylizeDone)
    assert (done.done, done.skipped, done.failed) == (5, 0, 0)


def test_each_frame_is_what_the_look_makes_of_it_alone(inked):
    files = make_shot(Path("shots"))
    run("shots", inked, consistency=0.0)
    look = open_look(inked)

    for file in files:
        number = int(file.stem.split(".")[1])
        expected = stylize_picture(look, read_picture(file), number=number)
        np.testing.assert_array_equal(read_picture(Path("shots-inked") / file.name), expected)


def test_neither_tiles_nor_threads_nor_company_change_a_pixel(inked, contents):
    make_shot(Path("shots"))
    run("shots", inked)
    run("shots", inked, out=Path("tiled"), tile=32, threads=2)
    for name in visible(Path("shots-inked")):
        whole, tiled = (read_picture(Path(out) / name) for out in ("shots-inked", "tiled"))
        # Networks this tiny leave sums to the rounding of vector tails: 1e-7, and so one
        # code in ten thousand.
        assert np.abs(whole.astype(int) - tiled).max() <= 1
        assert np.mean(whole != tiled) < 1e-3

    whole = contents(Path("shots-inked"))
    run("shots/plate.####.png", inked, out=Path("some"), frames="1001-1005x2")
    assert all(data == whole[name] for name, data in contents(Path("some")).items())
    run("shots/plate.1003.png", inked, out=Path("still"))
    run("shots", inked, out=Path("stills"), consistency=0.0)
    assert contents(Path("still")).items() <= contents(Path("stills")).items()
    assert visible(Path("some")) == ["plate.1001.png", "plate.1003.png", "plate.1005.png"]


def test_frame_numbers_keep_their_padding(plain):
    for number in ("00009", "00010", "00011"):
        write_picture(Path(f"shots/a_{number}.png"), photo())
    run("shots", plain)
    assert visible(Path("shots-plain")) == ["a_00009.png", "a_00010.png", "a_00011.png"]


@pytest.mark.parametrize("depth", ["uint8", "uint16", "half", "float"])
def test_depth_is_kept_and_no_look_is_no_change(plain, depth):
    ramp = np.linspace(0, 1, 3 * 64 * 20, dtype=np.float32).reshape(20, 64, 3)
    suffix = ".png" if depth.startswith("u") else ".exr"
    source = Path(f"a{suffix}")
    write_frame(source, ramp, new_frame(ramp, depth=depth))
    run(source, plain)
    before, after = read_frame(source), read_frame(Path(f"a-plain{suffix}"))

    assert after.header.depth == depth
    step = {"uint8": 0, "uint16": 1 / 65535, "half": 5e-4, "float": 1e-6}[depth]
    assert np.abs(after.rgb - before.rgb).max() <= step


@pytest.mark.parametrize(
    ("name", "depth"),
    [("a.png", "uint8"), ("a.png", "uint16"), ("a.exr", "half"), ("a.jpg", "uint8")],
)
def test_no_strength_is_the_source_bit_for_bit(inked, name, depth):
    rgb = np.random.default_rng(1).random((9, 13, 3), dtype=np.float32)
    write_frame(Path(name), rgb, new_frame(rgb, depth=depth))
    run(name, inked, strength=0.0, out=Path("out"))

    assert (Path("out") / name).read_bytes() == Path(name).read_bytes()


def test_no_strength_in_another_format_is_the_same_pixels(inked):
    write_picture(Path("a.png"), photo())
    run("a.png", inked, strength=0.0, format="tif")

    np.testing.assert_array_equal(read_picture(Path("a-inked.tif")), photo())


def test_alpha_is_not_touched(inked):
    rgb = photo().astype(np.float32) / 255
    alpha = np.linspace(0, 1, rgb.shape[0] * rgb.shape[1], dtype=np.float32)
    alpha = np.round(alpha * 255).reshape(rgb.shape[:2]) / 255
    for name, depth in (("a.png", "uint8"), ("a.exr", "half")):
        write_frame(Path(name), rgb, new_frame(rgb, depth=depth, alpha=alpha))
        run(name, inked, out=Path("out"))
        before, after = read_frame(Path(name)), read_frame(Path("out") / name)
        np.testing.assert_array_equal(after.alpha, before.alpha)
        assert np.abs(after.rgb - before.rgb).mean() > 0.02
        clear = before.alpha == 0
        np.testing.assert_array_equal(after.rgb[clear], before.rgb[clear])


@pytest.mark.parametrize("strength", [0.3, 1.0])
@pytest.mark.parametrize("colorspace", ["auto", "ACEScg", "ARRI LogC4"])
def test_twice_the_exposure_comes_out_as_twice_the_light(plain, strength, colorspace):
    # By the engine itself: a look of its own may well be no straight line.
    light = np.geomspace(0.02, 3.0, 64, dtype=np.float32).repeat(3).reshape(1, 64, 3)
    light *= np.array([1.0, 0.7, 0.4], np.float32)
    space = find_space(colorspace)
    lights = []
    for name, plate in (("once.exr", light), ("twice.exr", 2 * light)):
        encoded = space.from_linear(plate) if space else plate
        write_frame(Path(name), encoded, new_frame(encoded, depth="float"))
        run(name, plain, strength=strength, colorspace=colorspace, out=Path("out"))
        rgb = read_frame(Path("out") / name).rgb
        lights.append(space.to_linear(rgb) if space else rgb)

    np.testing.assert_allclose(lights[1], 2 * lights[0], rtol=0.01)


def test_light_above_1_survives(plain):
    light = np.array([[[0.2, 0.4, 0.1], [40.0, 20.0, 5.0]]], np.float32)
    write_float(Path("lamp.exr"), light)
    run("lamp.exr", plain)

    np.testing.assert_allclose(read_frame(Path("lamp-plain.exr")).rgb, light, rtol=2e-3)


def test_grey_stays_grey_and_palette_and_cmyk_become_rgb(plain):
    picture = Image.fromarray(photo())
    picture.convert("L").save("grey.png")
    picture.quantize(16).save("palette.png")
    picture.convert("CMYK").save("cmyk.jpg", quality=95)
    for name in ("grey.png", "palette.png", "cmyk.jpg"):
        events = run(name, plain, out=Path("out"))
        assert kinds(events)[-1] == "StylizeDone"
        assert events[-1].done == 1
        difference = read_picture(Path("out") / name).astype(int) - read_picture(Path(name))
        assert np.abs(difference).mean() < (3 if name == "cmyk.jpg" else 0.01)
    assert read_header(Path("out/grey.png")).color == "gray"
    assert read_header(Path("out/palette.png")).color == "rgb"
    assert read_header(Path("out/cmyk.jpg")).color == "rgb"


@pytest.mark.parametrize("size", [(1, 1), (3, 5000), (5000, 3)])
def test_odd_sizes_go_through(inked, size):
    write_picture(Path("a.png"), np.full((*size, 3), 90, np.uint8))
    assert run("a.png", inked)[-1].done == 1
    assert read_picture(Path("a-inked.png")).shape == (*size, 3)


def test_a_bad_frame_is_told_and_the_rest_done(inked):
    files = make_shot(Path("shots"))
    files[2].write_bytes(files[2].read_bytes()[:2000])
    events = run("shots", inked)
    (failed,) = of_kind(events, FrameFailed)

    assert (failed.frame, failed.source) == (1003, files[2])
    assert failed.reason == "the file is cut short"
    assert "cannot read" not in failed.reason  # the source is a field of its own
    assert (events[-1].done, events[-1].failed) == (4, 1)
    assert visible(Path("shots-inked")) == [f"plate.{n}.png" for n in (1001, 1002, 1004, 1005)]


def test_a_mended_frame_is_done_by_the_same_command(inked):
    files = make_shot(Path("shots"))
    whole = files[2].read_bytes()
    files[2].write_bytes(b"")
    run("shots", inked, consistency=0.0)
    files[2].write_bytes(whole)
    events = run("shots", inked, consistency=0.0)

    assert [e.frame for e in of_kind(events, FrameDone)] == [1003]
    assert (events[-1].done, events[-1].skipped) == (1, 4)


def test_on_error_stop_stops_at_the_first_bad_frame(inked):
    files = make_shot(Path("shots/a"), range(1, 21))
    make_shot(Path("shots/b"))
    files[1].write_bytes(b"nothing")
    events = run("shots", inked, on_error="stop")

    assert len(of_kind(events, FrameFailed)) == 1
    assert len(of_kind(events, ShotStarted)) == 1
    assert isinstance(events[-1], StylizeDone)
    assert len(visible(Path("shots-inked"))) < 10


def test_broken_pixels_are_mended_and_told(plain):
    light = np.full((4, 6, 3), 0.5, np.float32)
    light[1, 2] = np.nan
    assert oiio.ImageBuf(light).write("a.exr")
    notices = [event.message for event in of_kind(run("a.exr", plain), Notice)]

    assert notices == ["a.exr: 1 frame had infinite or undefined pixels; mended"]
    assert np.isfinite(read_frame(Path("a-plain.exr")).rgb).all()


def test_files_that_ganfx_did_not_write_are_not_replaced(inked):
    make_shot(Path("shots"))
    Path("out").mkdir()
    mine = Path("out/plate.1002.png")
    mine.write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"out/plate\.1002\.png: there already, and not") as e:
        run("shots", inked, out=Path("out"))
    assert "--overwrite" in str(e.value.hint)
    assert visible(Path("out")) == ["plate.1002.png"]
    assert mine.read_bytes() == b"mine"

    run("shots", inked, out=Path("out"), overwrite=True)
    assert mine.read_bytes() != b"mine"


def test_what_is_wrong_is_said_before_anything_is_written(inked):
    make_shot(Path("shots"))
    Path("occupied").write_bytes(b"")
    Path("broken.safetensors").write_bytes(b"")
    for style, options, kind, says in (
        ("inkd", {}, UsageError, "unknown style inkd"),
        ("none.safetensors", {}, UsageError, "cannot read|no such style"),
        ("broken.safetensors", {}, StyleError, "is not a style"),
        (inked, {"out": Path("occupied/x")}, UsageError, "cannot write to"),
        (inked, {"device": "gpu"}, UsageError, "unknown device gpu"),
        (inked, {"frames": "2000-2010"}, UsageError, "2000-2010"),
    ):
        with pytest.raises(kind, match=says):
            run("shots", style, **options)
    assert sorted(path.name for path in Path().iterdir()) == [
        "broken.safetensors", "inked.safetensors", "occupied", "shots",
    ]  # fmt: skip


def test_the_number_of_threads_is_given_back(inked):
    write_picture(Path("a.png"), photo())
    before = torch.get_num_threads()
    events = stylize("a.png", inked, Options(threads=before + 1))
    assert next(events).device.endswith(f"{before + 1} threads") or torch.cuda.is_available()
    assert torch.get_num_threads() == before + 1
    events.close()
    assert torch.get_num_threads() == before


def test_the_allocator_of_a_tool_that_imports_ganfx_is_left_alone(inked):
    write_picture(Path("a.png"), photo())
    before = keep_freed_memory.cache_info()
    run("a.png", inked)
    assert keep_freed_memory.cache_info() == before


def test_held_and_black_frames_are_written_under_their_own_numbers(places, inked):
    rgb = np.random.default_rng(1).random((24, 32, 3)).astype(np.float32)
    alpha = np.full((24, 32), 0.5, np.float32)
    for frame in (1, 2, 4, *range(5, 32)):
        write_frame(Path(f"shot/a.{frame:04d}.exr"), rgb, new_frame(rgb, depth="half", alpha=alpha))

    run("shot", inked, missing="hold", grain=0.0, out=Path("held"), frames="2-4")
    stylized_frame = [read_frame(Path(f"held/a.{frame:04d}.exr")) for frame in (2, 3)]
    np.testing.assert_array_equal(stylized_frame[0].rgb, stylized_frame[1].rgb)

    for strength in (1.0, 0.0):
        run(
            "shot",
            inked,
            missing="black",
            out=Path(f"black{strength}"),
            frames="2-4",
            strength=strength,
        )
        black = read_frame(Path(f"black{strength}/a.0003.exr"))
        assert black.rgb.max() == 0
        assert black.alpha is not None
        assert black.alpha.max() == 0
        assert read_frame(Path(f"black{strength}/a.0004.exr")).rgb.max() > 0


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_the_depth_that_was_asked_for_is_written(places, inked, strength):
    write_picture(Path("a.png"), photo())
    options = {"strength": strength, "grain": 0.0}
    run("a.png", inked, depth="uint16", out=Path("b.png"), **options)
    run("a.png", inked, out=Path("c.png"), **options)
    assert read_header(Path("b.png")).depth == "uint16"
    deep, shallow = (read_frame(Path(name)).rgb for name in ("b.png", "c.png"))
    np.testing.assert_allclose(deep, shallow, atol=0.5 / 255 + 1e-4)
    if strength:
        assert np.abs(deep - shallow).max() > 1e-3  # not the eight bits, spread out
