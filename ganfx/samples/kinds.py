"""What makes a kind of sample scene: its light, its colours and what stands in it.

Colours are written as the eye sees them (sRGB hex) and used scene-linear. A value of 1
is a sunlit white wall at noon; lamps, suns and their glow may be far brighter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ganfx.media.color import display_to_linear

Color = NDArray[np.float32]
Relief = Literal["peaks", "hills", "forest", "mesa"]
Surface = Literal["water", "meadow", "snow", "sand", "street"]


def color(text: str, strength: float = 1.0) -> Color:
    """``"#rrggbb"`` in sRGB as scene-linear ``(3,)``, times ``strength``."""
    code = np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32)
    linear = display_to_linear((code / np.float32(255.0)).reshape(1, 1, 3))[0, 0]
    return np.asarray(linear * np.float32(strength), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Air:
    """The sky and the light that comes from it."""

    zenith: Color
    horizon: Color
    sun: Color  # of the disc's light on things that face it
    sun_at: tuple[float, float]  # u, and height above the horizon, in picture heights
    disc: float  # radius in picture heights; 0 for none in the picture
    disc_color: Color
    glow: Color  # light around the disc and along the horizon below it
    cloud_lit: Color
    cloud_shade: Color
    cover: float  # noise level above which there is cloud: -1 overcast, 1.5 nearly clear
    haze: Color
    density: float  # share of light lost to haze per unit of depth
    ambient: float  # how strongly the sky lights what the sun does not
    stars: bool = False

    @property
    def sky_light(self) -> Color:
        """Light of the whole sky on something that stands free."""
        return np.asarray(0.5 * self.ambient * (self.zenith + self.horizon), dtype=np.float32)

    def hazed(self, light: Color, depth: float) -> Color:
        """Light as it arrives from ``depth``: some lost, some of the haze's added."""
        clear = math.exp(-self.density * depth)
        return np.asarray(light * clear + self.haze * (1.0 - clear), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of scene, before its seed has varied it."""

    name: str
    air: Air
    horizon: float  # v of eye level
    ridges: tuple[Relief, ...]  # far to near
    ridge_height: float  # of the farthest, in picture heights
    rock: Color
    leaf: tuple[Color, ...]  # of trees; the first is also the woods'
    snow: float  # share of the peaks under snow
    surface: Surface
    ground: Color
    houses: int
    lit_windows: float  # share of windows with a lamp behind
    trees: int
    firs: float  # share of the trees that are firs
    lamps: int
    bank: Color | None  # of the dark grass in front; None for none

    @property
    def lamp_height(self) -> float:
        """Of a street lamp, in camera heights: a street is seen from a man's height."""
        return 2.5 if self.surface == "street" else 1.0
