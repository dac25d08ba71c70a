"""Colour chunks of PNG files that OpenImageIO reads in part, and does not write.

Of ``gAMA`` it knows some values, of ``cHRM`` none. Both are defined by the PNG specification
(third edition, 11.3.2), as are ``sRGB`` and ``cICP``, which count before them.
"""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from ganfx.media.atomic import replacing

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UNIT = 100_000  # of gAMA and cHRM
_OTHERS = (b"sRGB", b"gAMA", b"cHRM")  # what a writer may have put in


class PngColor(NamedTuple):
    """What the chunks ``gAMA`` and ``cHRM`` say."""

    gamma: float = 0.0
    """Exponent from code values to light: 2.2 of a ``gAMA`` of 0.45455; 0 without one."""
    chromaticities: tuple[float, ...] = ()
    """x and y of red, green, blue and white; () without them."""
    srgb: bool = False
    """Whether a chunk ``sRGB`` makes the others void."""


def read_png_color(path: Path) -> PngColor:
    """Read the colour chunks of a PNG; what is damaged counts as absent."""
    gamma, primaries, srgb = 0.0, (), False
    with path.open("rb") as file:
        for name, content in _chunks(file):
            if name == b"sRGB":
                srgb = True
            elif name == b"gAMA" and len(content) == 4:
                stored = int.from_bytes(content, "big")
                gamma = _UNIT / stored if stored else 0.0
            elif name == b"cHRM" and len(content) == 32:
                white_first = [value / _UNIT for value in struct.unpack(">8I", content)]
                primaries = (*white_first[2:], *white_first[:2])
    return PngColor(gamma, primaries, srgb)


def write_png_color(path: Path, color: PngColor) -> None:
    """Replace the colour chunks of a written PNG by ``gAMA`` and ``cHRM``."""
    with path.open("rb") as file, replacing(path) as temporary, temporary.open("wb") as written:
        written.write(file.read(len(_SIGNATURE)))
        for name, content in _chunks(file):
            if name not in _OTHERS:
                written.write(_chunk(name, content))
            if name == b"IHDR":
                written.write(b"".join(_declared(color)))
        shutil.copyfileobj(file, written)


def _declared(color: PngColor) -> Iterator[bytes]:
    if color.gamma:
        yield _chunk(b"gAMA", struct.pack(">I", round(_UNIT / color.gamma)))
    if color.chromaticities:
        white_first = (*color.chromaticities[6:], *color.chromaticities[:6])
        yield _chunk(b"cHRM", struct.pack(">8I", *(round(v * _UNIT) for v in white_first)))


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk before the pixels; the file is left at the first of those."""
    file.seek(len(_SIGNATURE))
    while len(start := file.read(8)) == 8:
        length, name = struct.unpack(">I4s", start)
        if name in (b"IDAT", b"IEND"):
            file.seek(-8, 1)
            return
        content = file.read(length)
        file.seek(4, 1)  # the checksum
        yield name, content


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
