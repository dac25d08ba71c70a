"""How a shot moves: from each frame to its neighbours, as far as they show the same scene.

A path goes from a frame to a neighbour in time, step by step over the frames between, and
ends at a cut, at a frame that is not there, and at the ends of the shot. A flash, one frame
that fits neither neighbour while they fit each other, is stepped over. All of it is of the
*source* frames, and of nothing but the frames within the window.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.flow import SMALLEST, Flow, flow_of_seen, sample_at, seen
from ganfx.media.portable import use_portable_opencv
from ganfx.stylize.temporal.parallel import each

Floats = NDArray[np.float32]

CUT = 0.6
"""Share of pixels that cannot be followed, from which two frames are of different shots."""
BROKEN = 0.25
"""The same, from which a frame may be a flash."""
MISSED = 1.5
"""Pixels by which there and back again misses where a pixel cannot be followed."""
TOLERANCE = (2.0, 0.04)
"""Pixels that there and back again may miss by before trust is gone, and more of it per pixel
of motion."""
UNLIKE = 0.2
"""Difference of a source pixel to its neighbour's, of the display range, at which trust is gone."""
MARGIN = 1
"""Pixels by which what can be followed is drawn in: flow smears across edges."""


@dataclass(frozen=True, eq=False)
class Step:
    """Between two frames of a shot."""

    flow: Flow
    """``(H, W, 2)``, from the first to the second."""
    trust: Floats
    """``(H, W)``, 0 to 1: that the same point is seen in both."""
    lost: float
    """Share of pixels that cannot be followed."""


@dataclass(frozen=True, eq=False)
class Path:
    """From a frame to a neighbour in its window."""

    distance: int
    """In frames; negative is back in time."""
    flow: Flow
    """``(H, W, 2)``."""
    trust: Floats
    """``(H, W)``, 0 to 1."""


@dataclass(eq=False)
class Motion:
    """Paths through the frames that are in hand; every step is computed once.

    Attributes:
        guides: Source frames by number, uint8 ``(H, W, 3)``; the caller adds and drops them.
        starts: Frames that a new shot begins with; None finds cuts by the motion.
        known: Motion from a frame to a neighbour that need not be estimated, at the guides'
            size; the caller adds it.
    """

    guides: dict[int, ImageU8] = field(default_factory=dict)
    starts: frozenset[int] | None = None
    known: dict[tuple[int, int], Flow] = field(default_factory=dict)
    _seen: dict[int, ImageU8] = field(default_factory=dict)
    _flows: dict[tuple[int, int], Flow] = field(default_factory=dict)
    _steps: dict[tuple[int, int], Step] = field(default_factory=dict)

    def paths(self, frame: int, reach: int) -> Iterator[Path]:
        """Paths from a frame to all that it can be followed to, ``reach`` frames either way."""
        followed = [path for side in (-1, 1) for path in self._followed(frame, side, reach)]
        compared = partial(self._compared, frame)
        yield from each(compared, followed, pixels=self._pixels(frame))

    def farthest(self, frame: int, side: int, reach: int) -> Path | None:
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

    def _compared(self, frame: int, path: Path) -> Path:
        """Trusted as far as both ends look alike, too."""
        direct = _likeness(self.guides[frame], self.guides[frame + path.distance], path.flow)
        return replace(path, trust=_drawn_in(path.trust * direct))

    def _followed(self, frame: int, side: int, reach: int) -> Iterator[Path]:
        """Paths step by step, with the trust of their steps alone."""
        here = frame
        flow: Flow | None = None
        trust: Floats | None = None
        while abs(here - frame) < reach:
            there = self._next(here, side, reach - abs(here - frame))
            if there is None:
                return
            step = self._step(here, there)
            if flow is None or trust is None:
                flow, trust = step.flow, step.trust
            else:
                trust = trust * sample_at(step.trust, flow)
                flow = flow + sample_at(step.flow, flow)
            here = there
            yield Path(here - frame, flow, trust)

    def _next(self, here: int, side: int, reach: int) -> int | None:
        """The next frame of the same shot; None where it ends, or the window does."""
        near = here + side
        small = min(self.guides[here].shape[:2]) < SMALLEST
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

    def _step(self, first: int, second: int) -> Step:
        key = (first, second)
        if key not in self._steps:
            pairs, pixels = (key, key[::-1]), self._pixels(first)
            forward, back = each(lambda pair: self._flow(*pair), pairs, pixels=pixels)
            self._steps[key] = _checked(forward, back)
        return self._steps[key]

    def _pixels(self, frame: int) -> int:
        height, width = self.guides[frame].shape[:2]
        pixels: int = height * width
        return pixels

    def _flow(self, first: int, second: int) -> Flow:
        key = (first, second)
        if key in self.known:
            return self.known[key]
        if key not in self._flows:
            self._flows[key] = flow_of_seen(self._seen_at(first), self._seen_at(second))
        return self._flows[key]

    def _seen_at(self, frame: int) -> ImageU8:
        if frame not in self._seen:
            self._seen[frame] = seen(self.guides[frame])
        return self._seen[frame]


def _checked(forward: Flow, back: Flow) -> Step:
    """Trust falls with the miss of there and back again; what leaves the frame has none."""
    returned = sample_at(back, forward)
    miss = _length(forward + returned)
    limit, share = TOLERANCE
    limits = limit + share * (_length(forward) + _length(returned))
    trust = _falling((miss / limits) ** 2) * _inside(forward)
    return Step(forward, trust, float(np.mean(miss > MISSED / limit * limits)))


def _likeness(here: ImageU8, there: ImageU8, flow: Flow) -> Floats:
    """How alike two source frames are at either end of a flow, 0 to 1."""
    moved = sample_at(there.astype(np.float32), flow)
    difference = (here.astype(np.float32) - moved) / np.float32(255.0)
    red, green, blue = np.moveaxis(_soft(difference), -1, 0)  # noise of a pixel is no change
    return _falling((red * red + green * green + blue * blue) / np.float32(3.0 * UNLIKE**2))


def _falling(square: Floats) -> Floats:
    """Tukey's biweight of a square: 1 at 0, and 0 from 1 on.

    No exponential, whose last bit depends on the processor.
    """
    left = np.maximum(np.float32(1.0) - square, np.float32(0.0))
    return np.asarray(left * left, dtype=np.float32)


def _soft(image: Floats) -> Floats:
    use_portable_opencv()
    soft = cv2.GaussianBlur(image, (0, 0), 1.0, borderType=cv2.BORDER_REFLECT)
    return np.asarray(soft, dtype=np.float32)


def _drawn_in(trust: Floats) -> Floats:
    size = 2 * MARGIN + 1
    eroded = cv2.erode(trust, np.ones((size, size), np.uint8), borderType=cv2.BORDER_REFLECT)
    return np.asarray(eroded, dtype=np.float32)


def _inside(flow: Flow) -> NDArray[np.bool_]:
    height, width = flow.shape[:2]
    x = flow[..., 0] + np.arange(width, dtype=np.float32)
    y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    inside: NDArray[np.bool_] = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return inside


def _length(flow: Flow) -> Floats:
    x, y = flow[..., 0], flow[..., 1]
    return np.asarray(np.sqrt(x * x + y * y), dtype=np.float32)
