"""Full disks: whether there is room before a picture is written, and whether it is whole after.

OpenImageIO's writers report no error for the last bytes of a file (they are flushed when it is
closed), and some of the libraries below them do not survive any error.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError

FULL = "is the disk full?"
"""Hint for a file that could not be written to its end."""
_HELPLESS = ("jpeg", "webp")
"""Formats whose libraries abort the process, or hang, when the disk is full."""
_HELPLESS_IN_TILES = ("openexr",)
_PNG_END = b"IEND\xae\x42\x60\x82"  # type and checksum of the last chunk
_TARGA_END = b"TRUEVISION-XFILE.\0"
_BY_ROWS = ("openexr", "tiff", "hdr")
"""Formats whose last rows can be read without the others."""
_TO_BE_DECODED = ("jpegxl",)
"""Formats without an end that could be told otherwise."""
_METADATA = 1 << 18
"""Upper bound of the size of headers and profiles, in bytes."""


def refuse_full_disk(
    temporary: Path, pixels: int, path: Path, format_name: str, *, tiled: bool
) -> None:
    """Refuse to write a file that an error on the way would end the process of, or hang it.

    Args:
        temporary: File to write.
        pixels: Size of the uncompressed pixels, in bytes.
        path: Final path of the file, for messages.
        format_name: OpenImageIO's format name.
        tiled: Whether the file is written in tiles.

    Raises:
        MediaError: The disk has no space for the uncompressed pixels.
    """
    if format_name not in _HELPLESS and not (tiled and format_name in _HELPLESS_IN_TILES):
        return
    free, needed = shutil.disk_usage(temporary.parent).free, pixels + _METADATA
    if free < needed:
        sizes = f"{free / 1e6:.1f} MB are free, {needed / 1e6:.1f} MB may be needed"
        raise MediaError(f"cannot write {path}: {sizes}", hint=FULL)
    try:
        with temporary.open("wb") as file:
            file.truncate(needed)  # takes no space, but a limit on the size of files shows
    except OSError as error:
        reason = f"{needed / 1e6:.1f} MB may be needed ({error.strerror})"
        raise MediaError(f"cannot write {path}: {reason}", hint=FULL) from error


def is_whole(path: Path, format_name: str) -> bool:
    """Whether a file that was written from its start ends as it should."""
    if format_name in _BY_ROWS or format_name in _TO_BE_DECODED:
        return _can_be_read(path, in_full=format_name in _TO_BE_DECODED)
    with path.open("rb") as file:
        start = file.read(6)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(_TARGA_END)))
        end = file.read()
    match format_name:
        case "png":
            return end.endswith(_PNG_END)
        case "targa":
            return end == _TARGA_END
        case "bmp":
            return int.from_bytes(start[2:6], "little") == size
    return True


def _can_be_read(path: Path, *, in_full: bool) -> bool:
    """Whether all, or the last rows, of every part can be read: they were written last."""
    source = oiio.ImageInput.open(str(path))
    if source is None:
        oiio.geterror()  # else it is printed when the process ends
        return False
    part = 0
    while source.seek_subimage(part, 0):
        if not _has_pixels(source, in_full=in_full):
            return False
        part += 1
    source.close()
    source.geterror()  # seeking past the last part leaves a message behind
    return part > 0


def _has_pixels(source: oiio.ImageInput, *, in_full: bool) -> bool:
    spec = source.spec()
    bottom = spec.y + spec.height
    if in_full:
        pixels = source.read_image(spec.format)
    elif spec.tile_width:
        top = bottom - 1 - (spec.height - 1) % spec.tile_height
        area = (spec.x, spec.x + spec.width, top, bottom, 0, 1)
        pixels = source.read_tiles(0, 0, *area, 0, spec.nchannels, spec.format)
    else:
        pixels = source.read_scanlines(0, 0, bottom - 1, bottom, 0, 0, spec.nchannels, spec.format)
    return pixels is not None and not source.geterror()
