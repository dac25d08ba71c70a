"""Anchors of strokes: one in each cell of a grid, with all its chances from a hash of the cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganfx.media.flow import Flow
from ganfx.stylize.effects.effect import Place
from ganfx.stylize.effects.hashing import Hashes, drawn_anew, mixed
from ganfx.stylize.effects.stroke_shapes import on_grid, sampled
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

if TYPE_CHECKING:
    from ganfx.stylize.effects.strokes import Brush

Points = NDArray[np.float64]
Plane = NDArray[np.float32]

CELLS = (0.66, 0.7, 0.76, 0.92, 1.12)
"""Side of a cell, in widths of the brush, from broad ones to fine ones, which need not cover."""
STEPS = 4
"""In which the place in the frame of an anchor in a keyframe is found."""
_ROUNDING = 1e-5
GROWTH = 4.0
"""How quickly a stroke grows once its keyframe's share is above its chance."""


@dataclass(frozen=True, eq=False)
class Anchors:
    """Where strokes begin, in pixels of the rows at hand."""

    x: Points
    y: Points
    order: Hashes
    """The order in which strokes of a brush are laid."""
    grown: Points
    """Size of each stroke, 0 to 1: below 1 as its keyframe comes and goes."""
    top: int = 0
    """Row of the picture that ``y`` counts from."""
    left: int = 0
    """Likewise its column."""

    def chance(self, number: int) -> Points:
        """Independent chances in [0, 1): a number gives one for each anchor."""
        salt = np.uint32((0x85EBCA6B * (number + 1)) & 0xFFFFFFFF)
        return mixed(self.order + salt).astype(np.float64) / 2**32

    def some(self, chosen: NDArray[np.bool_] | slice) -> Anchors:
        """Those that are chosen."""
        return replace(
            self,
            x=self.x[chosen],
            y=self.y[chosen],
            order=self.order[chosen],
            grown=self.grown[chosen],
        )


def anchors_of(
    brushes: Sequence[Brush], place: Place, size: tuple[int, int], margin: tuple[int, int]
) -> list[Anchors]:
    """The anchors of each brush that may reach some rows of a picture.

    Args:
        brushes: Their widths give the cells.
        place: Where the rows lie; with its warp, anchors lie in the keyframes.
        size: Rows and columns at hand, with ``margin`` on every side.
        margin: Rows and columns of the picture's other end around it, where it tiles.
    """
    grids = [_grid(brush, place, size, margin) for brush in brushes]
    if place.warp is None:
        return grids
    warp = place.warp.of_size(*size)  # once for all of them: it is as large as the picture
    rest = np.float32(1) - warp.share
    return [_in_frame(grid, warp, rest) for grid in grids]


def _in_frame(grid: Anchors, warp: KeyframeWarp, rest: Plane) -> Anchors:
    """Anchors of both keyframes, where they are in the frame; ``rest`` is the share of the first.

    All keyframes have the same grid: what stands still is painted with the same strokes.
    """
    before = _carried(grid, warp.before, rest, grid.chance(9))
    after = _carried(grid, warp.after, warp.share, 1.0 - grid.chance(9))
    return replace(
        before,
        x=np.concatenate([before.x, after.x]),
        y=np.concatenate([before.y, after.y]),
        order=np.concatenate([before.order, after.order]),
        grown=np.concatenate([before.grown, after.grown]),
    )


def _grid(brush: Brush, place: Place, size: tuple[int, int], margin: tuple[int, int]) -> Anchors:
    """Of a frame, or of a keyframe, in its own pixels."""
    tops, lefts = place.first - margin[0], place.left - margin[1]
    spans = ((tops, size[0], place.height), (lefts, size[1], size[1] - 2 * margin[1]))
    wraps = ("y" in place.wrap, "x" in place.wrap)
    side = CELLS[min(brush.level, len(CELLS) - 1)] * brush.width
    sides = [_cells(side, span, wraps=w) for span, w in zip(spans, wraps, strict=True)]
    (rows, cell_y, count_y), (columns, cell_x, count_x) = sides
    iy, ix = (plane.ravel() for plane in np.meshgrid(rows, columns, indexing="ij"))
    order = _order(
        iy % count_y if count_y else iy, ix % count_x if count_x else ix, place, brush.level
    )
    found = Anchors(np.zeros(0), np.zeros(0), order, np.ones(len(order)), tops, lefts)
    x = on_grid((ix + found.chance(0)) * cell_x) - lefts
    y = on_grid((iy + found.chance(1)) * cell_y) - tops
    return replace(found, x=x, y=y)


def _order(iy: NDArray[np.int64], ix: NDArray[np.int64], place: Place, level: int) -> Hashes:
    """The hash of each cell: of the seed, or of a drawing that is made anew."""

    def by(seed: int) -> Hashes:
        return _hashed(iy, ix, np.uint32((seed * 0x9E3779B1 + level * 0x632BE5AB) & 0xFFFFFFFF))

    if place.redraw is None:
        return by(place.seed)
    return drawn_anew(by(place.seed), by(place.redraw.seed), place.redraw.share)


def _cells(
    side: float, span: tuple[int, int, int], *, wraps: bool
) -> tuple[NDArray[np.int64], float, int]:
    """Numbers of the cells along an axis, their side, and how many there are until they repeat."""
    start, length, whole = span
    cell, count = side, 0
    if wraps:
        count = max(1, round(whole / cell))
        cell = whole / count
    first, last = math.floor(start / cell) - 2, math.ceil((start + length) / cell) + 2
    return np.arange(first, last), cell, count


def _carried(grid: Anchors, flow: Flow, share: Plane, chance: Points) -> Anchors:
    """Anchors of a keyframe where they are in the frame, as large as its share lets them be.

    An anchor is of one keyframe as far as its share is above the chance, and of the other from
    there on. It shrinks only below that: what stands still is never without its stroke.
    """
    x, y = grid.x, grid.y
    for _ in range(STEPS):
        moved = on_grid(sampled(flow, x, y))
        x, y = grid.x - moved[:, 0], grid.y - moved[:, 1]
    part = sampled(share[..., np.newaxis], x, y)[:, 0]
    grown = np.clip((part - chance) * GROWTH + 1.0, 0.0, 1.0)
    return replace(grid, x=x, y=y, grown=grown).some(grown > 0.15)


def of_share(anchors: Anchors, share: Plane) -> Anchors:
    """Those whose chance lets them be, where a share of the strokes is wanted.

    Args:
        anchors: Of one size.
        share: ``(H, W)``, 0 to 1: at 0 there is none, at 1 all are as they were.
    """
    part = sampled(share[..., np.newaxis], anchors.x, anchors.y)[:, 0]
    # A stroke is whole from a quarter above its chance on, and is gone below it; what rounding
    # takes from a share of 1 takes no stroke.
    least = anchors.chance(11) * (1 - 1 / GROWTH)
    size = np.clip((part + _ROUNDING - least) * GROWTH, 0.0, 1.0)
    return replace(anchors, grown=anchors.grown * size).some(anchors.grown * size > 0.15)


def _hashed(iy: NDArray[np.int64], ix: NDArray[np.int64], key: np.uint32) -> Hashes:
    rows = mixed(iy.astype(np.uint32)) ^ key
    return mixed(mixed(rows) ^ mixed(ix.astype(np.uint32) + np.uint32(0x9E3779B9)))
