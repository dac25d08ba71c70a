"""Lossless reading and writing of picture files: the public functions for frames.

Integer files hold display pictures (sRGB-encoded, taken as stored), floating-point files
(EXR, HDR, float TIFF) hold scene-linear light. Depth comes from the file's header, never
from its values. Where a file keeps several layers or parts, the picture is R, G and B of
the base layer (else of the first layer that has all three), or Y; the rest is copied.

`read_frame` and `write_frame` are for footage. `read_picture` and `write_picture` convert
directly from and to 8-bit sRGB, for training pictures, previews and reports.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.background import Color, put_on
from ganfx.media.file_color import file_color, shown
from ganfx.media.frame_reading import (
    Frame,
    alpha_divisor,
    new_frame,
    read_frame,
    stored_channel,
    to_floats,
    upright,
)
from ganfx.media.frame_writing import check_depth, write_frame
from ganfx.media.headers import Header, other_views, read_header
from ganfx.media.portable import use_portable_opencv
from ganfx.media.views import View, shown_through
from ganfx.media.windows import placed

__all__ = [
    "Frame",
    "Header",
    "check_depth",
    "new_frame",
    "other_views",
    "read_frame",
    "read_header",
    "read_opaque",
    "read_picture",
    "stored_channel",
    "write_frame",
    "write_picture",
]


def read_picture(
    path: Path,
    *,
    max_side: int | None = None,
    background: Color | None = None,
    view: View | None = None,
) -> ImageU8:
    """Read a picture as 8-bit sRGB, upright, for display.

    It is what the display window shows; black where nothing is stored.

    Args:
        path: Any picture file.
        max_side: Longest side in pixels; a larger picture is reduced by area averaging.
        background: What transparent pixels are put on; None takes their colour as it is.
        view: Of `ganfx.media.views`, for scene light; None clips it at 1.

    Returns:
        uint8 ``(H, W, 3)``, sRGB-encoded, with the orientation tag applied; without a
        ``background``, alpha is dropped and colour unpremultiplied. Colours are converted from
        what the file declares (`ganfx.media.file_color`).

    Raises:
        MediaError: As `read_frame`.
    """
    return read_opaque(path, max_side=max_side, background=background, view=view)[0]


def read_opaque(
    path: Path,
    *,
    max_side: int | None = None,
    background: Color | None = None,
    view: View | None = None,
) -> tuple[ImageU8, bool]:
    """`read_picture`, and whether the background shows through somewhere."""
    frame = read_frame(path)
    header = frame.header
    rgb = frame.rgb if background is None else over(frame, background)
    color, linear, profile = file_color(header), header.scene_linear, header.profile
    if view is None:
        rgb = shown(rgb, color, scene_linear=linear, profile=profile)
    else:
        rgb = to_floats(shown_through(rgb, color, view, scene_linear=linear, profile=profile))
    outside = 0.0 if background is None or frame.cover is None else background
    rgb = placed(rgb, header.window, header.window.display, outside=outside)
    picture = (rgb * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)
    transparent = frame.cover is not None and bool((frame.cover < 1).any())
    return reduced(upright(picture, header.orientation), max_side), transparent


def over(frame: Frame, background: Color) -> NDArray[np.float32]:
    """A frame's colour over a background: ``(H, W, 3)``, encoded as the frame's."""
    if frame.cover is None:
        return frame.rgb
    associated = frame.stored.associated
    return put_on(
        frame.rgb * alpha_divisor(frame.cover) if associated else frame.rgb,
        frame.cover,
        background,
        associated=associated,
        scene_linear=frame.header.scene_linear,
    )


def write_picture(path: Path, picture: ImageU8) -> None:
    """Write an 8-bit sRGB picture ``(H, W, 3)`` atomically; the suffix chooses the format.

    Raises:
        MediaError, UsageError: As `write_frame`.
    """
    rgb = picture.astype(np.float32) / np.float32(255.0)
    write_frame(path, rgb, new_frame(rgb, depth="uint8"))


def reduced(picture: ImageU8, max_side: int | None) -> ImageU8:
    """Downscale ``(H, W, 3)`` to ``max_side`` pixels on its longest side, by area averaging.

    The picture itself, where it is no larger or ``max_side`` is None.
    """
    height, width = picture.shape[:2]
    if max_side is None or max(height, width) <= max_side:
        return picture
    import cv2  # only where it is needed: most callers read whole pictures

    use_portable_opencv()
    scale = max_side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small: ImageU8 = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return small
