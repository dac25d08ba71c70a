"""Frames through the temporal filter: what pictures and videos have in common.

The network runs where windows are filled, in a thread; motion and the filter run where
frames are taken, beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ganfx.errors import MediaError
from ganfx.media.frames import Frame
from ganfx.stylize.cuts import shot_starts
from ganfx.stylize.drift import Drift, drift_of
from ganfx.stylize.look import Prepared
from ganfx.stylize.motion import Motion
from ganfx.stylize.options import Options
from ganfx.stylize.temporal import HANDLES, Held, Picture, guide_of, steadied, tone_of
from ganfx.stylize.vectors import Vectors
from ganfx.stylize.windows import Windows

Drawn = Generator[tuple[int, Held | Exception], None, None]


@dataclass(frozen=True, eq=False)
class Windowed:
    """A frame that is to be held still."""

    loaded: Any  # what its last stage needs
    frame: int
    window: Mapping[int, Held]


class Steadied(NamedTuple):
    """A frame that is held still."""

    picture: Picture
    """``(H, W, 3)`` display-encoded, without dabs, hatching and grain."""
    drift: Drift | None
    """Where its pixels are in the keys of its shot, if that was asked for."""


class Steadier:
    """The frames of one shot, held still one after the other.

    Args:
        frames: Stylised, ascending; drawn as windows ask for them.
        options: For the consistency and the cuts.
        drifts: Whether anything is drawn on them that goes with the scene.
    """

    def __init__(self, frames: Drawn, options: Options, *, drifts: bool = False) -> None:
        self._stopped = threading.Event()
        self._frames = self._until_stopped(frames)
        self._windows = Windows(self._frames)
        self._motion = Motion(starts=shot_starts(options.cuts))
        self._consistency = options.consistency
        self._drifts = drifts

    def gather(self, frame: int) -> Mapping[int, Held]:
        """The frame and its window: in a thread, in order.

        Raises:
            KeyError: There is no such frame.
            Exception: What went wrong with it.
        """
        return self._windows.around(frame)

    def hold(self, windowed: Windowed) -> Steadied:
        """The frame, held still: in one thread, in order."""
        motion = self._motion
        motion.drop_before(windowed.frame - HANDLES)
        motion.guides |= {n: held.guide for n, held in windowed.window.items()}
        for number, each in windowed.window.items():
            for step, flow in zip((1, -1), each.vectors, strict=True):
                if flow is not None:
                    motion.known[number, number + step] = flow
        picture = steadied(windowed.frame, windowed.window, motion, self._consistency)
        return Steadied(picture, drift_of(windowed.frame, motion) if self._drifts else None)

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


def held(prepared: Prepared, styled: Picture) -> Held:
    """A stylised frame as the filter keeps it."""
    display = prepared.display
    return Held(styled, guide_of(display), tone_of(display, styled), prepared.alpha)


def guided(held: Held, vectors: Vectors, frame: int, plate: Frame) -> Held:
    """A frame with its known motion; where that is of no use, motion is estimated after all."""
    size = held.guide.shape[0], held.guide.shape[1]
    try:
        return replace(held, vectors=vectors.read(frame, plate, size))
    except MediaError as error:
        return replace(held, unguided=error.message)
