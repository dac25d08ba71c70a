"""How large the pictures of a page are, so that it stays within its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ganfx.errors import MediaError
from ganfx.media.arrays import ImageU8
from ganfx.quality.pages import jpeg
from ganfx.quality.sampling import spread
from ganfx.review.footage import Eye, Picture, Where
from ganfx.review.matching import Pictures, ShotFootage

PLAYED, WHOLE = 82, 90
"""Qualities of JPEG: of the pictures that play, and of whole ones."""
THUMB, THUMB_QUALITY = 240, 75
"""Longest side, and quality, of thumbnails."""
MOST_THUMBS = 12
"""Of a shot."""
SMALLEST = 160
"""Longest side of a picture that plays, in pixels, where the page would grow too large."""
_TEXT = 4 / 3  # bytes become letters: three become four
_ROOM = 0.85  # of what is asked for: the trial is of few pictures
_HEAT = 0.5  # bytes of a heat map, over those of a thumbnail
_FOR_THUMBS = 0.1  # share of the page
_TRIED = 3  # pictures of a sequence
_TRIED_SHOTS = 4

Size = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True)
class Sizes:
    """Of the pictures of a page."""

    longest: int
    """Side of the pictures that play."""
    whole: int
    """Number of frames that are there in their own size, too, of all shots."""
    thumbs: int
    """Frames of a shot on the contact sheet."""

    def played(self, size: Size) -> Size:
        """Of a picture that plays, of one of this size."""
        return fitting(size, self.longest)


def fitting(size: Size, longest: int) -> Size:
    """The size with its longest side reduced; never enlarged."""
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


@dataclass(frozen=True, eq=False)
class Trial:
    """A picture that was tried: small, and the bytes of the whole one."""

    small: ImageU8
    whole: int
    size: Size


def first_size(pictures: Pictures, eye: Eye) -> Size | None:
    """Size of the first picture that can be read; None if none can."""
    for where in spread(list(pictures.values()), _TRIED):
        try:
            return _read(where, eye).size
        except MediaError:
            continue
    return None


def plan_sizes(
    shots: Sequence[ShotFootage], shown: int, eye: Eye, longest: int, megabytes: float
) -> Sizes:
    """Choose sizes by a few pictures.

    Args:
        shots: What is shown.
        shown: Number of frames on the page.
        eye: How pictures are seen.
        longest: Side that is asked for, in pixels.
        megabytes: Size of the page.
    """
    trials = [t for shot in spread(shots, _TRIED_SHOTS) for t in _trials(shot, eye, longest)]
    sides = max(len(shot.looks) + bool(shot.source) for shot in shots)
    room = megabytes * 1e6 * _ROOM / _TEXT
    if not trials:
        return Sizes(longest, 0, 1)
    thumb = _mean_bytes(trials, THUMB, THUMB_QUALITY)
    thumbs = int(np.clip(room * _FOR_THUMBS / (thumb * sides * len(shots)), 1, MOST_THUMBS))
    heat = _HEAT * thumb * (len(shots[0].looks) if any(shot.over_time for shot in shots) else 0)
    room -= thumbs * len(shots) * sides * thumb + shown * heat
    for _ in range(4):
        taken = shown * sides * _mean_bytes(trials, longest, PLAYED)
        if taken <= room or longest <= SMALLEST:
            break
        longest = max(SMALLEST, int(longest * 0.97 * (max(room, 1.0) / taken) ** 0.5))
    if all(max(trial.size) <= longest for trial in trials):
        return Sizes(longest, 0, thumbs)
    each = sides * float(np.mean([trial.whole for trial in trials]))
    return Sizes(longest, min(shown, max(0, int((room - taken) / each))), thumbs)


def _trials(shot: ShotFootage, eye: Eye, longest: int) -> list[Trial]:
    trials = []
    for pictures in (*shot.looks, shot.source):
        every = list(pictures.values())
        is_video = bool(every) and every[0].frame is not None
        for where in spread(every, 1 if is_video else _TRIED):
            try:
                picture = _read(where, eye)
            except MediaError:
                continue  # told when its turn comes
            small = picture.at(fitting(picture.size, longest))
            trials.append(Trial(small, len(jpeg(picture.at(), quality=WHOLE)), picture.size))
    return trials


def _mean_bytes(trials: Sequence[Trial], longest: int, quality: int) -> float:
    sizes = [fitting((t.small.shape[1], t.small.shape[0]), longest) for t in trials]
    coded = [
        len(jpeg(trial.small, width=size[0], quality=quality))
        for trial, size in zip(trials, sizes, strict=True)
    ]
    return float(np.mean(coded))


def _read(where: Where, eye: Eye) -> Picture:
    if where.frame is None:
        return eye.read(where.path)
    for _, picture in eye.read_video(where.path, [where.frame]):
        return picture
    raise MediaError(f"{where.path} has no frame {where.frame}")
