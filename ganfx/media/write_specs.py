"""Headers of written files, derived from the source's (OpenImageIO's ImageSpec)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import UsageError
from ganfx.media.aces_container import is_flagged
from ganfx.media.channels import cryptomattes_of, is_data_layer, part_name, split_name
from ganfx.media.color_conversion import ColorConversion
from ganfx.media.color_spaces import ColorSpace, are_alike
from ganfx.media.exr_header import TYPE_BLIND_COMPRESSIONS
from ganfx.media.formats import Depth
from ganfx.media.headers import Header
from ganfx.media.interop_ids import (
    LINEAR_REC709,
    UNKNOWN,
    cicp_of_space,
    id_of_space,
    is_linear,
    primaries_of_space,
)

HOLDS: dict[str, tuple[Depth, ...]] = {
    "png": ("uint8", "uint16"),
    "jpeg": ("uint8",),
    "tiff": ("uint8", "uint16", "half", "float"),
    "openexr": ("half", "float"),
    "dpx": ("uint8", "uint10", "uint16"),
    "webp": ("uint8",),
    "targa": ("uint8",),
    "hdr": ("float",),
    "bmp": ("uint8",),
    "jpegxl": ("uint8", "uint16", "half"),  # its writer refuses floats beyond halves
}
"""Depths that can be written, by format."""

NO_ALPHA = ("jpeg", "hdr")
GRAY_BECOMES_RGB = ("webp", "hdr")  # the writers refuse one channel
GRAY_ALPHA = ("png", "tiff", "openexr")  # the others hold grey, but not grey with alpha

_NEAREST: dict[Depth, tuple[Depth, ...]] = {  # the smallest that loses nothing, then the best
    "uint8": ("uint8", "half", "float"),
    "uint10": ("uint10", "uint16", "half", "float", "uint8"),
    "uint16": ("uint16", "float", "uint8"),
    "half": ("half", "float", "uint16", "uint8"),
    "float": ("float", "half", "uint16", "uint8"),
}
_DWA_COLORS = ("r", "g", "b", "y", "ry", "by")
_UNUSUAL: tuple[tuple[str, Depth], ...] = (("tiff", "half"),)
_TIFF_LOSSLESS = ("none", "lzw", "zip", "packbits")

# Facts of the file that was read, not of the picture: about to be untrue.
_NOT_COPIED = r"oiio:(subimages|UnassociatedAlpha)|tiff:(Compression|Photometric.*|ColorSpace)"
_NOT_CONVERTED = (
    r"(openexr|png|jpeg|jpegxl|tiff|dpx|webp|targa|hdr|bmp):.*"
    r"|compression|acesImageContainerFlag|planarconfig|textureformat|wrapmodes|fovcot|name|view|multiView|screenWindow.*"
)
_PROFILE = r"ICCProfile.*"
_COLOR_TAGS = (
    _PROFILE + r"|CICP|oiio:ColorSpace|oiio:Gamma|chromaticities|colorInteropID|jpeg:ColorSpace"
    r"|acesImageContainerFlag|whiteLuminance|Exif:ColorSpace|Exif:InteroperabilityIndex"
)
# The writer of JPEG XL takes these for RGB alone. Grey integers are sRGB without, halves light.
_HOLD_CODES = ("png", "jpegxl")
_GRAY_REFUSES = r"CICP|oiio:ColorSpace"

# Formats whose writers would put the time of writing in: two renders of a frame would differ.
_DATED = ("openexr", "tiff")
_NO_DATE = "2000:01:01 00:00:00"


def written_depth(
    format_name: str, source: Depth, asked: Depth | None, *, same_format: bool = True
) -> Depth:
    """Depth to write: ``asked``, else the source's or the nearest that the format supports.

    Few programs read TIFF in half floats: none is made of a file of another format, unless asked.

    Raises:
        UsageError: If the format cannot hold ``asked``.
    """
    holds = HOLDS[format_name]
    if asked is None:
        usual = holds if same_format else [d for d in holds if (format_name, d) not in _UNUSUAL]
        return next(depth for depth in _NEAREST[source] if depth in usual)
    if asked not in holds:
        hint = f"{format_name} holds {', '.join(holds)}"
        raise UsageError(f"{format_name} files cannot hold {asked}", hint=hint)
    return asked


def written_spec(
    spec: oiio.ImageSpec,
    source: Header,
    format_name: str,
    depth: Depth,
    *,
    conversion: ColorConversion,
    gray: bool,
) -> oiio.ImageSpec:
    """Header of the written file: the source's, without attributes that no longer hold.

    Channels, size and `oiio:UnassociatedAlpha` are set by the caller.

    Args:
        spec: The source's.
        source: The source's header.
        format_name: OpenImageIO's name of the written format.
        depth: Depth to write.
        conversion: Colour conversion of the pixels.
        gray: Whether one channel is written.
    """
    spec = oiio.ImageSpec(spec)
    same_format = format_name == source.format
    bits = spec.get_int_attribute("oiio:BitsPerSample") if same_format else 0
    _erase(spec, _NOT_COPIED)
    if not same_format:
        _erase(spec, _NOT_CONVERTED)
        spec.tile_width = spec.tile_height = spec.tile_depth = 0
    if conversion.oiio_color_space:
        _erase(spec, _COLOR_TAGS)
        spec.attribute("oiio:ColorSpace", conversion.oiio_color_space)
    elif conversion.space is not None and (conversion.is_told or not same_format):
        _name_light(spec, conversion.space, format_name, same_format=same_format)
    elif format_name == "openexr" and same_format and _declares_light(source):
        _complete_tags(spec, conversion.space or ColorSpace(LINEAR_REC709))
    elif source.color == "cmyk" or (source.color == "gray" and not gray):
        _erase(spec, _PROFILE)  # it is of another colour model
    if gray and format_name == "jpegxl":
        _erase(spec, _GRAY_REFUSES)
    _set_bits(spec, depth, bits if depth == source.depth else 0)
    _set_compression(spec, format_name)
    set_date(spec, format_name)
    return spec


def sample_bits(spec: oiio.ImageSpec) -> int:
    """Significant bits of a 16-bit sample: fewer than 16 in some DPX and TIFF."""
    return int(spec.get_int_attribute("oiio:BitsPerSample", 16))


def set_date(spec: oiio.ImageSpec, format_name: str) -> None:
    """Keep the source's date, else set a fixed one: the clock would change the bytes."""
    if format_name in _DATED and not spec.get_string_attribute("DateTime"):
        spec.attribute("DateTime", _NO_DATE)


