"""Low-level writing of a picture file's parts through OpenImageIO, with completeness checks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.aces_container import keep_flag_if_true
from ganfx.media.exr_compression import keep_dwa_level
from ganfx.media.exr_envmap import declare_envmap, set_aside
from ganfx.media.exr_header import declare_integers
from ganfx.media.frame_reading import Part
from ganfx.media.full_disk import FULL, is_whole, refuse_full_disk
from ganfx.media.headers import Header
from ganfx.media.png_color import read_png_color, write_png_color
from ganfx.media.write_specs import hide_integers, set_date, spare_data

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
    needed = sum(part.pixels.nbytes for part in parts)
    refuse_full_disk(temporary, needed, path, format_name, tiled=parts[0].spec.tile_width > 0)
    specs: list[oiio.ImageSpec] = []
    integers: dict[int, tuple[str, ...]] = {}
    for index, part in enumerate(parts):
        spec, names = hide_integers(part.spec)
        set_date(spec, format_name)
        if format_name == "openexr":
            spare_data(spec)
        settle_exr(spec, format_name)
        specs.append(spec)
        if names:
            integers[index] = names
    _write(temporary, specs, parts, path, format_name)
    if integers:
        declare_integers(temporary, integers)
    if format_name == "dpx":
        _name_dpx(temporary, path.name)


def settle_exr(spec: oiio.ImageSpec, format_name: str) -> None:
    """Adapt an EXR's header as it was read to OpenImageIO's writer."""
    if format_name == "openexr":
        keep_dwa_level(spec)
        keep_flag_if_true(spec)
        set_aside(spec)


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
    oiio.attribute("tiff:half", 1)  # else its writer makes floats of halves, and says nothing
    output = oiio.ImageOutput.create(str(temporary))
    if output is None:
        raise MediaError(f"cannot write {path}: {oiio.geterror()}")
    return output


def failed(output: oiio.ImageOutput, path: Path) -> MediaError:
    """Close a writer after an error, and return that error."""
    reason = str(output.geterror()).partition("\n")[0]  # the others follow from the first
    output.close()
    output.geterror()
    return MediaError(f"cannot write {path}: {reason}", hint=FULL)


def close_output(output: oiio.ImageOutput, temporary: Path, path: Path, format_name: str) -> None:
    """Finish a file; `MediaError` if it is incomplete."""
    if not output.close():
        reason = str(output.geterror()).strip().rpartition("\n")[2]  # notes come before it
        raise MediaError(f"cannot write {path}: {reason}", hint=FULL)
    output.geterror()  # TIFF leaves a note about Exif behind, on files that are whole
    if not is_whole(temporary, format_name):
        raise MediaError(f"cannot write {path}: it ended up cut short", hint=FULL)
    if format_name == "openexr":
        declare_envmap(temporary)


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


def keep_own_chunks(temporary: Path, source: Header, format_name: str) -> None:
    """Keep the colour chunks of a PNG that stays one and has no profile, unless it has new ones."""
    if format_name != "png" or source.format != "png" or source.profile is not None:
        return
    color = source.tags.png
    if read_png_color(temporary).cicp not in ((), color.cicp):
        return
    if color.cicp or (not color.srgb and (color.gamma or color.chromaticities)):
        write_png_color(temporary, color)
