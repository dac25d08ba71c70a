"""Guides: passes of a render that lead its marks, normals their direction and depth their size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError, nearest
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.frames import Frame, stored_channel
from ganfx.media.headers import Header
from ganfx.stylize.effects.sizes import LARGEST, LEAST
from ganfx.stylize.job.mattes import check_channel

Plane = NDArray[np.float32]

KINDS = ("normal", "depth")
FLAT_ON = 0.1
"""Sine of the angle to the camera below which a surface faces it, and leads nobody."""
BACKGROUND = (65504.0, 1e9)
"""Depths of what is not there: the largest half float, and all from the second on."""
INVERSE = "1/"


@dataclass(frozen=True)
class Normals:
    """Normals of the camera's space, x right, y up and z to the camera: marks run across them."""

    channels: tuple[str, ...]
    """Three names in the plates; a minus before one turns it round."""
    files: None = None

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Of the plates, without signs."""
        return tuple(name.removeprefix("-") for name in self.channels)

    def fingerprint(self, _: int | None) -> str:
        """Of what a frame's directions depend on, beside the frame."""
        return f"normal {self.channels}"

    def read(self, _: tuple[int, int], __: int | None, plate: Frame | None) -> Plane:
        """Directions of the level lines of a plate's surfaces.

        Returns:
            ``(H, W, 2)`` float32, right and down; 0 where there is no surface, and where it faces
            the camera.

        Raises:
            MediaError: It has no such channel.
        """
        x, y, z = (_channel(plate, name) for name in self.channels)
        steep = x * x + y * y
        leads = steep > np.float32(FLAT_ON**2) * (steep + z * z)
        return np.stack([np.where(leads, each, np.float32(0)) for each in (y, x)], axis=-1)

    def check(self, plate: Path, _: Header, __: int | None) -> None:
        """Make sure, from headers alone, that a picture has these channels; raises as `read`."""
        for name in self.channel_names:
            check_channel(plate, name)


@dataclass(frozen=True)
class Depth:
    """Depth, by which marks become smaller."""

    channel: str
    """In the plates; a minus before it turns it round."""
    inverse: bool = False
    """Whether it is 1 by the distance."""
    reference: float | None = None
    """Distance at which marks have the look's own size; None is the shot's own."""
    files: None = None

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Of the plates, without a sign."""
        return (self.channel.removeprefix("-"),)

    def fingerprint(self, _: int | None) -> str:
        """Of what sizes depend on, beside the frame and the reference of its shot."""
        return f"depth {self.channel} {self.inverse} {self.reference}"

    def read(self, _: tuple[int, int], __: int | None, plate: Frame | None) -> Plane:
        """Nearness of a plate: 1 by the distance, and 0 where there is nothing.

        Returns:
            ``(H, W)`` float32.

        Raises:
            MediaError: It has no such channel.
        """
        plane = _channel(plate, self.channel)
        there = plane > 0
        if self.inverse:
            return np.where(there, plane, np.float32(0))
        return np.where(there, 1 / np.where(there, plane, np.float32(1)), np.float32(0))

    def sizes(self, nearness: Plane, own: float | None) -> Plane:
        """Factors of marks: as the distance's inverse beside the reference, within limits.

        Args:
            nearness: From `read`.
            own: Reference of the shot, where none was given.

        Raises:
            MediaError: There is no reference.
        """
        reference = self.reference if self.reference is not None else own
        if reference is None:
            raise MediaError(
                f"the shot has no depth to go by: give it, --guide depth={self.told}@DISTANCE"
            )
        with np.errstate(over="ignore"):
            factors = np.float32(reference) * nearness
        clipped: Plane = np.clip(factors, np.float32(LEAST), np.float32(LARGEST))
        return clipped

    def check(self, plate: Path, _: Header, __: int | None) -> None:
        """Make sure, from headers alone, that a picture has this channel; raises as `read`."""
        check_channel(plate, self.channel_names[0])

    @property
    def told(self) -> str:
        """As it is typed, without the reference."""
        return f"{INVERSE if self.inverse else ''}{self.channel}"

    def middle(self, plate: Frame) -> float | None:
        """The median distance of what a plate shows, to four digits; None where it shows nothing.

        Raises:
            MediaError: It has no such channel.
        """
        nearness = self.read((0, 0), None, plate)
        there = nearness[(nearness > 0) & np.isfinite(nearness)].astype(np.float64)
        distances = 1 / there
        half, far = BACKGROUND
        distances = distances[(distances < far) & (np.abs(distances - half) > 0.5)]
        return float(f"{np.median(distances):.4g}") if distances.size else None


def find_guides(texts: Sequence[str]) -> tuple[Normals | None, Depth | None]:
    """What the option's values mean: ``normal=N.X,N.Y,N.Z``, ``depth=Z@12.5``.

    Raises:
        UsageError: One is no guide, or two are of a kind.
    """
    found: dict[str, str] = {}
    for text in texts:
        kind, equals, value = text.partition("=")
        if kind not in KINDS or not equals or not value:
            near = nearest(kind, KINDS)
            hint = f"did you mean {near}=?" if near and equals else "as in normal=N.X,N.Y,N.Z"
            raise UsageError(
                f"--guide {text}: expected normal=X,Y,Z or depth=CHANNEL, channels of the plates",
                hint=hint,
            )
        if kind in found:
            raise UsageError(f"--guide {text}: there is {kind}={found[kind]} already")
        found[kind] = value
    normal, depth = found.get("normal"), found.get("depth")
    return (
        None if normal is None else _normals(normal),
        None if depth is None else _depth(depth),
    )


def _normals(text: str) -> Normals:
    names = tuple(text.split(","))
    if len(names) != 3 or not all(name.lstrip("-") for name in names):
        raise UsageError(
            f"--guide normal={text}: expected three names, right, up and to the camera",
            hint="as in normal=N.X,N.Y,N.Z; put - before a name to turn its sign",
        )
    return Normals(names)


def _depth(text: str) -> Depth:
    name, at, distance = text.rpartition("@")
    name = name if at else text
    inverse = name.startswith(INVERSE)
    name = name.removeprefix(INVERSE)
    if Path(name).suffix.lower() in PICTURE_SUFFIXES:
        raise UsageError(
            f"--guide depth={text}: a file, and guides are channels of the plates",
            hint="put it beside the plates' colors: oiiotool plate.exr depth.exr --chappend -o"
            " both.exr",
        )
    if not name.lstrip("-"):
        raise UsageError(f"--guide depth={text}: expected a channel", hint="as in depth=Z@12.5")
    return Depth(name, inverse, _distance(text, distance) if at else None)


def _distance(text: str, distance: str) -> float:
    try:
        found = float(distance)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise UsageError(
            f"--guide depth={text}: {distance or 'nothing'} is no distance",
            hint="give the depth at which marks have the look's own size: depth=Z@12.5",
        )
    return found


def _channel(plate: Frame | None, name: str) -> Plane:
    """A channel of a plate; 0 where it is no number."""
    if plate is None:
        raise MediaError("a video has no channels to take a guide from")
    plane = stored_channel(plate, name.removeprefix("-"))
    signed = -plane if name.startswith("-") else plane
    return np.where(np.isnan(signed), np.float32(0), signed)
