"""Backgrounds of transparent pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import UsageError
from ganfx.media.color import display_to_linear

Color = tuple[float, float, float]
"""Red, green and blue, sRGB-encoded, 0 to 1."""
WHITE: Color = (1.0, 1.0, 1.0)


def parse_color(text: str, option: str) -> Color:
    """A colour by its name in CSS, or as ``#rrggbb``.

    Args:
        text: Such as "white" or "#f0e8d8".
        option: For the message: "--background".

    Raises:
        UsageError: It is no colour.
    """
    from PIL import ImageColor

    try:
        red, green, blue = ImageColor.getrgb(text)[:3]
    except ValueError:
        raise UsageError(
            f"{option} {text}: not a colour", hint="a name such as white, or #rrggbb"
        ) from None
    return (red / 255, green / 255, blue / 255)


def put_on(
    colors: NDArray[np.float32],
    alpha: NDArray[np.float32],
    background: Color,
    *,
    associated: bool,
    scene_linear: bool,
) -> NDArray[np.float32]:
    """Composite a picture over one colour, in the picture's own encoding.

    Args:
        colors: ``(H, W, 1 or 3)``; multiplied by alpha if ``associated``.
        alpha: ``(H, W)``, 0 to 1.
        background: sRGB-encoded.
        associated: Whether colour on alpha 0 is light of its own, and added.
        scene_linear: Whether ``colors`` are light, or display-encoded.

    Returns:
        ``(H, W, 3)``.

    Source: Porter and Duff, "Compositing Digital Images" (1984), the operator over.
    """
    behind = np.array(background, np.float32)
    if scene_linear:
        behind = display_to_linear(behind)
    cover = np.clip(alpha, 0.0, 1.0)[..., np.newaxis]
    ahead = colors if associated else colors * cover
    composite: NDArray[np.float32] = ahead + behind * (np.float32(1.0) - cover)
    return composite
