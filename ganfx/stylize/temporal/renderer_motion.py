"""Motion passes by their renderer's name: which channels they are, and which way they lead.

Every renderer has its own mind about axes, signs and units. Here each is a line; what a flow is
everywhere else is said in `ganfx.media.flow`: pixels, right and down, from a frame to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError, nearest

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class MotionPass:
    """A renderer's motion, in its own words."""

    renderer: str
    ahead: tuple[str, str]
    """Right and down to the next frame: ends of channel names, the names of a layer by any
    renderer's spelling separated by ``|``; a minus before them turns the channel round."""
    back: tuple[str, str] | None = None
    """The same to the frame before; None where the renderer has none."""
    most: float = 0.0
    """Pixels that 1 stands for, where half is no motion and 0 as much the other way; 0 where
    channels have pixels."""

    def channels(self, there: Sequence[str]) -> tuple[str, ...]:
        """Names of a plate's channels: right, down, and both again for the frame before.

        Args:
            there: All that the plate has.

        Raises:
            MediaError: There is no such pass.
        """
        ahead = [_found(end, there) for end in self.ahead]
        if None in ahead:
            wanted = " and ".join(end.lstrip("-") for end in self.ahead)
            raise MediaError(
                f"there is no motion of {self.renderer}: no channels that end in {wanted}",
                hint=f"there is {', '.join(there)}; or name them, as --flow channel:U,V",
            )
        back = [_found(end, there) for end in self.back or ()]
        return tuple(name for name in (*ahead, *([] if None in back else back)) if name)

    def in_pixels(self, plane: Plane, name: str) -> Plane:
        """Values of a channel, ``(H, W)``, as motion in pixels along its axis."""
        if self.most:
            plane = (plane - np.float32(0.5)) * np.float32(2 * self.most)
        return -plane if name.startswith("-") else plane


PASSES = {
    each.renderer: each
    for each in (
        # Cycles: X, Y are the previous position less the current one, Z, W the current less the
        # next; y is up. Source: intern/cycles/kernel (motion pass), Blender 4 and 5.
        MotionPass("blender", ("-Vector.Z", "Vector.W"), ("Vector.X", "-Vector.Y")),
        # Source: Arnold's user guide, motion vector AOV, with an instantaneous shutter; y is up.
        MotionPass("arnold", ("motionvector.R|motionvector.X", "-motionvector.G|motionvector.Y")),
        # Source: Nuke's reference, VectorGenerator: to the next frame, and to the one before; y up.
        MotionPass("nuke", ("forward.u", "-forward.v"), ("backward.u", "-backward.v")),
        # Source: V-Ray's velocity render element: to the next frame, half is still; y is up.
        MotionPass("vray", ("velocity.R|velocity.X", "-velocity.G|velocity.Y"), most=1.0),
    )
}


def find_pass(text: str) -> MotionPass | None:
    """The pass that an option means: ``blender``, or ``vray:24``; None where it means none.

    Raises:
        UsageError: A number is missing, or is none, or is too many.
    """
    name, colon, number = text.partition(":")
    found = PASSES.get(name.lower())
    if found is None:
        return None
    if not found.most:
        if colon:
            raise UsageError(f"--flow {text}: {name} has its motion in pixels: leave out {number}")
        return found
    try:
        most = float(number)
    except ValueError:
        most = 0.0
    if not 0 < most < np.inf:
        raise UsageError(
            f"--flow {text}: expected the element's Max Velocity in pixels",
            hint=f"as in {name}:24; with Clamp Velocity off, what the scene has it set to",
        )
    return replace(found, most=most)


def renderer_like(text: str) -> str | None:
    """A renderer whose name is near what was typed."""
    return nearest(text.partition(":")[0].lower(), list(PASSES))


def _found(end: str, there: Sequence[str]) -> str | None:
    """The first channel that ends so, with its sign."""
    sign = "-" if end.startswith("-") else ""
    for each in end.removeprefix("-").lower().split("|"):
        for name in there:
            plain = name.lower().replace("_", "")
            if plain == each or plain.endswith(f".{each}"):
                return sign + name
    return None
