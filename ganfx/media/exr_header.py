"""UINT channels beside floating-point ones in an EXR, by editing the header.

OpenImageIO converts every channel of a write from one type, and float32 cannot carry an
integer above 2**24. So integer channels are written as float channels that hold the
integers' bits (the lossless compressions move bytes, whatever they mean), and their type is
corrected in the file's header afterwards.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Collection, Mapping
from pathlib import Path

TYPE_BLIND_COMPRESSIONS = ("none", "rle", "zips", "zip", "piz")
"""Compressions that give the same bytes for 32-bit integers as for float32."""

_FIRST_ATTRIBUTE = 8  # after the magic number and the version
_CHANNEL_BYTES = 16  # pixel type, linearity, sampling in x and y
_UINT = 0


def declare_integers(path: Path, channels: Mapping[int, Collection[str]]) -> None:
    """Change the type of channels in an EXR's header to UINT, in place.

    Args:
        path: An EXR whose compression is one of `TYPE_BLIND_COMPRESSIONS`.
        channels: Names of channels by part index, from 0.

    Source: "OpenEXR File Layout", openexr.com.
    """
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as exr:
        position = _FIRST_ATTRIBUTE
        for part in range(max(channels, default=-1) + 1):
            while exr[position]:
                _, position = _text(exr, position)
                kind, position = _text(exr, position)
                (size,) = struct.unpack_from("<i", exr, position)
                position += 4
                if kind == "chlist":
                    _declare(exr, position, channels.get(part, ()))
                position += size
            position += 1


def _declare(exr: mmap.mmap, position: int, names: Collection[str]) -> None:
    while exr[position]:
        name, position = _text(exr, position)
        if name in names:
            struct.pack_into("<i", exr, position, _UINT)
        position += _CHANNEL_BYTES


def _text(exr: mmap.mmap, position: int) -> tuple[str, int]:
    """A zero-terminated string, and the position after it."""
    end = exr.find(b"\0", position)
    return exr[position:end].decode(), end + 1
