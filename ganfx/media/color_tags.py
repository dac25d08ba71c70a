"""Color declarations of a picture file, as stored: tags, chunks and header fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.png_color import PngColor, read_png_color

DATA = "data"
"""The ``colorInteropID`` of what is no colour: normals, motion, masks."""
_ADOBE_RGB = "R03"  # DCF 2.0: the interoperability index of an optional file


# TIFF 6.0, PhotometricInterpretation, and its supplements: what OpenImageIO takes for RGB.
_TIFF_MODELS = {
    8: "CIE L*a*b*",
    9: "ICC L*a*b*",
    10: "ITU L*a*b*",
    32803: "a camera's raw mosaic",
    32844: "LogL",
    32845: "LogLuv",
    34892: "a camera's raw light",
}
_INKS = "color separated"  # OpenImageIO's word for inks that are not CMYK


@dataclass(frozen=True)
class ColorTags:
    """Declarations of colour beside chromaticities, film densities and ICC profiles."""

    interop_id: str = ""
    """``colorInteropID`` of an EXR; "" without."""
    aces_container: bool = False
    """Whether an EXR is an ACES container (SMPTE ST 2065-4)."""
    cicp: tuple[int, ...] = ()
    """Primaries, transfer, matrix and range by ITU-T H.273; () without."""
    png: PngColor = field(default_factory=PngColor)
    """Chunks of a PNG."""
    dpx_transfer: str = ""
    """Transfer characteristic of a DPX, by OpenImageIO's name."""
    adobe_rgb: bool = False
    """Whether a camera says Adobe RGB in its Exif tags."""


def read_color_tags(path: Path, format_name: str, spec: oiio.ImageSpec) -> ColorTags:
    """Read the colour tags of an open file.

    Args:
        path: The file.
        format_name: OpenImageIO's name of its format.
        spec: Of the part with the picture.
    """
    exr = format_name == "openexr"
    png = read_png_color(path) if format_name == "png" else PngColor()
    return ColorTags(
        interop_id=spec.get_string_attribute("colorInteropID") if exr else "",
        aces_container=exr and spec.get_int_attribute("acesImageContainerFlag") == 1,
        cicp=tuple(int(code) for code in spec.getattribute("CICP") or png.cicp),
        png=png,
        dpx_transfer=spec.get_string_attribute("dpx:Transfer"),
        adobe_rgb=spec.get_string_attribute("Exif:InteroperabilityIndex") == _ADOBE_RGB,
    )


def refuse_color_model(path: Path, spec: oiio.ImageSpec) -> None:
    """Raise `MediaError` for a TIFF of a colour model that would be taken for RGB."""
    number = spec.get_int_attribute("tiff:PhotometricInterpretation", -1)
    model = _TIFF_MODELS.get(number, "")
    if spec.get_string_attribute("tiff:ColorSpace") == _INKS:
        model = "inks other than cyan, magenta, yellow and black"
    if model:
        raise MediaError(f"{path} is a TIFF of {model}", hint="convert it to RGB first")
