"""Houses and street lamps of a sample scene, drawn in perspective on upright cards.

A building's own coordinates are those of the world at its front: ``x`` to the right of
the camera and ``y`` up from the ground, in camera heights, so that eye level is y = 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ganfx.samples.camera import Coordinates
from ganfx.samples.earth import LAMPLIGHT, Spot
from ganfx.samples.kinds import Color, color
from ganfx.samples.layers import Box, Upright
from ganfx.samples.noise import Plane, chance, fbm

WALLS = tuple(color(c) for c in ("#e6dfd0", "#d9c6a2", "#c9a58a", "#b9b4a8", "#a8503c", "#8f9a9a"))
ROOFS = tuple(color(c) for c in ("#8a4a36", "#6a4a40", "#55565c", "#74503c"))
FRAME = color("#e8e4da")
DOOR = color("#4a3526")
WINDOW_LIGHT = color("#ffc878 * 3.4")

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, eq=False)
class House(Upright):
    """A gabled house whose gable faces the camera; its side runs away from it."""

    left: float  # x of the gable's corners
    right: float
    length: float  # of the side, away from the camera
    floors: int
    floor: float  # height of one floor
    lamps: tuple[Spot, ...]
    seed: int

    @property
    def box(self) -> Box:
        z, far = self.depth, self.depth / (self.depth + self.length)
        xs = (self.left, self.right, self.left * far, self.right * far)
        top = self.kind.horizon - (self._peak + 0.5 * self.floor - 1.0) / z
        return ((min(xs) - 0.2) / z, (max(xs) + 0.2) / z, top, self.foot + 2 * self.pixel)

    @property
    def _eaves(self) -> float:
        return self.floors * self.floor

    @property
    def _peak(self) -> float:
        return self._eaves + chance(self.seed, 1, 0.32, 0.52) * (self.right - self.left)

    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        x = u[0] * self.depth
        y = 1.0 + (self.kind.horizon - v[:, 0]) * self.depth
        canvas = _Canvas(x, y, self.pixel * self.depth)
        grain = fbm(x[None], y[:, None], self.seed, cell=(0.4, 0.3), octaves=4,
                    pixel=self.pixel * self.depth, gain=0.6)  # fmt: skip
        wall = WALLS[int(chance(self.seed, 2, 0, len(WALLS)))]
        roof = ROOFS[int(chance(self.seed, 3, 0, len(ROOFS)))]
        side = self.left if self.left > 0 else self.right
        inner = 1.0 if self.left > 0 else -1.0  # the visible side looks left, or right
        facing = -inner * self.kind.air.sun_side
        rows = np.cos(y[:, None] * (2 * math.pi / 0.09))
        tiles = 1.0 + 0.1 * rows * self._tiles_show + 0.1 * grain
        self._draw(canvas, self._chimney(side), wall * np.float32(0.7), 0.6 + 0.06 * grain, 0.5)
        self._draw(canvas, self._roof(side), roof, tiles, 0.62 + 0.25 * facing)
        if abs(side) > 0.3 and self.left * self.right > 0:
            self._draw(canvas, self._side(side), wall, 0.9 + 0.11 * grain, 0.42 + 0.4 * facing)
            self._windows(canvas, self._side_windows(side), 50)
        self._draw(canvas, self._gable(), wall, 0.95 + 0.11 * grain, 0.5)
        self._draw(canvas, self._barge(1.0), roof, 0.5 + 0 * grain, 0.4)
        self._draw(canvas, self._barge(-1.0), roof, 0.5 + 0 * grain, 0.4)
        self._draw(canvas, self._door(), DOOR, 1.0 + 0.2 * grain, 0.4)
        self._windows(canvas, self._front_windows(), 10)
        if self.kind.surface == "snow":
            self._draw(canvas, self._roof(side, 0.92), self.kind.ground, 1.0 + 0.03 * grain, 0.6)
        light = self.kind.air.hazed(canvas.light, self.depth)
        return light, canvas.cover

    @property
    def _tiles_show(self) -> float:
        return min(1.0, max(0.0, 0.09 / (self.pixel * self.depth) / 3.0 - 0.6))

    def _draw(
        self, canvas: _Canvas, points: tuple[Point, ...], albedo: Color, tone: Plane, sunlit: float
    ) -> None:
        """Fill one lit face."""
        air = self.kind.air
        light = air.sun * np.float32(sunlit) + air.sky_light
        canvas.fill(points, albedo * tone[..., None] * (light + self._lamplight(canvas)))

    def _lamplight(self, canvas: _Canvas) -> Plane:
        """Light of the street lamps nearby on the front, ``(H, W, 3)`` or one value."""
        total = np.zeros((1, 1), dtype=np.float32)
        for lamp in self.lamps:
            away = (lamp.depth - self.depth) ** 2
            if away < 40.0:
                square = (canvas.x[None] - lamp.x) ** 2 + away
                square = square + (canvas.y[:, None] - self.kind.lamp_height) ** 2
                total = total + (1.0 / (1.0 + square / 0.8) ** 1.3).astype(np.float32)
        return total[..., None] * LAMPLIGHT * np.float32(3.0)

    def _at(self, x: float, y: float, behind: float) -> Point:
        """A point ``behind`` the front, as it appears on it."""
        far = self.depth / (self.depth + behind)
        return x * far, 1.0 + (y - 1.0) * far

    def _gable(self) -> tuple[Point, ...]:
        middle = 0.5 * (self.left + self.right)
        return (
            (self.left, 0.0), (self.right, 0.0), (self.right, self._eaves),
            (middle, self._peak), (self.left, self._eaves),
        )  # fmt: skip

    def _barge(self, way: float) -> Quad:
        """The board along one slope of the gable."""
        middle = 0.5 * (self.left + self.right)
        end = middle + way * (0.5 * (self.right - self.left) + 0.12)
        drop = 0.12 * (self._peak - self._eaves) / (0.5 * (self.right - self.left))
        low = self._eaves - drop
        return ((end, low), (end, low + 0.11), (middle, self._peak + 0.11), (middle, self._peak))

    def _side(self, x: float) -> Quad:
        return (
            self._at(x, 0.0, 0.0), self._at(x, 0.0, self.length),
            self._at(x, self._eaves, self.length), self._at(x, self._eaves, 0.0),
        )  # fmt: skip

    def _roof(self, x: float, share: float = 1.0) -> Quad:
        """The slope on the side of corner ``x``, down to ``share`` of its length."""
        middle = 0.5 * (self.left + self.right)
        ridge = self._peak + 0.06
        low_x = middle + share * (x + 0.12 * math.copysign(1.0, x - middle) - middle)
        low_y = self._peak + share * (self._eaves - 0.08 - self._peak)
        return (
            self._at(low_x, low_y, 0.0), self._at(low_x, low_y, self.length),
            self._at(middle, ridge, self.length), self._at(middle, ridge, 0.0),
        )  # fmt: skip

    def _chimney(self, x: float) -> Quad:
        middle = 0.5 * (self.left + self.right)
        at = middle + 0.35 * (x - middle)
        left, base = self._at(at, self._eaves, 0.4 * self.length)
        return _rectangle(left, left + 0.22, base, self._peak + 0.3 * self.floor)

    def _door(self) -> Quad:
        width = 0.16 * (self.right - self.left)
        at = self.left + chance(self.seed, 4, 0.42, 0.6) * (self.right - self.left) - width / 2
        return _rectangle(at, at + width, 0.0, 0.72 * self.floor)

    def _front_windows(self) -> Iterator[Quad]:
        width = self.right - self.left
        for floor in range(self.floors):
            for share in (0.2, 0.8) if floor == 0 else (0.2, 0.5, 0.8):
                x, half = self.left + share * width, 0.075 * width
                low, high = (floor + 0.32) * self.floor, (floor + 0.8) * self.floor
                yield _rectangle(x - half, x + half, low, high)
        x, half = 0.5 * (self.left + self.right), 0.05 * width
        low = self._eaves + 0.16 * self.floor
        yield _rectangle(x - half, x + half, low, low + 3 * half)

    def _side_windows(self, x: float) -> Iterator[Quad]:
        count = max(2, round(self.length / 1.2))
        for floor in range(self.floors):
            low, high = (floor + 0.32) * self.floor, (floor + 0.8) * self.floor
            for j in range(count):
                near = self.length * (j + 0.3) / count
                far = self.length * (j + 0.7) / count
                yield (
                    self._at(x, low, near), self._at(x, low, far),
                    self._at(x, high, far), self._at(x, high, near),
                )  # fmt: skip

    def _windows(self, canvas: _Canvas, quads: Iterator[Quad], salt: int) -> None:
        """Frames and panes; some panes have a lamp behind them."""
        air = self.kind.air
        daylight = air.sun * np.float32(0.45) + air.sky_light
        for j, quad in enumerate(quads):
            lit = chance(self.seed, salt + j) < self.kind.lit_windows
            canvas.fill(_grown(quad, 1.22), FRAME * daylight * np.float32(0.7))
            low, high = quad[0][1], quad[2][1]
            rise = np.clip((canvas.y - low) / (high - low), 0.0, 1.0)[:, None, None]
            if lit:
                strength = chance(self.seed, salt + 100 + j, 0.55, 1.3)
                pane = WINDOW_LIGHT * (strength * (1.1 - 0.5 * rise)).astype(np.float32)
            else:
                pane = np.asarray(air.horizon * (0.12 + 0.25 * rise), dtype=np.float32)
            canvas.fill(quad, pane)
            left, right = quad[0][0], quad[1][0]
            middle, bar = 0.5 * (left + right), 0.045 * abs(right - left)
            upright = _rectangle(middle - bar, middle + bar, low, high)
            canvas.fill(upright, FRAME * daylight * np.float32(0.6))


def _rectangle(left: float, right: float, low: float, high: float) -> Quad:
    return ((left, low), (right, low), (right, high), (left, high))


def _grown(quad: Quad, scale: float) -> Quad:
    x = sum(p[0] for p in quad) / 4.0
    y = sum(p[1] for p in quad) / 4.0
    a, b, c, d = ((x + scale * (p[0] - x), y + scale * (p[1] - y)) for p in quad)
    return a, b, c, d


class _Canvas:
    """A small picture to fill polygons into, on a grid of ``x`` and ``y`` (falling)."""

    def __init__(self, x: Coordinates, y: Coordinates, pixel: float) -> None:
        self.x, self.y, self.pixel = x, y, pixel
        self.light = np.zeros((y.size, x.size, 3), dtype=np.float32)
        self.cover = np.zeros((y.size, x.size), dtype=np.float32)

    def fill(self, points: tuple[Point, ...], light: Plane) -> None:
        """Lay a convex polygon over the picture; ``light`` broadcasts to ``(H, W, 3)``."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        columns = slice(*np.searchsorted(self.x, (min(xs) - self.pixel, max(xs) + self.pixel)))
        rows = slice(*np.searchsorted(-self.y, (-max(ys) - self.pixel, -min(ys) + self.pixel)))
        x, y = self.x[columns][None], self.y[rows][:, None]
        if not x.size or not y.size:
            return
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, _turned(points), strict=True))
        way = math.copysign(1.0, area)
        inside = np.full((y.shape[0], x.shape[1]), np.inf)
        for a, b in zip(points, _turned(points), strict=True):
            along = (b[0] - a[0], b[1] - a[1])
            length = max(math.hypot(*along), 1e-9)
            off = (along[0] * (y - a[1]) - along[1] * (x - a[0])) * (way / length)
            inside = np.minimum(inside, off)
        part = np.clip(inside / self.pixel + 0.5, 0.0, 1.0).astype(np.float32)
        whole = np.broadcast_to(light, self.light.shape)[rows, columns]
        cover = 1.0 - (1.0 - self.cover[rows, columns]) * (1.0 - part)
        share = (part / np.maximum(cover, np.float32(1e-6)))[..., None]
        self.light[rows, columns] += share * (whole - self.light[rows, columns])
        self.cover[rows, columns] = cover


