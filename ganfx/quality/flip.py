"""FLIP: how different two pictures look to somebody who flips between them.

Andersson et al., "FLIP: A Difference Evaluator for Alternating Images" (2020), as
OpenImageIO computes it for display-referred pictures: at 67 pixels per degree, as a 4K screen
of 0.7 m has them at 0.7 m.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from numpy.typing import NDArray

from ganfx.errors import GanfxError
from ganfx.media.arrays import ImageU8

LINEAR = "lin_rec709_scene"
"""What pixels are handed over as: of untagged ones it would be assumed."""


def flip_map(reference: ImageU8, picture: ImageU8) -> NDArray[np.float32]:
    """Where two pictures look different, and how much.

    Args:
        reference: ``(H, W, 3)`` uint8 sRGB.
        picture: The same shape.

    Returns:
        ``(H, W)``, 0 to 1: 0 where nothing is seen.

    Raises:
        ValueError: If the shapes differ: OpenImageIO would take what is missing for black.
        GanfxError: If this OpenImageIO has no FLIP.
    """
    if reference.shape != picture.shape:
        raise ValueError(f"expected equal shapes, got {reference.shape} and {picture.shape}")
    # One thread: the order of sums must not depend on the machine.
    found = _flip()(_as_light(reference), _as_light(picture), hdr=0, nthreads=1)
    if found.has_error:
        raise GanfxError(f"FLIP: {found.geterror()}")
    return np.asarray(found.get_pixels(oiio.FLOAT)[..., 0], dtype=np.float32)


def _flip() -> Callable[..., Any]:
    try:
        found: Callable[..., Any] = oiio.ImageBufAlgo.FLIP_diff
    except AttributeError:
        raise GanfxError(
            f"OpenImageIO {oiio.VERSION_STRING} has no FLIP",
            hint="python -m pip install --upgrade OpenImageIO",
        ) from None
    return found


def _as_light(picture: ImageU8) -> oiio.ImageBuf:
    height, width = picture.shape[:2]
    spec = oiio.ImageSpec(width, height, 3, oiio.FLOAT)
    spec.attribute("oiio:ColorSpace", LINEAR)
    buffer = oiio.ImageBuf(spec)
    buffer.set_pixels(oiio.ROI(), _LIGHT[picture])
    return buffer


def _light_of_codes() -> NDArray[np.float32]:
    """Linear light of each sRGB code (IEC 61966-2-1)."""
    codes = np.arange(256) / 255.0
    light = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


_LIGHT = _light_of_codes()
