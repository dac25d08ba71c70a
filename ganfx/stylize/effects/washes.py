"""Washes: watercolor in layers over white paper, below the lines that the network draws.

The picture becomes flat areas (`ganfx.stylize.effects.wash_areas`), and their tones a few steps of
transparent pigment (`ganfx.stylize.effects.wash_layers`), on the texture of a paper. Thin dark
lines of the network are found, left out of the washes, and inked over them.

All supports are finite and reduced pixels lie on a grid from (0, 0): strips make the same pixels.
Noise is carried by the scene in stabilized shots (`ganfx.stylize.effects.lattice`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of
from ganfx.media.portable import use_portable_opencv
from ganfx.preset import WashesConfig
from ganfx.stylize.effects.effect import Effect, Place
from ganfx.stylize.effects.lattice import Octaves, Texture, texture
from ganfx.stylize.effects.squares import displaced, reduced
from ganfx.stylize.effects.wash_areas import FINE, Widths, areas, inked, ramp, thin
from ganfx.stylize.effects.wash_layers import LEAST, PLAIN_SIGMA, RIM, RUNS, Layers, Slow, planned
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

Plane = NDArray[np.float32]

LINES = 1080  # picture height at which WashesConfig.size is given in pixels
SIZE = 16.0  # of a wash whose unit is a pixel there
MOST = 8  # largest side of the squares of a reduced picture
THIN, LONG = 3.5, 7.5  # radii of lines at 1080 lines; they go with the root of the height
WOBBLE, WOBBLES = 1.3, 9  # deviation of an area's place in units, and most of it in squares
RELIEF = np.float32(0.014)  # of the paper, lit from the upper left
INK = np.array([0.17, 0.12, 0.09], np.float32)  # sepia
DRY = np.float32(0.3)  # share of the ink that a dry pen leaves away

_TOOTH = 3.4  # pixels from grain to grain of the paper at 1080 lines
_FINEST = 2.0  # pixels of the same in small pictures
_CELL = 128.0  # of the slow noise, in units
_BAND = 64  # rows at a time: intermediates stay in the CPU's cache
_SLOW: tuple[Octaves, ...] = (
    ((2, 1.0), (4, 0.6), (8, 0.35), (16, 0.2)),  # borders
    ((1, 1.0), (2, 0.6), (8, 0.2)),  # wetness
    ((2, 1.0), (4, 0.6)),  # hue
    ((1, 1.0), (4, 0.7), (16, 0.4)),  # unevenness
)
_HAND: tuple[Octaves, ...] = (((4, 1.0), (8, 0.5)),) * 2
_GRAIN: tuple[Octaves, ...] = (((1, 1.0), (2, 0.7), (3, 0.35)),)


def _half(sigma: float) -> int:
    """Rows on either side that a blur looks at, or one of the least."""
    return max(4, math.ceil(2.5 * sigma))


@dataclass(frozen=True)
class _Sizes:
    unit: float
    """Pixels of the picture for one at 1080 lines, times the washes' size."""
    factor: int
    """Side of the squares of pixels of which areas are made: a power of two."""
    thin: int
    """Radius of lines, in pixels."""
    long: int
    """Radius of a length that makes a line."""

    @property
    def reduced(self) -> Widths:
        """In squares."""
        line, long = (max(1, round(each / self.factor)) for each in (self.thin, self.long))
        return Widths(self.unit / self.factor, line, long)

    @property
    def reach(self) -> int:
        """Rows above and below a pixel that it depends on."""
        unit, rim = self.reduced.unit, max(self.unit, LEAST)
        around = max(2 * _half(PLAIN_SIGMA * unit), _half(RUNS * unit))
        squares = self.reduced.reach + WOBBLES + around + _half(RIM[1] * rim / self.factor) + 4
        return squares * self.factor + 2 * self.thin + _half(RIM[0] * rim) + 1


