"""Media of clips: where they are, and which of their frames a time of the timeline is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from ganfx.errors import MediaError, UsageError
from ganfx.media.formats import PICTURE_SUFFIXES, VIDEO_SUFFIXES
from ganfx.media.sequences import Shot, find_shots
from ganfx.media.video import read_video_info
from ganfx.media.video.cutting import frames_of
from ganfx.media.video.reading import count_frames, read_timecode


class NotDoneError(Exception):
    """Why a clip cannot be done, in words."""


@dataclass(frozen=True)
class Media:
    """A sequence or a video on disk."""

    source: Path
    """As `ganfx.stylize.stylize` takes it: a video, or a notation."""
    first: int
    """Number of its first frame; 0 of a video."""
    last: int
    starts: Fraction | None
    """Time of its first frame, in frames; None where numbers of frames are times."""
    rate: float | None
    """Frames per second, where the timeline says so."""
    is_video: bool

    def frame_at(self, time: Fraction) -> int:
        """Number of the frame at a time, in frames."""
        return round(time if self.starts is None else self.first + time - self.starts)


def media_of(clip: Any, folder: Path) -> Media:
    """The media of a clip of OpenTimelineIO.

    Args:
        clip: A clip.
        folder: Of the timeline, to which paths are relative.

    Raises:
        NotDoneError: There is none, or it is not on disk.
    """
    reference = clip.media_reference
    if hasattr(reference, "name_prefix"):
        return _of_numbered(reference, folder)
    url = getattr(reference, "target_url", "") or ""
    if not url and Path(clip.name or "").suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES:
        url = clip.name  # an EDL knows no more
    if not url:
        raise NotDoneError("it has no media: its reference is missing")
    return _of_path(_path(url, folder), _available(reference))


def _of_numbered(reference: Any, folder: Path) -> Media:
    if reference.frame_step != 1:
        raise NotDoneError(f"its media has every {reference.frame_step}th frame alone")
    name = f"{reference.name_prefix}%0{reference.frame_zero_padding or 1}d{reference.name_suffix}"
    path = _path(reference.target_url_base, folder) / name
    available = _available(reference)
    shot = _sequence(path)
    found = _of_sequence(shot, path, None if available is None else available[1])
    if available is None:
        return found
    # Its first number is that of the time at which it is available, whatever is on disk.
    return Media(
        path,
        found.first,
        found.last,
        available[0] + found.first - reference.start_frame,
        available[1],
        is_video=False,
    )


def _of_path(path: Path, available: tuple[Fraction, float] | None) -> Media:
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return _of_video(path, available)
    shot = _sequence(path)
    rate = None if available is None else available[1]
    found = _of_sequence(shot, path.parent / shot.pattern if path.is_file() else path, rate)
    if path.is_dir():
        found = _of_sequence(shot, shot.files[0].parent / shot.pattern, rate)
    if available is None:
        return found
    return Media(found.source, found.first, found.last, available[0], rate, is_video=False)


def _of_video(path: Path, available: tuple[Fraction, float] | None) -> Media:
    try:
        info, count = read_video_info(path), count_frames(path)
        timecode = read_timecode(path)
    except MediaError as error:
        raise NotDoneError(f"its media cannot be read: {error.message}") from error
    if available is not None:
        return Media(path, 0, count - 1, *available, is_video=True)
    starts = frames_of(timecode, info.rate) if timecode else None
    rate = float(info.rate)
    return Media(path, 0, count - 1, None if starts is None else Fraction(starts), rate, True)


def _of_sequence(shot: Shot, source: Path, rate: float | None) -> Media:
    frames = sorted(shot.on_disk)
    return Media(source, frames[0], frames[-1], None, rate, is_video=False)


def _sequence(path: Path) -> Shot:
    """The sequence that a path names, or is a frame of."""
    try:
        shots = find_shots(path.parent if path.is_file() else path)
    except UsageError as error:
        raise NotDoneError(f"its media is missing: {path}") from error
    found = [shot for shot in shots if shot.kind == "sequence"]
    if path.is_file():
        found = [shot for shot in found if path in shot.on_disk.values()]
    if len(found) != 1:
        raise NotDoneError(f"its media is no sequence and no video: {path}")
    return found[0]


def _available(reference: Any) -> tuple[Fraction, float] | None:
    """Time at which media begins, in frames, and its rate."""
    there = getattr(reference, "available_range", None)
    if there is None:
        return None
    return Fraction(there.start_time.value), there.start_time.rate


def _path(url: str, folder: Path) -> Path:
    parsed = urlparse(url)
    if parsed.scheme == "file":
        return Path(unquote(parsed.path))
    if parsed.scheme and len(parsed.scheme) > 1:  # one letter is a drive
        raise NotDoneError(f"its media is not on this machine: {url}")
    return folder / url
