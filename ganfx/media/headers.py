"""Headers of picture files: size, depth, channels, colour tags, and the colour channels' layout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.color_tags import ColorTags, read_color_tags, refuse_color_model
from ganfx.media.formats import Depth

_PLAIN_LAYERS = ("", "rgba", "rgb", "beauty", "combined")  # renderers' names of the beauty pass
_DATA_CHANNELS = ("z", "depth", "a", "alpha", "id")  # not a picture, if alone in a file
_MULTI_PART_FORMATS = ("openexr", "tiff")
_DAMAGED = "the file may be cut short or not a picture: copy it again, or leave it out"
STRANGE_NAME = "its name is not in UTF-8: rename it"
"""Hint for a file name that the libraries cannot open."""


@dataclass(frozen=True)
class Header:
    """Metadata of a picture file: size, sample type, channels and colour encoding."""

    width: int
    height: int
    depth: Depth
    format: str  # OpenImageIO's name: "png", "jpeg", "openexr"
    channels: tuple[str, ...]
    color: Literal["rgb", "gray", "palette", "cmyk"]
    has_alpha: bool
    scene_linear: bool
    orientation: int  # EXIF, 1 to 8; 1 is upright. Pixels are returned as stored
    chromaticities: tuple[float, ...] = ()  # x, y of red, green, blue and white, of an EXR
    film_log: bool = False  # a DPX tagged as film density (Cineon log)
    profile: bytes | None = field(default=None, repr=False)  # ICC profile
    tags: ColorTags = field(default_factory=ColorTags)  # what else it says of its colour
    path: Path = field(default=Path(), compare=False)


FILM_TRANSFERS = ("Logarithmic", "Printing density")
"""Transfer characteristics of a DPX with film densities, by OpenImageIO's names.

Source: SMPTE ST 268, table 5A.
"""


class Layout(NamedTuple):
    """Channel indices of the picture in a part."""

    colors: tuple[int, ...]  # three for R, G, B; one for grey
    alpha: int | None
    rank: int  # 0 for the base layer; viewers show the layer of lowest rank


class OpenedImage(NamedTuple):
    """Part of an open file with the picture, and its header."""

    part: int
    spec: oiio.ImageSpec
    layout: Layout
    header: Header


def read_header(path: Path) -> Header:
    """Read the header of a picture file; pixels are not decoded.

    Raises:
        MediaError: If the file is missing or not a picture, is truncated within its header, or
            its name is not in UTF-8.
    """
    with opened(path) as (_, picture):
        return picture.header


def read_channels(path: Path) -> list[str]:
    """Channel names of all parts of a picture file; raises as `read_header` does."""
    with opened(path) as (source, _):
        return [name for spec in part_specs(source, path) for name in spec.channelnames]


@contextmanager
def opened(path: Path) -> Iterator[tuple[oiio.ImageInput, OpenedImage]]:
    """Open a picture file at the part with the picture; raises as `read_header` does."""
    start = _first_bytes(path)
    hints = oiio.ImageSpec()
    hints.attribute("oiio:UnassociatedAlpha", 1)  # else colour under alpha 0 is lost
    source = oiio.ImageInput.open(str(path), hints)
    if source is None:
        raise unreadable(path, last_error(oiio))
    try:
        part, spec, layout = _find_picture(source, path)
        header = _header(path, source.format_name(), spec, layout, start)
        yield source, OpenedImage(part, spec, layout, header)
    finally:
        source.close()


def is_unicode(name: str) -> bool:
    """Whether a file name is valid Unicode, so that the libraries can open it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def last_error(of: Any) -> str:
    """Take the pending error message of OpenImageIO or of one of its files; "" for none.

    The message may quote names of a damaged file that are not valid text.
    """
    try:
        return str(of.geterror())
    except UnicodeDecodeError:
        return "its header is damaged"


