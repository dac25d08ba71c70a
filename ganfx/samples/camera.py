"""The camera of a sample scene, and where each layer lies on the screen.

Screen coordinates ``(x, y)`` are in picture heights from the middle, y downwards; one
picture height is also the focal length. Layer coordinates ``(u, v)`` are where a point
of the layer lies on the screen of the camera at rest, so that a scene is painted once,
in one picture, and every move is a map between the two. Depths, and moves of the camera,
are in units of its height above the ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Coordinates = NDArray[np.float64]

FIRST_FRAME = 1001
"""The frame in which the camera is at rest."""
PERIOD = 240
"""Frames of one move there and back; the camera is farthest after a quarter of them."""


@dataclass(frozen=True)
class Pose:
    """Where the camera is in one frame."""

    pan: tuple[float, float] = (0.0, 0.0)  # turn right and down, in picture heights
    truck: float = 0.0  # step right
    push: float = 0.0  # step forward


@dataclass(frozen=True)
class Move:
    """How far the camera goes, in the units of `Pose`; it swings there and back."""

    pan: tuple[float, float] = (0.0, 0.0)
    truck: float = 0.0
    push: float = 0.0

    def pose(self, frame: int) -> Pose:
        """The camera in ``frame``: any integer."""
        swing = math.sin(2.0 * math.pi * (frame - FIRST_FRAME) / PERIOD)
        pan = (self.pan[0] * swing, self.pan[1] * swing)
        return Pose(pan, self.truck * swing, self.push * swing)


@dataclass(frozen=True)
class Card:
    """An upright layer facing the camera, all of it at one depth; the sky is at infinity."""

    depth: float
    horizon: float  # v of eye level

    def to_layer(
        self, pose: Pose, x: Coordinates, y: Coordinates
    ) -> tuple[Coordinates, Coordinates]:
        """Layer coordinates of screen points."""
        near = 1.0 / self.depth  # 0 for the sky
        scale = 1.0 - pose.push * near
        u = (x + pose.pan[0]) * scale + pose.truck * near
        v = (y + pose.pan[1] - self.horizon) * scale + self.horizon
        return u, v

    def to_screen(
        self, pose: Pose, u: Coordinates, v: Coordinates
    ) -> tuple[Coordinates, Coordinates]:
        """Screen coordinates of layer points."""
        near = 1.0 / self.depth
        scale = 1.0 - pose.push * near
        x = (u - pose.truck * near) / scale - pose.pan[0]
        y = (v - self.horizon) / scale + self.horizon - pose.pan[1]
        return x, y


@dataclass(frozen=True)
class Ground:
    """The level ground or sea, one unit below the camera: its depth is ``1 / (v - horizon)``."""

    horizon: float

    def to_layer(
        self, pose: Pose, x: Coordinates, y: Coordinates
    ) -> tuple[Coordinates, Coordinates]:
        """Layer coordinates of screen points below the horizon (above it they mean nothing)."""
        below = y + pose.pan[1] - self.horizon
        farther = 1.0 + pose.push * below  # depth at rest over depth now
        u = (x + pose.pan[0] + pose.truck * below) / farther
        return u, self.horizon + below / farther

    def to_screen(
        self, pose: Pose, u: Coordinates, v: Coordinates
    ) -> tuple[Coordinates, Coordinates]:
        """Screen coordinates of layer points."""
        below = v - self.horizon
        nearer = 1.0 - pose.push * below
        x = (u - pose.truck * below) / nearer - pose.pan[0]
        return x, self.horizon + below / nearer - pose.pan[1]


Motion = Card | Ground