def _sizes(washes: WashesConfig, place: Place) -> _Sizes:
    lines = place.scale * place.height / LINES
    unit = lines * washes.size / SIZE
    factor = 1
    while factor < MOST and unit / factor > 0.75:
        factor *= 2
    thin, long = (max(1, round(each * math.sqrt(lines))) for each in (THIN, LONG))
    return _Sizes(unit, factor, thin, long)


def washes_reach(washes: WashesConfig, place: Place) -> int:
    """Rows above and below a pixel that it depends on."""
    return _sizes(washes, place).reach


def washes_blur(washes: WashesConfig, place: Place) -> float:
    """Sigma of the small areas that a picture's colors are taken of."""
    return FINE * _sizes(washes, place).unit


def add_washes(rgb: ImageF32, washes: WashesConfig, place: Place) -> ImageF32:
    """Paint a picture in washes, or some rows of it.

    Args:
        rgb: ``(H, W, 3)`` float32, display-encoded in [0, 1].
        washes: Their size, steps, borders, pigment, paper and line; sizes go by the picture's
            height.
        place: Where it lies.

    Returns:
        A new ``(H, W, 3)`` float32 in [0, 1]; ``rgb`` itself when the amount is 0.
    """
    if washes.amount == 0:
        return rgb
    use_portable_opencv()
    sizes = _sizes(washes, place)
    margin = math.ceil(sizes.reach / sizes.factor) * sizes.factor
    top, left = (margin if axis in place.wrap else 0 for axis in "yx")
    # Squares lie on a grid from the picture's first pixel, wherever these rows begin.
    begun, aside = (place.first - top) % sizes.factor, (place.left - left) % sizes.factor
    around, detail = (
        None if plane is None else _surrounded(plane, (top, left), (begun, aside))
        for plane in (rgb, place.detail)
    )
    assert around is not None
    told = replace(place, detail=detail)
    margins = (top + begun, left + aside)
    sheet = _Sheet(washes, told, sizes, margins, (len(rgb), rgb.shape[1]))
    inner = sheet.painted(around)[margins[0] :, margins[1] :][: len(rgb), : rgb.shape[1]]
    result: ImageF32 = rgb + np.float32(washes.amount) * (inner - rgb)
    return result


def _surrounded(plane: Plane, margin: tuple[int, int], begun: tuple[int, int]) -> Plane:
    """With rows and columns of its own other end around it, and some before to begin with."""
    rest = [(0, 0)] * (plane.ndim - 2)
    around = np.pad(plane, [*((side, side) for side in margin), *rest], mode="wrap")
    return np.pad(around, [*((side, 0) for side in begun), *rest], mode="edge")


