"""One frame of each shot of a film: where the cuts are, and which frame is the sharpest.

Frames pass by once. A cut is a frame that differs from the one before by more than the shot
has been moving, when the frames after it neither go back to what was there (a flash) nor go
on changing like that (a whip pan). Blank frames end a shot and belong to none.
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

_SMALL = 480  # pixels along the long side of what sharpness is measured on
_THUMBNAIL = (32, 18)
_SHIFTS = [(dx, dy) for dy in range(-2, 3) for dx in range(-3, 4)]  # thumbnail pixels
_LEAST = 0.12  # of `difference`: hand-held footage stays below 0.1, unrelated pictures above
_FACTOR = 3.5  # of what the shot's frames have been differing by
_RECENT = 8  # frames that say how much that is
_GOING_ON = 1.5  # a cut differs by so much more than the next frame does
_AHEAD = 2  # frames looked ahead: the longest flash
_BLANK = 2.0  # standard deviation of a blank thumbnail, at most, of 0 to 255

T = TypeVar("T")


class FrameSignature(NamedTuple):
    """What is remembered of a frame."""

    thumbnail: NDArray[np.int16]
    """``(H, W, 3)``, 0 to 255."""
    histogram: NDArray[np.float64]
    """Shares of 32 greys and of 64 colours; each of the two sums to 1."""
    sharpness: float

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in the frame: black, white, any one colour."""
        return bool(self.thumbnail.std(axis=(0, 1)).max() < _BLANK)


def frame_signature(pixels: Pixels) -> FrameSignature:
    """FrameSignature at one frame, ``(H, W, 3)``, of a few milliseconds' worth.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., 2000), of a reduced
    frame in grey; it compares frames of one shot.
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
    """How much two frames differ, 0 to 1.5.

    The mean difference of their thumbnails, at the shift that makes it smallest, and half
    the share of pixels that changed their grey or colour.
    """
    moved = min(_shifted_difference(a.thumbnail, b.thumbnail, *shift) for shift in _SHIFTS) / 255
    return moved + 0.25 * float(np.abs(a.histogram - b.histogram).sum()) / 2


class ShotPicker(Generic[T]):
    """Picks the sharpest frame of each shot, as frames pass by.

    Holds the best frame of the shot so far and the last few; frames can be anything.
    """

    def __init__(self) -> None:
        self._ahead: deque[tuple[T, FrameSignature]] = deque()
        self._last: FrameSignature | None = None  # of the shot; None between shots
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._best: tuple[T, FrameSignature] | None = None
        self._first: T | None = None  # to fall back on, while nothing is picked

    def add(self, frame: T, signature: FrameSignature) -> Iterator[T]:
        """Take the next frame; gives the pick of a shot that turns out to have ended."""
        if not self._ahead and self._best is None and self._last is None:
            self._first = frame if self._first is None else self._first
        self._ahead.append((frame, signature))
        if len(self._ahead) > _AHEAD:
            yield from self._decide()

    def finish(self) -> Iterator[T]:
        """The picks that are left when there are no more frames; at least one in all."""
        while self._ahead:
            yield from self._decide()
        yield from self._end_shot()
        if self._first is not None:
            yield self._first

    def _decide(self) -> Iterator[T]:
        """Settle where the oldest frame belongs."""
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
        """Whether the shot goes on after what interrupted it."""
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
