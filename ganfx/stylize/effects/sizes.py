"""Marks of another size at each pixel: drawn in a few sizes, each shown where it is wanted.

Marks lie on a grid of their own size, so a size that went from pixel to pixel would tear them. So
they are drawn in `LEVELS`, of which each is a drawing of its own, and a pixel shows the one or two
whose size is nearest. Strokes are chosen whole, by what is wanted at their anchors; drawn lines of
one size taper where those of the next begin; other marks turn into those within a short way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.stylize.effects.effect import Place

Plane = NDArray[np.float32]
C = TypeVar("C")

LEVELS = (0.5, 0.7, 1.0, 1.4, 2.0)
"""Sizes that are drawn, as factors of the look's own: about the square root of 2 apart."""
LEAST, LARGEST = LEVELS[0], LEVELS[-1]
BETWEEN = (0.3, 0.7)
"""Share of the way from one size to the next, in which both show."""


def shares(sizes: Plane, *, slow: bool = False) -> Iterator[tuple[float, Plane]]:
    """The levels that some sizes want anywhere, from the largest down, each with its share.

    Args:
        sizes: ``(H, W)``, factors; what is beyond the levels is the nearest of them.
        slow: Whether shares go all the way from one size to the next.

    Yields:
        A level, and ``(H, W)`` float32 from 0 to 1; of all levels these sum to 1. Where a size is
        a level, exactly 1.
    """
    for number in reversed(range(len(LEVELS))):
        share = np.ones_like(sizes)
        if number > 0:
            share = np.minimum(share, _way(sizes, LEVELS[number - 1], LEVELS[number], slow=slow))
        if number < len(LEVELS) - 1:
            above = _way(sizes, LEVELS[number], LEVELS[number + 1], slow=slow)
            share = np.minimum(share, np.float32(1) - above)
        if share.any():
            yield LEVELS[number], share


def levels_of(sizes: Plane | None, *, slow: bool = False) -> Iterable[tuple[float, Plane | None]]:
    """`shares` of some sizes; without any, one level of which nothing more is to be said."""
    return ((1.0, None),) if sizes is None else shares(sizes, slow=slow)


def _way(sizes: Plane, low: float, high: float, *, slow: bool) -> Plane:
    """How far sizes have turned from one level into the next, 0 to 1."""
    # Differences of float32 levels, so that a size that is one has turned into it exactly.
    begin, end = np.float32(low), np.float32(high)
    way: Plane = np.clip((sizes - begin) / (end - begin), 0.0, 1.0)
    if slow:
        return way
    first, last = (np.float32(each) for each in BETWEEN)
    way = np.clip((way - first) / (last - first), 0.0, 1.0)
    smooth: Plane = way * way * (np.float32(3) - way - way)
    return smooth


def by_size(
    apply: Callable[[ImageF32, C, Place], ImageF32], image: ImageF32, config: C, place: Place
) -> ImageF32:
    """An effect in the sizes that ``place.sizes`` wants.

    Takes what an `Effect`'s ``apply`` does; where all sizes are 1, it makes the same.
    """
    if place.sizes is None:
        return apply(image, config, place)
    total: ImageF32 | None = None
    for level, share in shares(place.sizes):
        made = apply(image, config, of_level(place, level))
        if share.min() == 1:
            return made
        made = made * share[..., np.newaxis]
        total = made if total is None else total + made
    assert total is not None, "shares sum to 1"
    return total


def of_level(place: Place, level: float) -> Place:
    """The same place with marks of one size."""
    return replace(place, scale=place.scale * level, sizes=None)
