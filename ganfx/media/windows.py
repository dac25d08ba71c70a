"""Data and display windows: where the stored pixels of a picture lie on what it shows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from numpy.typing import NDArray

from ganfx.errors import MediaError

LYING = (5, 6, 7, 8)
"""EXIF orientations of pictures that are stored on their side."""


class Window(NamedTuple):
    """Where stored pixels lie, in pixels from the top left corner of the display window.

    The data window may be smaller than the display window (autocropped elements) or larger
    (overscan).
    """

    x: int
    y: int
    width: int  # of the data window
    height: int
    full_width: int  # of the display window
    full_height: int

    @property
    def display(self) -> Window:
        """The display window, as a window of its own."""
        return plain_window(self.full_width, self.full_height)

    @property
    def is_plain(self) -> bool:
        """Whether all of the display window is stored, and nothing else."""
        return self == self.display

    def upright(self, orientation: int) -> Window:
        """The window of the pixels that `ganfx.media.frame_reading.upright` returns."""
        x, y, width, height, full_width, full_height = self
        if orientation in LYING:
            x, y, width, height, full_width, full_height = (
                *(y, x, height, width),
                *(full_height, full_width),
            )
        if orientation in (2, 3, 6, 7):
            x = full_width - x - width
        if orientation in (3, 4, 7, 8):
            y = full_height - y - height
        return Window(x, y, width, height, full_width, full_height)


def plain_window(width: int, height: int) -> Window:
    """The window of a picture that stores what it shows."""
    return Window(0, 0, width, height, width, height)


def window_of(spec: oiio.ImageSpec) -> Window:
    """The windows of a part of a file."""
    x, y = spec.x - spec.full_x, spec.y - spec.full_y
    return Window(x, y, spec.width, spec.height, spec.full_width, spec.full_height)


def described(window: Window) -> str:
    """The size of a display window, and of what is stored of it where that is another."""
    shown = f"{window.full_width}x{window.full_height}"
    return shown if window.is_plain else f"{shown} ({window.width}x{window.height} stored)"


def refuse_other(window: Window, onto: Window, *, what: str) -> None:
    """Raise `MediaError` unless `laid_over` can lay one over the other."""
    if window.display == onto.display:
        return
    same_size = (window.width, window.height) == (onto.width, onto.height)
    if not same_size or not (window.is_plain or window[:2] == onto[:2]):
        sizes = f"{what} {described(window)} pixels, the frame {described(onto)}"
        raise MediaError(sizes, hint="both need one display window")


def laid_over(
    plane: NDArray[Any], window: Window, onto: Window, *, what: str, outside: float = 0.0
) -> NDArray[Any]:
    """Lay a matte, or motion vectors, over a picture.

    By the display windows where they are of one size, as compositors do. Else ``plane`` has to
    be of the size of what the picture stores, and have no data window of its own.

    Args:
        plane: ``(H, W)`` or ``(H, W, C)``.
        window: Where it lies on its own display window.
        onto: Where the picture's pixels lie on theirs.
        what: What ``plane`` is, for the message: "the matte is".
        outside: Value where ``plane`` has no pixels.

    Raises:
        MediaError: Neither fits.
    """
    refuse_other(window, onto, what=what)
    if window.display != onto.display:
        return plane
    return placed(plane, window, onto, outside=outside)


def placed(
    plane: NDArray[Any],
    window: Window,
    onto: Window,
    *,
    outside: float | tuple[float, ...] = 0.0,
) -> NDArray[Any]:
    """Crop and pad pixels from one data window to another.

    Args:
        plane: ``(H, W)`` or ``(H, W, C)``, the pixels of ``window``.
        window: Where they lie.
        onto: Data window of the result.
        outside: Value where ``plane`` has no pixels, or one for each channel.

    Returns:
        The pixels of ``onto``; ``plane`` itself where nothing changes.
    """
    left, top = window.x - onto.x, window.y - onto.y
    if (left, top, *plane.shape[:2]) == (0, 0, onto.height, onto.width):
        return plane
    result = np.full((onto.height, onto.width, *plane.shape[2:]), outside, plane.dtype)
    rows = slice(max(top, 0), max(min(top + window.height, onto.height), 0))
    columns = slice(max(left, 0), max(min(left + window.width, onto.width), 0))
    result[rows, columns] = plane[
        max(rows.start - top, 0) : max(rows.stop - top, 0),
        max(columns.start - left, 0) : max(columns.stop - left, 0),
    ]
    return result
