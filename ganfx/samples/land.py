"""Ridges behind each other: peaks, hills, woods and mesas, fading into haze."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ganfx.samples.camera import Coordinates
from ganfx.samples.kinds import Color, Relief
from ganfx.samples.layers import Box, Upright
from ganfx.samples.noise import Plane, fbm, fbm_line, hashed, noise_line, smoothstep


@dataclass(frozen=True, eq=False)
class Ridge(Upright):
    """One ridge: an outline, filled down to the ground."""

    relief: Relief
    height: float  # of its highest places over the foot, in picture heights
    seed: int

    @property
    def box(self) -> Box:
        return (-math.inf, math.inf, self.foot - 1.7 * self.height - 0.03, self.foot + 0.03)

    def top(self, u: Coordinates) -> Plane:
        """The outline: v of the highest covered point over each ``u``."""
        rise = _OUTLINES[self.relief](u / self.height, self.seed, self.pixel / self.height)
        top = self.foot - self.height * rise
        if self.relief == "forest":
            top = top - _tree_line(u, self.seed + 50, 0.3 / self.depth, self.kind.firs)
        return np.asarray(top, dtype=np.float32)

    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        top = self.top(u)
        slope = (self.top(u + self.pixel) - top) / self.pixel
        below = (v - top).astype(np.float32)
        cover = np.clip(below / (self.pixel * np.sqrt(1.0 + slope * slope)) + 0.5, 0.0, 1.0)
        cover *= np.clip((self.foot - v) / self.pixel + 0.5, 0.0, 1.0)
        albedo, sunlit = self._surface(u, v, below)
        air = self.kind.air
        light = albedo * (air.sun * sunlit[..., None] + air.sky_light)
        return self._hazed(light, v), cover.astype(np.float32)

    def _hazed(self, light: Plane, v: Coordinates) -> Plane:
        """Light as it arrives through the air, with mist at the foot."""
        air = self.kind.air
        clear = math.exp(-air.density * self.depth)
        mist = 0.5 * (1.0 - clear) * np.exp((v - self.foot) / (0.35 * self.height))
        through = np.asarray(clear * (1.0 - mist), dtype=np.float32)[..., None]
        return np.asarray(light * through + air.haze * (1.0 - through), dtype=np.float32)

    def flat_color(self) -> Color:
        """Its reflection in water: one colour, hazed."""
        air = self.kind.air
        albedo = self.kind.rock if self.relief in ("peaks", "mesa") else self.kind.leaf[0]
        light = albedo * (air.sun * 0.4 + air.sky_light)
        return air.hazed(light, self.depth)

    def _surface(self, u: Coordinates, v: Coordinates, below: Plane) -> tuple[Plane, Plane]:
        """Albedo ``(H, W, 3)`` and how much sun falls on it ``(H, W)``."""
        if self.relief == "peaks":
            return self._rock(u, v, below)
        if self.relief == "mesa":
            return self._strata(u, v)
        return self._woods(u, v, below)

    def _rock(self, u: Coordinates, v: Coordinates, below: Plane) -> tuple[Plane, Plane]:
        sunward = self.kind.air.sun_side
        across, down = u / self.height, below.astype(np.float64) / self.height
        pixel = self.pixel / self.height

        def rough(shift: float) -> Plane:
            place = across + shift + 0.35 * sunward * down
            folds = fbm(place, down - shift, self.seed + 9, cell=(0.5, 0.75), octaves=6,
                        pixel=pixel, gain=0.55)  # fmt: skip
            return np.asarray(np.abs(folds), dtype=np.float32)

        here = rough(0.0)
        sunlit = np.clip(0.45 + 1.5 * (here - rough(0.07 * sunward)), 0.0, 1.0)
        height = (self.foot - v).astype(np.float32) / self.height
        line = 1.25 - 0.95 * self.kind.snow
        snow = smoothstep(line - 0.06, line + 0.06, height + 0.22 * (here - 0.8) + 0.1 * sunlit)
        if self.kind.snow == 0.0:
            snow = np.zeros_like(snow)
        white = np.array([0.86, 0.89, 0.93], dtype=np.float32)
        albedo = self.kind.rock * (0.75 + 0.35 * here)[..., None]
        return albedo + snow[..., None] * (white - albedo), sunlit

    def _strata(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        pixel = self.pixel / self.height
        across, down = u / self.height, (v - self.foot) / self.height
        crack = fbm(across, down, self.seed + 9, cell=(0.1, 0.7), octaves=4, pixel=pixel)
        wave = 0.06 * fbm(across, down, self.seed + 7, cell=(1.5, 1.5), octaves=2, pixel=pixel)
        band = fbm(np.zeros_like(across), down + wave, self.seed + 5, cell=(1.0, 0.1),
                   octaves=3, pixel=pixel, gain=0.7)  # fmt: skip
        scree = smoothstep(-0.5, -0.1, down.astype(np.float32) + 0.1 * crack)
        shade = 1.0 + 0.16 * band * (1.0 - 0.7 * scree)
        side = 0.045 * self.kind.air.sun_side
        beyond = fbm(across + side, down, self.seed + 9, cell=(0.1, 0.7), octaves=3, pixel=pixel)
        sunlit = np.clip(0.62 + 0.4 * (crack - beyond), 0.0, 1.0)
        albedo = np.asarray(self.kind.rock * shade[..., None], dtype=np.float32)
        return albedo, sunlit.astype(np.float32)

    def _woods(self, u: Coordinates, v: Coordinates, below: Plane) -> tuple[Plane, Plane]:
        """Crowns over crowns, with clearings on hills."""
        tree = 0.32 / self.depth
        crowns = fbm(u, v, self.seed + 9, cell=(tree * 0.8, tree * 0.6), octaves=3,
                     pixel=self.pixel, gain=0.6)  # fmt: skip
        patch = fbm(u, v, self.seed + 17, cell=(0.5 * self.height, 0.2 * self.height), octaves=3,
                    pixel=self.pixel)  # fmt: skip
        leaf = self.kind.leaf
        albedo = _blend(leaf, patch + 0.8 * crowns) * (0.95 + 0.22 * crowns)[..., None]
        open_ = smoothstep(0.3, 0.5, patch) if self.relief == "hills" else np.float32(0.0)
        field = (
            self.kind.ground if self.kind.surface in ("meadow", "snow", "sand") else leaf[-1] * 1.5
        )
        albedo = albedo + np.asarray(open_)[..., None] * (field - albedo)
        if self.kind.surface == "snow":
            dusting = smoothstep(0.2, 1.4, crowns)[..., None] * np.float32(0.65)
            albedo = albedo + dusting * (self.kind.ground - albedo)
        roll = fbm(u, v, self.seed + 23, cell=(0.9 * self.height, 0.5 * self.height), octaves=2,
                   pixel=self.pixel)  # fmt: skip
        sunlit = np.clip(0.5 + 0.16 * crowns + 0.2 * self.kind.air.sun_side * roll, 0.0, 1.0)
        edge = np.exp(
            np.maximum(below, 0.0) / np.float32(-0.6 * tree)
        )  # the sky shines through the last row
        return albedo, np.asarray(sunlit * (1.0 + 0.25 * edge), dtype=np.float32)


def _blend(colors: tuple[Color, ...], value: Plane) -> Plane:
    """Go through ``colors`` as ``value`` (mean 0, deviation 1) rises."""
    place = np.clip((value + 1.6) / 3.2, 0.0, 0.999) * (len(colors) - 1)
    table = np.stack(colors)
    first = place.astype(np.int64)
    part = (place - first).astype(np.float32)[..., None]
    low = table[first]
    return np.asarray(low + part * (table[np.minimum(first + 1, len(colors) - 1)] - low))


def _peaks(u: Coordinates, seed: int, pixel: float) -> Plane:
    massif = fbm_line(u, seed, cell=2.2, octaves=2, pixel=pixel)
    crag = np.abs(fbm_line(u, seed + 3, cell=1.5, octaves=9, pixel=pixel, gain=0.44))
    return np.asarray(0.2 + 0.72 * np.exp(-0.9 * crag) + 0.14 * massif, dtype=np.float32)


def _hills(u: Coordinates, seed: int, pixel: float) -> Plane:
    return np.asarray(0.6 + 0.26 * fbm_line(u, seed, cell=2.4, octaves=6, pixel=pixel, gain=0.36))


def _mesas(u: Coordinates, seed: int, pixel: float) -> Plane:
    broad = fbm_line(u, seed, cell=1.7, octaves=2, pixel=pixel)
    rough = fbm_line(u, seed + 3, cell=0.3, octaves=5, pixel=pixel)
    butte = smoothstep(0.05, 0.3, broad + 0.06 * rough)
    shelf = smoothstep(-0.9, -0.3, broad + 0.1 * rough)
    return np.asarray(0.1 + 0.3 * shelf + 0.6 * butte + 0.018 * rough, dtype=np.float32)


_OUTLINES = {"peaks": _peaks, "hills": _hills, "forest": _hills, "mesa": _mesas}


def _tree_line(u: Coordinates, seed: int, tree: float, firs: float) -> Plane:
    """Height of a row of trees over its ground: pointed firs and round crowns."""
    cell = 0.42 * tree
    column = np.floor(u / cell)
    line = np.zeros(u.shape, dtype=np.float32)
    for j in (-1, 0, 1):
        which = column + j
        middle = (which + 0.2 + 0.6 * hashed(seed, which)) * cell
        tall = tree * (0.45 + 0.55 * hashed(seed + 1, which))
        off = np.abs(u - middle) / (cell * (0.75 + 0.5 * hashed(seed + 2, which)))
        fir = np.clip(1.0 - off, 0.0, 1.0)
        round_ = 0.8 * np.sqrt(np.clip(1.0 - off * off, 0.0, 1.0))
        shape = np.where(hashed(seed + 3, which) < firs, fir, round_)
        line = np.maximum(line, (tall * shape).astype(np.float32))
    ragged = noise_line(u / (0.09 * tree), seed + 4)
    return np.asarray(line * (1.0 + 0.1 * ragged), dtype=np.float32)
