"""Low-level writing of a picture file's parts through OpenImageIO, with completeness checks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.exr_header import declare_integers
from ganfx.media.frame_reading import Part
from ganfx.media.write_specs import hide_integers, set_date, spare_data

_FULL = "is the disk full?"
_HELPLESS = ("jpeg", "webp")
"""Formats whose libraries abort the process, or hang, when the disk is full."""
_PNG_END = b"IEND\xae\x42\x60\x82"  # type and checksum of the last chunk
_TARGA_END = b"TRUEVISION-XFILE.\0"
_METADATA = 1 << 18
"""Upper bound of the size of headers and profiles, in bytes."""
_DPX_NAME = slice(36, 136)  # SMPTE 268M: the file's name, in its own header


def write_parts(temporary: Path, parts: Sequence[Part], path: Path, format_name: str) -> None:
    """Write parts as one file.

    Args:
        temporary: File to write.
        parts: One part, or several of a multi-part EXR or TIFF.
        path: Final path of the file, for messages and for headers that store it.
        format_name: OpenImageIO's format name.

    Raises:
        MediaError: If a part cannot be written.
    """
    if format_name in _HELPLESS:
        _refuse_full_disk(temporary, parts, path)
    specs: list[oiio.ImageSpec] = []
    integers: dict[int, tuple[str, ...]] = {}
    for index, part in enumerate(parts):
        spec, names = hide_integers(part.spec)
        set_date(spec, format_name)
        if format_name == "openexr":
            spare_data(spec)
        specs.append(spec)
        if names:
            integers[index] = names
    _write(temporary, specs, parts, path, format_name)
    if integers:
        declare_integers(temporary, integers)
    if format_name == "dpx":
        _name_dpx(temporary, path.name)


def _refuse_full_disk(temporary: Path, parts: Sequence[Part], path: Path) -> None:
    """Raise `MediaError` unless the disk has space for the uncompressed pixels."""
    free = shutil.disk_usage(temporary.parent).free
    needed = sum(part.pixels.nbytes for part in parts) + _METADATA
    if free < needed:
        sizes = f"{free / 1e6:.1f} MB are free, {needed / 1e6:.1f} MB may be needed"
        raise MediaError(f"cannot write {path}: {sizes}", hint=_FULL)


def _write(
    temporary: Path,
    specs: list[oiio.ImageSpec],
    parts: Sequence[Part],
    path: Path,
    format_name: str,
) -> None:
    output = new_output(temporary, path)
    for index, part in enumerate(parts):
        opened = _open_part(output, temporary, specs, index, format_name)
        if not (opened and output.write_image(part.pixels)):
            raise failed(output, path)
    close_output(output, temporary, path, format_name)


def new_output(temporary: Path, path: Path) -> oiio.ImageOutput:
    """OpenImageIO's writer for a file that becomes ``path``; `MediaError` if there is none."""
    output = oiio.ImageOutput.create(str(temporary))
    if output is None:
        raise MediaError(f"cannot write {path}: {oiio.geterror()}")
    return output


def failed(output: oiio.ImageOutput, path: Path) -> MediaError:
    """Close a writer after an error, and return that error."""
    reason = output.geterror()
    output.close()
    return MediaError(f"cannot write {path}: {reason}")


def close_output(output: oiio.ImageOutput, temporary: Path, path: Path, format_name: str) -> None:
    """Finish a file; `MediaError` if it is incomplete."""
    if not output.close():
        raise MediaError(f"cannot write {path}: {output.geterror()}", hint=_FULL)
    output.geterror()  # TIFF leaves a note about Exif behind, on files that are whole
    if not _is_whole(temporary, format_name):
        raise MediaError(f"cannot write {path}: it ended up cut short", hint=_FULL)


def _is_whole(path: Path, format_name: str) -> bool:
    """Whether a file has its end marker: these formats report no error on a full disk."""
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


def _open_part(
    output: oiio.ImageOutput, path: Path, specs: list[oiio.ImageSpec], index: int, format_name: str
) -> bool:
    if index:
        return bool(output.open(str(path), specs[index], "AppendSubimage"))
    if format_name == "openexr" and len(specs) > 1:  # EXR wants all headers first
        return bool(output.open(str(path), tuple(specs)))
    return bool(output.open(str(path), specs[0]))


def _name_dpx(path: Path, name: str) -> None:
    """Store the final file name: that of the temporary file holds the process id."""
    size = _DPX_NAME.stop - _DPX_NAME.start
    with path.open("r+b") as file:
        file.seek(_DPX_NAME.start)
        file.write(name.encode()[: size - 1].ljust(size, b"\0"))
