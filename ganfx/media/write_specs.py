"""What a written file says about itself: its header, from the source's."""

from __future__ import annotations

import re
from collections.abc import Sequence

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import UsageError
from ganfx.media.color_conversion import Recoding
from ganfx.media.color_spaces import ColorSpace
from ganfx.media.exr_header import TYPE_BLIND_COMPRESSIONS
from ganfx.media.formats import Depth
from ganfx.media.headers import Header

HOLDS: dict[str, tuple[Depth, ...]] = {
    "png": ("uint8", "uint16"),
    "jpeg": ("uint8",),
    "tiff": ("uint8", "uint16", "float"),
    "openexr": ("half", "float"),
    "dpx": ("uint8", "uint10", "uint16"),
    "webp": ("uint8",),
    "targa": ("uint8",),
    "hdr": ("float",),
    "bmp": ("uint8",),
    "jpegxl": ("uint8", "uint16", "half"),  # its writer refuses floats beyond halves
}
"""The depths that can be written, by format."""

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
_TIFF_LOSSLESS = ("none", "lzw", "zip", "packbits")

# Facts of the file that was read, not of the picture: about to be untrue.
_NOT_COPIED = r"oiio:(subimages|UnassociatedAlpha)|tiff:(Compression|Photometric.*|ColorSpace)"
_NOT_CONVERTED = (
    r"(openexr|png|jpeg|jpegxl|tiff|dpx|webp|targa|hdr|bmp):.*"
    r"|compression|planarconfig|textureformat|wrapmodes|fovcot|name|view|multiView|screenWindow.*"
)
_PROFILE = r"ICCProfile.*"
_COLOR_CLAIMS = _PROFILE + r"|CICP|oiio:ColorSpace|chromaticities|jpeg:ColorSpace"
# The writer of JPEG XL takes these for RGB alone. Grey integers are sRGB without, halves light.
_GRAY_REFUSES = r"CICP|oiio:ColorSpace"

# Formats whose writers would put the time of writing in: two renders of a frame would differ.
_DATED = ("openexr", "tiff")
_NO_DATE = "2000:01:01 00:00:00"


def written_depth(format_name: str, source: Depth, asked: Depth | None) -> Depth:
    """The depth to write: ``asked``, else the source's or what comes nearest to it.

    Raises:
        UsageError: If the format cannot hold the depth that was asked for.
    """
    holds = HOLDS[format_name]
    if asked is None:
        return next(depth for depth in _NEAREST[source] if depth in holds)
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
    recoding: Recoding,
    gray: bool,
) -> oiio.ImageSpec:
    """The source's header, less what will not be true of the written file.

    Channels, size and `oiio:UnassociatedAlpha` are set by the caller.
    """
    spec = oiio.ImageSpec(spec)
    same_format = format_name == source.format
    bits = spec.get_int_attribute("oiio:BitsPerSample") if same_format else 0
    _erase(spec, _NOT_COPIED)
    if not same_format:
        _erase(spec, _NOT_CONVERTED)
        spec.tile_width = spec.tile_height = spec.tile_depth = 0
    if recoding.claim:
        _erase(spec, _COLOR_CLAIMS)
        spec.attribute("oiio:ColorSpace", recoding.claim)
    elif recoding.space is not None and not same_format:
        _name_light(spec, recoding.space, format_name)
    elif source.color == "cmyk" or (source.color == "grey" and not gray):
        _erase(spec, _PROFILE)  # it is of another colour model
    if gray and format_name == "jpegxl":
        _erase(spec, _GRAY_REFUSES)
    _set_bits(spec, depth, bits if depth == source.depth else 0)
    _set_compression(spec, format_name)
    set_date(spec, format_name)
    return spec


def sample_bits(spec: oiio.ImageSpec) -> int:
    """Bits of a sample that is stored in fewer than its 16 bits (DPX, TIFF); else 16."""
    return int(spec.get_int_attribute("oiio:BitsPerSample", 16))


def set_date(spec: oiio.ImageSpec, format_name: str) -> None:
    """Keep the source's date; where there is none, keep the clock out of the file."""
    if format_name in _DATED and not spec.get_string_attribute("DateTime"):
        spec.attribute("DateTime", _NO_DATE)


def set_channels(spec: oiio.ImageSpec, names: Sequence[str], kinds: Sequence[str]) -> None:
    """Say which channels there are, and their types (one of OpenImageIO's for each)."""
    mixed = len(set(kinds)) > 1
    spec.nchannels = len(names)
    spec.channelnames = tuple(names)
    spec.set_format(oiio.TypeDesc("float" if mixed else kinds[0]))
    spec.channelformats = tuple(oiio.TypeDesc(kind) for kind in kinds) if mixed else ()
    lower = [name.lower() for name in names]
    spec.alpha_channel = lower.index("a") if "a" in lower else -1
    spec.z_channel = lower.index("z") if "z" in lower else -1


def hide_integers(spec: oiio.ImageSpec) -> tuple[oiio.ImageSpec, tuple[str, ...]]:
    """A copy with integer channels called float, and their names: see `exr_header`."""
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


def _name_light(spec: oiio.ImageSpec, space: ColorSpace, format_name: str) -> None:
    """Say what light a file of another format holds, as far as it can."""
    _erase(spec, _COLOR_CLAIMS)
    if format_name == "openexr" and space.chromaticities:
        spec.attribute("chromaticities", "float[8]", space.chromaticities)


def _erase(spec: oiio.ImageSpec, pattern: str) -> None:
    """Erase the attributes of a pattern's names: OpenImageIO's own patterns know no ``|``."""
    for name in [each.name for each in spec.extra_attribs]:
        if re.fullmatch(pattern, name):
            spec.erase_attribute(name)


def _set_bits(spec: oiio.ImageSpec, depth: Depth, source_bits: int) -> None:
    """Keep 10, 12 and 14-bit samples; 1 to 4-bit ones become 8."""
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