def part_specs(source: oiio.ImageInput, path: Path) -> Iterator[oiio.ImageSpec]:
    """OpenImageIO's spec of each part: several in a multi-part EXR, else one.

    Raises:
        MediaError: A part cannot be preserved (deep, mip-mapped, volumetric), or the file is
            an animation.
    """
    index = 0
    while source.seek_subimage(index, 0):
        spec = oiio.ImageSpec(source.spec())
        if source.format_name() == "targa" and spec.nchannels == 2:
            spec.channelnames, spec.alpha_channel = ("Y", "A"), 1  # OpenImageIO says R and G
        _refuse_what_cannot_be_kept(path, spec)
        yield spec
        index += 1
        if index > 1 and source.format_name() not in _MULTI_PART_FORMATS:
            raise _animation(path)
    last_error(source)  # seeking past the last part leaves a message behind


def other_views(path: Path) -> tuple[str, ...]:
    """Views of a stereo EXR other than the one that is read; () for most files.

    Raises:
        MediaError: As `read_header` does.
    """
    with opened(path) as (source, picture):
        together = picture.spec.getattribute("multiView")
        if together:
            return tuple(together[1:])  # the first is the one without its name before channels
        views = [spec.get_string_attribute("view") for spec in part_specs(source, path)]
    return tuple(dict.fromkeys(view for view in views if view not in ("", views[picture.part])))


def refuse_animation(source: oiio.ImageInput, path: Path) -> None:
    """Raise `MediaError` if a file is an animation of several pictures."""
    if source.format_name() in _MULTI_PART_FORMATS:
        return
    if source.seek_subimage(1, 0):
        raise _animation(path)
    last_error(source)  # seeking past the last part leaves a message behind


def unreadable(path: Path, reason: str) -> MediaError:
    """Error for a file that OpenImageIO could not read, with its ``reason``."""
    first_line = (reason.strip() or "not a picture").splitlines()[0]
    return MediaError(
        f"cannot read {path}: {first_line.replace(str(path), path.name)}", hint=_DAMAGED
    )


def find_layout(channels: tuple[str, ...]) -> Layout | None:
    """Find the colour channels; None if there are none (a depth pass, normals).

    Args:
        channels: Names as stored, such as ``("R", "G", "B", "A", "Z")`` or
            ``("beauty.R", "beauty.G", "beauty.B", "N.x")``.
    """
    layers: dict[str, dict[str, int]] = {}
    for index, name in enumerate(channels):
        layer, _, channel = name.lower().rpartition(".")
        layers.setdefault(layer, {})[channel] = index
    for layer in sorted(layers, key=_rank):  # equals stay in the file's order
        found = layers[layer]
        if {"r", "g", "b"} <= found.keys():
            return Layout((found["r"], found["g"], found["b"]), found.get("a"), _rank(layer))
        if layer == "" and "y" in found:
            return Layout((found["y"],), found.get("a"), _rank(layer))
    alone = len(channels) == 1 and channels[0].lower().rpartition(".")[2] not in _DATA_CHANNELS
    return Layout((0,), None, len(_PLAIN_LAYERS)) if alone else None


def orientation(spec: oiio.ImageSpec) -> int:
    """EXIF orientation, 1 to 8; 1 where the tag is missing or means nothing."""
    tag = int(spec.get_int_attribute("Orientation", 1))
    return tag if 1 <= tag <= 8 else 1


def _animation(path: Path) -> MediaError:
    return MediaError(f"{path} is an animation", hint="turn it into numbered pictures first")


def _rank(layer: str) -> int:
    name = layer.rpartition(".")[2]
    return _PLAIN_LAYERS.index(name) if name in _PLAIN_LAYERS else len(_PLAIN_LAYERS)


def _first_bytes(path: Path) -> bytes:
    if not is_unicode(str(path)):
        raise MediaError(f"cannot read {path}: {STRANGE_NAME}")
    try:
        with path.open("rb") as file:
            start = file.read(32)
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}") from error
    if not start:
        raise MediaError(f"cannot read {path}: the file is empty", hint=_DAMAGED)
    return start


