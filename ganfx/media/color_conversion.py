"""Colour conversion of a frame for the file format that it is written to.

A file of the source's format and kind of depth keeps its colours bit for bit, as do formats
that can tag the same colour space: EXR and float TIFF any linear light, others an ICC profile.
A profile for grey does not fit a picture that becomes RGB. Otherwise colours are converted to
the format's default: sRGB in integers, linear Rec. 709 in floating point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ganfx.media.arrays import ImageF32
from ganfx.media.color import display_to_linear, linear_to_display
from ganfx.media.color_spaces import ColorSpace
from ganfx.media.file_color import declared_space
from ganfx.media.formats import Depth
from ganfx.media.headers import Header
from ganfx.media.icc import has_effect, to_linear, to_srgb

_HOLD_PROFILES = ("png", "jpeg", "tiff", "webp", "jpegxl")
_HOLD_ANY_LIGHT = ("openexr", "tiff")  # the others are Rec. 709 by their definition or label
_OIIO_COLOR_SPACES = {"linear": "lin_rec709_scene", "display": "srgb_rec709_scene"}


@dataclass(frozen=True)
class ColorConversion:
    """Conversion from the colours of a decoded frame to those of the written file."""

    target: Literal["kept", "linear", "display"]
    """Encoding of the file: the source's own, linear Rec. 709, or sRGB."""
    linear: bool = False
    """Whether the frame is scene-linear, where ``space`` is None."""
    space: ColorSpace | None = None
    """Colour space of the frame, where it is neither linear Rec. 709 nor sRGB."""
    profile: bytes | None = None
    """ICC profile of the frame, where it is not equivalent to sRGB."""
    is_told: bool = False
    """Whether ``space`` is not what the frame's file declares."""

    @property
    def oiio_color_space(self) -> str:
        """OpenImageIO's name of the file's colour space; "" where the source's is kept."""
        return _OIIO_COLOR_SPACES.get(self.target, "")

    @property
    def mixes_channels(self) -> bool:
        """Whether a converted channel may depend on the other channels."""
        return self.target != "kept" and (self.space is not None or self.profile is not None)

    def apply(self, rgb: ImageF32) -> ImageF32:
        """Convert ``(H, W, 3)`` float32 from the frame's encoding to the file's, unclipped."""
        if self.target == "kept":
            return rgb
        if self.space is not None and not self.space.is_display:
            light = self.space.to_linear(rgb)
            return light if self.target == "linear" else linear_to_display(light)
        if self.target == "display":
            return linear_to_display(rgb) if self.linear else to_srgb(rgb, self.profile)
        if self.linear:
            return rgb
        return to_linear(rgb, self.profile) if self.profile else display_to_linear(rgb)


def find_conversion(
    header: Header, space: ColorSpace | None, format_name: str, depth: Depth, *, same_model: bool
) -> ColorConversion:
    """Find the conversion that a file of a format and depth needs.

    Args:
        header: Header of the source.
        space: Colour space of the source as the user gives it; None goes by the header.
        format_name: OpenImageIO's name of the written format.
        depth: Depth of the written file.
        same_model: Whether the written file has the source's colour model (grey or RGB), so
            that its profile still fits.
    """
    linear = depth in ("half", "float")
    studio = None if space is None or space.config is None else str(space.config)
    declared = declared_space(header, studio)
    found = space or declared
    profile = None if found or header.scene_linear else header.profile
    profile = profile if has_effect(profile) else None
    if linear:
        fits = found is None or format_name in _HOLD_ANY_LIGHT
    else:
        fits = found is None and (profile is None or (same_model and format_name in _HOLD_PROFILES))
    same_format = format_name == header.format and (profile is None or same_model)
    if linear == header.scene_linear and (same_format or fits):
        told = found is not None and found != declared
        return ColorConversion("kept", space=found, profile=profile, is_told=told)
    light = header.scene_linear and found is None
    return ColorConversion("linear" if linear else "display", light, found, profile)
