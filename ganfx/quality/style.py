"""Style evaluation: how near pictures came to art, beside what is to be had for nothing.

Two baselines stand in the same table: the photos untouched, which keep everything and come no
nearer, and copies of the art, which are the art and keep nothing (``ganfx evaluate style``).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_picture
from ganfx.media.portable import use_portable_opencv
from ganfx.quality.appearance import SIDE, paired, read_art, refuse_small
from ganfx.quality.metrics import structure, style_distance
from ganfx.quality.pairing import refuse_other_size
from ganfx.quality.sampling import spread

if TYPE_CHECKING:  # imports torch
    from ganfx.quality.inception import InceptionJudge

PATCHES = 1024
"""Of a single picture: a quarter of what sets are judged by."""

Role = Literal["untouched", "output", "copies"]
NAMES: dict[Role, str] = {
    "untouched": "untouched photos",
    "output": "output",
    "copies": "copies of the art",
}
"""Sets of pictures as tables call them."""


@dataclass(frozen=True)
class StylePictureScore:
    """Of one picture."""

    picture: Path
    distance: float
    """Of its style to that of all the art. One picture has less in it than the art, so it is
    farther from it than the set: by the mean of them, at least as far."""
    structure: float
    """Correlation of luma gradients with the source."""


@dataclass(frozen=True)
class StyleScore:
    """Of a set of pictures."""

    role: Role
    """The sources as they are, what became of them, or copies of the art."""
    pictures: int
    distance: float
    """Sliced Wasserstein distance of patches to the art; of copies, that of every second work to
    the others."""
    structure: float
    """Mean correlation of luma gradients with the sources."""
    kid: float | None = None
    """Kernel inception distance to the art."""
    kid_error: float | None = None
    """Its standard error."""

    @property
    def name(self) -> str:
        """The set as tables call it."""
        return NAMES[self.role]


@dataclass(frozen=True, eq=False)
class _Set:
    role: Role
    pictures: list[ImageU8]
    to: list[ImageU8]
    structure: float = field(default=1.0)


def evaluate_style(
    source: Path,
    output: Path,
    art: Path,
    *,
    most: int = 48,
    inception: InceptionJudge | None = None,
) -> Generator[StylePictureScore | StyleScore, None, None]:
    """Judge how near pictures came to art.

    Args:
        source: A folder, a picture, or a sequence in fileseq's notation.
        output: The folder of what became of them.
        art: A folder of pictures to come near to.
        most: How many pictures are judged, and how many of the art: evenly spread.
        inception: For the kernel inception distance.

    Yields:
        The score of every picture; then of the untouched sources, of the output, and of copies
        of the art, where there are two works or more.

    Raises:
        UsageError: There is no picture, or one has no output.
        MediaError: One cannot be read, is too small, or has another size than its source.
    """
    works = read_art(art, most)
    befores, afters, kept = [], [], []
    for path, became in spread(paired(source, output), most):
        before, after = read_picture(path, max_side=SIDE), read_picture(became, max_side=SIDE)
        refuse_other_size(became, after, path, before)
        refuse_small(path, before)
        befores.append(before)
        afters.append(after)
        kept.append(structure(before, after))
        away = style_distance([after], works, patches=PATCHES)
        yield StylePictureScore(became, away, kept[-1])
    sets = [
        _Set("untouched", befores, works),
        _Set("output", afters, works, float(np.mean(kept))),
    ]
    if len(works) > 1:
        sets.append(_Set("copies", works[::2], works[1::2], _of_copies(befores, works)))
    for each in sets:
        yield _scored(each, inception)


def _scored(each: _Set, inception: InceptionJudge | None) -> StyleScore:
    score = StyleScore(
        role=each.role,
        pictures=len(each.pictures),
        distance=style_distance(each.pictures, each.to),
        structure=each.structure,
    )
    if inception is None:
        return score
    found = inception.distance(inception.describe(each.pictures), inception.describe(each.to))
    return StyleScore(**{**vars(score), "kid": found.mean, "kid_error": found.error})


def _of_copies(photos: Sequence[ImageU8], works: Sequence[ImageU8]) -> float:
    """Mean structure where a work of art stands instead of each photo."""
    use_portable_opencv()
    found = []
    for index, photo in enumerate(photos):
        work = np.ascontiguousarray(works[index % len(works)])
        copy = cv2.resize(work, photo.shape[1::-1], interpolation=cv2.INTER_AREA)
        found.append(structure(photo, np.asarray(copy, dtype=np.uint8)))
    return float(np.mean(found))
