"""Parts of videos: times, sound, chapters and timecode of a range of frames."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from av.packet import Packet

from ganfx.media.video.reading import Timing

_TIMECODE = re.compile(r"(\d+):(\d\d):(\d\d)([:;.])(\d+)")


class Cut:
    """A range of frames of a video, which begins when the video does.

    Args:
        whole: Timing of the video.
        frames: Frames that are kept, from 0.
    """

    def __init__(self, whole: Timing, frames: range) -> None:
        self._first = frames.start
        self._is_whole = len(frames) >= whole.count
        self._rate = whole.rate
        self._begin, self._end = whole.time(frames.start), whole.time(frames.stop)
        self._late = self._begin - whole.start
        times = whole.times and tuple(
            time - self._late for time in whole.times[frames.start : frames.stop]
        )
        self.timing = replace(whole, count=len(frames), times=times)

    def shift(self, packet: Packet[Any]) -> bool:
        """Move a packet of sound or subtitles to its new time; whether it is kept at all."""
        time = packet.pts if packet.pts is not None else packet.dts
        if self._is_whole or time is None:
            return True
        base = Fraction(packet.time_base)
        if not self._begin <= time * base < self._end:
            return False
        late = round(self._late / base)
        packet.pts = None if packet.pts is None else packet.pts - late
        packet.dts = None if packet.dts is None else packet.dts - late
        return True

    def chapters(self, chapters: Iterable[Any]) -> list[Any]:
        """Chapters, as far as they are in the range."""
        if self._is_whole:
            return list(chapters)
        return [kept for chapter in chapters if (kept := self._clipped(chapter))]

    def timecode(self, metadata: Mapping[str, str]) -> dict[str, str]:
        """The timecode of the first frame that is kept, by the key that it has; {} for none."""
        if self._first == 0:
            return {}
        return {
            key: advanced(value, self._first, self._rate)
            for key, value in metadata.items()
            if key.lower() == "timecode"
        }

    def _clipped(self, chapter: Any) -> Any:
        base = Fraction(chapter["time_base"])
        begin = max(chapter["start"] * base, self._begin)
        end = min(chapter["end"] * base, self._end)
        if begin >= end:
            return None
        start, stop = ((time - self._late) / base for time in (begin, end))
        return {**chapter, "start": round(start), "end": round(stop)}


def advanced(timecode: str, frames: int, rate: Fraction) -> str:
    """A timecode some frames later; as it is, where it is none.

    Args:
        timecode: ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` in drop-frame.
        frames: How many.
        rate: Frames per second.

    Source: SMPTE ST 12-1: drop-frame leaves out the first numbers of each minute but every tenth.
    """
    count, match = frames_of(timecode, rate), _TIMECODE.fullmatch(timecode.strip())
    if count is None or match is None:
        return timecode
    base, mark = round(rate), match[4]
    return _timecode(count + frames, base, _dropped(base, mark), mark)


def frames_of(timecode: str, rate: Fraction) -> int | None:
    """Frames from midnight to a timecode; None where it is none."""
    match = _TIMECODE.fullmatch(timecode.strip())
    if match is None:
        return None
    hours, minutes, seconds, mark, number = match.groups()
    base = round(rate)
    total = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    whole_minutes = total // 60
    skipped = _dropped(base, mark) * (whole_minutes - whole_minutes // 10)
    return total * base + int(number) - skipped


def _dropped(base: int, mark: str) -> int:
    """Numbers that a minute lacks."""
    return round(base / 15) if mark in ";." else 0


def _timecode(count: int, base: int, dropped: int, mark: str) -> str:
    in_ten = 600 * base - 9 * dropped  # frames of ten minutes
    tens, rest = divmod(count, in_ten)
    skipped = 9 * dropped * tens
    if rest >= 60 * base:  # the first minute of ten has all its numbers
        skipped += dropped * ((rest - 60 * base) // (60 * base - dropped) + 1)
    seconds, number = divmod(count + skipped, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minutes:02d}:{seconds:02d}{mark}{number:02d}"
