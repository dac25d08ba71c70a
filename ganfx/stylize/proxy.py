"""A plate in small through a look, with its marks on: what the final will be, in a second or two.

Colour is read as for `ganfx.stylize.stylize`, and a plate that need not be reduced gets its pixels.
Marks go by the picture's height, so that a small one has them where the plate will.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32, ImageU8
from ganfx.media.file_color import ColorSettings, FileColor, file_color, shown
from ganfx.media.frame_reading import upright
from ganfx.media.frames import Frame, read_frame
from ganfx.media.portable import use_portable_opencv
from ganfx.media.windows import placed
from ganfx.stylize.effects import Effects
from ganfx.stylize.effects.grain import grain_number
from ganfx.stylize.job.assumed_color import refuse_data
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import Look
from ganfx.stylize.network.plate import Prepared, prepare
from ganfx.stylize.options import Options
from ganfx.stylize.render.finish import finish, place_of

LINES = 720


@dataclass(frozen=True, eq=False)
class Proxy:
    """A plate that was read, at `LINES` lines or its own."""

    prepared: Prepared
    color: FileColor
    scene_linear: bool
    profile: bytes | None
    is_deep: bool
    """Whether the plate has more than 8 bits."""
    number: int
    """Of its frame, for the grain."""

    @property
    def picture(self) -> ImageU8:
        """The plate itself: ``(H, W, 3)`` uint8, sRGB."""
        return self._shown(self.prepared.rgb)

    @property
    def size(self) -> tuple[int, int]:
        """Its lines, and pixels in each."""
        return self.prepared.rgb.shape[0], self.prepared.rgb.shape[1]

    def at(self, lines: int) -> Proxy:
        """The same at so many lines; itself where it has no more."""
        if self.size[0] <= lines:
            return self
        alpha = self.prepared.alpha
        prepared = prepare(
            _reduced(self.prepared.rgb, lines),
            None if alpha is None else _reduced(alpha, lines),
            scene_linear=self.scene_linear,
            space=self.color.space,
            profile=self.profile,
        )
        return replace(self, prepared=prepared)

    def through(self, look: Look) -> ImageU8:
        """The plate in a look, as `picture`."""
        options = Options()
        styled = run_network(look, self.prepared, options, deep=self.is_deep)
        place = place_of(options, len(styled), number=self.number)
        return self._shown(finish(Effects(look.headers, options), self.prepared, styled, place))

    def _shown(self, rgb: ImageF32) -> ImageU8:
        seen = shown(rgb, self.color, scene_linear=self.scene_linear, profile=self.profile)
        code: ImageU8 = (seen * np.float32(255) + np.float32(0.5)).astype(np.uint8)
        return code


def read_proxy(plate: Path, *, lines: int = LINES, settings: ColorSettings | None = None) -> Proxy:
    """Read a plate's display window, upright, by its own colour.

    Args:
        plate: Any picture file.
        lines: A taller one is reduced to so many, by area averaging.
        settings: Color options; None goes by the file.

    Raises:
        MediaError: It cannot be read, or holds no colour.
        UsageError: There is no such file.
    """
    frame = read_frame(plate)
    header, color = frame.header, file_color(frame.header, settings or ColorSettings())
    refuse_data(color, force=False)
    alpha = None if frame.cover is None else _window(frame, frame.cover, lines)
    profile = header.profile
    prepared = prepare(
        _window(frame, frame.rgb, lines),
        alpha,
        scene_linear=header.scene_linear,
        space=color.space,
        profile=profile,
    )
    deep, number = header.depth != "uint8", grain_number(plate)
    return Proxy(prepared, color, header.scene_linear, profile, deep, number)


def _window(frame: Frame, plane: NDArray[np.float32], lines: int) -> NDArray[np.float32]:
    header = frame.header
    whole = placed(plane, header.window, header.window.display)
    return _reduced(upright(whole, header.orientation), lines)


def _reduced(plane: NDArray[np.float32], lines: int) -> NDArray[np.float32]:
    height, width = plane.shape[:2]
    if height <= lines:
        return plane
    import cv2

    use_portable_opencv()
    size = (max(1, round(width * lines / height)), lines)
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
