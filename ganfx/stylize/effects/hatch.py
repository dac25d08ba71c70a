"""Hatching: tone made of ruled lines, as a burin or a pencil lays it.

The network says how dark a place is and draws its edges; the lines are laid over its
output after the temporal filter, like grain, so that they do not flicker. In a still, and in
frames done by themselves, they are where the picture's size has them. In a stabilized shot
they go with the scene (`ganfx.stylize.temporal.keyframe_warp`): the phase of a line is that at
a keyframe, carried along, and slides by half a line at the most to the next keyframe's.

Lines of a layer are thick where the picture is dark and thin where it is light. The first layer
carries tones down to about `HatchConfig.cross`; what is darker is crossed by the next, and so
on. Light pushes lines aside a little, so that they bend over what is round and break at edges, as
over a relief. Tones stay: over a period of lines, a layer's mean is the tone that it was given,
but near black and white, where ink fills up and fine lines break off.

Every pixel is a function of its own value, place and drift, and of the picture's size, in
additions, products, square roots and floors alone: no order of work, strip or machine changes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of
from ganfx.media.flow import Flow
from ganfx.preset import HatchConfig
from ganfx.stylize.effects.effect import Effect, Place
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

Plane = NDArray[np.float32]
Slope = tuple[float, float]
"""Turns per pixel right and down."""

LINES = 1080  # picture height at which HatchConfig.spacing is given in pixels
FINEST = 3.5  # pixels between lines: closer ones are a grey, or beat with the pixels
CROSSED = 0.35  # share of a tone's fall under ``cross`` that the first layers keep
WAVES = ((37.0, 61.0, 0.12), (17.0, -43.0, 0.06))
"""How a hand strays: lengths along and across the lines and amplitude, in line spacings."""
STROKES = ((14.0, 1.0), (6.0, 3.0))
"""Lengths of a stroke in line spacings, and how far the next line's is shifted."""

_BAND = 64  # rows at a time: intermediates stay in the CPU's cache
_GOLDEN = (math.sqrt(5) - 1) / 2  # its multiples are evenly spread, and never meet
_REPEAT = 64  # lines after which strokes begin anew
_REPEAT_WRAPPED = 8  # the same where the picture tiles: a divisor of its number of lines


def add_hatch(rgb: ImageF32, hatch: HatchConfig, place: Place) -> ImageF32:
    """Break a picture's tones into lines, or those of some rows of it.

    Args:
        rgb: ``(H, W, 3)`` float32, display-encoded in [0, 1].
        hatch: Contrast, spacing and angles of the lines; the spacing is scaled with the
            picture's height.
        place: Where it lies.

    Returns:
        A new ``(H, W, 3)`` float32 in [0, 1]; ``rgb`` itself when the amount is 0.
    """
    if hatch.amount == 0:
        return rgb
    height, width = rgb.shape[:2]
    spacing = max(FINEST, hatch.spacing * place.scale * place.height / LINES)
    tile = (width if "x" in place.wrap else None, place.height if "y" in place.wrap else None)
    layers = [_Layer(i, angle, spacing, hatch, tile) for i, angle in enumerate(hatch.angles)]
    shift = place.shift if place.redraw is None else place.redraw.strayed(spacing)
    result = np.empty_like(rgb)
    for top in range(0, height, _BAND):
        rows = slice(top, min(top + _BAND, height))
        band = rgb[rows]
        luma = luma_of(band)
        plane = slice(place.first + rows.start, place.first + rows.stop)
        flat = _Rows(plane, width, (shift[0], place.left + shift[1]))
        keys = [flat]
        if place.warp is not None:
            keys = _keys(flat, place.warp.part(rows, height, width))
        hatched = _hatched(luma, hatch, [layer.profile(keys, luma) for layer in layers])
        gain = hatched / np.maximum(luma, np.float32(1e-6))
        np.multiply(band, gain[..., np.newaxis], out=result[rows])
        np.clip(result[rows], 0.0, 1.0, out=result[rows])
    return result


def _hatched(luma: Plane, hatch: HatchConfig, profiles: list[Plane]) -> Plane:
    result = np.ones_like(luma)
    for profile, tone in zip(profiles, _tones(luma, hatch.cross, len(profiles)), strict=True):
        # Amplitude by tone: 1 at mid-grey; bare paper and full ink have no lines.
        swing = np.sqrt(np.maximum(4 * tone * (1 - tone), np.float32(0)))
        swing *= np.float32(hatch.amount) * profile
        swing += tone
        result *= np.clip(swing, 0.0, 1.0, out=swing)
    return result


def _tones(luma: Plane, cross: float, count: int) -> Iterator[Plane]:
    """Tone of each layer of lines; their product is ``luma``."""
    left, floor = luma, np.float32((1 - CROSSED) * cross)
    for _ in range(count - 1):
        kept = np.maximum(left, floor + np.float32(CROSSED) * left)
        yield kept
        left = left / np.maximum(kept, np.float32(1e-6))
    yield left


