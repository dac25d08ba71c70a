"""Drawings that are held for some frames, from files to files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from skimage import data

from ganfx.errors import UsageError
from ganfx.media.frames import new_frame, read_frame, read_picture, write_frame, write_picture
from ganfx.stylize import Options
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped, Notice
from tests.stylize.conftest import of_kind, run

LOOK = "inked.safetensors"
TIMECODE = oiio.TypeTimeCode
FRAME = {"hold_mode": "frame"}


def view(step: int):
    """A photograph that a camera pans over, 2 pixels a frame."""
    return np.ascontiguousarray(data.astronaut()[40:88, 150 + 2 * step : 214 + 2 * step])


def make_pan(folder: str, frames, *, steps=None) -> list[Path]:
    """Frames of a pan; ``steps`` says how far it is at each."""
    files = []
    for index, frame in enumerate(frames):
        files.append(Path(folder) / f"plate.{frame}.png")
        write_picture(files[-1], view(index if steps is None else steps[index]))
    return files


@pytest.fixture
def shot(inked) -> list[Path]:
    return make_pan("shot", range(1000, 1010))


def pixels(folder: str, frame: int):
    return read_picture(Path(folder) / f"plate.{frame}.png")


def bytes_of(folder: str, frame: int) -> bytes:
    return (Path(folder) / f"plate.{frame}.png").read_bytes()


@pytest.mark.parametrize("consistency", [0.5, 0.0])
def test_frames_on_twos_are_equal_to_the_byte(shot, consistency):
    run("shot", LOOK, out=Path("held"), hold=2, consistency=consistency, **FRAME)
    run("shot", LOOK, out=Path("ones"), consistency=consistency)
    for frame in range(1000, 1010, 2):
        assert bytes_of("held", frame) == bytes_of("held", frame + 1)
        assert np.array_equal(pixels("held", frame), pixels("ones", frame))
    assert bytes_of("held", 1001) != bytes_of("held", 1002)


def test_a_hold_of_1_is_none(shot, contents):
    run("shot", LOOK, out=Path("ones"))
    run("shot", LOOK, out=Path("held"), hold=1, **FRAME)
    assert contents(Path("held")) == contents(Path("ones"))


@pytest.mark.parametrize("mode", ["frame", "drawing"])
@pytest.mark.parametrize(
    "more", [{"hold": 3, "hatch": 0.6}, {"hold": "2", "strokes": "1000:0,1009:1"}]
)
def test_any_split_gives_the_same_files(shot, contents, mode, more):
    run("shot", LOOK, out=Path("whole"), hold_mode=mode, **more)
    for part in ("1005", "1000-1003", "1004-1008x2", "1007,1009"):
        run("shot", LOOK, out=Path("parts"), frames=part, hold_mode=mode, **more)
    assert contents(Path("parts")) == contents(Path("whole"))


def test_a_held_drawing_moves_with_the_camera(shot):
    run("shot", LOOK, out=Path("held"), hold=2, grain=0.0)
    run("shot", LOOK, out=Path("ones"), grain=0.0)
    assert np.array_equal(pixels("held", 1004), pixels("ones", 1004))
    # One frame on, the scene is 2 pixels to the left: so is the drawing of frame 1004.
    moved, drawing = pixels("held", 1005).astype(int), pixels("held", 1004).astype(int)
    inner = (slice(4, -4), slice(8, -12))
    assert np.abs(moved[inner] - np.roll(drawing, -2, 1)[inner]).mean() < 1.0
    # What came into view on the right is the frame's own.
    assert np.array_equal(moved[4:-4, -1], pixels("ones", 1005)[4:-4, -1])


def test_a_hold_begins_anew_at_a_cut_and_after_a_missing_frame(inked):
    make_pan("shot", [1000, 1001, 1002, 1003, *range(1005, 1020)])
    Path("cuts.txt").write_text("1002\n")
    run("shot", LOOK, out=Path("held"), hold=4, cuts="cuts.txt", **FRAME)
    equal = [bytes_of("held", n) == bytes_of("held", n - 1) for n in (1001, 1002, 1003, 1006, 1007)]
    assert equal == [True, False, True, True, True]
    run("shot", LOOK, out=Path("ones"), cuts="cuts.txt")
    for frame in (1002, 1005):
        assert np.array_equal(pixels("held", frame), pixels("ones", frame))


def test_a_cut_that_is_found_begins_a_drawing(inked):
    files = make_pan("shot", range(1000, 1008))
    for file in files[5:]:
        write_picture(file, np.ascontiguousarray(255 - read_picture(file)[::-1, ::-1]))
    run("shot", LOOK, out=Path("held"), hold=4, **FRAME)
    shown = [pixels("held", frame).tobytes() for frame in range(1004, 1008)]
    assert shown[0] != shown[1]
    assert shown[1] == shown[2] == shown[3]


def test_drawings_of_the_plate_stay_held_and_are_told(inked):
    make_pan("shot", range(1001, 1009), steps=[0, 0, 3, 3, 6, 6, 9, 9])
    told = of_kind(run("shot", LOOK, out=Path("held"), hold="source", **FRAME), Notice)
    assert any("4 frames repeat the drawing" in each.message for each in told)
    for frame in (1001, 1003, 1005, 1007):
        assert np.array_equal(pixels("held", frame), pixels("held", frame + 1))
    run("shot", LOOK, out=Path("twos"), hold=2, **FRAME)  # which begin where the plate's do
    for frame in range(1001, 1009):
        assert np.array_equal(pixels("twos", frame), pixels("held", frame))


def test_noise_is_no_drawing_of_its_own(inked):
    rng = np.random.default_rng(1)
    for frame in range(1000, 1004):
        noise = rng.integers(-3, 4, (48, 64, 3))
        picture = np.clip(view(2 * (frame // 2 % 2)).astype(int) + noise, 0, 255).astype(np.uint8)
        write_picture(Path("shot") / f"plate.{frame}.png", picture)
    told = of_kind(run("shot", LOOK, out=Path("held"), hold="source"), Notice)
    assert any("2 frames repeat" in each.message for each in told)


def test_mattes_are_held_each_by_itself(shot):
    left, right = np.zeros((2, 48, 64), np.float32)
    left[:, :20], right[:, 44:] = 1, 1
    for frame in range(1000, 1010):
        write_frame(Path("roto") / f"hero.{frame}.tif", *mask(left))
    write_frame(Path("roto") / "sky_matte.tif", *mask(right))
    hold = "roto/hero.####.tif:2,roto/sky*:4"
    run("shot", LOOK, out=Path("held"), hold=hold, grain=0.0, **FRAME)
    run("shot", LOOK, out=Path("ones"), grain=0.0)
    held, ones = pixels("held", 1007), {n: pixels("ones", n) for n in (1004, 1006, 1007)}
    assert np.array_equal(held[:, :20], ones[1006][:, :20])
    assert np.array_equal(held[:, 20:44], ones[1007][:, 20:44])
    assert np.array_equal(held[:, 44:], ones[1004][:, 44:])


def mask(plane):
    rgb = np.repeat(plane[..., None], 3, axis=2)
    return rgb, new_frame(rgb, depth="uint8")


def test_a_matte_that_is_nowhere_is_told(shot):
    with pytest.raises(UsageError, match=r"--hold nobody\*: no matte is called so"):
        run("shot", LOOK, out=Path("held"), hold="nobody*:2")
    with pytest.raises(UsageError, match=r"--hold shot/nobody.####.png:"):
        run("shot", LOOK, out=Path("held"), hold="shot/nobody.####.png:2")
    for name in ("sky_left.png", "sky_right.png"):
        write_picture(Path(name), view(0))
    with pytest.raises(UsageError, match=r"several mattes.*sky_left.png, sky_right.png"):
        run("shot", LOOK, out=Path("held"), hold="sky*:2")


def test_a_frame_without_its_matte_fails_alone(shot):
    for frame in range(1000, 1009):
        write_picture(Path("roto") / f"hero.{frame}.png", view(0))
    events = run("shot", LOOK, out=Path("held"), hold="roto:2")
    failed = of_kind(events, FrameFailed)
    assert [each.frame for each in failed] == [1009]
    assert "no matte for frame 1009" in failed[0].reason


def test_finished_frames_are_left_alone(shot):
    run("shot", LOOK, out=Path("held"), hold=2, **FRAME)
    assert len(of_kind(run("shot", LOOK, out=Path("held"), hold=2, **FRAME), FrameSkipped)) == 10
    write_picture(shot[0], view(30))
    redone = of_kind(run("shot", LOOK, out=Path("held"), hold=2, **FRAME), FrameDone)
    assert [each.frame for each in redone][:2] == [1000, 1001]


@pytest.mark.parametrize("mode", ["frame", "drawing"])
def test_a_damaged_frame_takes_no_other_with_it(shot, mode):
    shot[4].write_bytes(b"no picture")
    events = run("shot", LOOK, out=Path("held"), hold=2, hold_mode=mode)
    assert [each.frame for each in of_kind(events, FrameFailed)] == [1004]
    assert len(of_kind(events, FrameDone)) == 9


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0", "--hold 0: expected a whole number from 1 to 12"),
        ("-2", "--hold -2"),
        ("13", "--hold 13"),
        ("2.5", "'2.5' is no number of frames"),
        ("hero.exr:0", "--hold 0"),
        ("2,3", "2 and 3 are both"),
        (":2", "names no matte"),
        ("sorce", "'sorce' is no number"),
    ],
)
def test_what_is_no_hold_is_told(text, told):
    with pytest.raises(UsageError, match=told):
        Options(hold=text)


def test_a_look_that_arrives_on_twos(shot):
    run("shot", LOOK, out=Path("held"), hold=2, strength="1003:0,1009:1", **FRAME)
    for frame in range(1000, 1004):  # nothing of it yet: the plate, on ones
        assert np.array_equal(pixels("held", frame), pixels("shot", frame))
    for frame in range(1004, 1010, 2):
        assert bytes_of("held", frame) == bytes_of("held", frame + 1)


def test_a_held_file_keeps_its_own_timecode(inked):
    for frame in range(1000, 1004):
        rgb = view(frame - 1000).astype(np.float32) / 255
        like = new_frame(rgb, depth="half")
        like.stored.part.spec.attribute("smpte:TimeCode", TIMECODE, (frame, 0))
        write_frame(Path("shot") / f"plate.{frame}.exr", rgb, like)
    run("shot", LOOK, out=Path("held"), hold=2, **FRAME)
    first, second = (read_frame(Path("held") / f"plate.{n}.exr") for n in (1000, 1001))
    assert np.array_equal(first.rgb, second.rgb)
    codes = [f.stored.part.spec.getattribute("smpte:TimeCode", TIMECODE) for f in (first, second)]
    assert codes == [(1000, 0), (1001, 0)]
