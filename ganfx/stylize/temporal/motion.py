"""How a shot moves, by OpenCV on the CPU: the flow between frames, and how far it is trusted.

`ganfx.stylize.temporal.device_motion` is the same on a GPU, with a flow of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.flow import Flow, flow_of_seen, sample_at, seen
from ganfx.media.portable import use_portable_opencv
from ganfx.stylize.temporal.parallel import each
from ganfx.stylize.temporal.paths import Path, Paths, Step

Floats = NDArray[np.float32]

MISSED = 1.5
"""Pixels by which there and back again misses where a pixel cannot be followed."""
TOLERANCE = (2.0, 0.04)
"""Pixels that there and back again may miss by before trust is gone, and more of it per pixel
of motion."""
UNLIKE = 0.2
"""Difference of a source pixel to its neighbour's, of the display range, at which trust is gone."""
MARGIN = 1
"""Pixels by which what can be followed is drawn in: flow smears across edges."""


@dataclass(eq=False)
class Motion(Paths[ImageU8, Floats]):
    """Paths by OpenCV and numpy, on the CPU: the reference."""

    def _size(self, guide: ImageU8) -> tuple[int, int]:
        return guide.shape[0], guide.shape[1]

    def _there_and_back(self, first: int, second: int) -> tuple[Flow, Flow]:
        pairs = ((first, second), (second, first))
        forward, back = each(lambda pair: self._flow(*pair), pairs, pixels=self._pixels(first))
        return forward, back

    def _checked(self, forward: Flow, back: Flow) -> Step[Floats]:
        return _checked(forward, back)

    def _further(self, flow: Flow, trust: Floats, step: Step[Floats]) -> tuple[Flow, Floats]:
        return flow + sample_at(step.flow, flow), trust * sample_at(step.trust, flow)

    def _compared(self, frame: int, paths: Sequence[Path[Floats]]) -> Sequence[Path[Floats]]:
        return each(partial(self._compared_one, frame), paths, pixels=self._pixels(frame))

    def _compared_one(self, frame: int, path: Path[Floats]) -> Path[Floats]:
        direct = _likeness(self.guides[frame], self.guides[frame + path.distance], path.flow)
        return replace(path, trust=_drawn_in(path.trust * direct))

    def _pixels(self, frame: int) -> int:
        height, width = self._size(self.guides[frame])
        return height * width

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


def _checked(forward: Flow, back: Flow) -> Step[Floats]:
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
