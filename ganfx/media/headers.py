"""Headers of picture files: size, depth, channels, colour tags, and the colour channels' layout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.channels import Layout, find_layout
from ganfx.media.color_tags import ColorTags, read_color_tags, refuse_color_model
from ganfx.media.exr_envmap import Envmap, envmap_of
from ganfx.media.formats import Depth
from ganfx.media.luma_chroma import is_subsampled, rgb_copy
from ganfx.media.picture_search import DataError, Found, find_picture
from ganfx.media.png_damage import SIGNATURE, png_damage
from ganfx.media.windows import Window, plain_window, window_of

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
    stored_window: Window | None = None  # where that is not all of the display window
    is_subsampled: bool = False  # stored as luminance and chroma, read as RGB
    cryptomattes: tuple[str, ...] = ()  # names of those in any part
    envmap: Envmap = ""  # of an EXR that says that it is a map of all directions
    tags: ColorTags = field(default_factory=ColorTags)  # what else it says of its colour
    path: Path = field(default=Path(), compare=False)

    @property
    def window(self) -> Window:
        """Where the stored pixels lie on the display window."""
        return self.stored_window or plain_window(self.width, self.height)


FILM_TRANSFERS = ("Logarithmic", "Printing density")
"""Transfer characteristics of a DPX with film densities, by OpenImageIO's names.

