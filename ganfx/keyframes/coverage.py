"""How much of a shot its painted frames show, and which frame would show most of the rest.

A pixel is covered as far as it can be followed to a painted frame. The next frame to paint is the
one whose painting would cover most of what is not covered yet, over the whole shot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganfx.keyframes.key_shot import KeyShot
from ganfx.media.arrays import ImageU8
from ganfx.media.flow import SMALLEST
from ganfx.quality.sampling import spread
from ganfx.stylize.temporal.motion import Motion

LINES = 180
"""Of the frames that are compared: motion over areas is what counts."""
COMPARED = 16
"""Frames that a shot is judged by, all over it."""
ENOUGH = 0.01
"""Of the shot: another painting that covers less is not worth its while."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Suggestion:
    """A frame to paint next."""

    frame: int
    covered: float
    """Share of the shot that is covered once it is painted, 0 to 1."""


@dataclass(frozen=True)
class Coverage:
    """Of a shot by its keys."""

    covered: float
    """Share of the shot, 0 to 1."""
    by_frame: Mapping[int, float]
    """Share of each frame that was compared."""
    next: tuple[Suggestion, ...]
    """What to paint, the most useful first; none where hardly anything is left."""

    @property
    def least(self) -> int:
        """The frame that is covered least."""
        return min(self.by_frame, key=lambda frame: self.by_frame[frame])


def measure_coverage(key_shot: KeyShot, *, suggestions: int = 1) -> Coverage:
    """Follow the motion between frames all over a shot and its keys.

    Args:
        key_shot: The shot.
        suggestions: How many frames to paint next are looked for.

    Raises:
        MediaError: A frame cannot be read.
    """
    keys = [key.frame for key in key_shot.keys]
    frames = sorted({*spread(key_shot.frames, COMPARED), *keys})
    seen = {frame: key_shot.plate(frame, lines=LINES) for frame in frames}
    shown = _Shown(seen)
    covers = {n: np.zeros(seen[n].shape[:2], np.float32) for n in frames}
    for key in keys:
        covers = shown.with_key(covers, key)
    now = _mean(covers)
    by_frame = {n: float(cover.mean()) for n, cover in covers.items()}
    found = _suggested(shown, covers, [n for n in frames if n not in keys], suggestions)
    return Coverage(now, by_frame, tuple(found))


class _Shown:
    """What each frame shows of the others."""

    def __init__(self, seen: Mapping[int, ImageU8]) -> None:
        self._seen = seen
        self._trust: dict[tuple[int, int], Plane] = {}

    def with_key(self, covers: Mapping[int, Plane], key: int) -> dict[int, Plane]:
        """Coverage with one key more."""
        return {n: np.maximum(cover, self._in(n, key)) for n, cover in covers.items()}

    def _in(self, frame: int, key: int) -> Plane:
        """Trust in the motion from a frame to a key, ``(h, w)``."""
        if (frame, key) not in self._trust:
            self._compare(frame, key)
        return self._trust[frame, key]

    def _compare(self, first: int, second: int) -> None:
        """Both ways at once: they take the same flows."""
        size = self._seen[first].shape[:2]
        self._trust[first, second] = self._trust[second, first] = np.zeros(size, np.float32)
        if first == second:
            self._trust[first, first] = np.ones(size, np.float32)
        elif min(size) >= SMALLEST:
            guides = {0: self._seen[first], 1: self._seen[second]}
            motion = Motion(guides=guides, starts=frozenset())
            (ahead,), (back,) = motion.paths(0, 1), motion.paths(1, 1)
            self._trust[first, second], self._trust[second, first] = ahead.trust, back.trust


def _suggested(
    shown: _Shown, covers: dict[int, Plane], candidates: Sequence[int], count: int
) -> Iterator[Suggestion]:
    left = list(candidates)
    for _ in range(count):
        gains = {n: _mean(shown.with_key(covers, n)) for n in left}
        if not gains:
            return
        best = max(gains, key=lambda n: gains[n])  # the first of equals
        if gains[best] - _mean(covers) < ENOUGH:
            return
        yield Suggestion(best, gains[best])
        covers = shown.with_key(covers, best)
        left.remove(best)


def _mean(covers: Mapping[int, Plane]) -> float:
    return float(np.mean([cover.mean(dtype=np.float64) for cover in covers.values()]))
