"""File formats of pictures, videos and optical flow: suffixes, bit depths and size limits.

Only constants, so that commands can check arguments without loading OpenImageIO or PyAV.
Suffixes are lower case, with the dot.
"""

from __future__ import annotations

from typing import Literal

Depth = Literal["uint8", "uint10", "uint16", "half", "float"]
"""Type of stored samples. ``uint10`` is of DPX, ``half`` and ``float`` are floating point."""

FORMATS: dict[str, str] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".exr": "openexr",
    ".dpx": "dpx",
    ".webp": "webp",
    ".tga": "targa",
    ".hdr": "hdr",
    ".bmp": "bmp",
    ".jxl": "jpegxl",
}
"""OpenImageIO's format name of each picture suffix."""

PICTURE_SUFFIXES = frozenset(FORMATS)
"""Picture files that are read and written."""
VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".m4v", ".avi", ".webm", ".mxf"})
"""Video containers that are read and written."""
FLOW_SUFFIXES = (".flo", ".exr")
"""Optical flow (motion vectors): Middlebury's format, and EXR."""
UNREAD_SUFFIXES = frozenset(
    (
        *(".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".m2v", ".vob", ".3gp", ".wmv", ".flv"),
        *(".r3d", ".braw", ".ari", ".arw", ".cr2", ".cr3", ".nef", ".dng", ".psd", ".psb"),
        *(".gif", ".heic", ".avif", ".tx", ".dds", ".ktx", ".ktx2"),
    )
)
"""Unsupported pictures and videos, for notices to the user."""

MOST_PIXELS = 1 << 30
"""Default limit of a picture's pixels: 32768x32768."""
