"""Damaged PNG files, found before libpng prints words of its own about them.

OpenImageIO returns libpng's errors, but by then libpng has written them to the process's stderr,
amid progress and logs. What it would stumble over is looked for first: a file that is cut short,
and bytes that are not those that were written.

Source: PNG specification (third edition), 5.3, chunk layout, and 5.4, chunk naming.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import IO, NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CUT_SHORT = "the file is cut short"
_KNOWN = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
"""All chunks that a reader must not skip."""
_PIECE = 1 << 20
"""Bytes that are read at once: chunks may be as large as the file, or as small as 8 KiB."""


class _Chunk(NamedTuple):
    start: int
    length: int
    name: bytes

    @property
    def is_critical(self) -> bool:
        """Whether a reader must not skip it: its name begins with a capital letter then."""
        return not self.name[0] & 0x20


def png_damage(path: Path, *, pixels: bool = True) -> str:
    """What is wrong with a PNG, in words; "" where libpng will decode it.

    Nothing is said of what libpng passes over: chunks that may be skipped, and an end without
    its last chunk. Checksums take a few hundredths of the time of decoding.

    Args:
        path: A file that begins with `SIGNATURE`.
        pixels: Whether pixels are going to be read; else only what is before them counts.

    Raises:
        OSError: It cannot be read.
    """
    found = False
    with path.open("rb", buffering=_PIECE) as file:
        size = path.stat().st_size
        file.seek(len(SIGNATURE))
        while (chunk := _next(file)) is not None and chunk.name != b"IEND":
            found = found or chunk.name == b"IDAT"
            if found and not pixels:
                break
            if damage := _damage(file, chunk, size):
                return damage
    return "" if found else CUT_SHORT


def _next(file: IO[bytes]) -> _Chunk | None:
    """The chunk that begins here; None at the end of the file."""
    start, words = file.tell(), file.read(8)
    return _Chunk(start, *struct.unpack(">I4s", words)) if len(words) == 8 else None


def _damage(file: IO[bytes], chunk: _Chunk, size: int) -> str:
    """What is wrong with a chunk; the file is left behind it."""
    damaged = f"it is damaged after byte {chunk.start:,}"
    if not chunk.name.isalpha():
        return damaged
    if not chunk.is_critical:
        file.seek(chunk.length + 4, 1)
        return ""
    if size - file.tell() < chunk.length + 4:
        return CUT_SHORT
    if _checksum(file, chunk) != int.from_bytes(file.read(4), "big"):
        return damaged
    return "" if chunk.name in _KNOWN else f"it has an unknown chunk, {chunk.name.decode()}"


def _checksum(file: IO[bytes], chunk: _Chunk) -> int:
    """CRC-32 of the name and the content, which is read."""
    checksum, left = zlib.crc32(chunk.name), chunk.length
    while left and (piece := file.read(min(left, _PIECE))):
        checksum, left = zlib.crc32(piece, checksum), left - len(piece)
    return checksum
