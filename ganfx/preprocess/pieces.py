"""What a survey finds in one source: the pieces of picture in it, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Thumbnail = NDArray[np.uint8]
"""A source, reduced: uint8 ``(H, W, 3)`` sRGB, upright, at most `THUMBNAIL_SIDE` long."""

THUMBNAIL_SIDE = 768


class Box(NamedTuple):
    """A rectangle as shares of a picture's width and height, 0 to 1; right and bottom excluded."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """``(x0, y0, x1, y1)`` in a picture of this size: whole pixels, at least one each way."""
        x0 = min(round(self.left * width), width - 1)
        y0 = min(round(self.top * height), height - 1)
        x1 = max(round(self.right * width), x0 + 1)
        y1 = max(round(self.bottom * height), y0 + 1)
        return x0, y0, x1, y1

    def within(self, outer: Box) -> Box:
        """This rectangle, given as shares of ``outer``, as shares of what ``outer`` is part of."""
        width, height = outer.right - outer.left, outer.bottom - outer.top
        return Box(
            outer.left + self.left * width,
            outer.top + self.top * height,
            outer.left + self.right * width,
            outer.top + self.bottom * height,
        )


@dataclass(frozen=True)
class Piece:
    """One piece of picture in a source: where it is, what was cut, why it is dropped."""

    part: str
    """"" for a whole source, "left" or "right" for a page of a spread."""
    box: Box
    """Of the upright source, turned by ``angle``."""
    angle: float
    """Degrees counter-clockwise about the centre, on an unchanged canvas, that make it straight."""
    edits: tuple[str, ...]
    """What was done: "split", "deskew", "trim", "caption", "descreen"."""
    dropped: str = ""
    """"" if it is kept, else the filter that dropped it: "blank", "text", "duplicate"..."""
    detail: str = ""
    """The reason for people, with its numbers."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """What was measured, by name."""
    hash: str = ""
    """Perceptual hashes, as hexadecimal digits; see `duplicates.fingerprint`."""
    thumbnail: str = ""
    """Tiny picture of local contrast to compare with, one hexadecimal digit a pixel."""
    width: int = 0
    """Of the piece, in pixels of the source."""
    height: int = 0
