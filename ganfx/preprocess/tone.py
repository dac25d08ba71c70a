"""Tone matching: white and black points and paper tint, evened out over a set.

Scans of one book differ in brightness and paper tint. The white and black point of each
picture are measured and moved towards those of the set by a linear levels adjustment with soft
roll-off at both ends, so that tones keep their order and proportions.

The strength depends on the content. A large light, neutral area is paper, and is matched fully;
black moves with it, but hardly where the paper already matches: then it depends on how hard
the pencil was pressed. Without paper, as in a dark painting, both move part of the way, and
colours are left as they are.

A set that is grey as a whole, such as faded prints, stays grey that way. In full range every
picture is brought to white paper and black ink instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.color import LUMA
from ganfx.media.portable import use_portable_opencv
from ganfx.preprocess.pieces import Thumbnail

Floats = NDArray[np.float32]

_SIDE = 256  # longest side that a thumbnail is reduced to: grain and dust average out
_WHITEST = 99.0  # percentile of luma that is white
_BLACKEST = 0.5  # and black
_NEAR = 0.05  # luma difference from white that counts as paper
_MUCH_PAPER = 0.15  # share of a picture that is paper, from which it is trusted fully
_PALE = (0.25, 0.4)  # saturation up to which white is paper, and from which it is not
_LIGHT = (0.45, 0.6)  # luma up to which white is not paper, and from which it is

_LIGHTER = 0.75  # quantile of the set's whites to move to: no scan gets duller than most
_DARKER = 0.25  # and of its blacks
_WHITE_TRUST = (0.6, 1.0)  # share of its way that white moves, without and with paper
_INK_TRUST = (0.25, 1.0)  # that black does under paper that is as it should be, and far off
_OFF = 0.15  # how much the paper of a scan is wrong whose ink must be, too
_DIMMING = 0.5  # of its way, where white would move down
_STEEPEST = (1.6, 2.5)  # contrast is raised by no more than this, without and with paper
_FLATTEST = 0.95  # nor lowered by more
_FAR_TINT = 0.1  # of a channel: the most that tints move; larger differences are other paper
_LEAST_RANGE = 0.05  # between black and white: a picture with less is left as it is
_FULL = (0.03, 0.97)  # black and white of the full range
_FULL_STEEPEST = 3.5  # contrast is raised by no more than this to reach it
_KNEES = (0.02, 0.15)  # from either end: where bending starts at the latest, and earliest


class Tone(NamedTuple):
    """White and black point of one picture or of a set; display values, 0 to 1."""

    red: float  # of the paper, or of the lightest tone there is
    green: float
    blue: float
    black: float  # luma of the darkest tone
    paper: float  # confidence that the white is paper, 0 to 1

    @property
    def white(self) -> float:
        """Luma of the white point."""
        return float(np.dot(self[:3], LUMA))

    @property
    def tint(self) -> Floats:
        """Paper tint: the white point's channels ``(3,)``, divided by its luma."""
        return np.array(self[:3], np.float32) / np.float32(max(self.white, 1e-3))


def measure_tone(thumbnail: Thumbnail) -> Tone:
    """Measure white and black point and the confidence in paper.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB, cropped to the picture.
    """
    use_portable_opencv()
    scale = min(1.0, _SIDE / max(thumbnail.shape[:2]))
    width, height = (max(1, round(side * scale)) for side in thumbnail.shape[1::-1])
    small = cv2.resize(
        np.ascontiguousarray(thumbnail), (width, height), interpolation=cv2.INTER_AREA
    )
    rgb = small.reshape(-1, 3).astype(np.float32) / np.float32(255)
    luma = rgb @ np.array(LUMA, np.float32)
    black, white = (float(level) for level in np.percentile(luma, (_BLACKEST, _WHITEST)))
    near = np.abs(luma - white) <= _NEAR
    lightest = np.median(rgb[near], axis=0)
    lightest *= white / max(float(lightest @ np.array(LUMA, np.float32)), 1e-3)
    saturation = float(np.ptp(lightest) / max(lightest.max(), 1e-3))
    paper = min(1.0, float(near.mean()) / _MUCH_PAPER)
    paper *= float(np.interp(saturation, _PALE, (1, 0)) * np.interp(white, _LIGHT, (0, 1)))
    red, green, blue = (float(channel) for channel in lightest)
    return Tone(red, green, blue, black, paper)


