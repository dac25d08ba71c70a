"""Coding-independent code points (ITU-T H.273): colour of videos, and of PNG's ``cICP``."""

from __future__ import annotations

from ganfx.errors import MediaError
from ganfx.media.color_spaces import DISPLAY, REC709, SRGB_CURVE, ColorSpace

UNSPECIFIED = 2
_PQ, _HLG = 16, 18
_WIDE, _P3 = 9, 12
_PRIMARIES = {  # H.273, table 2: x and y of red, green, blue and white
    1: REC709,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.31, 0.316),  # NTSC 1953
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, 0.31, 0.316),  # film
    _WIDE: (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329),  # BT.2020
    11: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351),  # DCI P3
    _P3: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329),  # P3 D65
}
_NAMES = {1: "Rec.709", 4: "NTSC 1953", 8: "film", _WIDE: "Rec.2020", 11: "P3-DCI", _P3: "P3-D65"}
# Those of standard definition are so close to Rec. 709's that viewers take them for these.
_AS_REC709 = (UNSPECIFIED, 0, 5, 6, 7, 22)
_AS_SRGB = (UNSPECIFIED, 0, 1, 6, 7, 11, 13, 14, 15)  # cameras' curves: shown as they are
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
_HDR = {
    (_WIDE, _PQ): "Rec.2100-PQ - Display",
    (_WIDE, _HLG): "Rec.2100-HLG - Display",
    (_P3, _PQ): "ST2084-P3-D65 - Display",
}


def is_hdr(transfer: int) -> bool:
    """Whether a transfer characteristic is PQ or HLG."""
    return transfer in (_PQ, _HLG)


def space_of_cicp(primaries: int, transfer: int) -> ColorSpace:
    """Colour space of code points.

    Args:
        primaries: Colour primaries.
        transfer: Transfer characteristics. Those of Rec. 709 and its like are shown as they
            are, as players do.

    Raises:
        MediaError: The combination is not supported.
    """
    if is_hdr(transfer):
        primaries = _WIDE if primaries in (UNSPECIFIED, 0) else primaries
        if (primaries, transfer) not in _HDR:
            raise _unsupported(primaries, transfer)
        return ColorSpace(_HDR[primaries, transfer])
    primaries = 1 if primaries in _AS_REC709 else primaries
    gamma = SRGB_CURVE if transfer in _AS_SRGB else _GAMMAS.get(transfer)
    if primaries not in _PRIMARIES or gamma is None:
        raise _unsupported(primaries, transfer)
    if primaries == 1 and gamma == SRGB_CURVE:
        return ColorSpace(DISPLAY)
    curve = "sRGB" if gamma == SRGB_CURVE else "linear" if gamma == 1.0 else f"gamma {gamma:g}"
    return ColorSpace(f"{curve} {_NAMES[primaries]}", None, _PRIMARIES[primaries], gamma)


def _unsupported(primaries: int, transfer: int) -> MediaError:
    return MediaError(
        f"its colour tags (primaries {primaries}, transfer {transfer} of ITU-T H.273) name no"
        " space that ganfx knows: say what it is with --colorspace NAME",
    )
