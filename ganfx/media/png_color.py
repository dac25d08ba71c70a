"""Colour chunks of PNG files that OpenImageIO reads in part, and does not write.

Of ``gAMA`` it knows some values, of ``cHRM`` none, and a ``cICP`` with a mistake is dropped.
They are defined by the PNG specification (third edition, 11.3.2).
"""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from ganfx.media.atomic import replacing
from ganfx.media.png_damage import SIGNATURE

_UNIT = 100_000  # of gAMA and cHRM
_OTHERS = (b"cICP", b"sRGB", b"gAMA", b"cHRM")  # what a writer may have put in


class PngColor(NamedTuple):
    """Values of the color chunks, but for a profile."""

    gamma: float = 0.0
    """Exponent from code values to light: 2.2 of a ``gAMA`` of 0.45455; 0 without one."""
    chromaticities: tuple[float, ...] = ()
    """x and y of red, green, blue and white; () without them."""
    srgb: bool = False
    """Whether a chunk ``sRGB`` makes these void."""
    cicp: tuple[int, ...] = ()
    """Primaries, transfer, matrix and range of ``cICP``, which makes all others void."""


def read_png_color(path: Path) -> PngColor:
    """Read the colour chunks of a PNG; what is damaged counts as absent."""
    with path.open("rb") as file:
        chunks = dict(_chunks(file))
    gamma, primaries = chunks.get(b"gAMA", b""), chunks.get(b"cHRM", b"")
    stored = int.from_bytes(gamma, "big") if len(gamma) == 4 else 0
    values = [v / _UNIT for v in struct.unpack(">8I", primaries)] if len(primaries) == 32 else []
    cicp = chunks.get(b"cICP", b"")
    return PngColor(
        gamma=_UNIT / stored if stored else 0.0,
        chromaticities=(*values[2:], *values[:2]),  # white comes first in the file
        srgb=b"sRGB" in chunks,
        cicp=tuple(cicp) if len(cicp) == 4 else (),
    )


def write_png_color(path: Path, color: PngColor) -> None:
    """Replace the colour chunks of a written PNG, but for a profile.

    The matrix of ``cICP`` becomes 0, RGB: all that PNG holds.
    """
    with path.open("rb") as file, replacing(path) as temporary, temporary.open("wb") as written:
        written.write(file.read(len(SIGNATURE)))
        for name, content in _chunks(file):
            if name not in _OTHERS:
                written.write(_chunk(name, content))
            if name == b"IHDR":
                written.write(b"".join(_declared(color)))
        shutil.copyfileobj(file, written)


def _declared(color: PngColor) -> Iterator[bytes]:
    if color.cicp:
        yield _chunk(b"cICP", bytes((*color.cicp[:2], 0, color.cicp[3])))
    if color.gamma:
        yield _chunk(b"gAMA", struct.pack(">I", round(_UNIT / color.gamma)))
    if color.chromaticities:
        white_first = (*color.chromaticities[6:], *color.chromaticities[:6])
        yield _chunk(b"cHRM", struct.pack(">8I", *(round(v * _UNIT) for v in white_first)))


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk before the pixels; the file is left at the first of those."""
    file.seek(len(SIGNATURE))
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
