"""Video in, video out: whole or not at all."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from ganfx.media.frames import write_picture
from ganfx.media.video import read_video, read_video_info
from ganfx.media.video.reading import count_frames, read_timing
from ganfx.stylize import rehearse, stylize
from ganfx.stylize.events import (
    FrameDone,
    FrameFailed,
    FramePlanned,
    FrameSkipped,
    Notice,
    ShotDone,
)
from tests.stylize.conftest import kinds, of_kind, photo, run, visible

RATE = Fraction(24000, 1001)


def noise_clip(path: Path, pixels: str, count: int = 3) -> list[list[np.ndarray]]:
    """FFV1 of every code that there is, in luma and chroma; returns the planes of each frame."""
    rng, frames = np.random.default_rng(7), []
    path.parent.mkdir(exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        for _ in range(count):
            frame = av.VideoFrame(64, 48, pixels)
            for plane in frame.planes:
                plane.update(rng.integers(0, 256, plane.buffer_size, dtype=np.uint8).tobytes())
            container.mux(stream.encode(frame))
            frames.append(planes_of(frame))
        container.mux(stream.encode(None))
    return frames


def planes_of(frame: av.VideoFrame) -> list[np.ndarray]:
    lines = [np.frombuffer(memoryview(p), np.uint8).reshape(p.height, -1) for p in frame.planes]
    return [rows[:, : p.width].copy() for rows, p in zip(lines, frame.planes, strict=True)]


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p"])
@pytest.mark.parametrize("consistency", [0.0, 0.5])
def test_where_the_matte_is_black_every_code_is_the_plates(inked, pixels, consistency):
    before = noise_clip(Path("clip.mkv"), pixels)
    matte = np.zeros((48, 64, 3), np.uint8)
    matte[:, 32:] = 255
    write_picture(Path("matte.png"), matte)
    run("clip.mkv", inked, out=Path("out.mkv"), matte="matte.png", consistency=consistency)

    with av.open("out.mkv") as container:
        after = [planes_of(frame) for frame in container.decode(video=0)]
    assert len(after) == len(before)
    for ours, theirs in zip(after, before, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            middle = a.shape[1] // 2
            assert np.array_equal(a[:, :middle], b[:, :middle])
            assert not np.array_equal(a[:, middle:], b[:, middle:])


def test_whiter_than_white_is_as_white_as_there_is_plate(inked):
    noise_clip(Path("clip.mkv"), "yuv444p", count=1)
    with av.open("clip.mkv") as container:
        (luma, *_) = planes_of(next(container.decode(video=0)))
    run("clip.mkv", inked, out=Path("out.mkv"), strength=0.01, grain=0.0)

    with av.open("out.mkv") as container:
        (after, *_) = planes_of(next(container.decode(video=0)))
    assert np.abs(after.astype(int) - luma).max() <= 4  # a hundredth of the look, and rounding


def make_clip(
    path: Path,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    count: int = 8,
    noise: int = 0,
    times: Sequence[int] = (),
    options: dict[str, str] | None = None,
) -> Path:
    """A photograph that moves to the side; ``times`` are in milliseconds."""
    rng = np.random.default_rng(4)
    path.parent.mkdir(exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        stream.options = options or {}
        if times:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(count):
            picture = np.roll(photo(), 2 * number, axis=1)
            picture = np.clip(picture + rng.integers(-noise, noise + 1, picture.shape), 0, 255)
            frame = av.VideoFrame.from_ndarray(picture.astype(np.uint8))
            frame = frame.reformat(format=pixels)
            frame.pts = times[number] if times else None
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_video_keeps_its_rate_and_frames(inked):
    clip = make_clip(Path("shots/clip.mp4"))
    events = run("shots", inked)
    before, after = read_video_info(clip), read_video_info(Path("shots-inked/clip.mp4"))

    assert (after.rate, after.frames, after.codec) == (RATE, 8, before.codec)
    assert [event.frame for event in of_kind(events, FrameDone)] == [*range(8)]
    assert kinds(events)[:2] == ["StylizeStarted", "ShotStarted"]
    assert events[0].frames == 8
    assert events[-1].done == 8
    pairs = zip(read_video(clip), read_video(Path("shots-inked/clip.mp4")), strict=True)
    assert min(np.abs(a - b).mean() for a, b in pairs) > 0.02


def test_frames_that_an_edit_list_hides_are_not_announced(inked):
    clip = make_clip(Path("clip.mp4"))
    content = bytearray(clip.read_bytes())
    start = content.index(b"elst") + 16  # in the media's time, of which a frame is 1001 ticks
    struct.pack_into(">I", content, start, struct.unpack_from(">I", content, start)[0] + 3 * 1001)
    clip.write_bytes(content)
    events = run(clip, inked)

    assert count_frames(clip) == events[0].frames == events[1].frames == 5
    assert len(of_kind(events, FrameDone)) == events[-1].done == 5


def test_what_a_video_loses_is_told_once_and_not_of_a_copy(inked):
    interlaced = {"flags": "+ildct+ilme"}
    make_clip(Path("clip.mxf"), codec="mpeg2video", pixels="yuv422p", options=interlaced)
    (notice,) = of_kind(run("clip.mxf", inked), Notice)
    said = "is interlaced; its fields are done as one picture, deinterlace it first"
    assert notice.message == f"clip.mxf: {said}"

    assert of_kind(run("clip.mxf", inked), Notice) == []
    assert of_kind(run("clip.mxf", inked, strength=0.0, out=Path("copy.mxf")), Notice) == []


def test_a_video_with_a_variable_rate_is_refused_or_keeps_its_times(inked):
    times = [0, 40, 80, 300, 340, 355, 600, 640]
    clip = make_clip(Path("clip.mkv"), times=times)
    (failed,) = of_kind(run(clip, inked), FrameFailed)
    assert "variable frame rate" in failed.reason
    assert "--vfr keep" in failed.reason
    assert not Path("clip-inked.mkv").exists()

    events = run(clip, inked, vfr="keep")
    assert [event.frame for event in of_kind(events, FrameDone)] == [*range(8)]
    shown = [read_timing(path, vfr=True).times for path in (clip, Path("clip-inked.mkv"))]
    assert shown[0] == shown[1] == tuple(Fraction(time, 1000) for time in times)


def test_a_rehearsal_knows_which_videos_would_fail(inked):
    make_clip(Path("a/good.mkv"))
    make_clip(Path("a/uneven.mkv"), times=[0, 40, 80, 300, 340, 355, 600, 640])
    make_clip(Path("a/old.avi"), codec="wmv2")

    events = list(rehearse(Path("a"), inked))
    assert [event.source.name for event in of_kind(events, FramePlanned)] == ["good.mkv"]
    why = {event.source.name: event.reason for event in of_kind(events, FrameFailed)}
    assert "variable frame rate" in why["uneven.mkv"]
    assert "no encoder for wmv2" in why["old.avi"]


def test_no_look_on_a_lossless_video_is_no_change(plain):
    clip = make_clip(Path("clip.mkv"), codec="ffv1", pixels="yuv444p")
    events = run(clip, plain, consistency=0.0)
    pairs = zip(read_video(clip), read_video(Path("clip-plain.mkv")), strict=True)

    assert max(np.abs(a - b).max() for a, b in pairs) <= 2 / 255
    assert events[-1].done == 8


def test_a_finished_video_is_left_alone(inked):
    clip = make_clip(Path("clip.mp4"))
    run(clip, inked)
    output = Path("clip-inked.mp4")
    whole = output.read_bytes()
    events = run(clip, inked)

    assert len(of_kind(events, FrameSkipped)) == 8
    assert (events[-1].done, events[-1].skipped) == (0, 8)
    output.write_bytes(whole[:-9])
    assert run(clip, inked)[-1].done == 8
    assert output.read_bytes() == whole


def test_a_video_cut_short_fails_and_leaves_nothing(inked):
    make_clip(Path("shots/a.mp4"))
    whole = make_clip(Path("shots/b.mkv"), codec="ffv1", pixels="yuv444p").read_bytes()
    Path("shots/b.mkv").write_bytes(whole[: len(whole) // 2])
    events = run("shots", inked)
    (failed,) = of_kind(events, FrameFailed)

    assert failed.source == Path("shots/b.mkv")
    assert "cut short" in failed.reason or "damaged" in failed.reason
    assert [(shot.shot, shot.done) for shot in of_kind(events, ShotDone)] == [
        ("a.mp4", 8),
        ("b.mkv", 0),
    ]
    assert visible(Path("shots-inked")) == ["a.mp4"]


@pytest.mark.parametrize("shown", [3, 5])
def test_stopping_early_leaves_no_part_of_a_video(inked, shown):
    clip = make_clip(Path("shots/clip.mp4"), count=40)
    events = stylize("shots", inked)
    list(islice(events, shown))
    events.close()

    assert clip.exists()
    assert visible(Path("shots-inked")) == []
    assert [path.name for path in Path("shots-inked").iterdir()] == [".ganfx.jsonl"]
    assert run("shots", inked)[-1].done == 40


def test_no_strength_is_the_source_bit_for_bit(inked):
    clip = make_clip(Path("clip.mp4"))
    assert run(clip, inked, strength=0.0)[-1].done == 8
    assert Path("clip-inked.mp4").read_bytes() == clip.read_bytes()


@pytest.mark.parametrize("motion", ["opencv", "torch"])
def test_a_video_is_held_still_to_its_last_frame(inked, motion):
    clip = make_clip(Path("clip.mkv"), codec="ffv1", pixels="yuv444p", count=10, noise=6)
    run(clip, inked, out=Path("held.mkv"), grain=0.0, consistency=1.0, motion=motion)
    run(clip, inked, out=Path("alone.mkv"), grain=0.0, consistency=0.0)
    stylized_frame, alone = ([*read_video(Path(name))] for name in ("held.mkv", "alone.mkv"))
    assert len(stylized_frame) == len(alone) == 10

    def change(frames) -> float:  # along a pan of 2 pixels a frame
        moved = [np.abs(a[:, 8:-10] - b[:, 10:-8]).mean() for a, b in pairwise(frames)]
        return float(np.mean(moved))

    assert not np.array_equal(stylized_frame[-1], alone[-1])
    assert change(stylized_frame) < 0.9 * change(alone)