@dataclass(frozen=True)
class _Sheet:
    """The paper that some rows of a picture are painted on."""

    washes: WashesConfig
    place: Place
    sizes: _Sizes
    margin: tuple[int, int]
    """Rows above the picture's and columns left of it."""
    size: tuple[int, int]
    """Rows and columns of the picture."""

    def painted(self, image: ImageF32) -> ImageF32:
        """The picture with its margins, in washes and lines."""
        layers = self._layers(image)
        width = image.shape[1]
        density, grain = (np.empty(image.shape[:2], np.float32) for _ in range(2))
        sheet = replace(self, place=replace(self.place, redraw=None))  # paper stays as it is
        paper = sheet._texture(_GRAIN, max(_FINEST, _TOOTH * self.place.height / LINES), 192, 6, 3)
        for rows in _bands(len(image)):
            grain[rows] = self._at(paper, rows, width, 1)[..., 0]
            density[rows] = layers.density(rows, grain[rows])
        rim = layers.rim(density)
        contrast = thin(luma_of(image), self.sizes.thin)
        result = np.empty_like(image)
        for rows in _bands(len(image)):
            painted = layers.light(rows, density[rows], rim[rows], grain[rows])
            painted *= _relief(grain, rows)[..., np.newaxis]
            ink = inked(contrast[rows] * layers.lines(rows)) * _pen(grain[rows])
            ink *= np.float32(self.washes.line)
            result[rows] = _drawn(painted, ink, image[rows])
        return result

    def _layers(self, image: ImageF32) -> Layers:
        """What is painted, told from the squares of the picture."""
        sizes, side = self.sizes, self.sizes.factor
        small = reduced(image, side)
        detail = self.place.detail
        wanted = None if detail is None else reduced(detail, side)
        found = areas(small, sizes.reduced, wanted)
        rows, width = slice(0, len(small)), small.shape[1]
        cell = _CELL * sizes.unit
        hand = self._at(self._texture(_HAND, cell, 16, 32, 1), rows, width, side)
        color = displaced(found.color, np.float32(WOBBLE * sizes.reduced.unit) * hand, WOBBLES)
        noise = self._at(self._texture(_SLOW, cell, 16, 32, 2), rows, width, side)
        slow = Slow(*(np.ascontiguousarray(noise[..., channel]) for channel in range(4)))
        plan = planned(color, found.lines, slow, self.washes, sizes.reduced.unit)
        return Layers(self.washes, plan, side, sizes.unit, image.shape[1])

    def _texture(
        self, channels: tuple[Octaves, ...], cell: float, cells: int, drawn: int, layer: int
    ) -> Texture:
        return texture(
            channels,
            cell=cell,
            cells=cells,
            drawn=drawn,
            place=self.place,
            width=self.size[1],
            layer=layer,
        )

    def _at(self, noise: Texture, rows: slice, width: int, side: int) -> Plane:
        """Noise at some rows of squares of the rows at hand."""
        top = (self.place.first - self.margin[0]) // side
        left = (self.place.left - self.margin[1]) // side
        return noise.at(
            slice(top + rows.start, top + rows.stop),
            slice(left, left + width),
            self._carried(rows, width, side),
            side,
        )

    def _carried(self, rows: slice, width: int, side: int) -> KeyframeWarp | None:
        """Where squares are in the keyframes."""
        warp = self.place.warp
        if warp is None:
            return None
        top, left = (each // side for each in self.margin)
        height, inner = (-(-each // side) for each in self.size)
        if not (top or left):
            return warp.part(rows, height, inner)
        # Rows and columns of the margins are those of the other end.
        whole = warp.part(slice(0, height), height, inner)
        y = (np.arange(rows.start, rows.stop) - top) % height
        x = (np.arange(width) - left) % inner
        planes = (whole.before, whole.after, whole.share)
        return KeyframeWarp(*(plane[y][:, x] for plane in planes))


def _bands(height: int) -> Iterator[slice]:
    for top in range(0, height, _BAND):
        yield slice(top, min(top + _BAND, height))


def _relief(grain: Plane, rows: slice) -> Plane:
    """Light on the paper from the upper left, about 1."""
    band = grain[rows]
    above = grain[np.maximum(np.arange(rows.start, rows.stop) - 1, 0)]
    before = np.roll(above, 1, axis=1)
    result: Plane = 1 + RELIEF * (band - before)
    return result


def _pen(grain: Plane) -> Plane:
    """Ink that a pen leaves on the paper, 0 to 1: little on its hills."""
    return 1 - DRY * ramp(grain, 0.9, 1.7)


def _drawn(painted: ImageF32, ink: Plane, image: ImageF32) -> ImageF32:
    """Washes with ink over them: as dark as the line was, or sepia."""
    color = np.minimum(INK, np.float32(0.8) * image + np.float32(0.02))
    result: ImageF32 = painted + ink[..., np.newaxis] * (color - painted)
    return np.clip(result, 0.0, 1.0)


WASHES = Effect(
    "washes",
    section=lambda header: header.washes,
    apply=add_washes,
    reach=washes_reach,
    blur=washes_blur,
    follows_scene=True,
    options={"amount": "washes", "size": "wash_size"},
    probe=WashesConfig(amount=0.5),
)
