"""Layers of transparent pigment: tone in steps, rims, bleeding, grain.

Each step of tone is a layer; layers multiply. A layer's border wavers with a slow noise, is hard
and dark at its rim where it dried, and bleeds where it was wet: in plain skies more than at edges
of forms. Pigment settles in the valleys of the paper, and hues wander. What is nearly white is
left as paper (Curtis et al., Computer-Generated Watercolor, 1997, for layers, rims and
granulation; Bousseau et al., Interactive Watercolor Rendering, 2006, for density of pigment).

Densities ``d`` leave ``(1 + d) ** -8`` of the light, which is nearly Beer and Lambert's law and
needs square roots alone, so that every machine gets the same picture.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of
from ganfx.preset import WashesConfig
from ganfx.stylize.effects.orientation import blurred
from ganfx.stylize.effects.squares import enlarged, reduced
from ganfx.stylize.effects.wash_areas import ramp

Plane = NDArray[np.float32]

DARKEST = 0.19  # tone of all layers together
FAINT = 0.968  # tone of the first layer's border: what is barely gray has a wash
FAINTEST = 0.02  # least light of a color from which its pigment is told
GRAY = np.float32(0.4)  # share of the least channel in a tone: saturated color is no paper
GRADES = np.float32(0.25)  # how far tone runs on within a layer
CHROMA = np.float32(1.15)  # of pigment, beside the picture's
HUE = 0.24  # deviation from warm to cool, at WashesConfig.hue of 1
WARM = np.array([1.0, 0.1, -1.0], np.float32)  # what a cool wash has more of in density

HARD = 0.065  # tones over which a border runs that dried hard
BLEEDS = 0.44  # what wetness adds, at WashesConfig.wet of 1
WET = (0.2, 1.4)  # noise from which a border bleeds, and from where in full
DRY = (-1.2, -0.4)  # noise up to which plain places dry hard, too, and from which none do
PLAIN = (0.004, 0.02, 0.06)  # contrast that is a plain place's, one that is not, what it adds
DEEP = (0.12, 0.42, 0.16)  # tone that is deep, one that is not, what depth adds
WAVERS = np.float32(0.035)  # deviation of a border's tone at mid-grey
TOOTH = np.float32(0.006)  # the same by the paper

UNEVEN = np.float32(0.08)  # deviation of density
SETTLES = 0.28  # the same by the paper, at WashesConfig.granulation of 1
RIM = (1.0, 5.0)  # sigmas between which a rim lies, in units
LEAST = 0.5  # unit of the narrowest rims
RIMS = (0.07, 1.2)  # density of a rim at most, and how strong it is
CLEAR = 0.45  # units in a pixel from which rims are drawn in full: finer ones are fainter
RUNS = 14.0  # sigma by which color runs where it is wet, in units
RUNNING = (-0.8, 0.8)  # noise from which it runs, and from where in full
PLAIN_SIGMA = 6.0  # in units

_EPSILON = np.float32(1e-3)


class Slow(NamedTuple):
    """Noise of mean 0 and deviation 1 at each square, ``(h, w)``."""

    border: Plane
    wet: Plane
    hue: Plane
    uneven: Plane


class Plan(NamedTuple):
    """What is painted, at each square."""

    pigment: ImageF32
    """``(h, w, 3)``: density of the channels, for a density of 1."""
    tone: Plane
    """``(h, w)``: 1 is paper; wavering."""
    soft: Plane
    """Tones over which borders run."""
    uneven: Plane
    """Share by which a wash is denser."""
    density: Plane
    """Of the picture itself."""
    lines: Plane
    """0 to 1: how much of what is thin and dark is a line."""


def planned(color: ImageF32, lines: Plane, slow: Slow, washes: WashesConfig, unit: float) -> Plan:
    """What is painted where areas have some colors.

    Args:
        color: ``(h, w, 3)`` of areas, display-encoded.
        lines: ``(h, w)``: what is kept for the plan.
        slow: Noise.
        washes: Paper, hue and wetness.
        unit: Of a wash, in squares.
    """
    paper = np.array(washes.paper, np.float32)
    light = np.clip(color / paper, np.float32(FAINTEST), np.float32(1))
    luma = luma_of(light)
    least = np.minimum(np.minimum(light[..., 0], light[..., 1]), light[..., 2])
    tone = (1 - GRAY) * luma + GRAY * least
    # Layers are told from tone, so pigment is what one density of it leaves: told from luma, a
    # bright yellow's would lie several times too thick.
    density = _density(tone)
    pigment = CHROMA * _density(light) + (1 - CHROMA) * _density(luma)[..., np.newaxis]
    pigment = _bled(np.maximum(pigment, 0), density, slow.wet, washes.wet, unit)
    wander = np.float32(HUE * washes.hue) * slow.hue * (1 - np.float32(0.6) * ramp(density, 0, 0.3))
    pigment *= np.maximum(1 - wander[..., np.newaxis] * WARM, np.float32(0.3))
    soft = _softness(tone, slow.wet, washes.wet, unit)
    amplitude = WAVERS * (np.float32(0.1) + np.float32(3.2) * tone * (1 - tone))
    return Plan(pigment, tone + amplitude * slow.border, soft, UNEVEN * slow.uneven, density, lines)


def _bled(pigment: ImageF32, density: Plane, wet: Plane, share: float, unit: float) -> ImageF32:
    """Pigment for a density of 1; where it is wet, it has run into what is around."""
    both = np.dstack([pigment, density + _EPSILON])
    far = blurred(both, max(1.0, RUNS * unit))
    mixed = both + np.float32(share) * ramp(wet, *RUNNING)[..., np.newaxis] * (far - both)
    result: ImageF32 = mixed[..., :3] / mixed[..., 3:]
    return result


def _softness(tone: Plane, wet: Plane, share: float, unit: float) -> Plane:
    """Tones over which borders run: more where it is wet, plain, or deep."""
    sigma = max(1.0, PLAIN_SIGMA * unit)
    contrast = blurred(np.abs(tone - blurred(tone, sigma)), sigma)
    soft: Plane = np.float32(HARD) + np.float32(BLEEDS * share) * ramp(wet, *WET)
    soft += np.float32(PLAIN[2]) * (1 - ramp(contrast, *PLAIN[:2])) * ramp(wet, *DRY)
    soft += np.float32(DEEP[2]) * (1 - ramp(tone, *DEEP[:2]))
    return soft


class Layers:
    """The layers of a plan, some rows of pixels at a time.

    Args:
        washes: How many, their rims and their grain.
        plan: What they are made of.
        side: Pixels along a square.
        unit: Of a wash, in pixels.
        width: Columns, in pixels.
    """

    def __init__(
        self, washes: WashesConfig, plan: Plan, side: int, unit: float, width: int
    ) -> None:
        self._washes, self._side, self._unit, self._width = washes, side, unit, width
        self._paint = np.dstack([plan.pigment, plan.tone])
        self._rest = np.dstack([plan.soft, plan.uneven, plan.density])
        self._lines = plan.lines
        self._paper = np.array(washes.paper, np.float32)
        tones = [_level(k / washes.steps) for k in range(washes.steps + 1)]
        borders = [np.float32((a + b) / 2) for a, b in pairwise(tones)]
        self._borders = [np.float32(FAINT), *borders[1:]]
        depths = [_root(tone) for tone in tones]
        self._depths = [np.float32(b - a) for a, b in pairwise(depths)]

    def density(self, rows: slice, grain: Plane) -> Plane:
        """Of all layers together, before pigment settles.

        Args:
            rows: Start and stop row.
            grain: ``(rows, width)`` noise of the paper.
        """
        tone = self._enlarged(self._paint, rows)[..., 3] + TOOTH * grain
        rest = self._enlarged(self._rest, rows)
        soft, own = rest[..., 0], rest[..., 2]
        steep = 1 / soft
        total = np.zeros_like(tone)
        for border, depth in zip(self._borders, self._depths, strict=True):
            layer = np.clip((border - tone) * steep + np.float32(0.5), np.float32(0), np.float32(1))
            layer *= layer * (np.float32(3) - np.float32(2) * layer)
            if border == self._borders[0]:
                graded = GRADES * own * layer
            total += depth * layer
        total *= 1 - GRADES
        total += graded
        return total

    def rim(self, density: Plane) -> Plane:
        """How much denser layers are at their borders, of a whole plane of densities."""
        unit = max(self._unit, LEAST)
        small = blurred(reduced(density, self._side), RIM[1] * unit / self._side)
        rim = blurred(density, RIM[0] * unit)
        rim -= enlarged(small, self._side, slice(0, len(density)), self._width)
        np.clip(rim, np.float32(0), np.float32(RIMS[0]), out=rim)
        return rim

    def light(self, rows: slice, density: Plane, rim: Plane, grain: Plane) -> ImageF32:
        """What layers leave of the paper's light, ``(rows, width, 3)``."""
        rest = self._enlarged(self._rest, rows)
        soft, uneven = rest[..., 0], rest[..., 1]
        settles = np.float32(SETTLES * self._washes.granulation) * grain + uneven
        total = density + density / (1 + np.float32(4) * density) * settles
        dry = 1 - np.float32(0.85) * ramp(soft, 0.09, 0.25)
        total += np.float32(RIMS[1] * min(1.0, self._unit / CLEAR) * self._washes.rim) * rim * dry
        np.maximum(total, np.float32(0), out=total)
        left = self._enlarged(self._paint, rows)[..., :3] * total[..., np.newaxis]
        left += 1
        for _ in range(3):
            left *= left
        return np.asarray(self._paper / left, dtype=np.float32)

    def lines(self, rows: slice) -> Plane:
        """How much of what is thin and dark is a line."""
        return self._enlarged(self._lines, rows)

    def _enlarged(self, small: Plane, rows: slice) -> Plane:
        return enlarged(small, self._side, rows, self._width)


def _density(light: Plane) -> Plane:
    """What leaves some light."""
    return np.asarray(1 / np.sqrt(np.sqrt(np.sqrt(light))) - 1, dtype=np.float32)


def _root(tone: float) -> float:
    return 1 / math.sqrt(math.sqrt(math.sqrt(tone))) - 1


def _level(share: float) -> float:
    """Tone of the layers up to a share of them: steps are smaller where it is light."""
    return 1 - (1 - DARKEST) * (share + share * share) / 2
