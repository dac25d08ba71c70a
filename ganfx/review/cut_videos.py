"""Videos that are a part of another: which frame of it they begin with."""

from __future__ import annotations

import re
from pathlib import Path

from ganfx.media.video.reading import count_frames
from ganfx.stylize.job.finished import finished_files

_RANGE = re.compile(r"\.(\d{6,})-(\d{6,})$")
"""In names of the parts that a timeline uses: ``reel.000002-000104.mov``."""


def uncut(stem: str) -> str:
    """The name of the video that a part was made of: ``reel`` of ``reel.000002-000104``."""
    return _RANGE.sub("", stem)


def first_frame(video: Path) -> int | None:
    """The frame of its source, from 0, that a video begins with; None where nothing says it.

    Its record says it, else its name, where that fits its length.
    """
    record = finished_files(video.parent).get(video.name)
    if record is not None and record.frames is not None:
        return record.frames.start
    named = _RANGE.search(video.stem)
    if named is None:
        return None
    first, last = int(named[1]), int(named[2])
    return first if last - first + 1 == count_frames(video) else None


def offset(one: Path, other: Path) -> int:
    """What has to be added to a frame's number in one video for the same frame in another.

    Where one of them alone is known to be a part, and the other is as long, it is the same part.
    """
    first, second = first_frame(one), first_frame(other)
    if (first is None or second is None) and count_frames(one) == count_frames(other):
        return 0
    return (first or 0) - (second or 0)
