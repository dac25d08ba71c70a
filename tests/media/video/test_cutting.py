"""A range of a video: its times, sound and timecode."""

from fractions import Fraction

import av
import numpy as np
import pytest

from ganfx.media.video import VideoWriter, read_video
from ganfx.media.video.cutting import advanced
from ganfx.media.video.stills import read_middle_frame
from tests.media.video.test_video import PHOTO, SIZE, film, packets, picture, times

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("timecode", "frames", "rate", "expected"),
    [
        ("01:00:00:00", 24, Fraction(24), "01:00:01:00"),
        ("01:00:59:23", 1, Fraction(24000, 1001), "01:01:00:00"),
        ("23:59:59:24", 1, Fraction(25), "00:00:00:00"),
        ("00:00:59;29", 1, NTSC, "00:01:00;02"),  # two numbers are dropped
        ("00:09:59;29", 1, NTSC, "00:10:00;00"),  # but not in every tenth minute
        ("00:00:00;00", 17982, NTSC, "00:10:00;00"),  # frames of ten minutes
        ("01:00:00;00", 0, NTSC, "01:00:00;00"),
        ("00:01:59;29", 1, NTSC, "00:02:00;02"),
        ("00:00:59;59", 1, 2 * NTSC, "00:01:00;04"),
        ("no timecode", 5, NTSC, "no timecode"),
    ],
)
def test_a_timecode_goes_on_by_frames(timecode, frames, rate, expected):
    assert advanced(timecode, frames, rate) == expected


def cut(path, frames, name="cut"):
    out = path.with_name(name + path.suffix)
    with VideoWriter(out, like=path, frames=frames) as writer:
        for number, rgb in enumerate(read_video(path)):
            if number in frames:
                writer.write(rgb)
    return out


def test_a_range_begins_when_the_video_does_with_the_sound_of_its_time(tmp_path):
    path = film(tmp_path / "a.mkv", codec="ffv1", pixels="bgr0", frames=24, sound=True)
    out = cut(path, range(6, 18))

    assert times(out) == [Fraction(round(1000 * n / 24), 1000) for n in range(12)]
    for before, after in zip(list(read_video(path))[6:18], read_video(out), strict=True):
        assert np.array_equal(before, after)
    begin, end, tick = Fraction(6, 24), Fraction(18, 24), Fraction(1, 1000)
    kept = [(t - begin, data) for t, data in packets(path, "audio") if begin <= t < end]
    sound = packets(out, "audio")
    assert [data for _, data in sound] == [data for _, data in kept] != []
    assert all(abs(a - b) <= tick for (a, _), (b, _) in zip(sound, kept, strict=True))


def test_a_range_has_the_timecode_of_its_first_frame(tmp_path):
    path = film(tmp_path / "a.mov", frames=12, metadata={"timecode": "01:00:00:20"})
    with av.open(str(cut(path, range(6, 9)))) as container:
        assert container.streams.video[0].metadata["timecode"] == "01:00:01:02"
    with av.open(str(cut(path, range(0, 9), "begin"))) as container:
        assert container.streams.video[0].metadata["timecode"] == "01:00:00:20"


def test_a_frame_from_the_middle_is_shown(tmp_path):
    path = film(tmp_path / "a.avi", codec="mjpeg", pixels="yuvj444p", frames=12)
    shown = read_middle_frame(path)
    assert shown.shape == (*SIZE, 3)
    errors = [np.abs(shown / 255.0 - picture(n)).mean() for n in range(12)]
    assert 5 <= int(np.argmin(errors)) <= 7
    assert PHOTO.shape[2] == 3
