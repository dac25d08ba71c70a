"""The layers that a sample scene is made of: things to see that each move as a whole."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ganfx.samples.camera import Card, Coordinates, Ground, Motion
from ganfx.samples.kinds import Kind
from ganfx.samples.noise import Plane

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Layer(ABC):
    """Something to see that moves as a whole."""

    kind: Kind
    pixel: float  # size of a pixel in picture heights: finer detail is left out

    @property
    @abstractmethod
    def motion(self) -> Motion:
        """Where its points lie on the screen."""

    @property
    @abstractmethod
    def box(self) -> Box:
        """Least and greatest ``u``, least and greatest ``v`` of the part that it covers."""

    @abstractmethod
    def paint(self, u: Coordinates, v: Coordinates) -> tuple[Plane, Plane]:
        """Scene-linear light ``(H, W, 3)`` and coverage ``(H, W)`` in [0, 1].

        A function of the layer's coordinates alone: ``u`` is ``(1, W)`` or ``(H, W)``,
        ``v`` is ``(H, 1)``.
        """


@dataclass(frozen=True, eq=False)
class Upright(Layer):
    """A layer that faces the camera, all of it at one depth."""

    depth: float  # in camera heights

    @property
    def motion(self) -> Card:
        return Card(self.depth, self.kind.horizon)

    @property
    def foot(self) -> float:
        """The ``v`` at which it stands on the ground."""
        return self.kind.horizon + 1.0 / self.depth


@dataclass(frozen=True, eq=False)
class Level(Layer):
    """The ground or the water: flat, from the horizon to below the camera."""

    seed: int

    @property
    def motion(self) -> Ground:
        return Ground(self.kind.horizon)

    @property
    def box(self) -> Box:
        return (-math.inf, math.inf, self.kind.horizon, math.inf)

    def below_horizon(self, v: Coordinates) -> Coordinates:
        """How far below the horizon ``v`` is, in picture heights: one over the depth there."""
        return np.maximum(v - self.kind.horizon, 0.25 * self.pixel)

    def cover(self, v: Coordinates) -> Plane:
        """1 below the horizon, with a soft edge of a pixel."""
        return np.clip((v - self.kind.horizon) / self.pixel + 0.5, 0.0, 1.0).astype(np.float32)