def common_tone(tones: Sequence[Tone]) -> Tone:
    """Target tone of a set: its median tint, upper-quartile white and lower-quartile black.

    Where at least half of the pictures have paper, only those are used.

    Args:
        tones: Tones of all pictures, at least one.
    """
    with_paper = [tone for tone in tones if tone.paper >= 0.5]
    chosen = with_paper if 2 * len(with_paper) >= len(tones) else tones
    white = float(np.quantile([tone.white for tone in chosen], _LIGHTER))
    red, green, blue = np.median([tone.tint for tone in chosen], axis=0) * white
    black = float(np.quantile([tone.black for tone in chosen], _DARKER))
    paper = float(np.median([tone.paper for tone in chosen]))
    return Tone(float(red), float(green), float(blue), black, paper)


def full_range(common: Tone) -> Tone:
    """The target tone with the same tint, from black ink to white paper."""
    black, white = _FULL
    red, green, blue = (float(channel) for channel in common.tint * white)
    return Tone(min(red, 1.0), min(green, 1.0), min(blue, 1.0), black, common.paper)


def match(rgb: Floats, own: Tone, common: Tone, *, fully: bool = False) -> Floats:
    """Match a picture's white and black point to those of its set.

    Args:
        rgb: ``(H, W, 3)`` float32, display values 0 to 1.
        own: Tone of the picture.
        common: Tone of the set.
        fully: Match fully, with or without paper: for `full_range`.

    Returns:
        ``(H, W, 3)`` float32, 0 to 1; ``rgb`` itself, if it has hardly any contrast.
    """
    if own.white - own.black < _LEAST_RANGE:
        return rgb
    black, white, slope = _full_levels(own, common) if fully else _levels(own, common)
    slopes = np.asarray(slope * _tinting(own, common), np.float32)
    height, width = rgb.shape[:2]
    rows = rgb.reshape(height, -1) * np.tile(slopes, width)  # whole rows: four times as fast
    rows += np.tile(np.asarray(black - own.black * slopes, np.float32), width)
    matched: Floats = rows.reshape(height, width, 3)
    for channel, steep in zip(np.moveaxis(matched, 2, 0), slopes.tolist(), strict=True):
        lowest, highest = black - own.black * steep, black + (1 - own.black) * steep
        if highest > 1:
            knee = 1 - min(max(1 - white, _KNEES[0]), _KNEES[1])
            over = channel > knee
            channel[over] = _rolled_off(channel[over], knee, highest)
        if lowest < 0:
            knee = min(max(black, _KNEES[0]), _KNEES[1])
            under = channel < knee
            channel[under] = 1 - _rolled_off(1 - channel[under], 1 - knee, 1 - lowest)
    return np.clip(matched, 0, 1, out=matched)


def _levels(own: Tone, common: Tone) -> tuple[float, float, float]:
    """New black and white point, and the slope between them."""
    lacking = common.white - own.white
    to_white = _between(_WHITE_TRUST, own.paper) * (_DIMMING if lacking < 0 else 1.0)
    by_scanner = min(1.0, abs(lacking) / _OFF)
    to_black = _between((_WHITE_TRUST[0], _between(_INK_TRUST, by_scanner)), own.paper)
    white = own.white + to_white * lacking
    black = own.black + to_black * (common.black - own.black)
    range_ = own.white - own.black
    steepest = _between(_STEEPEST, own.paper)
    slope = min(max((white - black) / range_, _FLATTEST), steepest)
    black = max(0.0, min(black, 1.0 - slope * range_))
    return black, black + slope * range_, slope


def _full_levels(own: Tone, common: Tone) -> tuple[float, float, float]:
    """As `_levels`, but matched fully up to a maximum contrast; white has priority."""
    range_ = own.white - own.black
    slope = min((common.white - common.black) / range_, _FULL_STEEPEST)
    return common.white - slope * range_, common.white, slope


def _tinting(own: Tone, common: Tone) -> Floats:
    """Gains of the channels, ``(3,)`` near 1, that bring paper to the set's tint."""
    shift = np.log(np.maximum(common.tint, 1e-3)) - np.log(np.maximum(own.tint, 1e-3))
    held = _FAR_TINT * np.tanh(shift / _FAR_TINT)
    return np.asarray(np.exp(own.paper * held), np.float32)


def _between(ends: tuple[float, float], share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share


def _rolled_off(values: Floats, knee: float, highest: float) -> Floats:
    """Soft roll-off: compress the range from the knee to ``highest`` into knee to 1, smoothly.

    Source: Reinhard et al. 2002, "Photographic tone reproduction", equation 4.
    """
    headroom = np.float32(1 - knee)
    reach = np.float32((highest - knee) / (1 - knee))
    above = (values - np.float32(knee)) / headroom
    rolled_off = above * (1 + above / (reach * reach)) / (1 + above)
    return np.asarray(np.float32(knee) + headroom * rolled_off, np.float32)
