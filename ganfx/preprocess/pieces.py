"""Pieces: the picture areas found in a source, with their edits and quality measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Thumbnail = NDArray[np.uint8]
"""A downscaled source: uint8 ``(H, W, 3)`` sRGB, upright, at most `THUMBNAIL_SIDE` long."""

THUMBNAIL_SIDE = 768
"""Longest side of a thumbnail, in pixels."""


class Box(NamedTuple):
    """A rectangle in normalised coordinates, 0 to 1 of the picture's width and height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Pixel rectangle ``(x0, y0, x1, y1)``, end excluded, of at least one pixel each way."""
        x0 = min(round(self.left * width), width - 1)
        y0 = min(round(self.top * height), height - 1)
        x1 = max(round(self.right * width), x0 + 1)
        y1 = max(round(self.bottom * height), y0 + 1)
        return x0, y0, x1, y1

    def within(self, outer: Box) -> Box:
        """Convert this rectangle from coordinates within ``outer`` to those of the whole."""
        width, height = outer.right - outer.left, outer.bottom - outer.top
        return Box(
            outer.left + self.left * width,
            outer.top + self.top * height,
            outer.left + self.right * width,
            outer.top + self.bottom * height,
        )


@dataclass(frozen=True)
class Piece:
    """One picture area of a source: its position, edits, and the reason if it is dropped."""

    part: str
    """"" for a whole source, "left" or "right" for a page of a spread."""
    box: Box
    """Rectangle in the upright source, after rotation by ``angle``."""
    angle: float
    """Deskew rotation in degrees counter-clockwise about the centre, on the same canvas."""
    edits: tuple[str, ...]
    """Edits: "split", "deskew", "trim", "caption", "descreen"."""
    dropped: str = ""
    """The filter that dropped it ("blank", "text", "duplicate"...); "" if it is kept."""
    detail: str = ""
    """The reason as a message, with measured values."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Quality measures by name."""
    hash: str = ""
    """Perceptual hashes as hexadecimal digits; see `duplicates.fingerprint`."""
    thumbnail: str = ""
    """Thumbnail of local contrast, one hexadecimal digit a pixel; see the same."""
    width: int = 0
    """Width of the piece, in pixels of the source."""
    height: int = 0
    """Height of the piece, in pixels of the source."""
