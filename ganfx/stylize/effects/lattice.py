"""Noise of a hashed lattice: textures that repeat, looked up at pixels, or at where they were.

Values at the nodes of a lattice come from a hash; between them runs the uniform cubic B-spline.
Octaves of finer lattices add up to a texture that closes on itself, made once. In a stabilized
shot it lies in the keyframes before and after a frame, and is carried from both along the motion:
the two blend by share with their contrast kept (Bousseau et al., Video Watercolorization using
Bidirectional Texture Advection, 2007), so that it neither slides over the scene nor swims in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.flow import Flow
from ganfx.stylize.effects.effect import Place
from ganfx.stylize.effects.hashing import drawn_anew, mixed
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

Plane = NDArray[np.float32]
Octaves = tuple[tuple[int, float], ...]
"""Nodes in a cell along each side, and amplitude."""

_GOLDEN = 0x9E3779B9
_DEVIATION = math.sqrt(4 * (256**2 - 1) / 12)  # of the sum of four uniform bytes
_WIDEST = 1 << 14  # columns at a time: OpenCV counts them in 16 bits


@dataclass(frozen=True, eq=False)
class Texture:
    """A texture over and over across the plane."""

    canvas: Plane
    """``(h, w, C)``: mean 0 and variance 1 in each channel; it tiles."""
    steps: tuple[float, float]
    """Pixels of the canvas for one of the picture, right and down."""
    length: float
    """Pixels of the canvas over which its values forget one another."""

    def at(
        self, rows: slice, columns: slice, warp: KeyframeWarp | None = None, factor: int = 1
    ) -> Plane:
        """Values at squares of pixels, or carried there from the keyframes.

        Args:
            rows: Start and stop row, in squares of ``factor`` pixels a side.
            columns: Likewise.
            warp: Of those rows and columns, in squares.
            factor: Side of a square.

        Returns:
            ``(h, w, C)`` float32.
        """
        if warp is None:
            return self._looked_up(rows, columns, None, factor)
        before = self._looked_up(rows, columns, warp.before, factor)
        after = self._looked_up(rows, columns, warp.after, factor)
        across, down = (self._apart(warp, axis, factor) for axis in (0, 1))
        across += down
        alike = np.maximum(1 - across, np.float32(0))
        return _blended(before, after, warp.share, alike * alike)

    def _apart(self, warp: KeyframeWarp, axis: int, factor: int) -> Plane:
        """Squared lengths between the places in both keyframes, along an axis."""
        apart: Plane = warp.after[..., axis] - warp.before[..., axis]
        apart *= np.float32(self.steps[axis])
        apart *= np.float32(factor / self.length)
        apart *= apart
        return apart

    def _looked_up(self, rows: slice, columns: slice, moved: Flow | None, factor: int) -> Plane:
        height, width = rows.stop - rows.start, columns.stop - columns.start
        result = np.empty((height, width, self.canvas.shape[2]), np.float32)
        for left in range(0, width, _WIDEST):
            part = slice(left, min(left + _WIDEST, width))
            across = _places(columns, factor, self.steps[0], self.canvas.shape[1])[part]
            down = _places(rows, factor, self.steps[1], self.canvas.shape[0])
            x = np.broadcast_to(across, (height, len(across))).copy()
            y = np.broadcast_to(down[:, np.newaxis], x.shape).copy()
            if moved is not None:
                x += np.float32(factor * self.steps[0]) * moved[:, part, 0]
                y += np.float32(factor * self.steps[1]) * moved[:, part, 1]
            found = cv2.remap(self.canvas, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
            result[:, part] = found.reshape(height, len(across), -1)
        return result


def texture(
    channels: Sequence[Octaves],
    *,
    cell: float,
    cells: int,
    drawn: int,
    place: Place,
    width: int,
    layer: int = 0,
) -> Texture:
    """A texture for a picture; along axes that tile, it closes where the picture does.

    Args:
        channels: Octaves of each.
        cell: Side of a cell in pixels of the picture.
        cells: Of the canvas, along each side.
        drawn: Side of a cell in pixels of the canvas: a multiple of all numbers of nodes.
        place: For the picture's height, what tiles, the seed, and what is drawn anew.
        width: Columns of the picture.
        layer: Other layers are independent.
    """
    closed = (place.height if "y" in place.wrap else None, width if "x" in place.wrap else None)
    counts = tuple(
        cells if side is None else max(1, min(cells, round(side / cell))) for side in closed
    )
    keys = [_key(place.seed, layer)]
    if place.redraw is not None:
        keys.append(_key(place.redraw.seed, layer))
    share = 0.0 if place.redraw is None else place.redraw.share
    canvas = _canvas(tuple(channels), counts, drawn, tuple(keys), share)
    down, right = (
        drawn / cell
        if side is None
        else count * drawn * max(1, round(side / (count * cell))) / side
        for side, count in zip(closed, counts, strict=True)
    )
    return Texture(canvas, (right, down), drawn / channels[0][0][0])


def _key(seed: int, layer: int) -> int:
    return (seed * 0x9E3779B1 + layer * 0x632BE5AB) & 0xFFFFFFFF


@lru_cache(maxsize=16)
def _canvas(
    channels: tuple[Octaves, ...],
    counts: tuple[int, ...],
    drawn: int,
    keys: tuple[int, ...],
    share: float,
) -> Plane:
    """Of the first key, with a share of the nodes by the second, if there is one."""
    planes = []
    for i, octaves in enumerate(channels):
        total: Plane = np.zeros([count * drawn for count in counts], np.float32)
        for nodes, amplitude in octaves:
            sides = [count * nodes for count in counts]
            noise = _nodes(sides, [key + 0x1000 * i + nodes for key in keys], share)
            total += np.float32(amplitude) * _enlarged(noise, drawn // nodes)
        total *= np.float32(1 / math.sqrt(math.fsum(size * size for _, size in octaves)))
        planes.append(total)
    return np.ascontiguousarray(np.stack(planes, axis=-1))


def _nodes(counts: Sequence[int], keys: Sequence[int], share: float) -> Plane:
    """White noise of variance 1: the sum of a hash's four bytes."""
    y, x = (np.arange(count, dtype=np.uint32) for count in counts)
    hashes, *others = (
        mixed(
            mixed(mixed(y) ^ np.uint32(key & 0xFFFFFFFF))[:, np.newaxis]
            ^ mixed(x + np.uint32(_GOLDEN))[np.newaxis, :]
        )
        for key in keys
    )
    for other in others:
        hashes = drawn_anew(hashes, other, share)
    shifts = (np.uint32(8 * k) for k in range(4))
    total = sum(((hashes >> shift) & np.uint32(255)).astype(np.int32) for shift in shifts)
    return (np.asarray(total) - 510).astype(np.float32) * np.float32(1 / _DEVIATION)


