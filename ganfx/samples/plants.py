"""Trees, firs and the dark grass in front of a sample scene."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ganfx.samples.camera import Coordinates
from ganfx.samples.kinds import Color, color
from ganfx.samples.layers import Box, Upright
from ganfx.samples.noise import Plane, chance, fbm, fbm_line, hashed, smoothstep

BARK = color("#4a3c30")


@dataclass(frozen=True, eq=False)
class Tree(Upright):
    """A round-crowned tree, or a fir; its foot stands on the ground at ``x``, ``depth``."""

    x: float  # to the right, in camera heights
    height: float  # in camera heights
    fir: bool
    leaf: Color
    seed: int

    @property
    def box(self) -> Box:
        u, reach = self.x / self.depth, 0.6 * self.height / self.depth
        top = self.foot - 1.1 * self.height / self.depth
        return (u - reach, u + reach, top, self.foot + 2 * self.pixel)

    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        air = self.kind.air
        scale = self.depth / self.height
        across = (u - self.x / self.depth) * scale  # in tree heights from the foot
        up = (self.foot - v) * scale
        pixel = self.pixel * scale
        paint = self._fir if self.fir else self._crown
        albedo, sunlit, inside = paint(across, up, pixel)
        trunk = self._trunk(across, up)
        leaves = np.clip(inside / (1.4 * pixel) + 0.5, 0.0, 1.0)
        wood = np.clip(trunk / pixel + 0.5, 0.0, 1.0)
        side = np.clip(0.5 + 9.0 * across * air.sun_side, 0.1, 0.9)
        light = albedo * (air.sun * sunlit[..., None] + air.sky_light)
        bark = BARK * (air.sun * side[..., None] + air.sky_light * np.float32(0.7))
        light = bark + leaves[..., None] * (light - bark)
        cover = 1.0 - (1.0 - leaves) * (1.0 - wood)
        return air.hazed(light, self.depth), np.asarray(cover, dtype=np.float32)

    def _trunk(self, across: Coordinates, up: Coordinates) -> Coordinates:
        thick = 0.022 + 0.02 * np.exp(-up / 0.06)
        bend = 0.03 * chance(self.seed, 9, -1.0, 1.0) * up
        reach = 0.3 if self.fir else 0.62
        inside = np.minimum(thick * (1.0 - 0.6 * up) - np.abs(across - bend), reach - up)
        return np.minimum(inside, up + 0.01)

    def _crown(
        self, across: Coordinates, up: Coordinates, pixel: float
    ) -> tuple[Plane, Plane, Plane]:
        """Clumps of leaves, each lit like a ball: albedo, sun, and distance inside the edge."""
        leaves = fbm(
            across, up, self.seed + 3, cell=(0.06, 0.045), octaves=4, pixel=pixel, gain=0.85
        )
        inside = np.full(leaves.shape, -1.0, dtype=np.float32)
        ball = np.zeros(leaves.shape, dtype=np.float32)
        side = 0.62 * self.kind.air.sun_side
        for j in range(26):
            angle = 2.0 * math.pi * chance(self.seed, 20 + j)
            reach = math.sqrt(chance(self.seed, 140 + j))
            x, y = 0.31 * reach * math.cos(angle), 0.64 + 0.25 * reach * math.sin(angle)
            radius = chance(self.seed, 200 + j, 0.06, 0.125)
            dx, dy = (across - x) / radius, (up - y) / radius
            depth = (radius * (1.0 - np.sqrt(dx * dx + dy * dy))).astype(np.float32)
            lit = np.clip(0.5 + 0.42 * (side * dx + 0.75 * dy), 0.0, 1.0).astype(np.float32)
            nearer = smoothstep(-0.012, 0.012, depth - inside)
            ball += nearer * (lit - ball)
            inside = np.maximum(inside, depth)
        whole = np.clip(0.5 + 1.3 * side * across + 1.2 * (up - 0.62), 0.0, 1.0)
        sunlit = np.clip(0.62 * ball + 0.38 * whole + 0.24 * leaves - 0.08, 0.0, 1.2)
        tone = 1.0 + 0.2 * leaves
        edge = inside + 0.032 * leaves
        return self.leaf * tone[..., None], sunlit.astype(np.float32), edge

    def _fir(
        self, across: Coordinates, up: Coordinates, pixel: float
    ) -> tuple[Plane, Plane, Plane]:
        """Drooping tiers of boughs that narrow to a tip."""
        rough = fbm(across, up, self.seed + 3, cell=(0.05, 0.035), octaves=4, pixel=pixel, gain=0.7)
        tiers = chance(self.seed, 5, 8.0, 11.0)
        place = tiers * (up + 0.35 * np.abs(across)) + chance(self.seed, 6)
        droop = place - np.floor(place)  # 0 at the lower edge of a tier
        wide = (
            chance(self.seed, 7, 0.17, 0.24)
            * np.maximum(1.0 - up, 0.0) ** 0.9
            * (1.12 - 0.5 * droop)
        )
        inside = np.minimum(wide - np.abs(across), np.minimum(up - 0.07, 1.0 - up)) + 0.011 * rough
        side = self.kind.air.sun_side
        form = 0.45 + 0.4 * side * across / np.maximum(wide, 0.02) + 0.25 * (0.5 - droop)
        sunlit = np.clip(form + 0.16 * rough, 0.0, 1.0).astype(np.float32)
        albedo = self.leaf * (1.0 + 0.2 * rough - 0.3 * droop)[..., None]
        if self.kind.surface == "snow":
            load = smoothstep(0.25, 1.1, 0.9 * (1.0 - droop) + 0.35 * rough)[..., None]
            albedo = albedo + np.float32(0.8) * load * (self.kind.ground - albedo)
        return np.asarray(albedo, np.float32), sunlit, np.asarray(inside, np.float32)


@dataclass(frozen=True, eq=False)
class Bank(Upright):
    """Grass right before the camera, dark against the scene."""

    leaf: Color
    top: float  # mean v of its upper edge
    seed: int

    @property
    def box(self) -> Box:
        return (-math.inf, math.inf, self.top - 0.13, math.inf)

    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        ground = self.top + 0.022 * fbm_line(u, self.seed, cell=0.7, octaves=3, pixel=self.pixel)
        cover = np.zeros(np.broadcast_shapes(u.shape, v.shape), dtype=np.float32)
        light = np.zeros((*cover.shape, 3), dtype=np.float32)
        air = self.kind.air
        tuft = 0.6 + 0.25 * fbm_line(u, self.seed + 2, cell=0.18, octaves=2, pixel=self.pixel)
        for row in range(4):
            lower = ground + 0.02 * row
            height = np.maximum(0.085 * tuft, 0.01)
            blades = _blades(u, v, lower, height, self.seed + 10 * row, self.pixel)
            rise = np.clip((lower - v) / height, 0.0, 1.0).astype(np.float32)
            shade = (0.7 + 0.5 * row / 3.0) * (0.35 + 1.1 * rise)
            color_ = self.leaf * (air.sun * np.float32(0.4) + air.sky_light)
            light += blades[..., None] * (shade[..., None] * color_ - light)
            cover = np.maximum(cover, blades)
        return light, cover


def _blades(
    u: Coordinates,
    v: Coordinates,
    foot: Coordinates | Plane,
    height: Plane,
    seed: int,
    pixel: float,
) -> Plane:
    """Coverage of a row of bent, pointed blades and the earth they stand on."""
    cell = 0.011
    rise = np.clip((foot - v) / height, 0.0, 1.0)
    cover = np.clip((v - foot) / pixel + 0.5, 0.0, 1.0).astype(np.float32)
    lean = u / cell + 0.0 * rise
    for pass_ in range(3):
        bend = 2.2 * rise**2 * (pass_ - 1)
        place = lean - bend
        column = np.floor(place)
        pick = hashed(seed + pass_, column)
        tall = 0.35 + 0.65 * hashed(seed + 5 + pass_, column)
        off = np.abs(place - column - (0.3 + 0.4 * pick))
        width = np.maximum(0.24 * (1.0 - rise / tall), 0.0)
        blade = np.clip((width - off) * (cell / pixel) + 0.5, 0.0, 1.0)
        blade *= np.clip((tall - rise) * 8.0, 0.0, 1.0)
        cover = np.maximum(cover, blade.astype(np.float32))
    return cover