def _turned(points: tuple[Point, ...]) -> tuple[Point, ...]:
    return (*points[1:], points[0])


@dataclass(frozen=True, eq=False)
class Lamp(Upright):
    """A street lamp: a post, and a lantern far brighter than white."""

    x: float

    @property
    def box(self) -> Box:
        x, z = self.x, self.depth
        top = self.kind.horizon - (1.2 * self.kind.lamp_height - 1.0) / z
        return ((x - 0.4) / z, (x + 0.4) / z, top, self.foot + 2 * self.pixel)

    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        x, z = self.x, self.depth
        canvas = _Canvas(u[0] * z, 1.0 + (self.kind.horizon - v[:, 0]) * z, self.pixel * z)
        iron = np.asarray(0.03 * self.kind.air.sky_light + 0.004, dtype=np.float32)
        top = self.kind.lamp_height
        wide = top / 2.5
        parts = (
            (0.0, 0.1, 0.075, 0.06), (0.08, 0.91, 0.034, 0.026), (1.05, 1.1, 0.16, 0.03),
        )  # fmt: skip
        for low, high, below, above in parts:
            canvas.fill(_post(x, low * top, high * top, below * wide, above * wide), iron)
        glass = _post(x, 0.91 * top, 1.05 * top, 0.07 * wide, 0.13 * wide)
        canvas.fill(glass, LAMPLIGHT * np.float32(24.0))
        return self.kind.air.hazed(canvas.light, 0.4 * z), canvas.cover


def _post(x: float, low: float, high: float, below: float, above: float) -> Quad:
    """A tapered upright, by its half widths."""
    return ((x - below, low), (x + below, low), (x + above, high), (x - above, high))
