"""Frames through the temporal filter: what pictures and videos have in common.

The network runs where windows are filled, in a thread; motion and the filter run where
frames are taken, beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ganfx.errors import MediaError
from ganfx.media.arrays import ImageF32
from ganfx.media.frames import Frame
from ganfx.stages import stage
from ganfx.stylize.network.plate import Prepared
from ganfx.stylize.temporal.filter import HANDLES, StylizedFrame, guide_of, stabilized, tone_of
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp, keyframe_warp
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.motion_vectors import Vectors
from ganfx.stylize.temporal.windows import Windows

Drawn = Generator[tuple[int, StylizedFrame | Exception], None, None]


@dataclass(frozen=True, eq=False)
class WindowedFrame:
    """A frame that is to be held still."""

    loaded: Any  # what its last stage needs
    frame: int
    window: Mapping[int, StylizedFrame]
    near: Mapping[int, WindowedFrame] = field(default_factory=dict)
    """It and those before it whose drawing it may have, by their numbers."""


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


class TemporalStabilizer:
    """The frames of one shot, held still one after the other.

    Args:
        frames: Stylised, ascending; drawn as windows ask for them.
        starts: Frames that a further shot begins with; None finds them by the motion.
        follows_scene: Whether anything is drawn on them that goes with the scene.
        back: Frames before a frame of which one may be shown instead of it.
    """

    def __init__(
        self,
        frames: Drawn,
        *,
        starts: frozenset[int] | None = None,
        follows_scene: bool = False,
        back: int = 0,
    ) -> None:
        self._stopped = threading.Event()
        self._frames = self._until_stopped(frames)
        self._windows = Windows(self._frames)
        self.motion = Motion(starts=starts)
        """Of the frames that were taken."""
        self._back = back
        self._follows_scene = follows_scene

    def gather(self, frame: int) -> Mapping[int, StylizedFrame]:
        """The frame and its window: in a thread, in order.

        Raises:
            KeyError: There is no such frame.
            Exception: What went wrong with it.
        """
        return self._windows.around(frame)

    def hold(self, window_frame: WindowedFrame, consistency: float) -> StabilizedFrame:
        """The frame, held still: in one thread, in order.

        Args:
            window_frame: With its window.
            consistency: How long brush detail is held, 0 to 1.
        """
        self.take(window_frame)
        frame, motion = window_frame.frame, self.motion
        with stage("filter"):
            picture = stabilized(frame, window_frame.window, motion, consistency)
        with stage("motion"):
            warp = keyframe_warp(frame, motion) if self._follows_scene else None
        return StabilizedFrame(picture, warp)

    def take(self, window_frame: WindowedFrame) -> None:
        """Know how a frame's window moves, and forget what nothing needs any more."""
        motion = self.motion
        motion.drop_before(window_frame.frame - HANDLES - self._back)
        motion.guides |= {n: frame.guide for n, frame in window_frame.window.items()}
        for number, each in window_frame.window.items():
            for step, flow in zip((1, -1), each.vectors, strict=True):
                if flow is not None:
                    motion.known[number, number + step] = flow

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


def stylized_frame(prepared: Prepared, styled: ImageF32) -> StylizedFrame:
    """A stylised frame as the filter keeps it."""
    display = prepared.display
    return StylizedFrame(styled, guide_of(display), tone_of(display, styled), prepared.alpha)


def guided(
    stylized_frame: StylizedFrame, vectors: Vectors, frame: int, plate: Frame
) -> StylizedFrame:
    """A frame with its known motion; where that is of no use, motion is estimated after all."""
    size = stylized_frame.guide.shape[0], stylized_frame.guide.shape[1]
    try:
        return replace(stylized_frame, vectors=vectors.read(frame, plate, size))
    except MediaError as error:
        return replace(stylized_frame, unguided=error.message)
