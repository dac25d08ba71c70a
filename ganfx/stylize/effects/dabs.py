"""Dabs of paint: neighbouring strokes of a brush differ a little in tone, and from warm to cool.

A network paints what a place looks like, and in a clear sky there is nothing that could tell it
where one stroke ends and the next begins: it draws ripples, all alike. So strokes are laid over
its output after the temporal filter, as hatching is: in a still, and in frames done by
themselves, they are where the picture's size has them; in a stabilized shot they go with the
scene (`ganfx.stylize.temporal.keyframe_warp`), and those of one keyframe fade into the next's.

The strokes are painted once, one over the other on a canvas that tiles, and every pixel looks
its own up: no order of work, strip or machine changes it. A light edge and bristle marks give
them body. White paper and full black stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of
from ganfx.media.portable import use_portable_opencv
from ganfx.preset import DabsConfig
from ganfx.stylize.effects.effect import Effect, Place
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

Plane = NDArray[np.float32]
Canvas = NDArray[np.uint8]
Shift = tuple[tuple[int, int], float]
"""Pixels down and right by which a canvas is moved, and its weight."""

LINES = 1080  # picture height at which DabsConfig.size is given in pixels
FINEST = 5.0  # pixels: narrower dabs are noise
BROADEST = 32.0  # pixels on the canvas: what is broader is enlarged from there
CELL = 0.85  # side of the square in which a dab is put at random, in widths
CELLS = 48  # of a canvas, along each side
TONE, HUE = 0.09, 0.08  # deviation at an amount of 1, of the display range
WARM = (1.0, 0.15, -1.0)  # what a warm dab has more of, and a cool one less: red, green, blue
LENGTH = (2.4, 3.8)  # in widths
BEND = 0.25  # of the middle, in widths
BRISTLES = (-0.55, -0.1, 0.4)  # across a dab, in halves of its width
EDGE = 0.82  # where the light catches it
_STEPS = 9  # points along each side of a dab
_SHIFT = 4  # binary places of OpenCV's coordinates
_BAND = 64  # rows at a time: intermediates stay in the CPU's cache
_WIDEST = 1 << 14  # columns at a time: OpenCV counts them in 16 bits


def add_dabs(rgb: ImageF32, dabs: DabsConfig, place: Place) -> ImageF32:
    """Break a picture's colours into dabs, or those of some rows of it.

    Args:
        rgb: ``(H, W, 3)`` float32, display-encoded in [0, 1].
        dabs: How far they differ, their size and direction; the size is scaled with the
            picture's height.
        place: Where it lies.

    Returns:
        A new ``(H, W, 3)`` float32 in [0, 1]; ``rgb`` itself when the amount is 0.
    """
    if dabs.amount == 0:
        return rgb
    height, width = rgb.shape[:2]
    lines = place.height
    size = max(FINEST, dabs.size * place.scale * lines / LINES)
    closed = (width if "x" in place.wrap else None, lines if "y" in place.wrap else None)
    laid = _Laid(dabs, size, closed, _shifts(place))
    result = np.empty_like(rgb)
    for top in range(0, height, _BAND):
        rows = slice(top, min(top + _BAND, height))
        places = slice(place.first + rows.start, place.first + rows.stop)
        part = None if place.warp is None else place.warp.part(rows, height, width)
        for left in range(0, width, _WIDEST):
            columns = slice(left, min(left + _WIDEST, width))
            paint = laid.at(places, columns, part, place.left)
            result[rows, columns] = _painted(rgb[rows, columns], paint, dabs)
    return result


def _painted(rgb: ImageF32, paint: ImageF32, dabs: DabsConfig) -> ImageF32:
    """Some pixels with their dabs' tone and warmth."""
    luma = luma_of(rgb)
    swing = np.sqrt(np.maximum(4 * luma * (1 - luma), np.float32(0)))
    swing *= np.float32(dabs.amount)
    tone = np.float32(TONE) * swing * paint[..., 0]
    warmth = np.float32(HUE * dabs.hue) * swing * paint[..., 1]
    result: ImageF32 = rgb + tone[..., np.newaxis]
    result += warmth[..., np.newaxis] * np.array(WARM, np.float32)
    np.clip(result, 0.0, 1.0, out=result)
    return result