def set_channels(spec: oiio.ImageSpec, names: Sequence[str], kinds: Sequence[str]) -> None:
    """Set the channel names, and their types by OpenImageIO's names."""
    mixed = len(set(kinds)) > 1
    spec.nchannels = len(names)
    spec.channelnames = tuple(names)
    spec.set_format(oiio.TypeDesc("float" if mixed else kinds[0]))
    spec.channelformats = tuple(oiio.TypeDesc(kind) for kind in kinds) if mixed else ()
    lower = [name.lower() for name in names]
    spec.alpha_channel = lower.index("a") if "a" in lower else -1
    spec.z_channel = lower.index("z") if "z" in lower else -1


def hide_integers(spec: oiio.ImageSpec) -> tuple[oiio.ImageSpec, tuple[str, ...]]:
    """A copy that declares UINT channels as float, and their names: see `exr_header`."""
    kinds = [str(kind) for kind in spec.channelformats]
    hidden = oiio.ImageSpec(spec)
    if "uint" not in kinds:
        return hidden, ()
    hidden.channelformats = tuple(
        oiio.TypeDesc("float" if kind == "uint" else kind) for kind in kinds
    )
    if hidden.get_string_attribute("compression") not in TYPE_BLIND_COMPRESSIONS:
        hidden.attribute("compression", "zip")
    pairs = zip(spec.channelnames, kinds, strict=True)
    return hidden, tuple(name for name, kind in pairs if kind == "uint")


