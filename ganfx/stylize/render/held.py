"""Drawings that are held: for some frames, and where mattes say so for more or fewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganfx.curve import fixed
from ganfx.media.arrays import ImageF32
from ganfx.stylize.events import Notice
from ganfx.stylize.job.run import Run
from ganfx.stylize.temporal.holding import StabilizedFrame
from ganfx.stylize.temporal.holds import Drawings, carried
from ganfx.stylize.temporal.stabilizer import TemporalStabilizer, WindowedFrame

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class RepeatedFrames:
    """How many frames of a plate hold the drawing of the frame before."""

    count: int

    def notice(self, shot: str) -> Notice:
        """What is told of them."""
        frames = "1 frame repeats" if self.count == 1 else f"{self.count} frames repeat"
        told = f"{shot}: {frames} the drawing of the frame before in the plate, and stay held"
        return Notice(told)


class Drawing(NamedTuple):
    """A frame with its marks, before grain."""

    picture: ImageF32
    """``(H, W, 3)`` display-encoded."""
    alpha: ImageF32 | None
    """``(H, W)``."""


@dataclass(eq=False)
class Held:
    """The frames of a shot, each with the drawing that is held there: in order, in one thread."""

    run: Run
    stabilizer: TemporalStabilizer
    draw: Callable[[WindowedFrame, StabilizedFrame], Drawing]
    """Lays a frame's marks over it."""
    mattes: Callable[[WindowedFrame], Sequence[Plane]]
    """Where a frame's drawings are held otherwise, ``(H, W)`` each, in the order of the option."""
    _steady: dict[int, StabilizedFrame] = field(default_factory=dict, init=False)
    _drawn: dict[int, Drawing] = field(default_factory=dict, init=False)

    @cached_property
    def _drawings(self) -> Drawings:
        return Drawings(self.stabilizer.motion)

    def shown(self, own: WindowedFrame) -> StabilizedFrame:
        """What a frame shows.

        Args:
            own: The frame, with those ``near`` it whose drawing it may have.
        """
        self._take(own)
        frame, options = own.frame, self.run.options
        repeats = self._drawings.of_plate(frame)[0] < frame
        if options.holds_frames:
            begun = self._drawings.begun(frame, options.hold.frames)
            steady = self._steady_at(own.near[begun])
            return steady._replace(of=begun, repeats=repeats)
        return StabilizedFrame(self._drawing(own), None, marked=True, repeats=repeats)

    def _take(self, own: WindowedFrame) -> None:
        for each in own.near.values():
            self.stabilizer.take(each)
        first = min(own.near)
        self._drawings.forget_before(first)
        for found in (self._steady, self._drawn):
            for passed in [number for number in found if number < first]:
                del found[passed]

    def _steady_at(self, near: WindowedFrame) -> StabilizedFrame:
        if near.frame not in self._steady:
            consistency = fixed(self.run.at(near.frame).options.consistency)
            self._steady[near.frame] = self.stabilizer.hold(near, consistency)
        return self._steady[near.frame]

    def _drawn_at(self, near: WindowedFrame) -> Drawing:
        if near.frame not in self._drawn:
            self._drawn[near.frame] = self.draw(near, self._steady_at(near))
        return self._drawn[near.frame]

    def _drawing(self, own: WindowedFrame) -> ImageF32:
        """Drawings that are held, over one another."""
        hold = self.run.options.hold
        _, result = self._layer(own, hold.frames)
        mattes = self.mattes(own) if hold.mattes else ()
        for index, ((_, frames), matte) in enumerate(zip(hold.mattes, mattes, strict=True)):
            begun, layer = self._layer(own, frames)
            if self.run.options.hold_mode == "frame":
                # What is held covers what has moved away from there since.
                matte = np.maximum(matte, self.mattes(own.near[begun])[index])
            result = result + matte[..., np.newaxis] * (layer - result)
        return result

    def _layer(self, own: WindowedFrame, frames: int) -> tuple[int, ImageF32]:
        """The drawing of a frame where it lasts so many, and the frame that it began with."""
        frame = own.frame
        begun = self._drawings.begun(frame, frames)
        drawing = self._drawn_at(own.near[begun])
        if begun == frame or self.run.options.hold_mode == "frame":
            return begun, drawing.picture
        fresh = self._drawn_at(own).picture
        path = self.stabilizer.motion.farthest(frame, -1, frame - begun)
        if path is None or path.distance != begun - frame:
            return frame, fresh
        return begun, carried(drawing.picture, fresh, path, drawing.alpha)
