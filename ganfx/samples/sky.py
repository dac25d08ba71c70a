"""The sky of a sample scene: gradient, glow, sun or moon, stars and clouds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ganfx.samples.camera import Coordinates
from ganfx.samples.layers import Box, Upright
from ganfx.samples.noise import Plane, fbm, hashed, smoothstep

CLOUD_HEIGHT = 0.2
"""Flattens clouds towards the horizon; smaller is a farther, flatter ceiling."""


@dataclass(frozen=True, eq=False)
class Sky(Upright):
    """The farthest layer, at an infinite depth."""

    seed: int

    @property
    def box(self) -> Box:
        return (-math.inf, math.inf, -math.inf, self.kind.horizon + 0.02)

    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        air = self.kind.air
        rgb = self._gradient(u, v)
        distance = self._from_sun(u, v)
        if air.stars:
            rgb += self._stars(u, v)[..., None]
        if air.disc:
            radius = air.disc.radius
            edge = smoothstep(radius + self.pixel, radius - self.pixel, distance)
            rgb += edge[..., None] * air.disc.color
        self._add_clouds(rgb, u, v, distance, octaves=6)
        return rgb, np.ones(rgb.shape[:2], dtype=np.float32)

    def reflected(self, u: Coordinates, v: Coordinates) -> Plane:
        """The sky as still water mirrors it: no disc, softer clouds."""
        rgb = self._gradient(u, v)
        self._add_clouds(rgb, u, v, self._from_sun(u, v), octaves=3)
        return rgb

    def _gradient(self, u: Coordinates, v: Coordinates) -> Plane:
        """Clear sky with the glow of the sun."""
        air = self.kind.air
        height = np.clip(self.kind.horizon - v, 0.0, None) / 0.6
        rise = (1.0 - np.exp(-2.4 * height)).astype(np.float32)[..., None]
        base = air.horizon + (air.zenith - air.horizon) * rise
        along = np.exp(-(((u - air.sun_at[0]) / 0.5) ** 2)).astype(np.float32)
        band = (0.7 * np.exp(-4.0 * height)).astype(np.float32) * along
        distance = self._from_sun(u, v)
        core = air.disc.radius if air.disc else 0.02
        halo = 0.5 * np.exp(distance / (-6.0 * core)) + 0.5 * np.exp(distance / -0.22)
        rgb: Plane = base + (band + halo)[..., None] * air.glow
        return rgb

    def _from_sun(self, u: Coordinates, v: Coordinates) -> Plane:
        sun_u, sun_height = self.kind.air.sun_at
        down = v - (self.kind.horizon - sun_height)
        return np.sqrt((u - sun_u) ** 2 + down**2).astype(np.float32)

    def _stars(self, u: Coordinates, v: Coordinates) -> Plane:
        """One star in some cells of a grid: a soft dot of about two pixels."""
        cell = 0.028
        column, row = np.floor(u / cell), np.floor(v / cell)
        pick = hashed(self.seed + 61, column, row)
        du = u / cell - column - (0.25 + 0.5 * hashed(self.seed + 62, column, row))
        dv = v / cell - row - (0.25 + 0.5 * hashed(self.seed + 63, column, row))
        width = max(0.55 * self.pixel, 0.0007) / cell
        dot = np.exp((du * du + dv * dv) / (-2.0 * width * width))
        rare = np.clip((pick - 0.35) / 0.65, 0.0, 1.0) ** 9
        fade = smoothstep(0.04, 0.3, self.kind.horizon - v)
        return np.asarray(1.4 * rare * dot * fade, dtype=np.float32)

    def _add_clouds(
        self, rgb: Plane, u: Coordinates, v: Coordinates, distance: Plane, octaves: int
    ) -> None:
        """Lay the clouds over ``rgb``: a ceiling in perspective, lit from the sun's side."""
        air = self.kind.air
        height = np.maximum(self.kind.horizon - v, 0.0)
        depth = 1.0 / (height + CLOUD_HEIGHT)
        x, y = u * depth, 1.3 * depth
        pixel = self.pixel * depth * np.maximum(1.0, 1.3 * depth)
        y = y + 0.22 * fbm(x, y, self.seed + 31, cell=(2.0, 2.0), octaves=2, pixel=pixel)
        body = fbm(x, y, self.seed, cell=(1.5, 1.0), octaves=octaves, pixel=pixel, gain=0.52)
        side = 0.34 * air.sun_side
        low = 0.3 if air.sun_at[1] < 0.3 else -0.3
        away = fbm(x + side, y + low, self.seed, cell=(1.5, 1.0), octaves=4, pixel=pixel, gain=0.52)
        cover = smoothstep(air.cover, air.cover + 0.95, body)
        cover *= smoothstep(0.0, 0.12, height)
        lit = np.clip(0.55 + 0.75 * (body - away), 0.0, 1.0)
        lit *= 1.0 - 0.55 * smoothstep(air.cover + 0.5, air.cover + 2.0, body)
        near = np.exp(distance / -0.16)
        light = air.cloud_shade + (air.cloud_lit - air.cloud_shade) * lit[..., None]
        light += (near * (1.0 - 0.6 * cover))[..., None] * air.glow * np.float32(1.6)
        rgb += cover[..., None] * (light - rgb)
