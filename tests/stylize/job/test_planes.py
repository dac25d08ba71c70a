"""Detail mattes and directions of plates: found, read, laid over, and told about when they fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from PIL import Image

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import new_frame, read_frame, read_picture, write_frame, write_picture
from ganfx.stylize import Options, rehearse
from ganfx.stylize.chunk_check import prove_chunks
from ganfx.stylize.events import FrameDone, FrameFailed
from ganfx.stylize.job.directions import _turned, find_directions
from ganfx.stylize.job.planes import find_planes
from ganfx.stylize.network import brush_scale
from ganfx.stylize.render import strips
from tests.stylize.conftest import make_shot, of_kind, photo, run

PLAIN = "plain.safetensors"
HALF = np.zeros((48, 64, 3), np.uint8)
HALF[:, 32:] = 255


def vectors(path: str, right: float, down: float, size: tuple[int, int] = (48, 64)) -> Path:
    """An EXR of one direction."""
    rgb = np.zeros((*size, 3), np.float32)
    rgb[..., 0], rgb[..., 1] = right, down
    write_frame(Path(path), rgb, new_frame(rgb, depth="float"))
    return Path(path)


def painted(out: str, source: str = "plate.png", **options: object) -> np.ndarray:
    chosen = {"strokes": 1.0, "stroke_size": 200.0, "device": "cpu"} | options
    events = run(source, PLAIN, out=Path(out), **chosen)
    assert not of_kind(events, FrameFailed)
    return read_picture(Path(out)).astype(int)


def test_a_detail_matte_draws_where_it_is_white(plain):
    soft = photo() // 4 + 96
    write_picture(Path("plate.png"), soft)
    write_picture(Path("matte.png"), HALF)
    without, told = (painted(f"{m or 'none'}.out.png", detail=m) for m in ("", "matte.png"))
    strays = [np.abs(each - soft).mean(axis=(0, 2)) for each in (without, told)]
    assert strays[1][40:].mean() < strays[0][40:].mean()
    np.testing.assert_array_equal(without[:, :8], told[:, :8])


def test_a_detail_matte_may_be_of_each_frame_or_a_channel(plain):
    make_shot(Path("shot"), range(1001, 1005))
    for frame in (1001, 1002, 1004):
        write_picture(Path(f"faces/m.{frame}.png"), HALF)
    options = {"strokes": 1.0, "device": "cpu"}
    events = run("shot", PLAIN, out=Path("out"), detail="faces/m.####.png", **options)
    assert [e.frame for e in of_kind(events, FrameFailed)] == [1003]
    assert "no detail matte for frame 1003" in of_kind(events, FrameFailed)[0].reason
    assert len(of_kind(events, FrameDone)) == 3
    events = run("shot", PLAIN, out=Path("channel"), detail="channel:R", **options)
    assert len(of_kind(events, FrameDone)) == 4


@pytest.mark.parametrize("option", ["detail", "direction"])
@pytest.mark.parametrize("text", ["channel:", "nowhere.png", "."])
def test_what_cannot_be_is_refused_with_the_option_named(places, option, text):
    write_picture(Path("a.png"), photo())
    write_picture(Path("b.png"), photo(40, 40))
    named = "nowhere.png" if text == "nowhere.png" else f"--{option}"
    with pytest.raises(UsageError, match=named):
        find_planes(Options(**{option: text}))


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("detail", "small.png", "the detail matte is 32x24 pixels, the frame 64x48"),
        ("detail", "channel:face", "there is no channel face"),
        ("direction", "small.png", "the direction is 32x24 pixels, the frame 64x48"),
        ("direction", "channel:R,-face", "there is no channel face"),
    ],
)
def test_a_rehearsal_says_what_a_run_says(plain, option, text, says):
    write_picture(Path("plate.png"), photo())
    write_picture(Path("small.png"), photo(24, 32))
    options = Options(strokes=1.0, out=Path("out"), **{option: text})
    rehearsed = list(rehearse("plate.png", plain, options))
    happened = run("plate.png", plain, strokes=1.0, out=Path("out"), **{option: text})
    told = [[each.reason for each in of_kind(e, FrameFailed)] for e in (rehearsed, happened)]
    assert told[0] == told[1]
    assert says in told[0][0]
    assert not Path("out/plate.png").exists()


def test_another_file_is_another_result_to_make(plain):
    write_picture(Path("plate.png"), photo())
    for option, first, second in (
        ("detail", lambda p: write_picture(p, HALF), lambda p: write_picture(p, 255 - HALF)),
        ("direction", lambda p: vectors(str(p), 1, 0), lambda p: vectors(str(p), 0, 1)),
    ):
        told = Path(f"{option}.exr" if option == "direction" else f"{option}.png")
        first(told)
        one = painted(f"{option}.out.png", **{option: str(told)})
        second(told)
        two = painted(f"{option}.out.png", **{option: str(told)})
        assert np.abs(one - two).max() > 2


@pytest.mark.parametrize("names", ["channel:R", "channel:R,G,B", "channel:R,", "channel:-,G"])
def test_a_direction_has_two_channels(places, names):
    with pytest.raises(UsageError, match="expected two names"):
        find_directions(names)


def test_directions_of_floats_are_signed_and_half_of_integers_is_none(places):
    write_picture(Path("plate.png"), photo())
    plate = read_frame(Path("plate.png"))
    vectors("map.exr", -2.0, 0.5)
    found = find_directions("map.exr")
    assert found is not None
    np.testing.assert_array_equal(found.read((48, 64), None, plate)[5, 7], [-2.0, 0.5])
    codes = np.zeros((48, 64, 3), np.uint8)
    codes[:] = (255, 127, 9)
    codes[:, 32:] = (128, 0, 9)
    write_picture(Path("map.png"), codes)
    found = find_directions("map.png")
    assert found is not None
    read = found.read((48, 64), None, plate)
    np.testing.assert_array_equal(read[0, 0], [1.0, 0.0])
    np.testing.assert_array_equal(read[0, 40], [0.0, -1.0])


def test_a_sign_turns_a_channel_round(places):
    write_picture(Path("plate.png"), photo())
    plate, found = read_frame(Path("plate.png")), find_directions("channel:G,-R")
    assert found is not None
    read = found.read((48, 64), None, plate)
    np.testing.assert_array_equal(read, np.stack([plate.rgb[..., 1], -plate.rgb[..., 0]], -1))
    with pytest.raises(MediaError, match="video has no channels"):
        found.read((48, 64), 0, None)


def test_lengths_are_finite(places):
    write_picture(Path("plate.png"), photo())
    undefined = oiio.ImageBuf(oiio.ImageSpec(64, 48, 3, "float"))
    oiio.ImageBufAlgo.fill(undefined, (float("inf"), 1.0, 0.0))
    undefined.write("map.exr")
    found = find_directions("map.exr")
    assert found is not None
    read = found.read((48, 64), None, read_frame(Path("plate.png")))
    assert np.isfinite(read).all()


def test_grey_is_no_direction(places):
    write_picture(Path("plate.png"), photo())
    Image.new("L", (64, 48), 99).save("map.png")
    found = find_directions("map.png")
    assert found is not None
    with pytest.raises(MediaError, match="needs two channels"):
        found.read((48, 64), None, read_frame(Path("plate.png")))


@pytest.mark.parametrize("tag", range(1, 9))
def test_lines_turn_with_a_picture_that_is_turned(tag):
    """A line of pixels that falls to the right lies along its direction, however it is turned."""
    line = np.zeros((9, 9, 2), np.float32)
    for y, x in [(2, 3), (3, 5), (4, 7)]:  # two right, one down
        line[y, x] = (2.0, 1.0)
    turned = _turned(line, tag)
    rows, columns = np.nonzero(turned.any(axis=-1))
    order = np.lexsort((rows, columns))
    moved = np.array([np.ptp(columns), np.ptp(rows)], float)
    falls = np.sign((columns[order][-1] - columns[order][0]) * (rows[order][-1] - rows[order][0]))
    found = turned[rows[0], columns[0]]
    assert abs(found[0] / found[1]) == pytest.approx(moved[0] / moved[1])
    assert np.sign(found[0] * found[1]) == falls


@pytest.mark.parametrize("text", ["channel:R", "matte.png"])
def test_strips_of_a_still_make_the_same_file(plain, monkeypatch, text):
    write_picture(Path("still.png"), photo(480, 64))
    write_picture(Path("matte.png"), photo(480, 64))
    options = {"detail": text, "direction": "channel:R,G", "stroke_size": 14.0}
    painted("whole.png", "still.png", **options)
    monkeypatch.setattr(brush_scale, "LARGEST", 0)
    monkeypatch.setattr(strips, "ROWS", 64)
    painted("strips.png", "still.png", **options)
    assert Path("whole.png").read_bytes() == Path("strips.png").read_bytes()


def test_any_split_of_a_shot_makes_the_same_files(plain):
    for number, path in enumerate(make_shot(Path("shot"), range(1001, 1009))):
        matte = np.roll(HALF, number, axis=1)
        write_picture(Path("faces") / path.name, matte)
        vectors(f"hair/h.{1001 + number}.exr", 1.0, number)
    options = Options(strokes=1.0, detail="faces", direction="hair")
    (split,) = prove_chunks("shot", PLAIN, options, splits=1)
    assert split.different == ()
