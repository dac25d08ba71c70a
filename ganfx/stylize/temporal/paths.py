"""Paths through a shot: from each frame to its neighbours, as far as they show the same scene.

A path goes from a frame to a neighbour in time, step by step over the frames between, and
ends at a cut, at a frame that is not there, and at the ends of the shot. A flash, one frame
that fits neither neighbour while they fit each other, is stepped over. All of it is of the
*source* frames, and of nothing but the frames within the window.

What is computed along them is up to `ganfx.stylize.temporal.motion`, on a CPU, and to
`ganfx.stylize.temporal.device_motion`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ganfx.media.flow import SMALLEST

CUT = 0.6
"""Share of pixels that cannot be followed, from which two frames are of different shots."""
BROKEN = 0.25
"""The same, from which a frame may be a flash."""

G = TypeVar("G")  # a source frame, (H, W, 3) codes, or as it is matched
P = TypeVar("P")  # float32 planes


@dataclass(frozen=True, eq=False)
class Step(Generic[P]):
    """Between two frames of a shot."""

    flow: P
    """``(H, W, 2)``, from the first to the second."""
    trust: P
    """``(H, W)``, 0 to 1: that the same point is seen in both."""
    lost: float
    """Share of pixels that cannot be followed."""


@dataclass(frozen=True, eq=False)
class Path(Generic[P]):
    """From a frame to a neighbour in its window."""

    distance: int
    """In frames; negative is back in time."""
    flow: P
    """``(H, W, 2)``."""
    trust: P
    """``(H, W)``, 0 to 1."""


@dataclass(eq=False)
class Paths(ABC, Generic[G, P]):
    """Paths through the frames that are in hand; every step is computed once.

    Attributes:
        guides: Source frames by number, ``(H, W, 3)`` of 8 bits; the caller adds and drops them.
        starts: Frames that a new shot begins with; None finds cuts by the motion.
        known: Motion from a frame to a neighbour that need not be estimated, at the guides'
            size; the caller adds it.
    """

    guides: dict[int, G] = field(default_factory=dict)
    starts: frozenset[int] | None = None
    known: dict[tuple[int, int], P] = field(default_factory=dict)
    _seen: dict[int, G] = field(default_factory=dict)
    _flows: dict[tuple[int, int], P] = field(default_factory=dict)
    _steps: dict[tuple[int, int], Step[P]] = field(default_factory=dict)

    def paths(self, frame: int, reach: int) -> Iterator[Path[P]]:
        """Paths from a frame to all that it can be followed to, ``reach`` frames either way."""
        followed = [path for side in (-1, 1) for path in self._followed(frame, side, reach)]
        yield from self._compared(frame, followed)

    def farthest(self, frame: int, side: int, reach: int) -> Path[P] | None:
        """The path to the last frame that it can be followed to; None where that is itself.

        Args:
            frame: Where it begins.
            side: 1 is ahead in time, -1 back.
            reach: Frames that it may be long.
        """
        last = deque(self._followed(frame, side, reach), maxlen=1)
        return last.pop() if last else None

    def start(self, frame: int, reach: int) -> int:
        """The earliest frame of the same shot up to ``reach`` frames back."""
        here = frame
        while frame - here < reach:
            before = self._next(here, -1, reach - (frame - here))
            if before is None:
                break
            here = before
        return here

    def shot(self, frame: int, reach: int) -> Iterator[int]:
        """The frame, and those of the same shot up to ``reach`` frames away."""
        yield frame
        for side in (-1, 1):
            here: int | None = frame
            while here is not None and abs(here - frame) < reach:
                here = self._next(here, side, reach - abs(here - frame))
                if here is not None:
                    yield here

    def drop_before(self, frame: int) -> None:
        """Forget frames before ``frame``, and their steps."""
        self.guides = {number: guide for number, guide in self.guides.items() if number >= frame}
        self._seen = {number: plane for number, plane in self._seen.items() if number >= frame}
        self.known = {pair: flow for pair, flow in self.known.items() if min(pair) >= frame}
        self._flows = {pair: flow for pair, flow in self._flows.items() if min(pair) >= frame}
        self._steps = {pair: step for pair, step in self._steps.items() if min(pair) >= frame}

    @abstractmethod
    def _size(self, guide: G) -> tuple[int, int]:
        """Height and width of a guide."""

    @abstractmethod
    def _there_and_back(self, first: int, second: int) -> tuple[P, P]:
        """The flow between two frames, and the one back."""

    @abstractmethod
    def _checked(self, forward: P, back: P) -> Step[P]:
        """Trusted as far as there and back again ends where it began."""

    @abstractmethod
    def _further(self, flow: P, trust: P, step: Step[P]) -> tuple[P, P]:
        """Flow and trust of a path with one step more."""

    @abstractmethod
    def _compared(self, frame: int, paths: Sequence[Path[P]]) -> Sequence[Path[P]]:
        """Paths from a frame, trusted as far as both ends look alike, too."""

    def _followed(self, frame: int, side: int, reach: int) -> Iterator[Path[P]]:
        """Paths step by step, with the trust of their steps alone."""
        here = frame
        flow: P | None = None
        trust: P | None = None
        while abs(here - frame) < reach:
            there = self._next(here, side, reach - abs(here - frame))
            if there is None:
                return
            step = self._step(here, there)
            if flow is None or trust is None:
                flow, trust = step.flow, step.trust
            else:
                flow, trust = self._further(flow, trust, step)
            here = there
            yield Path(here - frame, flow, trust)

    def _next(self, here: int, side: int, reach: int) -> int | None:
        """The next frame of the same shot; None where it ends, or the window does."""
        near = here + side
        small = min(self._size(self.guides[here])) < SMALLEST
        if near not in self.guides or small or self._starts_between(here, near):
            return None
        lost = self._step(here, near).lost
        far = near + side
        beyond = reach > 1 and far in self.guides and not self._starts_between(near, far)
        if lost > BROKEN and beyond and self._step(here, far).lost <= BROKEN:
            return far
        return None if self.starts is None and lost > CUT else near

    def _starts_between(self, first: int, second: int) -> bool:
        return self.starts is not None and max(first, second) in self.starts

    def _step(self, first: int, second: int) -> Step[P]:
        key = (first, second)
        if key not in self._steps:
            self._steps[key] = self._checked(*self._there_and_back(first, second))
        return self._steps[key]
