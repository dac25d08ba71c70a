"""The kinds of sample scenes, such as a lake at dawn or a street at night.

`kinds.toml` lists them; a seed picks one and varies it. Colours are written there as the eye
sees them (sRGB hex) and used scene-linear. A value of 1 is a sunlit white wall at noon; lamps,
suns and their glow may be far brighter.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import PlainValidator, TypeAdapter

from ganfx.media.color import display_to_linear
from ganfx.samples.noise import chance

Relief = Literal["peaks", "hills", "forest", "mesa"]
Surface = Literal["water", "meadow", "snow", "sand", "street"]


def color(text: str) -> NDArray[np.float32]:
    """``"#rrggbb"`` in sRGB as scene-linear ``(3,)``; ``"#rrggbb * 2.5"`` is that much brighter."""
    hue, _, strength = text.partition(" * ")
    code = np.array([int(hue[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32)
    linear = display_to_linear((code / np.float32(255.0)).reshape(1, 1, 3))[0, 0]
    return np.asarray(linear * np.float32(float(strength or 1.0)), dtype=np.float32)


Color = Annotated[NDArray[np.float32], PlainValidator(color)]


@dataclass(frozen=True, eq=False)
class Disc:
    """The sun or the moon, in the picture."""

    radius: float  # in picture heights
    color: Color


@dataclass(frozen=True, eq=False)
class Air:
    """The sky and the light that comes from it."""

    zenith: Color
    horizon: Color
    sun: Color  # its light on things that face it
    sun_at: tuple[float, float]  # u, and height above the horizon, in picture heights
    glow: Color  # light around the sun and along the horizon below it
    cloud_lit: Color
    cloud_shade: Color
    cover: float  # noise level above which there is cloud: -1 overcast, 1.5 nearly clear
    haze: Color
    density: float  # share of light lost to haze per unit of depth
    ambient: float  # how strongly the sky lights things that the sun does not
    disc: Disc | None = None
    stars: bool = False

    @property
    def sky_light(self) -> Color:
        """Light of the whole sky on something that stands free."""
        return np.asarray(0.5 * self.ambient * (self.zenith + self.horizon), dtype=np.float32)

    @property
    def sun_side(self) -> float:
        """1 if the sun stands on the right, -1 if on the left."""
        return math.copysign(1.0, self.sun_at[0])

    def hazed(self, light: Color, depth: float) -> Color:
        """Light as it arrives from ``depth``: some lost, some of the haze's added."""
        clear = math.exp(-self.density * depth)
        return np.asarray(light * clear + self.haze * (1.0 - clear), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of scene: its light, its colours and the things that stand in it."""

    name: str
    air: Air
    horizon: float  # v of eye level
    ridges: tuple[Relief, ...]  # far to near
    ridge_height: float  # of the farthest, in picture heights
    rock: Color
    leaf: tuple[Color, ...]  # of trees; the first is also the woods'
    surface: Surface
    ground: Color
    houses: int
    trees: int
    lamps: int = 0
    snow: float = 0.0  # share of the peaks under snow
    lit_windows: float = 0.0  # share of windows with a lamp behind
    firs: float = 0.0  # share of the trees that are firs
    bank: Color | None = None  # of the dark grass in front

    @property
    def lamp_height(self) -> float:
        """Of a street lamp, in camera heights: a street is seen from a man's height."""
        return 2.5 if self.surface == "street" else 1.0


KINDS = TypeAdapter(tuple[Kind, ...]).validate_python(
    tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))["kind"]
)


def kind_of(seed: int) -> Kind:
    """The kind of a seed, varied by it: seeds that follow each other go round all kinds."""
    kind = KINDS[seed % len(KINDS)]
    air = kind.air
    side = 1.0 if chance(seed, 1) < 0.5 else -1.0
    sun_at = (
        side * air.sun_at[0] * chance(seed, 2, 0.6, 1.3),
        air.sun_at[1] * chance(seed, 3, 0.8, 1.25),
    )
    tint = np.array([chance(seed, 4 + i, 0.93, 1.07) for i in range(3)], dtype=np.float32)
    varied = replace(
        air,
        sun_at=sun_at,
        zenith=air.zenith * tint,
        horizon=air.horizon * tint[::-1],
        cover=air.cover + chance(seed, 7, -0.35, 0.35),
        density=air.density * chance(seed, 8, 0.8, 1.3),
    )
    return replace(
        kind,
        air=varied,
        horizon=kind.horizon + chance(seed, 9, -0.05, 0.05),
        ridge_height=kind.ridge_height * chance(seed, 10, 0.75, 1.25),
    )
