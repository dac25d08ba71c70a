"""Painted frames of a shot: which file is which frame, and which ones a frame depends on."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fileseq.frameset import FrameSet

from ganfx.errors import UsageError
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.sequences import Shot, find_shots

OPTION = "--painted"
_NUMBER = re.compile(r"(?<![\dvV])\d+")  # v002 is a version


class PaintedKey(NamedTuple):
    """A frame that somebody painted over."""

    frame: int
    picture: Path
    """What was painted."""
    plate: Path
    """What it was painted over."""


def find_painted(text: str) -> tuple[Path, ...]:
    """The files that the option means: "" (none), a picture, a folder, or fileseq notation.

    Raises:
        UsageError: There are none, or a video is among them.
    """
    if not text:
        return ()
    try:
        files = [file for shot in find_shots(Path(text)) for file in shot.files]
    except UsageError as error:
        raise UsageError(f"{OPTION}: {error.message}", hint=error.hint) from error
    videos = [file for file in files if file.suffix.lower() not in PICTURE_SUFFIXES]
    if videos:
        raise UsageError(f"{OPTION}: {videos[0]} is a video", hint="give painted frames, pictures")
    return tuple(files)


def match_painted(files: Sequence[Path], shot: Shot, option: str = OPTION) -> list[PaintedKey]:
    """Painted files with the frames that they belong to, in order of these.

    A file belongs to the frame of the same name, in whatever format; else to the one whose number
    is in its name: ``plate.1012_painted_v003.png`` is frame 1012.

    Args:
        files: Those from `find_painted`.
        shot: A sequence.
        option: For messages.

    Raises:
        UsageError: A file belongs to no frame or to several, or a frame has several files.
    """
    found: dict[int, Path] = {}
    for file in files:
        frame = _frame_of(file, shot.on_disk, option)
        if frame in found:
            raise UsageError(
                f"{option}: {found[frame].name} and {file.name} are both of frame {frame}",
                hint="leave one of them",
            )
        found[frame] = file
    return [PaintedKey(n, found[n], shot.on_disk[n]) for n in sorted(found)]


def keys_around(keys: Sequence[PaintedKey], frame: int, reach: int) -> tuple[PaintedKey, ...]:
    """The keys within ``reach`` frames, and the next one on either side."""
    numbers = [key.frame for key in keys]
    first = bisect_right(numbers, frame - reach) - 1
    last = bisect_left(numbers, frame + reach)
    return tuple(keys[max(0, first) : last + 1])


def _frame_of(file: Path, on_disk: Mapping[int, Path], option: str) -> int:
    same = [number for number, path in on_disk.items() if path.stem == file.stem]
    numbers = {int(digits) for digits in _NUMBER.findall(file.stem)}
    fitting = same or sorted(numbers & set(on_disk))
    if len(fitting) == 1:
        return fitting[0]
    there = FrameSet(sorted(on_disk)).frameRange()
    if fitting:
        raise UsageError(
            f"{option}: {file.name} may be frame {' or '.join(map(str, fitting))}",
            hint=f"name it as its frame: {on_disk[fitting[-1]].stem}{file.suffix}",
        )
    raise UsageError(
        f"{option}: {file.name} is no frame of the shot, which has {there}",
        hint=f"name it as its frame: {on_disk[min(on_disk)].stem}{file.suffix}",
    )
