"""Frames of a shot held still, one after the other: by OpenCV on the CPU, or on a device.

Which of both it is changes pixels, as each estimates motion in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from ganfx.media.arrays import ImageF32
from ganfx.stages import stage
from ganfx.stylize.temporal.device_filter import device_stabilized
from ganfx.stylize.temporal.device_frame import DeviceFrame
from ganfx.stylize.temporal.device_memory import DeviceMemory
from ganfx.stylize.temporal.device_motion import DeviceMotion
from ganfx.stylize.temporal.device_warp import device_keyframe_warp
from ganfx.stylize.temporal.filter import HANDLES, StylizedFrame, stabilized
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp, keyframe_warp
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.paths import Paths

HeldFrame = StylizedFrame | DeviceFrame


class StabilizedFrame(NamedTuple):
    """A frame that is held still."""

    picture: ImageF32
    """``(H, W, 3)`` display-encoded, without dabs, hatching and grain."""
    warp: KeyframeWarp | None
    """Where its pixels are in the keys of its shot, if that was asked for."""
    marked: bool = False
    """Whether its marks are on it."""
    of: int | None = None
    """Number of the frame that is shown instead of it."""
    repeats: bool = False
    """Whether the plate holds the drawing of the frame before."""


@dataclass(eq=False)
class CpuHolding:
    """Frames of one shot, by OpenCV and numpy."""

    motion: Motion
    follows_scene: bool
    back: int

    def take(self, frame: int, window: Mapping[int, Any]) -> None:
        """Know how a frame's window moves, and forget what nothing needs any more."""
        _move_on(self.motion, frame, window, self.back)

    def hold(
        self, frame: int, window: Mapping[int, StylizedFrame], consistency: float
    ) -> StabilizedFrame:
        """A frame, held still by its window: in order."""
        self.take(frame, window)
        with stage("filter"):
            picture = stabilized(frame, window, self.motion, consistency)
        with stage("motion"):
            warp = keyframe_warp(frame, self.motion) if self.follows_scene else None
        return StabilizedFrame(picture, warp)


@dataclass(eq=False)
class DeviceHolding:
    """Frames of one shot, by torch on a device."""

    motion: DeviceMotion
    follows_scene: bool
    memory: DeviceMemory
    back: int

    def take(self, frame: int, window: Mapping[int, Any]) -> None:
        """Know how a frame's window moves, and forget what nothing needs any more."""
        _move_on(self.motion, frame, window, self.back)

    def hold(
        self, frame: int, window: Mapping[int, DeviceFrame], consistency: float
    ) -> StabilizedFrame:
        """A frame, held still by its window: in order.

        Raises:
            GanfxError: The device is out of memory, however little it is given at once.
        """
        self.take(frame, window)
        with stage("filter"):
            return self.memory.fitted(lambda: self._held(frame, window, consistency))

    @torch.inference_mode()
    def _held(
        self, frame: int, window: Mapping[int, DeviceFrame], consistency: float
    ) -> StabilizedFrame:
        if self.memory.parks:
            for each in window.values():
                each.park()
        picture = device_stabilized(frame, window, self.motion, consistency, self.memory)
        warp = device_keyframe_warp(frame, self.motion) if self.follows_scene else None
        return StabilizedFrame(picture, warp)


def holding(
    starts: frozenset[int] | None,
    memory: DeviceMemory | None,
    *,
    follows_scene: bool,
    back: int = 0,
) -> CpuHolding | DeviceHolding:
    """What holds the frames of a shot.

    Args:
        starts: Frames that a further shot begins with; None finds them by the motion.
        memory: The device; None is OpenCV.
        follows_scene: Whether anything is drawn on them that goes with the scene.
        back: Frames before a frame of which one may be shown instead of it.
    """
    if memory is None:
        return CpuHolding(Motion(starts=starts), follows_scene, back)
    return DeviceHolding(DeviceMotion(starts=starts), follows_scene, memory, back)


def _move_on(motion: Paths[Any, Any], frame: int, window: Mapping[int, Any], back: int) -> None:
    """Give motion the guides and the known flows of a window, and forget those before it."""
    motion.drop_before(frame - HANDLES - back)
    motion.guides |= {n: each.guide for n, each in window.items()}
    for number, each in window.items():
        for step, flow in zip((1, -1), each.vectors, strict=True):
            if flow is not None:
                motion.known[number, number + step] = flow