@dataclass(frozen=True, eq=False)
class _Rows:
    """Some rows of the plane, seen where they are or where they were."""

    rows: slice
    width: int
    shift: tuple[float, float] = (0, 0)
    """Pixels down and right by which the lines are moved."""
    moved: Flow | None = None
    """``(rows, width, 2)``: pixels right and down to where they were."""
    share: Plane | None = None
    """``(rows, width)``: how much of a pixel goes by this place."""

    def phase(self, slope: Slope, modulus: int = 1) -> Plane:
        """Turns at every pixel, up to multiples of ``modulus``."""
        # Reduced in float64 along the sides: far from the origin float32 has no fractions left.
        down, right = self.shift
        x = (np.arange(self.width, dtype=np.float64) + right) * slope[0] % modulus
        rows = np.arange(self.rows.start, self.rows.stop, dtype=np.float64)
        y = (rows + down) * slope[1] % modulus
        plane: Plane = y.astype(np.float32)[:, np.newaxis] + x.astype(np.float32)
        if self.moved is not None:
            plane += np.float32(slope[0]) * self.moved[..., 0]
            plane += np.float32(slope[1]) * self.moved[..., 1]
        return plane


def _keys(place: _Rows, warp: KeyframeWarp) -> list[_Rows]:
    """Where its pixels were in the key before, and are in the one after."""
    after = replace(place, moved=warp.after, share=warp.share)
    return [replace(place, moved=warp.before), after]


class _Layer:
    """Parallel lines at one angle, everywhere in the plane."""

    def __init__(
        self,
        index: int,
        angle: float,
        spacing: float,
        hatch: HatchConfig,
        tile: tuple[int | None, int | None],
    ) -> None:
        self._index = index
        self._bend, self._broken = np.float32(hatch.bend), np.float32(hatch.broken)
        wrapped = tile != (None, None)
        self._repeat = _REPEAT_WRAPPED if wrapped else _REPEAT
        # Rounded, so that libraries that differ in a last bit of a sine agree.
        turn = math.radians(angle)
        across = (round(-math.sin(turn), 9), round(math.cos(turn), 9))
        along = (round(math.cos(turn), 9), round(math.sin(turn), 9))

        def slope(a: float, b: float, whole: int = 1) -> Slope:
            """Of a wave ``a`` turns a spacing along the lines and ``b`` across them."""
            x, y = ((a * p + b * q) / spacing for p, q in zip(along, across, strict=True))
            return _closing(x, tile[0], whole), _closing(y, tile[1], whole)

        self._lines = slope(0.0, 1.0, self._repeat if self._broken else 1)
        self._waves = [(slope(1 / a, 1 / b), size) for a, b, size in WAVES]
        self._strokes = [(slope(1 / length, 0.0), shift) for length, shift in STROKES]

    def profile(self, keys: Sequence[_Rows], luma: Plane) -> Plane:
        """``(rows, width)`` float32: 0.5 between lines, -0.5 in the middle of one.

        Where strokes are broken, times the pressure of the hand.

        Args:
            keys: Where the pixels are; or where they were in one key, and are in the next.
            luma: ``(rows, width)`` of the picture.
        """
        share = keys[-1].share
        if self._lines == (0.0, 0.0):  # a tile too small for a line
            return np.zeros((keys[0].rows.stop - keys[0].rows.start, keys[0].width), np.float32)
        pushed = self._bend * luma
        across = [self._across(key) + pushed for key in keys]
        if share is not None:
            # Lines slide to the nearest ones of the next key, which are half a line away at most.
            turn = across[1] - across[0]
            turn -= np.floor(turn + np.float32(0.5))
            slid = share * turn
            across = [across[0] + slid, across[1] - turn + slid]
        profile: Plane = across[0] - np.floor(across[0])
        profile = np.float32(0.5) - np.abs(profile + profile - np.float32(1))
        if self._broken:
            pressure = [
                self._pressure(np.floor(a + np.float32(0.5)), key)
                for a, key in zip(across, keys, strict=True)
            ]
            if share is not None:
                pressure[0] += share * (pressure[1] - pressure[0])
            profile *= pressure[0]
        return profile

    def _across(self, place: _Rows) -> Plane:
        """Lines counted across, as a hand strays from them."""
        across = place.phase(self._lines, self._repeat)
        start = np.float32(self._index * _GOLDEN % 1)  # other layers stray elsewhere
        for slope, size in self._waves:
            across += np.float32(size) * _wave(place.phase(slope) + start)
        return across

    def _pressure(self, line: Plane, place: _Rows) -> Plane:
        """How strongly a stroke marks the paper, with mean 1."""
        # A line that strayed over the seam is the first again.
        line -= self._repeat * np.floor(line * np.float32(1 / self._repeat))
        turn = line * np.float32(_GOLDEN)
        total: Plane = np.zeros_like(line)
        for slope, shift in self._strokes:
            total += _wave(place.phase(slope) + turn * np.float32(shift))
        total *= np.float32(0.5) * self._broken
        total += np.float32(1)
        return total


def _closing(slope: float, period: int | None, whole: int) -> float:
    """The nearest slope that has a multiple of ``whole`` turns in a period."""
    return slope if period is None else whole * round(slope * period / whole) / period


def _wave(turns: Plane) -> Plane:
    """Parabolas that look like a sine: in [-1, 1], with a period of 1 turn."""
    f = turns - np.floor(turns)
    f += f
    f -= np.float32(1)
    wave: Plane = np.float32(4) * f * (1 - np.abs(f))
    return wave


HATCH = Effect(
    "hatch",
    section=lambda header: header.hatch,
    apply=add_hatch,
    follows_scene=True,
    probe=HatchConfig(amount=0.5, broken=0.8),
)