Source: SMPTE ST 268, table 5A.
"""


class OpenedImage(NamedTuple):
    """Part of an open file with the picture, and its header."""

    part: int
    spec: oiio.ImageSpec
    layout: Layout
    header: Header
    alpha_apart: tuple[int, int] | None = None
    """Part and channel of an alpha that another part holds."""


def read_header(path: Path, *, data: bool = False) -> Header:
    """Read the header of a picture file; pixels are not decoded.

    Args:
        path: The file.
        data: As for `opened`.

    Raises:
        MediaError: If the file is missing or not a picture, is truncated within its header, or
            its name is not in UTF-8.
    """
    with opened(path, data=data, pixels=False) as (_, picture):
        return picture.header


def read_channels(path: Path) -> list[str]:
    """Channel names of all parts of a picture file; raises as `read_header` does."""
    with opened(path, pixels=False) as (source, _):
        return [name for spec in part_specs(source, path) for name in spec.channelnames]


def read_specs(path: Path) -> list[oiio.ImageSpec]:
    """What all parts of a picture file say of themselves; raises as `read_header` does."""
    with opened(path, pixels=False) as (source, _):
        return list(part_specs(source, path))


def holds_data(path: Path) -> bool:
    """Whether a picture file holds nothing but data; no file that cannot be read does."""
    try:
        read_header(path)
    except DataError:
        return True
    except MediaError:
        return False
    return False


@contextmanager
def opened(
    path: Path, *, data: bool = False, pixels: bool = True
) -> Iterator[tuple[oiio.ImageInput, OpenedImage]]:
    """Open a picture file at the part with the picture; raises as `read_header` does.

    Args:
        path: The file.
        data: Whether data may be taken for the picture, where there is no colour: motion
            vectors, masks.
        pixels: Whether pixels are going to be read.
    """
    start = _first_bytes(path)
    if start.startswith(SIGNATURE):
        _refuse_damaged_png(path, pixels=pixels)
    hints = oiio.ImageSpec()
    hints.attribute("oiio:UnassociatedAlpha", 1)  # else colour under alpha 0 is lost
    with ExitStack() as stack:
        source = oiio.ImageInput.open(str(path), hints)
        reason = "" if source else last_error(oiio)
        if is_subsampled(reason):
            copy = stack.enter_context(rgb_copy(path, pixels=pixels))
            source = oiio.ImageInput.open(str(copy), hints)
        if source is None:
            raise unreadable(path, reason or last_error(oiio))
        stack.callback(source.close)
        warned = last_error(source) if source.format_name() == "openexr" else ""
        if warned:  # which looking for the last part would wipe out
            raise unreadable(path, warned)
        found = find_picture(path, list(_searched(source, path)), data=data)
        header = _header(path, source.format_name(), found, start)
        header = replace(header, is_subsampled=is_subsampled(reason))
        part, spec, layout, apart, _ = found
        yield source, OpenedImage(part, spec, layout, header, apart)


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


def count_parts(path: Path) -> int:
    """How many parts or pages a file has; raises as `read_header` does."""
    with opened(path, pixels=False) as (source, _):
        return sum(1 for _ in part_specs(source, path))


def other_views(path: Path) -> tuple[str, ...]:
    """Views of a stereo EXR other than the one that is read; () for most files.

    Raises:
        MediaError: As `read_header` does.
    """
    with opened(path, pixels=False) as (source, picture):
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


def orientation(spec: oiio.ImageSpec) -> int:
    """EXIF orientation, 1 to 8; 1 where the tag is missing or means nothing."""
    tag = int(spec.get_int_attribute("Orientation", 1))
    return tag if 1 <= tag <= 8 else 1


def _animation(path: Path) -> MediaError:
    return MediaError(f"{path} is an animation", hint="turn it into numbered pictures first")


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


def _refuse_damaged_png(path: Path, *, pixels: bool) -> None:
    try:
        damage = png_damage(path, pixels=pixels)
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}") from error
    if damage:
        raise unreadable(path, damage)


def _searched(source: oiio.ImageInput, path: Path) -> Iterator[oiio.ImageSpec]:
    """Parts that may hold the picture: up to a base layer. All parts of an EXR.

    Any part of an EXR may declare Cryptomattes, or hold the alpha.
    """
    for spec in part_specs(source, path):
        yield spec
        layout = find_layout(tuple(spec.channelnames))
        if source.format_name() != "openexr" and layout and layout.rank == 0:
            return


def _refuse_what_cannot_be_kept(path: Path, spec: oiio.ImageSpec) -> None:
    if spec.deep:
        hint = "flatten it first (Nuke: DeepToImage), or leave it out"
        raise MediaError(f"{path} holds deep pixels", hint=hint)
    levels = spec.get_int_attribute("oiio:miplevels", 1)
    if levels > 1 and path.suffix.lower() != ".dds":  # which is never written again
        hint = "stylise the picture that it was made from, then run maketx again"
        raise MediaError(f"{path} is a mip-mapped texture", hint=hint)
    if spec.get_int_attribute("dpx:DittoKey", -1) >= 0 and orientation(spec) > 4:
        hint = "convert it to an upright DPX first"  # OpenImageIO reads its lines at a wrong length
        raise MediaError(f"{path} is a DPX that is stored lying on its side", hint=hint)
    refuse_color_model(path, spec)
    if min(spec.width, spec.height, spec.nchannels) < 1 or spec.depth > 1:
        raise MediaError(f"{path} is not a flat picture", hint=_DAMAGED)


def _header(path: Path, format_name: str, found: Found, start: bytes) -> Header:
    spec, layout, window = found.spec, found.layout, window_of(found.spec)
    depth = _depth(path, format_name, spec, layout)
    return Header(
        width=spec.width,
        height=spec.height,
        depth=depth,
        format=format_name,
        channels=tuple(spec.channelnames),
        color=_color(format_name, spec, layout, start),
        has_alpha=layout.alpha is not None or found.alpha_apart is not None,
        scene_linear=depth in ("half", "float"),
        profile=_profile(spec),
        film_log=spec.getattribute("dpx:Transfer") in FILM_TRANSFERS,
        orientation=orientation(spec),
        chromaticities=tuple(spec.getattribute("chromaticities") or ()),
        stored_window=None if window.is_plain else window,
        cryptomattes=found.cryptomattes,
        envmap=envmap_of(spec) if format_name == "openexr" else "",
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
