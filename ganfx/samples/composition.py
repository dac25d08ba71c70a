"""Placement of everything in a sample scene: from a seed to its layers, far to near."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ganfx.samples.buildings import House, Lamp
from ganfx.samples.camera import Move
from ganfx.samples.earth import Coast, Earth, Spot
from ganfx.samples.kinds import Kind, kind_of
from ganfx.samples.land import Ridge
from ganfx.samples.layers import Layer, Level, Upright
from ganfx.samples.noise import chance
from ganfx.samples.plants import Bank, Tree
from ganfx.samples.sky import Sky
from ganfx.samples.water import Water


def compose(seed: int, aspect: float, pixel: float) -> tuple[Layer, ...]:
    """The layers of a scene, far to near.

    Args:
        seed: Any integer; seeds that follow each other are of different kinds.
        aspect: Width over height of the picture.
        pixel: Size of a pixel in picture heights: finer detail is left out.
    """
    kind = kind_of(seed)
    key = seed * 1000
    sky = Sky(kind, pixel, math.inf, key + 100)
    ridges = tuple(_ridges(kind, key + 200, pixel))
    coast = _coast(kind, key)
    lamps = tuple(_lamps(kind, key + 300, coast))
    houses = list(_houses(kind, key + 400, aspect, lamps, coast, pixel))
    trees = list(_trees(kind, key + 500, aspect, houses, coast, pixel))
    shadows = [Spot(t.x, t.depth, 0.34 * t.height) for t in trees]
    shadows += [Spot(0.5 * (h.left + h.right), h.depth, 0.5 * (h.right - h.left)) for h in houses]
    standing: list[Upright] = [*ridges, *houses, *trees]
    standing += [Lamp(kind, pixel, spot.depth, spot.x) for spot in lamps]
    if kind.bank is not None:
        standing.append(Bank(kind, pixel, 2.4, kind.bank, chance(key, 8, 0.47, 0.5), key + 800))
    standing.sort(key=lambda layer: layer.depth, reverse=True)
    level: list[Level] = [Earth(kind, pixel, key + 600, tuple(shadows), lamps, coast)]
    if kind.surface == "water":
        level.insert(0, Water(kind, pixel, key + 650, sky, ridges))
    return (sky, *level, *standing)


def move_of(seed: int) -> Move:
    """The camera move of a seed: a pan, a truck or a push-in, each with a little of another."""
    key = seed * 1000
    way = 1.0 if chance(key, 11) < 0.5 else -1.0
    size = way * chance(key, 12, 0.7, 1.2)
    which = int(chance(key, 13, 0, 3))
    if which == 0:
        return Move(pan=(0.22 * size, 0.015), truck=0.2 * size)
    if which == 1:
        return Move(pan=(0.02 * size, 0.0), truck=1.0 * size)
    return Move(truck=0.25 * size, push=0.9 * abs(size))


def _ridges(kind: Kind, key: int, pixel: float) -> Iterator[Ridge]:
    for j, relief in enumerate(kind.ridges):
        depth = 80.0 * 0.55**j * chance(key, j, 0.9, 1.1)
        height = kind.ridge_height * 0.66**j * chance(key, 10 + j, 0.9, 1.15)
        if relief == "forest":
            height *= 0.75
        yield Ridge(kind, pixel, depth, relief, height, key + 20 * j)


def _coast(kind: Kind, key: int) -> Coast | None:
    if kind.surface != "water":
        return None
    return Coast(1.0 if chance(key, 21) < 0.5 else -1.0, chance(key, 22, 9.0, 15.0), key + 23)


def _lamps(kind: Kind, key: int, coast: Coast | None) -> Iterator[Spot]:
    if kind.surface == "street":
        for j in range(kind.lamps):
            yield Spot(2.15 if j % 2 else -2.15, 4.6 + 2.6 * j, 1.5)
        return
    side = coast.side if coast else (1.0 if chance(key, 1) < 0.5 else -1.0)
    for j in range(kind.lamps):
        depth = chance(key, 10 + j, 4.5, 9.0)
        x = side * chance(key, 20 + j, 0.2, 0.6) * depth
        if coast is None or coast.is_land(x, depth):
            yield Spot(x, depth, 0.9)


def _houses(
    kind: Kind, key: int, aspect: float, lamps: tuple[Spot, ...], coast: Coast | None, pixel: float
) -> Iterator[House]:
    """A row of houses on each side of the street, or a loose village."""
    if kind.surface == "street":
        for j in range(kind.houses):
            side, depth = (1.0 if j % 2 else -1.0), 4.2 + 3.4 * (j // 2)
            inner, outer = sorted((side * 3.1, side * chance(key, j, 5.6, 6.6)))
            floors = 2 + int(chance(key, 20 + j, 0, 1.7))
            yield House(kind, pixel, depth, inner, outer, 3.0, floors, 1.5, lamps, key + 40 * j)
        return
    middle = chance(key, 1, -0.3, 0.3) * aspect
    if coast is not None:
        middle = coast.side * 0.36 * aspect
    for j in range(kind.houses):
        depth = chance(key, 100 + j, 8.0, 17.0)
        if coast is not None:
            depth = chance(key, 100 + j, 5.5, coast.far - 1.8)
        u = middle + (j - 0.5 * (kind.houses - 1)) * 0.13 + chance(key, 120 + j, -0.03, 0.03)
        half = chance(key, 140 + j, 0.5, 0.75)
        x = u * depth
        if coast is None or coast.is_land(x - coast.side * half, depth + 1.0):
            length = chance(key, 160 + j, 1.4, 2.4)
            yield House(
                kind, pixel, depth, x - half, x + half, length, 1, 0.72, lamps, key + 40 * j
            )


def _trees(
    kind: Kind, key: int, aspect: float, houses: list[House], coast: Coast | None, pixel: float
) -> Iterator[Tree]:
    for j in range(kind.trees):
        depth = chance(key, j, 3.6, 5.0) if j == 0 else chance(key, j, 6.0, 22.0)
        u = chance(key, 30 + j, -0.62, 0.62) * aspect
        if j == 0:  # one near tree frames the picture at its side
            side = coast.side if coast else (1.0 if chance(key, 99) < 0.5 else -1.0)
            u = side * chance(key, 98, 0.36, 0.46) * aspect
        x, height = u * depth, chance(key, 60 + j, 1.2, 2.1)
        blocked = any(_before(x, depth, house) for house in houses)
        if blocked or abs(x) < 1.0 or not (coast is None or coast.is_land(x, depth)):
            continue
        if kind.surface == "street":
            x, depth = (5.2 if j % 2 else -5.2), 24.0 + 2.0 * j
        fir = chance(key, 120 + j) < kind.firs
        leaf = kind.leaf[int(chance(key, 150 + j, 0, len(kind.leaf)))]
        height *= 1.25 if fir else 1.0
        yield Tree(kind, pixel, depth, x, height, fir, leaf, key + 200 + 7 * j)


def _before(x: float, depth: float, house: House) -> bool:
    """Whether a tree there would hide the house or grow through it."""
    reach = 0.3 * depth / house.depth + 0.5
    at = x / depth * house.depth
    hides = depth < house.depth and house.left - reach < at < house.right + reach
    inside = 0.0 <= depth - house.depth <= house.length + 0.8
    return hides or (inside and house.left - 0.8 < x < house.right + 0.8)
