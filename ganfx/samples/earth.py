"""The ground of a sample scene: meadow, snow, sand or a street, and the land beside water."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ganfx.samples.camera import Coordinates
from ganfx.samples.kinds import color
from ganfx.samples.layers import Level
from ganfx.samples.noise import Plane, chance, fbm, noise_line, smoothstep

DIRT = color("#b49d7c")
BEACH = color("#b8a283")
CURB = color("#6c6a68")
LAMPLIGHT = color("#ffcf98")


@dataclass(frozen=True)
class Spot:
    """Something that stands on the ground, and darkens or lights it around its foot."""

    x: float  # to the right, in camera heights
    depth: float
    size: float  # radius on the ground, in camera heights


@dataclass(frozen=True)
class Coast:
    """Where land ends and water begins: a bay open to one side."""

    side: float  # 1: the land is on the right; -1: on the left
    far: float  # depth to which that land reaches
    seed: int

    def inland(self, x: Coordinates, z: Coordinates) -> Coordinates:
        """Distance from the water line along the view, positive on land."""
        ramp = smoothstep(-0.8, 4.2, self.side * x)
        return 2.7 + (self.far - 2.7) * ramp + 0.35 * noise_line(x / 0.9, self.seed) - z

    def is_land(self, x: float, z: float) -> bool:
        return bool(self.inland(np.array([x]), np.array([z]))[0] > 0.4)


@dataclass(frozen=True, eq=False)
class Earth(Level):
    """Level ground, textured in world coordinates: x to the right, z away."""

    shadows: tuple[Spot, ...]
    lamps: tuple[Spot, ...]
    coast: Coast | None

    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        air = self.kind.air
        z = 1.0 / self.below_horizon(v)
        x = u * z
        albedo, sunlit = self._street(x, z) if self._is_street else self._open(x, z)
        sunlit = sunlit * self._unshadowed(x, z)
        light = albedo * (air.sun * sunlit[..., None] + air.sky_light + self._lamplight(x, z))
        if self._is_street:
            light = light + self._wet(u, v, x, z)
        clear = np.exp(-air.density * z).astype(np.float32)[..., None]
        light = light * clear + air.haze * (1.0 - clear)
        cover = self.cover(v)
        if self.coast is not None:
            cover = smoothstep(
                0.0, 1.0, self.coast.inland(x, z) / np.maximum(self.pixel * z * z, 0.06)
            )
        return light, np.broadcast_to(cover, light.shape[:2])

    @property
    def _is_street(self) -> bool:
        return self.kind.surface == "street"

    def _texture(self, x: Coordinates, z: Coordinates, salt: int, cell: tuple[float, float],
                 octaves: int) -> Plane:  # fmt: skip
        """World-space noise, faded where the ground is too far to show it."""
        pixel = self.pixel * np.maximum(z / cell[0], z * z / cell[1]) * min(cell)
        return fbm(x, z, self.seed + salt, cell=cell, octaves=octaves, pixel=pixel, gain=0.8)

    def _open(self, x: Coordinates, z: Coordinates) -> tuple[Plane, Plane]:
        """Meadow, snow or sand, with a winding road or a beach: albedo, and sun on it."""
        patch = self._texture(x, z, 1, (9.0, 9.0), 3)
        fine = self._texture(x, z, 5, (2.4, 2.8), 8)
        side = 0.2 * self.kind.air.sun_side
        relief = fine - self._texture(x + side, z, 5, (2.4, 2.8), 5)
        rough = 0.05 if self.kind.surface == "snow" else 0.16
        sunlit = np.clip(0.62 + rough * relief + 0.09 * patch, 0.0, 1.2).astype(np.float32)
        if self.kind.surface in ("meadow", "water"):
            fine = np.asarray(0.7 * fine + 0.5 * self._tufts(x, z), dtype=np.float32)
        albedo = self._soil(patch, fine)
        if self.coast is None:
            return self._with_road(albedo, x, z, fine), sunlit
        beach = 1.0 - smoothstep(0.25, 0.75, self.coast.inland(x, z) + 0.12 * fine)
        sand = BEACH * (1.0 + 0.05 * fine)[..., None]
        return np.asarray(albedo + beach[..., None] * (sand - albedo), np.float32), sunlit

    def _soil(self, patch: Plane, fine: Plane) -> Plane:
        """Two colours in patches: grass and grass, sand and sand, snow and bluer snow."""
        kind = self.kind
        if self.coast is not None:
            first, second, depth = kind.leaf[-1] * np.float32(1.4), kind.leaf[0], 0.3
        elif kind.surface == "meadow":
            first, depth = kind.ground, 0.3
            second = np.asarray(0.55 * kind.ground + 0.45 * kind.leaf[-1], dtype=np.float32)
        elif kind.surface == "sand":
            first, second, depth = kind.ground, kind.ground * np.float32(0.8), 0.12
        else:
            blue = np.array([0.86, 0.92, 1.0], dtype=np.float32)
            first, second, depth = kind.ground, kind.ground * blue, 0.02
        share = smoothstep(-0.8, 1.2, patch + 0.25 * fine)[..., None]
        albedo = (first + share * (second - first)) * (1.0 + depth * fine)[..., None]
        return np.asarray(albedo, dtype=np.float32)

    def _tufts(self, x: Coordinates, z: Coordinates) -> Plane:
        """Grass: upright strokes that keep their shape on the screen at any depth."""
        return fbm(x, np.log(z), self.seed + 31, cell=(0.03, 0.06), octaves=4,
                   pixel=self.pixel * z, gain=0.85)  # fmt: skip

    def _with_road(self, albedo: Plane, x: Coordinates, z: Coordinates, fine: Plane) -> Plane:
        if self.kind.surface == "snow" and chance(self.seed, 3) < 0.5:
            return albedo
        middle = chance(self.seed, 4, -2.0, 2.0) + 2.2 * noise_line(z / 9.0, self.seed + 77)
        off = np.abs(x - middle + 0.06 * fine)
        edge = np.maximum(self.pixel * z, 0.05)
        road = 1.0 - smoothstep(0.0, 1.0, (off - 0.75) / edge + 0.5)
        strip = 1.0 - smoothstep(0.0, 1.0, (off - 0.16) / edge + 0.5)  # grass between the wheels
        share = (road * (1.0 - 0.6 * strip))[..., None]
        dirt = DIRT if self.kind.surface != "snow" else self.kind.ground * np.float32(0.72)
        rutted = dirt * (0.85 + 0.08 * fine)[..., None]
        return np.asarray(albedo + share * (rutted - albedo), dtype=np.float32)

    def _street(self, x: Coordinates, z: Coordinates) -> tuple[Plane, Plane]:
        """Cobbles between two curbs."""
        fine = self._texture(x, z, 5, (0.16, 0.22), 4)
        stain = self._texture(x, z, 9, (2.4, 2.4), 3)
        albedo = self.kind.ground * (1.0 + 0.22 * fine + 0.12 * stain)[..., None]
        off = np.abs(x)
        edge = np.maximum(self.pixel * z, 0.02)
        walk = smoothstep(0.0, 1.0, (off - 2.3) / edge + 0.5)[..., None]
        curb = (1.0 - smoothstep(0.0, 1.0, (np.abs(off - 2.3) - 0.07) / edge + 0.5))[..., None]
        pavement = CURB * (0.62 + 0.07 * fine)[..., None]
        albedo += walk * (pavement - albedo)
        albedo += curb * (CURB * np.float32(1.5) - albedo)
        return np.asarray(albedo, dtype=np.float32), np.full(fine.shape, 0.6, dtype=np.float32)

    def _unshadowed(self, x: Coordinates, z: Coordinates) -> Plane:
        """1 in the sun, less in the soft shadows of houses and trees."""
        away = -0.8 * self.kind.air.sun_side
        lit = np.ones(np.broadcast_shapes(x.shape, z.shape), dtype=np.float32)
        for spot in self.shadows:
            across = (x - spot.x - away * spot.size) / (1.5 * spot.size)
            along = (z - spot.depth) / (0.75 * spot.size)
            lit *= 1.0 - 0.72 * np.exp(-(across**2) - along**2).astype(np.float32)
        return lit

    def _lamplight(self, x: Coordinates, z: Coordinates) -> Plane:
        """Pools of light under the street lamps, ``(H, W, 3)``."""
        pool = np.zeros(np.broadcast_shapes(x.shape, z.shape), dtype=np.float32)
        for spot in self.lamps:
            square = (x - spot.x) ** 2 + (z - spot.depth) ** 2
            pool += (1.0 / (1.0 + square / spot.size**2) ** 2).astype(np.float32)
        return pool[..., None] * LAMPLIGHT * np.float32(2.2)

    def _wet(self, u: Coordinates, v: Coordinates, x: Coordinates, z: Coordinates) -> Plane:
        """Streaks of the lamps in wet stone."""
        wet = smoothstep(-0.6, 1.0, self._texture(x, z, 21, (1.4, 3.0), 3))
        stone = 0.45 + 0.75 * smoothstep(0.0, 1.3, self._texture(x, z, 5, (0.16, 0.22), 4))
        total = np.zeros(wet.shape, dtype=np.float32)
        for spot in self.lamps:
            foot = self.kind.horizon + 1.0 / spot.depth
            width = 0.05 / spot.depth + 0.002
            across = np.exp(-(((u - spot.x / spot.depth) / width) ** 2))
            along = np.where(v > foot, np.exp((foot - v) * (spot.depth / 2.2)), 0.0)
            total += (across * along).astype(np.float32)
        return (total * wet * stone)[..., None] * LAMPLIGHT * np.float32(1.3)
