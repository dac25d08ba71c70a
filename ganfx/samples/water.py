"""The sea or lake of a sample scene: ripples that mirror the scene, and glints of the sun."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ganfx.samples.camera import Coordinates
from ganfx.samples.land import Ridge
from ganfx.samples.layers import Level
from ganfx.samples.noise import Plane, fbm, smoothstep
from ganfx.samples.sky import Sky


@dataclass(frozen=True, eq=False)
class Water(Level):
    """Level water, as it looks from the camera at rest; its ripples stand still."""

    sky: Sky
    ridges: tuple[Ridge, ...]  # far to near

    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        air, horizon = self.kind.air, self.kind.horizon
        near = self.below_horizon(v)
        wave = self._waves(u, near)
        mirror_u = u + 0.006 * wave
        mirror_v = np.minimum(horizon - near + (0.006 + 0.13 * near) * wave, horizon - 0.001)
        mirrored = self._mirrored(mirror_u, mirror_v)
        fresnel = (0.3 + 0.65 * np.exp(-5.0 * near)).astype(np.float32)
        fresnel = np.clip(fresnel - 0.07 * wave, 0.08, 1.0)[..., None]
        body = self.kind.ground * (0.6 * air.ambient + 0.4 * air.sun * np.float32(0.6))
        light = body + (mirrored - body) * fresnel + self._glints(u, near, wave)
        if air.cover < -0.2:  # a storm has white caps
            foam = smoothstep(1.35, 2.1, wave) * np.float32(0.75)
            light += foam[..., None] * (air.horizon * np.float32(0.8) - light)
        clear = np.exp(-0.5 * air.density / near).astype(np.float32)[..., None]
        light = air.haze * (1.0 - clear) + light * clear
        return light, np.broadcast_to(self.cover(v), light.shape[:2])

    def _waves(self, u: Coordinates, near: Coordinates) -> Plane:
        depth = 1.0 / near
        pixel = self.pixel * depth * np.maximum(0.3, depth)
        return fbm(u * depth, depth, self.seed, cell=(1.5, 0.45), octaves=5, pixel=pixel, gain=0.7)

    def _mirrored(self, u: Plane | Coordinates, v: Plane | Coordinates) -> Plane:
        u, v = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
        light = self.sky.reflected(u, v)
        line = np.arange(u.min() - 0.01, u.max() + 0.01, self.pixel)
        for ridge in self.ridges:
            top = np.interp(u, line, ridge.top(line))
            inside = smoothstep(-0.004, 0.004, v - top)[..., None]
            light += inside * (ridge.flat_color() * np.float32(0.85) - light)
        return light

    def _glints(self, u: Coordinates, near: Coordinates, wave: Plane) -> Plane:
        """The path of light below the sun, broken by the waves."""
        air = self.kind.air
        if air.cover < -0.2:
            return np.zeros((*wave.shape, 3), dtype=np.float32)
        path = np.exp(-(((u - air.sun_at[0]) / (0.035 + 0.5 * near)) ** 2))
        sparkle = 0.2 + 2.4 * smoothstep(0.55, 1.5, wave)
        strength = (path * sparkle * np.exp(-2.2 * near)).astype(np.float32)
        light = 0.06 * air.disc.color if air.disc else 0.35 * air.glow
        return np.asarray(strength[..., None] * light, dtype=np.float32)