def _find_picture(source: oiio.ImageInput, path: Path) -> tuple[int, oiio.ImageSpec, Layout]:
    """Find the part with the picture: the first of the lowest layer rank."""
    found: list[tuple[int, oiio.ImageSpec, Layout]] = []
    channels: list[str] = []
    for index, spec in enumerate(part_specs(source, path)):
        channels += spec.channelnames
        layout = find_layout(tuple(spec.channelnames))
        if layout:
            found.append((index, spec, layout))
            if layout.rank == 0:
                break
    if not found:
        raise MediaError(
            f"{path} has no colour channels (it has {', '.join(channels)})",
            hint="a pass of depth, normals or ids is data: leave it out",
        )
    return min(found, key=lambda candidate: candidate[2].rank)


def _refuse_what_cannot_be_kept(path: Path, spec: oiio.ImageSpec) -> None:
    if spec.deep:
        hint = "flatten it first (Nuke: DeepToImage), or leave it out"
        raise MediaError(f"{path} holds deep pixels", hint=hint)
    if spec.get_int_attribute("oiio:miplevels", 1) > 1:
        hint = "stylise the picture that it was made from, then run maketx again"
        raise MediaError(f"{path} is a mip-mapped texture", hint=hint)
    if spec.get_int_attribute("dpx:DittoKey", -1) >= 0 and orientation(spec) > 4:
        hint = "convert it to an upright DPX first"  # OpenImageIO reads its lines at a wrong length
        raise MediaError(f"{path} is a DPX that is stored lying on its side", hint=hint)
    refuse_color_model(path, spec)
    if min(spec.width, spec.height, spec.nchannels) < 1 or spec.depth > 1:
        raise MediaError(f"{path} is not a flat picture", hint=_DAMAGED)


def _header(
    path: Path, format_name: str, spec: oiio.ImageSpec, layout: Layout, start: bytes
) -> Header:
    depth = _depth(path, format_name, spec, layout)
    return Header(
        width=spec.width,
        height=spec.height,
        depth=depth,
        format=format_name,
        channels=tuple(spec.channelnames),
        color=_color(format_name, spec, layout, start),
        has_alpha=layout.alpha is not None,
        scene_linear=depth in ("half", "float"),
        profile=_profile(spec),
        film_log=spec.getattribute("dpx:Transfer") in FILM_TRANSFERS,
        orientation=orientation(spec),
        chromaticities=tuple(spec.getattribute("chromaticities") or ()),
        tags=read_color_tags(path, format_name, spec),
        path=path,
    )


def _profile(spec: oiio.ImageSpec) -> bytes | None:
    stored = spec.getattribute("ICCProfile")
    return None if stored is None else np.asarray(stored, np.uint8).tobytes()


def _depth(path: Path, format_name: str, spec: oiio.ImageSpec, layout: Layout) -> Depth:
    """Sample type of the colour channels; the wider one, where they differ."""
    types = {str(spec.channelformat(channel)) for channel in layout.colors}
    if format_name == "dpx" and spec.get_int_attribute("oiio:BitsPerSample") == 10:
        return "uint10"
    for depth in ("uint8", "uint16", "half"):
        if types == {depth}:
            return depth
    if types <= {"half", "float"}:
        return "float"
    raise MediaError(
        f"{path} holds {' and '.join(sorted(types))} pixels",
        hint="convert it to 8, 10 or 16 bits, half or float",
    )


def _color(
    format_name: str, spec: oiio.ImageSpec, layout: Layout, start: bytes
) -> Literal["rgb", "gray", "palette", "cmyk"]:
    """Colour model of the file; OpenImageIO has already converted it to RGB or grey."""
    stored = spec.get_string_attribute(f"{format_name}:ColorSpace").lower()
    if stored in ("cmyk", "ycck", "ycbcrk"):
        return "cmyk"
    palette = (
        (format_name == "png" and start[25] == 3)  # IHDR: colour type
        or (format_name == "targa" and start[2] in (1, 9))  # image type
        or (format_name == "bmp" and spec.get_int_attribute("bmp:bitsperpixel", 24) <= 8)
        or stored == "palette"
    )
    if len(layout.colors) == 1:
        return "gray"
    return "palette" if palette else "rgb"
