"""One shot of a page: its pictures read, reduced, compared and stored, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from ganfx.errors import MediaError
from ganfx.media.arrays import ImageU8
from ganfx.quality.metrics import mean_of_known, structure
from ganfx.quality.pages import data_uri, jpeg
from ganfx.quality.sampling import spread
from ganfx.review.events import FrameShown
from ganfx.review.footage import Eye, Picture, each_picture
from ganfx.review.matching import Pictures, ShotFootage
from ganfx.review.sizing import PLAYED, THUMB, THUMB_QUALITY, WHOLE, Sizes, first_size, fitting
from ganfx.review.steadying import WIDTH, Steadiness
from ganfx.review.store import CHUNK, Coded, Store, coded

JUDGED = 12
"""Frames of a shot whose structure is measured."""

Watch = Callable[[int, Sequence[ImageU8 | None]], None]
"""Gets every shown frame as it plays: its number, and its sides."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture in the sizes that a page needs."""

    played: ImageU8
    small: ImageU8
    """For what is measured."""
    code: Coded
    whole: Coded


@dataclass
class ShotPage:
    """What a page says of a shot."""

    footage: ShotFootage
    numbers: tuple[int, ...]
    """Of the frames that are shown."""
    whole: tuple[int, ...]
    """Of those that are there in their own size."""
    on_sheet: tuple[int, ...]
    """Of those on the contact sheet."""
    size: tuple[int, int]
    played: tuple[int, int]
    view: str
    """In words: what the frames are in, and how that is shown."""
    viewed: bool
    """Whether they are seen through a view."""
    remarks: list[str] = field(default_factory=list)
    flicker: list[tuple[float | None, ...]] = field(default_factory=list)
    """Of every frame: of every side."""
    heated: bool = False
    thumbs: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    steadiness: Steadiness = field(default_factory=lambda: Steadiness(False))
    structures: dict[int, list[float]] = field(default_factory=dict)
    """By side."""

    @property
    def sides(self) -> tuple[Pictures, ...]:
        """The source where there is one, then every look."""
        return _sides(self.footage)

    def structure(self, side: int) -> float | None:
        """How much of the source's structure a side kept."""
        return mean_of_known(self.structures.get(side, []))

    def data(self, index: int, names: Sequence[str], fps: float | None) -> dict[str, Any]:
        """For the page's script."""
        place = {number: at for at, number in enumerate(self.numbers)}
        labels = self.footage.labels
        return {
            "name": self.footage.name,
            "index": index,
            "numbers": self.numbers,
            "labels": [labels[number] for number in self.numbers] if labels else None,
            "sides": [*(["source"] if self.footage.source else []), *names],
            "hasSource": bool(self.footage.source),
            "size": self.size,
            "played": self.played,
            "whole": [place[number] for number in self.whole],
            "overTime": self.footage.over_time,
            "flicker": self.flicker if any(map(any, self.flicker)) else None,
            "heated": self.heated,
            "fps": fps or self.footage.rate or 24,
            "chunk": CHUNK,
        }


def begin_shot(
    footage: ShotFootage, numbers: Sequence[int], whole: int, sizes: Sizes, eye: Eye
) -> ShotPage | None:
    """Measure a shot before its pictures are read; None if none of it can be.

    Args:
        footage: The shot.
        numbers: Of the frames to show.
        whole: How many of them in their own size.
        sizes: Of the page.
        eye: How pictures are seen.
    """
    size = first_size(footage.looks[0], eye)
    if size is None:
        return None
    page = ShotPage(
        footage,
        tuple(numbers),
        tuple(spread(numbers, whole)) if whole and max(size) > sizes.longest else (),
        tuple(spread(numbers, sizes.thumbs)),
        size,
        sizes.played(size),
        *_view(footage, eye),
        list(footage.remarks),
        steadiness=Steadiness(bool(footage.source)),
    )
    page.remarks += _other_sizes(footage, size, eye)
    if len(numbers) < len(footage.numbers):
        page.remarks.append(
            f"{len(numbers):,} of {len(footage.numbers):,} frames are shown, evenly spread"
        )
    return page


