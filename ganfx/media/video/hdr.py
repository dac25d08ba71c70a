"""HDR10 static metadata: mastering display and content light levels (MaxCLL, MaxFALL)."""

from __future__ import annotations

import struct
from typing import NamedTuple

import av
from av.sidedata.sidedata import Type

from ganfx.media.video.side_data import side_data

_MASTERING = "=20i2i"  # FFmpeg's AVMasteringDisplayMetadata: 10 fractions, 2 flags
_LIGHT = "=2I"  # AVContentLightMetadata
_CHROMATICITY, _LUMINANCE = 50_000, 10_000  # units to 1 and to 1 cd/m² in SMPTE ST 2086


class Mastering(NamedTuple):
    """Mastering display colour volume, in the units of SMPTE ST 2086."""

    red: tuple[int, int]  # x, y in 1/50000
    green: tuple[int, int]
    blue: tuple[int, int]
    white: tuple[int, int]
    luminance: tuple[int, int]  # minimum and maximum, in 1/10000 cd/m²


class StaticHdr(NamedTuple):
    """HDR10 static metadata of a stream."""

    mastering: Mastering | None
    light: tuple[int, int] | None  # MaxCLL and MaxFALL, in cd/m²


def static_hdr(frame: av.VideoFrame) -> StaticHdr | None:
    """Static metadata of a decoded frame; None without a complete set."""
    display = side_data(frame, Type.MASTERING_DISPLAY_METADATA)
    levels = side_data(frame, Type.CONTENT_LIGHT_LEVEL)
    mastering = None if display is None else _mastering(display)
    most, average = (0, 0) if levels is None else struct.unpack_from(_LIGHT, levels)
    light = (most, average) if most or average else None
    return StaticHdr(mastering, light) if mastering or light else None


def x265_parameters(hdr: StaticHdr) -> str:
    """Static metadata as ``x265-params`` of libx265."""
    parts = []
    if hdr.mastering:
        red, green, blue, white, (least, most) = hdr.mastering
        named = zip(
            ("G", "B", "R", "WP", "L"), (green, blue, red, white, (most, least)), strict=True
        )
        parts.append("master-display=" + "".join(f"{name}({x},{y})" for name, (x, y) in named))
    if hdr.light:
        parts.append("max-cll={},{}".format(*hdr.light))
    return ":".join(parts)


def _mastering(data: bytes) -> Mastering | None:
    *fractions, has_primaries, has_luminance = struct.unpack_from(_MASTERING, data)
    if not (has_primaries and has_luminance and all(fractions[1::2])):
        return None
    values = [top / bottom for top, bottom in zip(fractions[::2], fractions[1::2], strict=True)]
    codes = [round(value * _CHROMATICITY) for value in values[:8]]
    codes += [round(value * _LUMINANCE) for value in values[8:]]
    pairs = list(zip(codes[::2], codes[1::2], strict=True))
    return Mastering(*pairs)
