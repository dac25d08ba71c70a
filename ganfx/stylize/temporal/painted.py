"""Painted frames carried over a shot: along the motion, as far as it can be followed.

Every pixel of a frame takes the painted frames before and after it, each from where its point of
the scene is there, and each as far as the two plates show the same. Between both it cross-fades
with time, so that nothing jumps at a painted frame, and a painted frame itself is as painted.

What is carried is found from the two plates alone, not step by step over the frames between: it
depends on nothing but them, and does not drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.flow import SMALLEST, Flow, enlarged, sample_at
from ganfx.stylize.temporal.filter import Guide
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.parallel import bands, each

Plane = NDArray[np.float32]
Share = NDArray[np.float16]
"""0 to 1; in half, as all frames of a window have one."""

FOLLOWED = (0.05, 0.25)
"""Mean trust in the motion from a frame to a painted one up to which it is not followed at all,
and from which it is followed in full: across a cut, what little fits does so by chance."""


@dataclass(frozen=True, eq=False)
class Painting:
    """A frame that somebody painted over."""

    frame: int
    guide: Guide
    """`ganfx.stylize.temporal.filter.guide_of` of its plate."""
    picture: ImageF32
    """``(H, W, 3)`` display-encoded, as painted."""
    cover: Plane
    """``(H, W)``, 0 to 1: where it is painted."""


class _Way(NamedTuple):
    """From a frame to a painted one, at the guides' size."""

    painting: Painting
    flow: Flow
    trust: Plane
    nearness: float
    """0 to 1, in time: 1 is that frame itself."""


def lay_over(
    styled: ImageF32, frame: int, guide: Guide, paintings: Sequence[Painting]
) -> tuple[ImageF32, Share | None]:
    """Lay what is painted over a stylised frame.

    Args:
        styled: ``(H, W, 3)`` display-encoded.
        frame: Its number.
        guide: Of its plate.
        paintings: The nearest before it and after it, of the same size.

    Returns:
        The same shape; ``styled`` where nothing painted can be followed to. And the share of what
        is painted, ``(H, W)``; None where that is nothing.
    """
    ways = list(_ways(frame, guide, paintings))
    if not ways:
        return styled, None
    result, share = np.empty_like(styled), np.empty(styled.shape[:2], np.float16)

    def put(rows: slice) -> None:
        result[rows], share[rows] = _laid(styled[rows], rows, len(styled), ways)

    each(put, bands(len(styled)), pixels=styled.shape[0] * styled.shape[1])
    return result, share


def as_painted(held: ImageF32, painting: Painting) -> ImageF32:
    """The frame that was painted over, to the last bit where it was; else what it is given."""
    cover = painting.cover[..., np.newaxis]
    mixed = held + cover * (painting.picture - held)
    painted: ImageF32 = np.where(cover < 1, mixed, painting.picture)
    return painted


def _ways(frame: int, guide: Guide, paintings: Sequence[Painting]) -> Iterator[_Way]:
    for painting, nearness in zip(paintings, _nearness(frame, paintings), strict=True):
        if painting.frame == frame:
            height, width = guide.shape[:2]
            still = np.zeros((height, width, 2), np.float32)
            yield _Way(painting, still, np.ones((height, width), np.float32), nearness)
        elif nearness and min(guide.shape[:2]) >= SMALLEST:
            ends = Motion(guides={0: guide, 1: painting.guide}, starts=frozenset())
            for path in ends.paths(0, 1):
                least, most = FOLLOWED
                share = (float(np.mean(path.trust, dtype=np.float64)) - least) / (most - least)
                trust = path.trust * np.float32(min(1.0, max(0.0, share)))
                yield _Way(painting, path.flow, trust, nearness)


def _nearness(frame: int, paintings: Sequence[Painting]) -> list[float]:
    """Of the last before a frame and the first after it, a smooth step; 0 of all others."""
    before = [p.frame for p in paintings if p.frame <= frame]
    after = [p.frame for p in paintings if p.frame > frame]
    near = dict.fromkeys([*before[-1:], *after[:1]], 1.0)
    if len(near) == 2:
        first, last = near
        share = (frame - first) / (last - first)
        near[last] = share * share * (3 - 2 * share)
        near[first] = 1 - near[last]
    return [near.get(p.frame, 0.0) for p in paintings]


def _laid(
    styled: ImageF32, rows: slice, height: int, ways: Sequence[_Way]
) -> tuple[ImageF32, Plane]:
    """Some rows: painted frames by nearness and trust, as far as the best of them is trusted."""
    width = styled.shape[1]
    total = np.zeros((*styled.shape[:2], 1), np.float32)
    trusted, painted = np.zeros_like(total), np.zeros_like(styled)
    for way in ways:
        picture, trust = _carried(way, rows, height, width)
        weight = np.float32(way.nearness) * trust
        total += weight
        trusted += weight * trust
        painted += weight * picture
    least = np.float32(1e-6)
    painted /= np.maximum(total, least)
    share = trusted / np.maximum(total, least)
    laid: ImageF32 = styled + share * (painted - styled)
    return laid, np.asarray(share[..., 0], dtype=np.float32)


def _carried(way: _Way, rows: slice, height: int, width: int) -> tuple[ImageF32, Plane]:
    """What is painted, from where it is, ``(h, W, 3)``, and trust in it, ``(h, W, 1)``."""
    known_height, known_width = way.trust.shape
    flow = enlarged(way.flow, rows, height, width)
    flow = flow * np.array([width / known_width, height / known_height], np.float32)
    picture = sample_at(way.painting.picture, flow, smooth=True, first=rows.start)
    cover = sample_at(way.painting.cover, flow, first=rows.start)
    trust = cover * enlarged(way.trust, rows, height, width)
    return np.clip(picture, 0, 1), trust[..., np.newaxis]