class _Laid:
    """A canvas of dabs, over and over across the plane."""

    def __init__(
        self,
        dabs: DabsConfig,
        size: float,
        closed: tuple[int | None, int | None],
        shifts: Sequence[Shift] = (((0, 0), 1.0),),
    ) -> None:
        self._shifts = shifts
        drawn = min(size, BROADEST)
        cells = tuple(_cells(length, size) for length in closed)
        self._canvas = _canvas(round(drawn, 3), dabs.angle, dabs.spread, cells)
        sides = self._canvas.shape[1::-1]
        # Canvas pixels for one of the picture; a side that tiles has whole canvases.
        self._steps = tuple(
            drawn / size
            if length is None
            else side * max(1, round(length * drawn / size / side)) / length
            for side, length in zip(sides, closed, strict=True)
        )

    def at(
        self, rows: slice, columns: slice, warp: KeyframeWarp | None, first: int = 0
    ) -> ImageF32:
        """``(h, w, 2)`` float32, about [-1, 1]: how bright, and how warm.

        Columns count from ``first`` of the picture.
        """
        whole = slice(columns.start + first, columns.stop + first)
        if warp is None:
            return self._laid(rows, whole, None)
        before, after = (
            self._laid(rows, whole, moved[:, columns]) for moved in (warp.before, warp.after)
        )
        share = warp.share[:, columns, np.newaxis]
        return before + share * (after - before)

    def _laid(self, rows: slice, columns: slice, moved: NDArray[np.float32] | None) -> ImageF32:
        """The dabs; where some are drawn anew, these and the others, as strong as one of both."""
        (shift, weight), *others = self._shifts
        total = self._looked_up(rows, columns, moved, shift)
        if others:
            total *= np.float32(weight)
        for other, part in others:
            total += np.float32(part) * self._looked_up(rows, columns, moved, other)
        return total

    def _looked_up(
        self,
        rows: slice,
        columns: slice,
        moved: NDArray[np.float32] | None,
        shift: tuple[int, int],
    ) -> ImageF32:
        use_portable_opencv()
        down_by, right_by = shift
        ends = ((columns, right_by, 0), (rows, down_by, 1))
        # Reduced in float64 along the sides: far from the origin float32 has no fractions left.
        x, y = (
            ((np.arange(s.start, s.stop) + by) * self._steps[i] % self._canvas.shape[1 - i]).astype(
                np.float32
            )
            for s, by, i in ends
        )
        across = np.broadcast_to(x, (len(y), len(x))).copy()
        down = np.broadcast_to(y[:, np.newaxis], across.shape).copy()
        if moved is not None:
            across += np.float32(self._steps[0]) * moved[..., 0]
            down += np.float32(self._steps[1]) * moved[..., 1]
        found = cv2.remap(self._canvas, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return (found.astype(np.float32) - np.float32(128)) * np.float32(1 / 127)


def _shifts(place: Place) -> list[Shift]:
    """Of the canvas, once; or twice where some dabs are drawn anew."""
    if place.redraw is None:
        return [(place.shift, 1.0)]
    share = place.redraw.share
    anew = (place.redraw.shift, math.sqrt(share))
    return [anew] if share == 1 else [(place.shift, math.sqrt(1 - share)), anew]


def _cells(length: int | None, size: float) -> int:
    """How many dabs lie along a side of the canvas; few where a small picture tiles."""
    if length is None:
        return CELLS
    return max(3, min(CELLS, round(length / (CELL * size))))


@cache
def _canvas(size: float, angle: float, spread: float, cells: tuple[int, int]) -> Canvas:
    """Dabs painted one over the other, on a canvas that tiles.

    Returns:
        ``(h, w, 2)`` uint8: how bright, and how warm; 128 is neither.
    """
    width, height = (round(CELL * size * count) for count in cells)
    canvas = np.full((height, width, 3), 128, np.uint8)
    rng = np.random.RandomState(7)  # the legacy generator: its numbers never change
    count = cells[0] * cells[1]
    places = _fixed(_places(rng, cells, (width, height)))
    outlines, marks = map(_fixed, _shapes(rng, count, size, angle, spread))
    tones, warmth = rng.uniform(-1, 1, (2, count))
    rough = rng.uniform(-0.25, 0.25, (count, len(BRISTLES)))
    thick, reach = max(1, round(size / 9)), LENGTH[1] * size
    for i in rng.permutation(count):
        colors = [_code(0.8 * tones[i] + change, warmth[i]) for change in (*rough[i], 0.3)]
        for place in _copies(places[i], reach, (width, height)):
            body = _code(tones[i], warmth[i])
            cv2.fillPoly(canvas, [outlines[i] + place], body, cv2.LINE_AA, _SHIFT)
            for line, color in zip(marks[i] + place, colors, strict=True):
                cv2.polylines(canvas, [line], False, color, thick, cv2.LINE_AA, _SHIFT)
    return np.ascontiguousarray(canvas[..., :2])


def _fixed(pixels: NDArray[np.float64]) -> NDArray[np.int32]:
    """OpenCV's coordinates."""
    fixed: NDArray[np.int32] = np.rint(pixels * 2**_SHIFT).astype(np.int32)
    return fixed


def _places(
    rng: np.random.RandomState, cells: tuple[int, int], sides: tuple[int, int]
) -> NDArray[np.float64]:
    """Middles of the dabs: one in each cell."""
    row, column = np.divmod(np.arange(cells[0] * cells[1]), cells[0])
    return np.stack(
        [
            (at + rng.uniform(0, 1, len(at))) * side / count
            for at, side, count in zip((column, row), sides, cells, strict=True)
        ],
        axis=1,
    )


def _shapes(
    rng: np.random.RandomState, count: int, size: float, angle: float, spread: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outlines ``(N, 2 * _STEPS, 2)``, and lines along dabs ``(N, L, _STEPS, 2)``: about 0."""
    along = np.linspace(-1, 1, _STEPS)
    turn = np.radians(angle + spread * rng.uniform(-1, 1, count))
    length = size * rng.uniform(*LENGTH, count)[:, None] / 2
    half = size * rng.uniform(0.75, 1.15, count)[:, None] / 2
    bend = BEND * size * rng.uniform(-1, 1, count)[:, None] * (along**2 - 1 / 3)
    # Blunt where the brush is put down, thinner where it is lifted.
    breadth = half * np.sqrt(1 - along**4 + 0.02) * (1 - 0.25 * along)
    edges = breadth * rng.uniform(0.85, 1.15, (2, count, _STEPS))
    u = length * along + np.zeros_like(bend)
    sides = [_turned(u, bend + edges[0], turn), _turned(u, bend - edges[1], turn)[:, ::-1]]
    lines = [_turned(0.8 * u, bend + place * breadth, turn) for place in (*BRISTLES, -EDGE)]
    return np.concatenate(sides, axis=1), np.stack(lines, axis=1)


def _turned(
    u: NDArray[np.float64], v: NDArray[np.float64], turn: NDArray[np.float64]
) -> NDArray[np.float64]:
    # Rounded, so that libraries that differ in a last bit of a sine agree.
    c, s = np.cos(turn).round(9)[:, None], np.sin(turn).round(9)[:, None]
    return np.stack([u * c - v * s, u * s + v * c], axis=-1)


def _copies(
    place: NDArray[np.int32], reach: float, sides: tuple[int, int]
) -> Iterator[NDArray[np.int32]]:
    """A dab's middle, and where it comes in again from beyond the canvas's other end."""
    near = math.ceil(reach * 2**_SHIFT)
    axes = []
    for at, side in zip(place.tolist(), (side << _SHIFT for side in sides), strict=True):
        turns = range(-math.ceil(near / side), math.ceil(near / side) + 1)
        axes.append([at + k * side for k in turns if -near < at + k * side < side + near])
    for pair in product(*axes):
        yield np.array(pair, np.int32)


def _code(tone: float, warmth: float) -> tuple[int, int, int]:
    bright, warm = (round(128 + 127 * max(-1.0, min(1.0, v))) for v in (tone, warmth))
    return bright, warm, 0


DABS = Effect(
    "dabs",
    section=lambda header: header.dabs,
    apply=add_dabs,
    follows_scene=True,
    probe=DabsConfig(amount=0.5),
)
