"""Which films are whole: what a container promises against what it holds."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.video import read_video_info
from ganfx.media.video.reading import read_timing, read_upright_frames, read_video
from tests.media.video.test_video import SIZE, TAGS, film, times

B_FRAMES = {"bf": "2"}
RATES = (24, 25, Fraction(24000, 1001), Fraction(30000, 1001))


def edited(path: Path, *, start: int | None = None, length: int | None = None) -> Path:
    """Change the edit list of an MP4: ``start`` in media time, ``length`` in milliseconds."""
    content = bytearray(path.read_bytes())
    entry = content.index(b"elst") + 12  # after the version and the count
    if length is not None:
        struct.pack_into(">I", content, entry, length)
    if start is not None:
        struct.pack_into(">I", content, entry + 4, start)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_an_mxf_cut_short_is_refused(tmp_path, kept):
    path = film(tmp_path / "a.mxf", codec="mpeg2video", pixels="yuv422p", frames=30)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(MediaError, match=r"is cut short: [12]?\d of 30 frames; frame \d+ is"):
        next(read_video(path))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mxf", "mpeg2video", "yuv422p"),
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mov", "libx264", "yuv420p"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.avi", "mpeg4", "yuv420p"),
    ],
)
def test_whole_films_with_b_frames_are_whole(tmp_path, rate, name, codec, pixels):
    options = {} if codec == "libvpx-vp9" else B_FRAMES
    path = film(tmp_path / name, codec=codec, pixels=pixels, rate=rate, frames=17, options=options)
    assert len(list(read_video(path))) == 17


def test_an_mkv_cut_short_within_b_frames_is_told_to_be_that(tmp_path):
    path = film(tmp_path / "a.mkv", frames=60, options={"bf": "3", "g": "60"})
    whole = path.read_bytes()
    for kept in range(60, 90, 3):
        path.write_bytes(whole[: len(whole) * kept // 100])
        with pytest.raises(MediaError, match="is cut short"):
            next(read_video(path))


def test_frames_that_an_edit_list_hides_are_not_counted(tmp_path):
    path = film(tmp_path / "a.mp4", options=B_FRAMES)
    with av.open(str(path)) as container:
        tick = container.streams.video[0].time_base
    edited(path, start=round(Fraction(6, 24) / tick))

    shown = len(list(read_video(path)))
    assert 0 < shown < 12
    assert read_video_info(path).frames == read_timing(path).count == shown


def test_a_film_whose_end_is_edited_off_is_whole(tmp_path):
    path = film(tmp_path / "a.mp4", frames=40, options={"bf": "2", "g": "8"})
    edited(path, length=500)
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 40

    assert len(list(read_video(path))) == 12
    assert read_video_info(path).frames == 12


def test_chunks_of_avi_that_repeat_a_frame_are_none_that_are_lost(tmp_path):
    plain = film(tmp_path / "plain.avi", codec="mpeg4", options=B_FRAMES)
    path = tmp_path / "a.avi"
    with av.open(str(plain)) as source, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                packet.pts, packet.dts = packet.pts + 1, packet.dts + 1  # which leaves a gap
                output.mux(packet)
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 13

    assert times(path)[0] > times(plain)[0]
    assert len(list(read_video(path))) == 12


def test_some_frames_are_given_with_their_numbers_turned_as_one_sees_them(tmp_path):
    path = film(tmp_path / "phone.mp4", frames=5, rotation=90, **TAGS)
    frames = list(read_video(path))
    some = list(read_upright_frames(path, lambda number: number in (1, 3)))

    assert [number for number, _ in some] == [1, 3]
    corner = some[0][1][0, 0]  # the top right one, after a turn to the left
    assert some[0][1].shape == (SIZE[1], SIZE[0], 3)
    assert np.array_equal(corner, frames[1][0, -1])
