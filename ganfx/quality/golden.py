"""Comparison with approved pictures, or with another version (``ganfx evaluate golden``).

What is seen is measured by FLIP on 8-bit sRGB; what is stored, value by value, as it is stored.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError
from ganfx.media.frame_reading import Part, read_frame, to_floats
from ganfx.media.frames import read_picture
from ganfx.quality.flip import flip_map
from ganfx.quality.pairing import matched, refuse_other_size
from ganfx.quality.sampling import spread


@dataclass(frozen=True)
class GoldenScore:
    """Of one picture."""

    picture: Path
    golden: Path
    flip: float
    """Mean FLIP, 0 to 1: how different it looks."""
    most_flip: float
    """Of the pixel that looks most different."""
    error: float
    """Largest difference of a stored value, of integers as 0 to 1; infinite where one of both
    is not a number."""
    differing: float
    """Share of pixels that are not the same in all channels."""


def evaluate_golden(
    golden: Path, output: Path, *, most: int | None = None
) -> Generator[GoldenScore, None, None]:
    """Compare pictures with those of the same names.

    Args:
        golden: A folder of pictures as they should be.
        output: A folder with the same ones; it may have more.
        most: How many are compared, evenly spread; by default all.

    Raises:
        UsageError: A folder is none, or ``output`` lacks pictures.
        MediaError: One cannot be read, or has another size or other channels.
    """
    pairs = matched([golden, output], all_of_first=True)
    for one, other in spread(list(pairs.values()), most or len(pairs)):
        yield compared(one, other)


def compared(golden: Path, picture: Path) -> GoldenScore:
    """One picture with another."""
    seen = [read_picture(path) for path in (golden, picture)]
    refuse_other_size(picture, seen[1], golden, seen[0])
    found = flip_map(*seen)
    apart = _apart(golden, picture)
    return GoldenScore(
        picture=picture,
        golden=golden,
        flip=float(found.mean(dtype=np.float64)),
        most_flip=float(found.max()),
        error=float(apart.max()),
        differing=float((apart > 0).mean()),
    )


def _apart(golden: Path, picture: Path) -> NDArray[np.float64]:
    """The largest difference of each pixel's channels, ``(H, W)``."""
    one, other = (_stored(path) for path in (golden, picture))
    names = [" ".join(part.spec.channelnames) for part in (one, other)]
    if names[0] != names[1] or one.pixels.shape != other.pixels.shape:
        raise MediaError(
            f"{picture}: channels {names[1]}, and {golden} has {names[0]}",
            hint="compare files that store the same channels and window",
        )
    values = [to_floats(part.pixels).astype(np.float64) for part in (one, other)]
    with np.errstate(invalid="ignore"):  # infinite less infinite
        apart = np.abs(values[0] - values[1])
    same = (values[0] == values[1]) | (np.isnan(values[0]) & np.isnan(values[1]))
    apart[same] = 0.0
    apart[np.isnan(apart)] = np.inf
    return np.asarray(apart.max(axis=-1))


def _stored(path: Path) -> Part:
    return read_frame(path).stored.part
