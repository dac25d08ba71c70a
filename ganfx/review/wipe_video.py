"""A video of the wipe: the edge between before and after goes to and fro."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from ganfx.errors import GanfxError, MediaError
from ganfx.media.arrays import ImageF32, ImageU8
from ganfx.media.video.proxy import write_proxy

PERIOD = 4.0
"""Seconds in which the edge goes to the right and back."""
_EDGE = 0.9  # brightness of the line
_WAITING = 8  # frames in hand


class WipeVideo:
    """A video that is written beside other work, a frame at a time."""

    def __init__(self, path: Path, rate: float) -> None:
        self._frames: queue.Queue[ImageF32 | None] = queue.Queue(_WAITING)
        self._stopped = False
        self._rate = rate
        self._count = 0
        self._size: tuple[int, int] | None = None
        self._error: GanfxError | None = None
        exact = Fraction(rate).limit_denominator(1001)
        self._thread = threading.Thread(target=self._write, args=(path, exact), daemon=True)
        self._thread.start()

    def add(self, before: ImageU8, after: ImageU8) -> None:
        """One more frame, of two pictures of one size; another size than the first's is padded."""
        place = 0.5 - 0.5 * math.cos(2 * math.pi * self._count / (PERIOD * self._rate))
        self._count += 1
        frame = wiped(before, after, place)
        self._size = self._size or (frame.shape[0], frame.shape[1])
        self._put(_padded(frame, self._size).astype(np.float32) / np.float32(255.0))

    def close(self) -> None:
        """Wait until it is written.

        Raises:
            MediaError: It could not be.
        """
        self._put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """Stop; nothing of it stays."""
        self._stopped = True
        self._put(None)
        self._thread.join()

    def _put(self, frame: ImageF32 | None) -> None:
        while self._thread.is_alive():
            try:
                self._frames.put(frame, timeout=0.2)
            except queue.Full:
                continue
            return

    def _write(self, path: Path, rate: Fraction) -> None:
        def frames() -> Iterator[ImageF32]:
            while (frame := self._frames.get()) is not None and not self._stopped:
                yield frame
            if self._stopped:
                raise MediaError(f"{path} was not finished")

        try:
            write_proxy(path, frames(), rate)
        except GanfxError as error:
            self._error = error


def wiped(before: ImageU8, after: ImageU8, place: float) -> ImageU8:
    """Before on the left of an edge, after on its right.

    Args:
        before: ``(H, W, 3)`` uint8.
        after: The same size.
        place: Of the edge, 0 to 1 from left to right.
    """
    width = before.shape[1]
    edge = round(place * width)
    picture = np.concatenate([before[:, :edge], after[:, edge:]], axis=1)
    line = max(1, width // 480)
    if 0 < edge < width:
        picture[:, max(0, edge - line) : edge + line] = round(_EDGE * 255)
    return picture


def _padded(picture: ImageU8, size: tuple[int, int]) -> ImageU8:
    """In the middle of a black picture of height and width; what is larger is cut."""
    out = np.zeros((*size, 3), np.uint8)
    tall, wide = (min(a, b) for a, b in zip(picture.shape[:2], size, strict=True))
    top, left = (size[0] - tall) // 2, (size[1] - wide) // 2
    out[top : top + tall, left : left + wide] = picture[:tall, :wide]
    return out
