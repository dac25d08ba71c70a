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
    ".dds": "dds",
    ".ktx2": "png",
}
"""OpenImageIO's format name of each picture suffix; of KTX2, that of what it is made of."""

PICTURE_SUFFIXES = frozenset(FORMATS) - {".ktx2"}
"""Picture files that are read."""
WRITTEN_SUFFIXES = frozenset(FORMATS) - {".dds"}
"""Picture files that are written."""
VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".m4v", ".avi", ".webm", ".mxf"})
"""Video containers that are read and written."""
FLOW_SUFFIXES = (".flo", ".exr")
"""Optical flow (motion vectors): Middlebury's format, and EXR."""
UNREAD_SUFFIXES = frozenset(
    (
        *(".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".m2v", ".vob", ".3gp", ".wmv", ".flv"),
        *(".f4v", ".ogv", ".y4m", ".dv", ".rm", ".asf", ".divx", ".m2p", ".mj2", ".crm"),
        *(".r3d", ".braw", ".ari", ".arx", ".arw", ".cr2", ".cr3", ".nef", ".nrw", ".dng", ".raf"),
        *(".orf", ".rw2", ".pef", ".srw", ".x3f", ".3fr", ".fff", ".iiq", ".erf", ".cine"),
        *(".psd", ".psb", ".xcf", ".kra", ".ora", ".clip", ".procreate", ".svg", ".eps", ".ico"),
        *(".gif", ".heic", ".heif", ".hif", ".avif", ".jp2", ".j2k", ".jpf", ".jpx", ".jxr"),
        *(".tx", ".tex", ".ptx", ".rat", ".ktx", ".ktx2", ".basis", ".astc", ".pcx"),
        *(".cin", ".sgi", ".rgb", ".rgba", ".pic", ".pct", ".iff", ".rla", ".ppm", ".pgm", ".pnm"),
        *(".pfm", ".pam", ".fits", ".qoi", ".jfif", ".dcm"),
    )
)
"""Unsupported pictures and videos, for notices to the user."""

MOST_PIXELS = 1 << 30
"""Default limit of a picture's pixels: 32768x32768."""
