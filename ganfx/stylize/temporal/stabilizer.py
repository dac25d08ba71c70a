"""Frames through the temporal filter: what pictures and videos have in common.

The network runs where windows are filled, in a thread; motion and the filter run where
frames are taken, beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, overload

from ganfx.errors import MediaError
from ganfx.media.arrays import ImageF32
from ganfx.media.frames import Frame
from ganfx.stylize.network.plate import Prepared
from ganfx.stylize.temporal.device_frame import device_frame, on_device
from ganfx.stylize.temporal.device_memory import DeviceMemory
from ganfx.stylize.temporal.filter import StylizedFrame, guide_of, tone_of
from ganfx.stylize.temporal.holding import CpuHolding, HeldFrame, StabilizedFrame, holding
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.motion_vectors import Vectors
from ganfx.stylize.temporal.windows import Windows

Drawn = Generator[tuple[int, HeldFrame | Exception], None, None]


@dataclass(frozen=True, eq=False)
class WindowedFrame:
    """A frame that is to be held still."""

    loaded: Any  # what its last stage needs
    frame: int
    window: Mapping[int, HeldFrame]
    near: Mapping[int, WindowedFrame] = field(default_factory=dict)
    """It and those before it whose drawing it may have, by their numbers."""


class TemporalStabilizer:
    """The frames of one shot, held still one after the other.

    Args:
        frames: Stylised, ascending; drawn as windows ask for them.
        starts: Frames that a further shot begins with; None finds them by the motion.
        follows_scene: Whether anything is drawn on them that goes with the scene.
        memory: The device that frames are on; None is OpenCV on the CPU.
        back: Frames before a frame of which one may be shown instead of it.
    """

    def __init__(
        self,
        frames: Drawn,
        *,
        starts: frozenset[int] | None = None,
        follows_scene: bool = False,
        memory: DeviceMemory | None = None,
        back: int = 0,
    ) -> None:
        self._stopped = threading.Event()
        self._frames = self._until_stopped(frames)
        self._windows = Windows(self._frames)
        self._held = holding(starts, memory, follows_scene=follows_scene, back=back)

    def gather(self, frame: int) -> Mapping[int, HeldFrame]:
        """The frame and its window: in a thread, in order.

        Raises:
            KeyError: There is no such frame.
            Exception: What went wrong with it.
        """
        return self._windows.around(frame)

    @property
    def motion(self) -> Motion:
        """Of the frames that were taken; only OpenCV's is asked for."""
        assert isinstance(self._held, CpuHolding)
        return self._held.motion

    def hold(self, window_frame: WindowedFrame, consistency: float) -> StabilizedFrame:
        """The frame, held still: in one thread, in order.

        Args:
            window_frame: With its window.
            consistency: How long brush detail is held, 0 to 1.
        """
        window: Mapping[int, Any] = window_frame.window
        return self._held.hold(window_frame.frame, window, consistency)

    def take(self, window_frame: WindowedFrame) -> None:
        """Know how a frame's window moves, and forget what nothing needs any more."""
        self._held.take(window_frame.frame, window_frame.window)

    def stop(self) -> None:
        """Draw no more frames than those in hand."""
        self._stopped.set()

    def close(self) -> None:
        """Let go of the frames; once nothing gathers any more."""
        self._frames.close()

    def _until_stopped(self, frames: Drawn) -> Drawn:
        with closing(frames):
            for frame in frames:
                if self._stopped.is_set():
                    return
                yield frame


@overload
def stylized_frame(prepared: Prepared, styled: ImageF32) -> StylizedFrame: ...


@overload
def stylized_frame(
    prepared: Prepared, styled: ImageF32, memory: DeviceMemory | None
) -> HeldFrame: ...


def stylized_frame(
    prepared: Prepared, styled: ImageF32, memory: DeviceMemory | None = None
) -> HeldFrame:
    """A stylised frame as the filter keeps it.

    Args:
        prepared: The frame before the network.
        styled: It, ``(H, W, 3)`` in [0, 1].
        memory: The device that it is held on; None is OpenCV on the CPU.

    Raises:
        GanfxError: The device is out of memory, however little it is given at once.
    """
    display = prepared.display
    if memory is not None:
        return device_frame(display, styled, prepared.alpha, memory)
    return StylizedFrame(styled, guide_of(display), tone_of(display, styled), prepared.alpha)


def guided(held: HeldFrame, vectors: Vectors, frame: int, plate: Frame) -> HeldFrame:
    """A frame with its known motion; where that is of no use, motion is estimated after all."""
    size = held.guide.shape[0], held.guide.shape[1]
    try:
        known = vectors.read(frame, plate, size)
    except MediaError as error:
        return replace(held, unguided=error.message)
    if isinstance(held, StylizedFrame):
        return replace(held, vectors=known)
    device = held.guide.device
    ahead, back = (None if flow is None else on_device(flow, device) for flow in known)
    return replace(held, vectors=(ahead, back))
