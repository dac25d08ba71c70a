"""A plate as the network takes it, and what it takes to go back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import fold_highlights
from ganfx.media.color_spaces import ColorSpace
from ganfx.media.file_color import FileColor, file_color
from ganfx.media.frames import Frame
from ganfx.media.icc import is_invertible, to_srgb
from ganfx.stylize.network.edge_extend import edge_extend
from ganfx.stylize.surface.canvas import Canvas
from ganfx.stylize.surface.surfaces import FLAT, Surface
from ganfx.stylize.surface.tiles import Around
from ganfx.stylize.surface.whole import FaceOf


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture as the network takes it, and what it takes to go back."""

    rgb: ImageF32
    """``(H, W, 3)`` as read."""
    alpha: ImageF32 | None
    """``(H, W)``."""
    display: ImageF32
    """``(H, W, 3)``, display-encoded; light above 1 is folded into [0, 1]."""
    gain: ImageF32 | None
    """``(H, W, 1)`` of `fold_highlights`; None for display pictures."""
    space: ColorSpace | None = None
    """Color space of ``rgb``, where that is neither sRGB nor linear Rec. 709."""
    profile: bytes | None = None
    """ICC profile of ``rgb``, where that is not sRGB and can be returned to."""
    matte: ImageF32 | None = None
    """``(H, W)``, 0 where the picture stays as it is; None shows the look everywhere."""
    detail: ImageF32 | None = None
    """``(H, W)``, 1 where the finest marks go whatever detail there is."""
    painted: NDArray[np.float16] | None = None
    """``(H, W)``, 0 to 1: where what somebody painted is laid over it, which no marks go over."""
    direction: ImageF32 | None = None
    """``(H, W, 2)``, right and down: along which marks run; of length 0, along the form."""
    covers: tuple[ImageF32, ...] = ()
    """``(H, W)``, 0 to 1, of each region: how far its look lies over those before it."""
    sizes: ImageF32 | None = None
    """``(H, W)``: factors of the sizes of marks; None is 1 everywhere."""
    surface: Surface = FLAT
    """What lies beyond its borders."""
    around: Around | None = None
    """Of a tile: what networks and marks see of the plane of all tiles."""
    face: FaceOf | None = None
    """Of a cube map of six files: what networks and marks see."""

    def cut(self, rows: slice) -> Prepared:
        """Some of its rows."""
        optional = ("alpha", "gain", "matte", "detail", "painted", "direction", "sizes")
        there = {name: getattr(self, name) for name in optional}
        cut: dict[str, Any] = {
            name: plane[rows] for name, plane in there.items() if plane is not None
        }
        cut["covers"] = tuple(plane[rows] for plane in self.covers)
        return replace(self, rgb=self.rgb[rows], display=self.display[rows], **cut)


def prepare(
    rgb: ImageF32,
    alpha: ImageF32 | None = None,
    *,
    scene_linear: bool = False,
    space: ColorSpace | None = None,
    profile: bytes | None = None,
    surface: Surface = FLAT,
) -> Prepared:
    """Bring a picture into the network's range.

    Args:
        rgb: ``(H, W, 3)``, not multiplied by alpha: scene-linear or display-encoded.
        alpha: ``(H, W)`` or None.
        scene_linear: Which of the two ``rgb`` is.
        space: What ``rgb`` is encoded in, instead of either.
        profile: ICC profile of a display-encoded picture; of no use beside ``space``.
        surface: What lies beyond its borders, and how what is filled in under its alpha goes on.
    """
    if scene_linear or space is not None or not is_invertible(profile):
        profile = None
    if space is not None and space.is_display:
        scene_linear, space = False, None
    light = rgb if space is None else space.to_linear(rgb)
    folds = scene_linear or space is not None
    display, gain = fold_highlights(light) if folds else (to_srgb(rgb, profile), None)
    if alpha is not None:
        display = _extended(display, alpha, surface)
    return Prepared(rgb, alpha, display, gain, space, profile, surface=surface)


def _extended(display: ImageF32, alpha: ImageF32, surface: Surface) -> ImageF32:
    if not surface.in_pieces:
        return edge_extend(display, alpha, wrap=surface.wrap)

    def fill(canvas: Canvas, piece: ImageF32) -> ImageF32:
        return edge_extend(piece, canvas.of(alpha), wrap=canvas.wrap)

    return surface.painted(display, 0, fill)


def prepare_frame(
    frame: Frame, color: FileColor | None = None, *, surface: Surface = FLAT
) -> Prepared:
    """`prepare` for a frame from a file, by what the file says if nothing else is given."""
    color = color or file_color(frame.header)
    return prepare(
        frame.rgb,
        frame.cover,
        scene_linear=frame.header.scene_linear,
        space=color.space,
        profile=frame.header.profile,
        surface=surface,
    )
