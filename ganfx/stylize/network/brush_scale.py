"""Size of the brush: how large a network sees a picture."""

from __future__ import annotations

from ganfx.preset import ScaleConfig
from ganfx.stylize.declared.kinds import SCALES, Scale

LINES = 1080
"""Picture height that ``auto`` relates to, of styles that name none."""
LARGEST = 48_000_000
"""Pixels above which a brush has so many pixels again: such pictures are done in strips."""
NEAR = 0.05
"""Share by which a picture may differ from the height before it is resampled."""


def brush_scale(asked: Scale, style: ScaleConfig, height: int, width: int) -> float:
    """Factor by which a picture is reduced for the network, and its result enlarged.

    Args:
        asked: A factor; ``auto``; or None for the style's.
        style: The style's.
        height: Of the picture, in pixels.
        width: Likewise.
    """
    if isinstance(asked, float | int):
        return float(asked)
    lines = reference_lines(asked, style)
    if lines is None or height * width > LARGEST:
        return 1.0
    ratio = height / lines
    if abs(ratio - 1.0) <= NEAR:
        return 1.0
    low, high = SCALES
    share: float = ratio ** (style.below if ratio < 1.0 else style.above)
    return min(high, max(low, share))


def reference_lines(asked: Scale, style: ScaleConfig) -> int | None:
    """The height at which a look has its own size; None if it has that at any."""
    return style.lines or (LINES if asked == "auto" else None)


def recorded_scale(asked: Scale, style: ScaleConfig) -> float | list[float]:
    """Value for fingerprints: a factor, or the height and exponents that it follows from."""
    if isinstance(asked, float | int):
        return float(asked)
    lines = reference_lines(asked, style)
    return 1.0 if lines is None else [float(lines), style.below, style.above]
