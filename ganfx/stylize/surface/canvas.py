"""Pieces of a picture with what lies around them: each is painted by itself, then laid together.

A piece is told by the pixels that it has: most are its own, those around it are of where the
picture goes on there. Where two pieces show the same pixels, one rendering fades into the other, so
that nothing breaks off at a border, marks that each has its own of included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32

Index = NDArray[np.intp]
Plane = NDArray[np.float32]
Part = tuple[tuple[slice, slice], Plane | None]
"""Rows and columns of a rectangle, and the shares ``(h, w)`` of its pixels; None is 1."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """A piece of a picture, and what lies around it."""

    index: Index
    """``(h, w)``: which of the picture's pixels each is, counted row by row."""
    lines: int
    """Height of the piece itself, by which sizes go."""
    top: int = 0
    """Rows above the piece."""
    left: int = 0
    """Columns left of it."""
    wrap: str = ""
    """Axes along which it tiles: ``x``, ``y``, ``xy`` or none."""
    parts: tuple[Part, ...] = ()
    """What counts in the result: no rectangle has a pixel of the picture twice."""

    def of(self, plane: NDArray[np.float32]) -> NDArray[np.float32]:
        """A plane ``(H, W)`` or ``(H, W, C)`` of the picture, as this piece sees it."""
        flat = plane.reshape(-1, *plane.shape[2:])
        found: NDArray[np.float32] = np.take(flat, self.index, axis=0)
        return found


def laid_together(
    canvases: Iterable[Canvas], picture: ImageF32, paint: Callable[[Canvas, ImageF32], ImageF32]
) -> ImageF32:
    """A picture painted piece by piece.

    Args:
        canvases: Its pieces.
        picture: ``(H, W, 3)``.
        paint: Makes of a piece, ``(h, w, 3)`` with all that is around it, one of that shape.

    Returns:
        ``(H, W, 3)``; what is in no piece is as it was.
    """
    flat = picture.reshape(-1, 3)
    total, weight = np.zeros_like(flat), np.zeros(len(flat), np.float32)
    for canvas in canvases:
        made = paint(canvas, canvas.of(picture))
        for (rows, columns), share in canvas.parts:
            at, piece = canvas.index[rows, columns].ravel(), made[rows, columns]
            known = np.ones(piece.shape[:2], np.float32) if share is None else share
            total[at] += (known[..., np.newaxis] * piece).reshape(-1, 3)
            weight[at] += known.ravel()
    empty = weight == 0
    total[empty], weight[empty] = flat[empty], 1
    total /= weight[:, np.newaxis]
    return total.reshape(picture.shape)


def ramp(band: int) -> Plane:
    """Shares of the pixels beyond a border, ``(band,)``, from the border outwards."""
    shares: Plane = 1 - (np.arange(band, dtype=np.float32) + np.float32(0.5)) / np.float32(
        band or 1
    )
    return shares
