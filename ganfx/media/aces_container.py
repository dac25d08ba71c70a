"""ACES container files (SMPTE ST 2065-4): an EXR flag that promises more than EXR does.

OpenImageIO refuses to write a file that has the flag and is no such container.
"""

from __future__ import annotations

import numpy as np
import OpenImageIO as oiio  # noqa: N813

FLAG = "acesImageContainerFlag"
_COLORS = {"R", "G", "B"}
_CHANNELS = (_COLORS, _COLORS | {"A"})
_SPACE = "lin_ap0_scene"
_PRIMARIES = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)  # and white: ACES2065-1


def keep_flag_if_true(spec: oiio.ImageSpec) -> None:
    """Erase the flag from the header of a file that is no ACES container."""
    if why_no_container(spec):
        spec.erase_attribute(FLAG)


def is_flagged(spec: oiio.ImageSpec) -> bool:
    """Whether a header says that its file is an ACES container."""
    return bool(spec.get_int_attribute(FLAG) == 1)


def why_no_container(spec: oiio.ImageSpec) -> str:
    """Why a file is no ACES container: "its compression is zip"; "" for nothing."""
    compression = spec.get_string_attribute("compression") or "zip"
    kinds = {str(spec.channelformat(channel)) for channel in range(spec.nchannels)}
    if kinds != {"half"}:
        return f"it holds {' and '.join(sorted(kinds))}, not half"
    if compression != "none":
        return f"its compression is {compression}, not none"
    if not _has_right_channels(spec):
        return f"it has channels {', '.join(spec.channelnames)}, not R, G, B and A alone"
    if spec.tile_width:
        return "it is stored in tiles"
    return "" if _is_in_aces(spec) else "its colours are not ACES2065-1"


def _has_right_channels(spec: oiio.ImageSpec) -> bool:
    """R, G, B and perhaps A; of both eyes in stereo files."""
    left = {name.removeprefix("left.") for name in spec.channelnames if name.startswith("left.")}
    base = {name for name in spec.channelnames if not name.startswith("left.")}
    return base in _CHANNELS and left in (set(), base)


def _is_in_aces(spec: oiio.ImageSpec) -> bool:
    spaces = {spec.get_string_attribute(name) for name in ("oiio:ColorSpace", "colorInteropID")}
    if not spaces <= {"", _SPACE}:
        return False
    primaries = spec.getattribute("chromaticities") or _PRIMARIES  # without: by the flag
    return np.array_equal(
        np.asarray(primaries, "f4"), np.asarray(_PRIMARIES, "f4")
    )  # as the writer compares