def _enlarged(nodes: Plane, factor: int) -> Plane:
    """A B-spline through a lattice that closes on itself, of the lattice's variance."""
    weights = [_spline((phase + 0.5) / factor) for phase in range(factor)]
    # Its variance is that of the nodes times the mean square of its weights, along either axis.
    variance = math.fsum(w * w for row in weights for w in row) / factor
    for axis in (0, 1):
        around = [np.roll(nodes, 1 - k, axis) for k in range(4)]
        phases = []
        for row in weights:
            phase = np.float32(row[0]) * around[0]
            for weight, plane in zip(row[1:], around[1:], strict=True):
                phase += np.float32(weight) * plane
            phases.append(phase)
        shape = [side * factor if i == axis else side for i, side in enumerate(nodes.shape)]
        nodes = np.stack(phases, axis + 1).reshape(shape)
    result: Plane = nodes * np.float32(1 / variance)
    return result


def _spline(t: float) -> tuple[float, float, float, float]:
    """Weights of four neighboring nodes at a share of the way from the second to the third."""
    s = 1 - t
    return (
        s * s * s / 6,
        (3 * t * t * t - 6 * t * t + 4) / 6,
        (3 * s * s * s - 6 * s * s + 4) / 6,
        t * t * t / 6,
    )


def _places(span: slice, factor: int, step: float, period: int) -> Plane:
    """Middles of squares along an axis, on the canvas."""
    # Reduced in float64: far from the origin float32 has no fractions left.
    middle = (np.arange(span.start, span.stop) + 0.5) * factor - 0.5
    return (middle * step % period).astype(np.float32)


def _blended(before: Plane, after: Plane, share: Plane, alike: Plane) -> Plane:
    """Two textures by share, with the variance of one.

    ``alike`` is their correlation: where nothing moved both are the same, and need no gain.
    """
    rest = 1 - share
    variance = rest * rest + share * share + 2 * rest * share * alike
    gain = 1 / np.sqrt(variance)
    result: Plane = (rest * gain)[..., np.newaxis] * before
    result += (share * gain)[..., np.newaxis] * after
    return result
