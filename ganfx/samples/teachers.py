"""The teachers: classical stylisers that turn any photograph into art to learn from."""

from __future__ import annotations

import numpy as np

from ganfx.errors import UsageError, nearest
from ganfx.media.arrays import ImageU8
from ganfx.media.portable import use_portable_opencv
from ganfx.samples.anime import anime
from ganfx.samples.impressionist import impressionist
from ganfx.samples.ink import ink
from ganfx.samples.noir import noir
from ganfx.samples.noise import chance
from ganfx.samples.watercolor import watercolor

_PAINTERS = {
    "noir": noir,
    "anime": anime,
    "ink": ink,
    "watercolor": watercolor,
    "impressionist": impressionist,
}
TEACHERS = tuple(_PAINTERS)
"""Names of the teachers."""
SMALLEST = 16
"""Pixels that a picture must have on each side: below that there is nothing to paint."""


def teach(teacher: str, picture: ImageU8, *, seed: int = 0) -> ImageU8:
    """Paint a picture in a teacher's style.

    Args:
        teacher: One of `TEACHERS`.
        picture: ``(H, W, 3)`` uint8 sRGB, at least `SMALLEST` pixels on each side.
        seed: 0 paints plainly; other seeds print mid-tones a little lighter or darker, as
            no two prints are alike.

    Returns:
        The painting: the same shape and type.

    Raises:
        UsageError: If the teacher is unknown or the picture too small.
    """
    check_teacher(teacher)
    if min(picture.shape[:2]) < SMALLEST:
        size = f"{picture.shape[1]}x{picture.shape[0]}"
        raise UsageError(f"a picture of {size} pixels is too small: {SMALLEST} are needed per side")
    use_portable_opencv()
    painting = _PAINTERS[teacher](picture)
    if seed == 0:
        return painting
    exponent = 2.0 ** chance(seed, 101, -0.15, 0.15)
    tones = np.floor(255.0 * (np.arange(256) / 255.0) ** exponent + 0.5).astype(np.uint8)
    print_: ImageU8 = tones[painting]
    return print_


def check_teacher(teacher: str) -> None:
    """Refuse a teacher that there is not, naming the nearest one (UsageError)."""
    if teacher not in TEACHERS:
        near = nearest(teacher, TEACHERS)
        hint = f"did you mean {near}?" if near else f"teachers: {', '.join(TEACHERS)}"
        raise UsageError(f"unknown teacher '{teacher}'", hint=hint)
