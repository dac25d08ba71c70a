"""From the colours that a frame was read in to those of the file that it becomes.

A file of its source's format and kind of depth keeps its source's colours, to the bit, as
do formats that can hold the same: EXR and float TIFF any light, others an ICC profile. Grey
that becomes RGB has to leave a profile of grey behind. What else is written is what every
reader takes it for: sRGB in integers, light with Rec. 709 primaries in floating point. To
that, colours are converted from whatever they are in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ganfx.media.arrays import ImageF32
from ganfx.media.color import display_to_linear, linear_to_display
from ganfx.media.color_spaces import ColorSpace, light_of
from ganfx.media.formats import Depth
from ganfx.media.headers import Header
from ganfx.media.icc import has_effect, to_light, to_srgb

_HOLD_PROFILES = ("png", "jpeg", "tiff", "webp", "jpegxl")
_HOLD_ANY_LIGHT = ("openexr", "tiff")  # the others are Rec. 709 by their definition or label
_CLAIMS = {"light": "lin_rec709_scene", "display": "srgb_rec709_scene"}


@dataclass(frozen=True)
class Recoding:
    """How colours change on the way into a file."""

    target: Literal["kept", "light", "display"]
    """What the file holds: what was read, Rec. 709 light, or sRGB."""
    linear: bool = False
    """Whether light was read, where no space says more."""
    space: ColorSpace | None = None
    """What was read is encoded in, where it is not plain light or sRGB."""
    profile: bytes | None = None
    """ICC profile of what was read, where it is not sRGB as it is."""

    @property
    def claim(self) -> str:
        """OpenImageIO's name for the colours of the file; "" where they are the source's."""
        return _CLAIMS.get(self.target, "")

    @property
    def mixes(self) -> bool:
        """Whether a channel may depend on the others."""
        return self.target != "kept" and (self.space is not None or self.profile is not None)

    def apply(self, rgb: ImageF32) -> ImageF32:
        """``(H, W, 3)`` as read, to ``(H, W, 3)`` as the file holds it, before any clipping."""
        if self.target == "kept":
            return rgb
        if self.space is not None and not self.space.is_display:
            light = self.space.to_light(rgb)
            return light if self.target == "light" else linear_to_display(light)
        if self.target == "display":
            return linear_to_display(rgb) if self.linear else to_srgb(rgb, self.profile)
        if self.linear:
            return rgb
        return to_light(rgb, self.profile) if self.profile else display_to_linear(rgb)


def find_recoding(
    header: Header, space: ColorSpace | None, format_name: str, depth: Depth, *, same_model: bool
) -> Recoding:
    """What a file of a format and depth takes.

    Args:
        header: Of the source.
        space: What a user says that the source is encoded in; None goes by its header.
        format_name: OpenImageIO's, of the file to be.
        depth: Of the file to be.
        same_model: Whether grey stays grey and RGB RGB in the file that is written, so that a
            profile still fits.
    """
    linear = depth in ("half", "float")
    found = space or light_of(header)
    profile = None if found or header.scene_linear else header.profile
    profile = profile if has_effect(profile) else None
    if linear:
        fits = found is None or format_name in _HOLD_ANY_LIGHT
    else:
        fits = found is None and (profile is None or (same_model and format_name in _HOLD_PROFILES))
    same_format = format_name == header.format and (profile is None or same_model)
    if linear == header.scene_linear and (same_format or fits):
        return Recoding("kept", space=found, profile=profile)
    light = header.scene_linear and found is None
    return Recoding("light" if linear else "display", light, found, profile)