def fill_shot(
    page: ShotPage, index: int, store: Store, pool: ThreadPoolExecutor, eye: Eye, watch: Watch
) -> Iterator[FrameShown]:
    """Read every frame of a shot, and store it.

    Args:
        page: Gets what is measured.
        index: Of the shot in the page.
        store: Gets the pictures.
        pool: Threads that read.
        eye: How pictures are seen.
        watch: Gets frames as they play.
    """
    shown, judged = set(page.numbers), set(spread(page.numbers, JUDGED))
    failed: dict[str, None] = {}
    for number, sides in _frames(page, _read_numbers(page), pool, eye, failed):
        small = [s.small if s else None for s in sides]
        step = page.steadiness.add(number, small) if _steps(page) else None
        if number not in shown:
            continue
        heat = [None if h is None else coded(jpeg(h)) for h in step.heat] if step else []
        page.heated |= any(heat)
        place = len(page.flicker)
        page.flicker.append(step.flicker if step else (None,) * len(sides))
        store.add(index, place, [s.code if s else None for s in sides], heat)
        if number in page.whole:
            store.add_whole(index, place, [s.whole if s else None for s in sides])
        if number in page.on_sheet:
            page.thumbs.append((place, _thumbs(sides)))
        if number in judged:
            _judge(page, sides)
        watch(number, [s.played if s else None for s in sides])
        yield FrameShown(page.footage.name, number)
    store.flush()
    page.remarks += list(failed)


def _sides(footage: ShotFootage) -> tuple[Pictures, ...]:
    return (footage.source, *footage.looks) if footage.source else footage.looks


def _steps(page: ShotPage) -> bool:
    return page.footage.over_time and len(page.footage.numbers) > 1


def _read_numbers(page: ShotPage) -> list[int]:
    """The frames that are shown, and before each the one that flicker is measured from."""
    if not _steps(page):
        return list(page.numbers)
    there = set(page.footage.numbers)
    before = {number - 1 for number in page.numbers} & there
    return sorted(before | set(page.numbers))


def _frames(
    page: ShotPage,
    numbers: Sequence[int],
    pool: ThreadPoolExecutor,
    eye: Eye,
    failed: dict[str, None],
) -> Iterator[tuple[int, list[Seen | None]]]:
    """Every frame with all of its sides; None for what is not there."""
    streams = []
    for pictures in page.sides:
        frames = [(number, pictures[number]) for number in numbers if number in pictures]
        make = partial(_seen, page)
        streams.append(each_picture(frames, eye, make, pool, pool._max_workers))
    waiting = [next(stream, None) for stream in streams]
    for number in numbers:
        sides: list[Seen | None] = []
        for side, stream in enumerate(streams):
            head = waiting[side]
            if head is None or head[0] != number:
                sides.append(None)
                continue
            if isinstance(head[1], MediaError):
                failed[f"frame {number}: {head[1].message}"] = None
                sides.append(None)
            else:
                sides.append(head[1])
            waiting[side] = next(stream, None)
        yield number, sides


def _seen(page: ShotPage, number: int, picture: Picture) -> Seen:
    played = picture.at(page.played)
    small = Picture(played).at(fitting(page.played, WIDTH))
    shown = number in page.numbers
    whole = number in page.whole
    return Seen(
        played,
        small,
        coded(jpeg(played, quality=PLAYED)) if shown else None,
        coded(jpeg(picture.at(page.size), quality=WHOLE)) if whole else None,
    )


def _thumbs(sides: Sequence[Seen | None]) -> tuple[str, ...]:
    there = [side.small for side in sides if side is not None]
    return tuple(
        data_uri(
            small, width=fitting((small.shape[1], small.shape[0]), THUMB)[0], quality=THUMB_QUALITY
        )
        for small in there
    )


def _judge(page: ShotPage, sides: Sequence[Seen | None]) -> None:
    """What of the source a frame kept, in every look."""
    if not page.footage.source or sides[0] is None:
        return
    for index, side in enumerate(sides[1:], start=1):
        if side is not None and min(side.small.shape[:2]) > 2:  # or there are no gradients
            kept = structure(sides[0].small, side.small)
            page.structures.setdefault(index, []).append(kept)


def _view(footage: ShotFootage, eye: Eye) -> tuple[str, bool]:
    """What the frames are in and how that is shown, and whether it is through a view."""
    for where in spread(list(footage.looks[0].values()), 3):
        try:
            color, viewed = eye.color_of(where)
        except MediaError:
            continue
        how = f"seen through {eye.view}" if viewed else "as it is"
        return f"{color}, {how}", viewed
    return "", False


def _other_sizes(footage: ShotFootage, size: tuple[int, int], eye: Eye) -> Iterator[str]:
    """Which sides have another size than the first look."""
    others: Mapping[str, Pictures] = {
        "source": footage.source,
        **{"BCDEFGHI"[at]: look for at, look in enumerate(footage.looks[1:])},
    }
    for name, pictures in others.items():
        other = first_size(pictures, eye) if pictures else None
        if other is not None and other != size:
            yield (
                f"sizes differ: {name} is {other[0]}x{other[1]}, A is {size[0]}x{size[1]};"
                f" {name} is shown at A's size" + _shape(other, size)
            )


def _shape(one: tuple[int, int], other: tuple[int, int]) -> str:
    differs = not np.isclose(one[0] / one[1], other[0] / other[1], rtol=0.01)
    return ", and of another shape" if differs else ""
