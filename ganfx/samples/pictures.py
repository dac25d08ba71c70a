"""Sets of sample pictures to learn from, by name."""

from __future__ import annotations

from ganfx.errors import UsageError, nearest
from ganfx.media.arrays import ImageU8
from ganfx.samples.scene import still
from ganfx.samples.teachers import TEACHERS, teach

PREFIX = "samples:"
SCENES = "scenes"
SIZE = (384, 256)
_SETS = 1_000_000  # scenes that a set may have before it meets the next seed's


def sample_pictures(
    source: str, count: int, *, size: tuple[int, int] = SIZE, seed: int, first: int = 0
) -> list[ImageU8]:
    """Render a set of pictures.

    Args:
        source: ``samples:scenes`` for photos; for art ``samples:noir``, ``samples:anime``,
            ``samples:ink``, ``samples:watercolor`` or ``samples:impressionist``. Art never
            shows a scene of the photos of any seed: nothing is paired.
        count: How many; a longer set begins with the shorter one.
        size: Width and height in pixels.
        seed: Another seed is another set.
        first: Where in the set to begin, to render a long one piece by piece.

    Returns:
        ``count`` pictures ``(H, W, 3)``, uint8 sRGB.

    Raises:
        UsageError: If the source is unknown or the size cannot be rendered.
    """
    name = _set_name(source)
    seeds = [2 * (seed * _SETS + i) for i in range(first, first + count)]
    if name == SCENES:
        return [still(seed, *size) for seed in seeds]
    return [teach(name, still(seed + 1, *size), seed=seed + 1) for seed in seeds]


def _set_name(source: str) -> str:
    known = [PREFIX + name for name in (SCENES, *TEACHERS)]
    if source not in known:
        near = nearest(source, known)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
        raise UsageError(f"unknown samples '{source}'", hint=hint)
    return source.removeprefix(PREFIX)
