"""Flicker of a shot in every look, step by step, and where it is.

Measured on pictures of `WIDTH` pixels: for the page, not beside numbers of ``ganfx evaluate``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.color import luma_of
from ganfx.media.flow import SMALLEST
from ganfx.media.portable import use_portable_opencv
from ganfx.quality.flicker import Followed, follow
from ganfx.quality.metrics import mean_of_known
from ganfx.quality.steadiness import heat_picture

WIDTH = 384
HEAT_WIDTH = 320


@dataclass(frozen=True, eq=False)
class Step:
    """From the frame before to this one, in every side."""

    flicker: tuple[float | None, ...]
    """Root of E_warp, in percent of the display range; None where nothing was followed."""
    heat: tuple[ImageU8 | None, ...]
    """Where it is, of every look, in the later frame's place."""


@dataclass
class Steadiness:
    """The steps of one shot, as its frames come."""

    has_source: bool
    _before: tuple[int, tuple[ImageU8 | None, ...]] | None = None
    _steps: list[tuple[float | None, ...]] = field(default_factory=list)
    _lumas: list[tuple[float | None, ...]] = field(default_factory=list)

    def add(self, number: int, sides: Sequence[ImageU8 | None]) -> Step | None:
        """The step to a frame; None without the frame before, and where a side is not there.

        Args:
            number: Of the frame.
            sides: The source where there is one, then every look: small, all of one size.
        """
        before, self._before = self._before, (number, tuple(sides))
        if before is None or before[0] != number - 1:
            return None
        pairs = list(zip(sides, before[1], strict=True))
        now, earlier = pairs[0]
        if now is None or earlier is None or min(now.shape[:2]) < SMALLEST:
            return None
        followed = follow(now, earlier)
        judged = [_judged(one, other, followed) for one, other in pairs]
        self._steps.append(tuple(flicker for flicker, _, _ in judged))
        self._lumas.append(tuple(luma for _, luma, _ in judged))
        looks = judged[1:] if self.has_source else judged
        return Step(self._steps[-1], tuple(heat for _, _, heat in looks))

    def mean(self, side: int) -> float | None:
        """Root of the mean E_warp of a side, in percent."""
        known = [step[side] for step in self._steps]
        power = mean_of_known([None if each is None else each**2 for each in known])
        return None if power is None else power**0.5

    def tone(self, side: int) -> float | None:
        """Standard deviation of the changes of its mean luma, in percent."""
        known = [step[side] for step in self._lumas if step[side] is not None]
        return 100.0 * float(np.std(np.array(known, np.float64))) if known else None


def _judged(
    one: ImageU8 | None, other: ImageU8 | None, followed: Followed
) -> tuple[float | None, float | None, ImageU8 | None]:
    """Flicker in percent, change of the mean luma, and heat."""
    if one is None or other is None:
        return None, None, None
    error = followed.error(one, other)
    heat = smaller(heat_picture(one, other, followed), HEAT_WIDTH)
    return None if error is None else 100.0 * error**0.5, _mean(one) - _mean(other), heat


def smaller(picture: ImageU8, width: int) -> ImageU8:
    """Reduced to a width by area averaging; never enlarged."""
    if picture.shape[1] <= width:
        return picture
    use_portable_opencv()
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _mean(picture: ImageU8) -> float:
    return float(luma_of(picture).mean(dtype=np.float64)) / 255.0