def spare_data(spec: oiio.ImageSpec) -> None:
    """Compress a part of an EXR without loss where the source's compression would round data.

    DWA takes every channel called R, G or B for colour, B44 every half.
    """
    method = spec.get_string_attribute("compression").partition(":")[0]
    if method not in ("dwaa", "dwab", "b44", "b44a"):
        return
    declared, part = cryptomattes_of(spec), part_name(spec)
    for index, name in enumerate(spec.channelnames):
        layer, channel = split_name(name)
        half = str(spec.channelformat(index)) == "half"
        rounded = channel in _DWA_COLORS if method.startswith("dwa") else half
        if rounded and is_data_layer(layer or part, declared):
            spec.attribute("compression", "zip")
            return


def _name_light(
    spec: oiio.ImageSpec, space: ColorSpace, format_name: str, *, same_format: bool
) -> None:
    """Tag the colour space of a file that holds another than the source's tags say."""
    if format_name != "openexr":
        if not same_format:  # what the user says of a file is no reason to undo its tags
            _erase(spec, _COLOR_TAGS)
        codes = cicp_of_space(space) if format_name in _HOLD_CODES and same_format else ()
        if codes:
            _erase(spec, _COLOR_TAGS)
            spec.attribute("CICP", "int[4]", codes)
        return
    _erase(spec, _COLOR_TAGS)
    interop_id, primaries = id_of_space(space), primaries_of_space(space)
    if interop_id:
        spec.attribute("colorInteropID", interop_id)
    if primaries and is_linear(space):
        spec.attribute("chromaticities", "float[8]", primaries)


def _declares_light(source: Header) -> bool:
    """Whether an EXR says what its light is; an assumption is nothing to put into files."""
    tags = source.tags
    return bool(tags.interop_id not in UNKNOWN or tags.aces_container or source.chromaticities)


def _complete_tags(spec: oiio.ImageSpec, space: ColorSpace) -> None:
    """Add the tags that an EXR lacks of its space, and correct those that contradict it."""
    interop_id, primaries = id_of_space(space), primaries_of_space(space)
    if interop_id and spec.get_string_attribute("colorInteropID") in UNKNOWN:
        spec.attribute("colorInteropID", interop_id)
    if not primaries:
        return
    stored = spec.getattribute("chromaticities") or ()
    # An ACES container has them exactly, or its writer refuses.
    if is_linear(space) and (is_flagged(spec) or not are_alike(stored, primaries)):
        spec.attribute("chromaticities", "float[8]", primaries)
    elif stored and not are_alike(stored, primaries):
        spec.erase_attribute("chromaticities")


def _erase(spec: oiio.ImageSpec, pattern: str) -> None:
    """Erase attributes by a regular expression: OpenImageIO's patterns lack ``|``."""
    for name in [each.name for each in spec.extra_attribs]:
        if re.fullmatch(pattern, name):
            spec.erase_attribute(name)


def _set_bits(spec: oiio.ImageSpec, depth: Depth, source_bits: int) -> None:
    """Keep 10, 12 and 14-bit samples; 1 to 4-bit samples become 8-bit."""
    spec.erase_attribute("oiio:BitsPerSample")
    if depth == "uint10" or (depth == "uint16" and 8 < source_bits < 16):
        spec.attribute("oiio:BitsPerSample", source_bits or 10)


def _set_compression(spec: oiio.ImageSpec, format_name: str) -> None:
    if format_name == "jpeg":
        spec.attribute("compression", "jpeg:95")
        spec.attribute("jpeg:subsampling", "4:4:4")  # painted edges are sharp in colour too
    elif format_name == "png":
        spec.attribute("png:compressionLevel", 2)  # above 3: much slower, hardly smaller
    elif format_name == "webp":
        spec.attribute("compression", "lossless")
    elif format_name == "tiff":
        if spec.get_string_attribute("compression") not in _TIFF_LOSSLESS:
            spec.attribute("compression", "zip")
    elif format_name == "openexr" and not spec.get_string_attribute("compression"):
        spec.attribute("compression", "zip")
