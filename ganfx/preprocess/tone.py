"""Paper tint and levels, evened out over a set.

Scans of one book come lighter and darker, yellower and greyer. A picture's white and black
are measured, and moved towards those of the set by a straight line in each channel. So
tones keep their order and their proportions, and no picture loses range. How far white moves
depends on how much of the picture is paper: a night scene that has none keeps its darkness.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.color import LUMA
from ganfx.preprocess.pieces import Proof

Floats = NDArray[np.float32]

_SIDE = 256  # what a proof is reduced to: grain and dust average out
_WHITEST = 99.0  # percentile of luma that is white
_BLACKEST = 0.5  # and black
_NEAR = 0.05  # from white, what counts as paper
_MUCH_PAPER = 0.15  # share of a picture that is paper, from which it is trusted fully
_LEAST_MOVE = 0.35  # of the way, for what is not trusted at all
_STEEPEST = 2.5  # contrast is raised by no more than this
_FLATTEST = 0.8  # nor lowered by more
_LEAST_RANGE = 0.05  # between black and white: a picture with less is left as it is


class Tone(NamedTuple):
    """White and black of one picture, or of a set; display values, 0 to 1."""

    red: float  # of the paper, or of the lightest tone there is
    green: float
    blue: float
    black: float  # luma of the darkest tone
    paper: float  # how far the white is paper, 0 to 1

    @property
    def white(self) -> Floats:
        """The white, ``(3,)``."""
        return np.array(self[:3], np.float32)


def measure_tone(proof: Proof) -> Tone:
    """White, black and how far the white is paper.

    Args:
        proof: uint8 ``(H, W, 3)``, cut to the picture.
    """
    scale = min(1.0, _SIDE / max(proof.shape[:2]))
    size = tuple(max(1, round(side * scale)) for side in proof.shape[1::-1])
    small = cv2.resize(np.ascontiguousarray(proof), size, interpolation=cv2.INTER_AREA)
    rgb = small.reshape(-1, 3).astype(np.float32) / np.float32(255)
    luma = rgb @ np.array(LUMA, np.float32)
    black, white = np.percentile(luma, (_BLACKEST, _WHITEST))
    near = np.abs(luma - white) <= _NEAR
    red, green, blue = np.median(rgb[near], axis=0)
    tint = white / max(float(np.array([red, green, blue]) @ np.array(LUMA)), 1e-3)
    paper = min(1.0, float(near.mean()) / _MUCH_PAPER)
    red, green, blue = (float(channel * tint) for channel in (red, green, blue))
    return Tone(red, green, blue, float(black), paper)


def common_tone(tones: Sequence[Tone]) -> Tone:
    """The median of a set, of the pictures with paper where they are the half or more."""
    with_paper = [tone for tone in tones if tone.paper >= 0.5]
    chosen = with_paper if 2 * len(with_paper) >= len(tones) else tones
    return Tone(*(float(value) for value in np.median(np.array(chosen), axis=0)))


def match(rgb: Floats, own: Tone, common: Tone) -> Floats:
    """A picture with its white and black moved towards those of its set.

    Args:
        rgb: float32 ``(H, W, 3)``, display values 0 to 1.
        own: Of the picture.
        common: Of the set.

    Returns:
        The same shape, 0 to 1. A picture with hardly any range comes back as it is.
    """
    white, black = own.white, np.float32(own.black)
    if float((white - black).min()) < _LEAST_RANGE:
        return rgb
    trust = _LEAST_MOVE + (1.0 - _LEAST_MOVE) * own.paper
    to_white = white + np.float32(trust) * (common.white - white)
    to_black = black + np.float32(trust) * (np.float32(common.black) - black)
    slope = np.clip((to_white - to_black) / (white - black), _FLATTEST, _STEEPEST)
    to_white = np.maximum(to_white, slope * (white - black))  # room for the range above 0
    matched: Floats = ((rgb - white) * slope + to_white).clip(0.0, 1.0)
    return matched.astype(np.float32, copy=False)
