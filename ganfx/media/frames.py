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

from ganfx.media.arrays import ImageU8
from ganfx.media.file_color import file_color, shown
from ganfx.media.frame_reading import (
    Frame,
    new_frame,
    read_frame,
    stored_channel,
    upright,
)
from ganfx.media.frame_writing import check_depth, write_frame
from ganfx.media.headers import Header, other_views, read_header
from ganfx.media.portable import use_portable_opencv

__all__ = [
    "Frame",
    "Header",
    "check_depth",
    "new_frame",
    "other_views",
    "read_frame",
    "read_header",
    "read_picture",
    "stored_channel",
    "write_frame",
    "write_picture",
]


def read_picture(path: Path, *, max_side: int | None = None) -> ImageU8:
    """Read a picture as 8-bit sRGB, upright, for training or display.

    Args:
        path: Any picture file.
        max_side: Longest side in pixels; a larger picture is reduced by area averaging.

    Returns:
        uint8 ``(H, W, 3)``, sRGB-encoded, with the orientation tag applied; alpha is
        dropped and colour unpremultiplied. Colours are converted from what the file declares
        (`ganfx.media.file_color`); light is clipped at 1.

    Raises:
        MediaError: As `read_frame`.
    """
    frame = read_frame(path)
    header = frame.header
    color = file_color(header)
    rgb = shown(frame.rgb, color, scene_linear=header.scene_linear, profile=header.profile)
    picture = (rgb * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)
    return reduced(upright(picture, header.orientation), max_side)


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
