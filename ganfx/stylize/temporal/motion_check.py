"""Whether a renderer's motion leads where the picture goes: two frames, and every sign.

A pass with an axis turned round holds nothing still and smears what moves; nobody sees it in a
file of numbers. The plates tell: the next frame, brought back along the vectors, has to be this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.flow import Flow, sample_at
from ganfx.stylize.temporal.motion_vectors import AWAY

SIGNS = {
    (1, 1): "as it is",
    (-1, 1): "with right and left exchanged",
    (1, -1): "with up and down exchanged",
    (-1, -1): "turned round: it leads to the frame before",
}
MOVES = 0.5
"""Pixels of motion from which a pixel is asked."""
ASKED = 0.005
"""Of the frame: with fewer pixels that move, nothing is said."""
CLEARLY = 0.75
"""Of the error as it is, below which another sign is the right one."""
LEAST = 1.0
"""Code values of 8 bits by which it has to be better, too: noise is no proof."""


@dataclass(frozen=True)
class WrongSign:
    """Vectors that lead the wrong way."""

    words: str
    sign: tuple[int, int]
    """Factors of right and down that lead the right way."""
    given: float
    """Mean difference of pixels that move, in code values of 8 bits, along the vectors."""
    better: float
    """The same with the other sign."""


def wrong_sign(here: ImageU8, there: ImageU8, flow: Flow) -> WrongSign | None:
    """The sign that would be right, where that is clearly another.

    Args:
        here: A frame, ``(H, W, 3)`` uint8.
        there: The frame that the vectors lead to.
        flow: ``(H, W, 2)``: right and down.

    Returns:
        None where the vectors are right, or nothing can be told.
    """
    length = np.hypot(flow[..., 0], flow[..., 1])
    asked: NDArray[np.bool_] = (length > MOVES) & (length < AWAY / 2)
    if np.mean(asked) < ASKED:
        return None
    known = np.where(asked[..., None], flow, np.float32(0))
    errors = {sign: _error(here, there, known, sign, asked) for sign in SIGNS}
    given, best = errors[1, 1], min(errors, key=lambda sign: errors[sign])
    if errors[best] < CLEARLY * given and errors[best] < given - LEAST:
        return WrongSign(SIGNS[best], best, given, errors[best])
    return None


def _error(
    here: ImageU8, there: ImageU8, flow: Flow, sign: tuple[int, int], asked: NDArray[np.bool_]
) -> float:
    moved = sample_at(there.astype(np.float32), flow * np.array(sign, np.float32))
    return float(np.abs(moved - here)[asked].mean())
