"""A look's texture with the plate's own colour."""

from __future__ import annotations

import numpy as np

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of


def with_plate_color(styled: ImageF32, plate: ImageF32) -> ImageF32:
    """Light and texture of a stylised picture, hue and colourfulness of the plate.

    Args:
        styled: ``(H, W, 3)`` float32, display-encoded in [0, 1].
        plate: The same shape: the picture before the look.

    Returns:
        The same shape, in [0, 1]. Luma is that of ``styled`` throughout; where colour
        would leave the range, in blacks and whites, there is less of it.
    """
    light = luma_of(styled)[..., np.newaxis]
    color = plate - luma_of(plate)[..., np.newaxis]
    # How much colour there is room for: a channel reaches 0 or 1 at most.
    room = np.where(color > 0, 1 - light, light) / np.maximum(np.abs(color), 1e-6)
    share = np.minimum(room.min(axis=-1, keepdims=True), np.float32(1.0))
    result: ImageF32 = np.clip(light + share * color, 0.0, 1.0)
    return result
