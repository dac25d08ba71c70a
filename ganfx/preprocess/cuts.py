"""Shot boundary detection, and selection of the sharpest frame of each shot, in one pass.

A frame starts a new shot if it differs from the frame before by more than the shot's recent
motion, and the frames after it neither return to the earlier picture (a flash) nor keep
changing as fast (a whip pan). Blank frames end a shot and belong to none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.scans import Pixels, quantized
from ganfx.preprocess.transforms import resized

_SMALL = 480  # pixels along the long side of the picture that sharpness is measured on
_THUMBNAIL = (32, 18)
_SHIFTS = [(dx, dy) for dy in range(-2, 3) for dx in range(-3, 4)]  # thumbnail pixels
_LEAST = 0.12  # of `difference`: hand-held footage stays below 0.1, unrelated pictures above
_FACTOR = 3.5  # of the median difference of the shot's recent frames
_RECENT = 8  # frames of that median
_GOING_ON = 1.5  # a cut differs by so much more than the next frame does
_AHEAD = 2  # frames looked ahead: the longest flash
_BLANK = 2.0  # standard deviation of a blank thumbnail, at most, of 0 to 255

T = TypeVar("T")


class FrameSignature(NamedTuple):
    """Features of a frame, for comparison with other frames."""

    thumbnail: NDArray[np.int16]
    """``(18, 32, 3)``, 0 to 255."""
    histogram: NDArray[np.float64]
    """Normalised histograms of 64 colours and of 32 greys, ``(96,)``; each sums to 1."""
    sharpness: float

    @property
    def is_blank(self) -> bool:
        """Whether the frame is of one colour, such as black or white."""
        return bool(self.thumbnail.std(axis=(0, 1)).max() < _BLANK)


def frame_signature(pixels: Pixels) -> FrameSignature:
    """Compute the features of one frame ``(H, W, 3)``, in a few milliseconds.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., 2000) of the downscaled
    grey frame; it is comparable between frames of one shot only.
    """
    height, width = pixels.shape[:2]
    factor = min(1.0, _SMALL / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = quantized(resized(pixels, size), "uint8")
    gray = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    thumbnail = resized(small, _THUMBNAIL)
    return FrameSignature(
        thumbnail.astype(np.int16), _histogram(small), float(cv2.Laplacian(gray, cv2.CV_32F).var())
    )


def difference(a: FrameSignature, b: FrameSignature) -> float:
    """Difference between two frames, 0 to 1.5.

    The mean absolute difference of their thumbnails, minimised over small shifts, plus an
    eighth of the L1 distance of their histograms.
    """
    moved = min(_shifted_difference(a.thumbnail, b.thumbnail, *shift) for shift in _SHIFTS) / 255
    return moved + 0.25 * float(np.abs(a.histogram - b.histogram).sum()) / 2


class ShotPicker(Generic[T]):
    """Selects the sharpest frame of each shot from a stream of frames.

    Holds the best frame of the shot so far and the last few. Frames can be of any type, such
    as their numbers.
    """

    def __init__(self) -> None:
        self._ahead: deque[tuple[T, FrameSignature]] = deque()
        self._last: FrameSignature | None = None  # of the shot; None between shots
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._best: tuple[T, FrameSignature] | None = None
        self._first: T | None = None  # to fall back on, while nothing is picked

    def add(self, frame: T, signature: FrameSignature) -> Iterator[T]:
        """Add the next frame; yields the selected frame of a shot that has ended."""
        if not self._ahead and self._best is None and self._last is None:
            self._first = frame if self._first is None else self._first
        self._ahead.append((frame, signature))
        if len(self._ahead) > _AHEAD:
            yield from self._decide()

    def finish(self) -> Iterator[T]:
        """Yield the remaining selections at the end of the stream; at least one in all."""
        while self._ahead:
            yield from self._decide()
        yield from self._end_shot()
        if self._first is not None:
            yield self._first

    def _decide(self) -> Iterator[T]:
        """Assign the oldest frame to the current shot or to a new one."""
        frame, signature = self._ahead.popleft()
        later = [signature for _, signature in self._ahead]
        if signature.is_blank:
            if not self._returns(later):
                yield from self._end_shot()
            return
        if self._last is not None:
            step = difference(self._last, signature)
            if step > self._limit():
                if self._returns(later):
                    return
                if not (later and step <= _GOING_ON * difference(signature, later[0])):
                    yield from self._end_shot()
            if self._last is not None:
                self._recent.append(step)
        self._last = signature
        if self._best is None or signature.sharpness > self._best[1].sharpness:
            self._best = frame, signature

    def _limit(self) -> float:
        moving = float(np.median(self._recent)) if self._recent else 0.0
        return max(_LEAST, _FACTOR * moving)

    def _returns(self, later: list[FrameSignature]) -> bool:
        """Whether the shot continues after an interruption, such as a flash."""
        last, limit = self._last, self._limit()
        return last is not None and any(
            not signature.is_blank and difference(last, signature) <= limit for signature in later
        )

    def _end_shot(self) -> Iterator[T]:
        if self._best is not None:
            yield self._best[0]
            self._first = None
        self._best = self._last = None
        self._recent.clear()


def _histogram(small: NDArray[np.uint8]) -> NDArray[np.float64]:
    colors = small[::2, ::2].reshape(-1, 3) // 64
    joint = np.bincount(colors @ np.array([16, 4, 1], np.uint8), minlength=64)
    gray = np.bincount(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).ravel() // 8, minlength=32)
    return np.concatenate([joint / joint.sum(), gray / gray.sum()])


def _shifted_difference(
    a: NDArray[np.int16], b: NDArray[np.int16], across: int, down: int
) -> float:
    height, width = a.shape[:2]
    ours = a[max(0, down) : height + min(0, down), max(0, across) : width + min(0, across)]
    theirs = b[max(0, -down) : height + min(0, -down), max(0, -across) : width + min(0, -across)]
    return float(np.abs(ours - theirs).mean())
