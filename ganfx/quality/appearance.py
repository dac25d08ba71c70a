"""Look evaluation: finished pictures against their sources and the art (``ganfx evaluate look``).

What a look should do (come near its art), what it should keep (the drawing), and what it must
not add (a grid, texture in clear skies), from files: of any tool, not of this one only.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganfx.errors import MediaError, UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.file_search import files_in
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.frames import read_picture, reduced
from ganfx.media.sequences import find_shots
from ganfx.quality.artifacts import flat_area_noise, grid_energy, mean_chroma
from ganfx.quality.metrics import mean_of_known, structure, style_distance
from ganfx.quality.sampling import spread
from ganfx.quality.wording import some

STRIDE = 8
"""Of the grid that is looked for, in pixels: grids of 2 and 4 are among its multiples."""
SIDE = 640
"""Long side at which structure and style are compared: that of a picture as a whole."""
LEAST = 32
"""Shorter sides, in pixels, say nothing."""


@dataclass(frozen=True)
class PictureScore:
    """Of one picture."""

    picture: Path
    """The stylised picture."""
    structure: float
    """Correlation of luma gradients with the source, at a long side of `SIDE`."""
    source_grid: float | None
    """Energy of a grid of `STRIDE`, about 1 without one; None if the picture is too small."""
    grid: float | None
    """The same of what came out."""
    source_flat_area_noise: float | None
    """Deviation of luma where the source is flat, 0 to 1; None where nothing is."""
    flat_area_noise: float | None
    """The same of what came out."""
    source: Path
    """What it was made of."""


@dataclass(frozen=True)
class LookScore:
    """Of all of them: means."""

    pictures: int
    structure: float
    weakest: PictureScore
    """The one that kept least structure."""
    source_grid: float | None
    grid: float | None
    source_flat_area_noise: float | None
    flat_area_noise: float | None
    source_chroma: float
    """Length of the mean colour, CIE a* and b*: a cast, or a palette."""
    chroma: float
    art_chroma: float | None = None
    source_distance: float | None = None
    """Of style, from the sources to the art: sliced Wasserstein distance of patches."""
    distance: float | None = None
    """From what came out to the art."""


def evaluate_look(
    source: Path, output: Path, *, art: Path | None = None, most: int = 48
) -> Generator[PictureScore | LookScore, None, None]:
    """Judge what became of a source's pictures.

    Args:
        source: A folder, a picture, or a sequence in fileseq's notation. Videos are left out.
        output: The folder of what became of them, under the same names, in any format.
        art: A folder of pictures to come near to.
        most: How many pictures are judged, and how many of the art: evenly spread.

    Yields:
        The score of every picture, and at the end that of all.

    Raises:
        UsageError: There is no picture, or one has no output.
        MediaError: One cannot be read, is too small, or has another size than its source.
    """
    pairs = spread(paired(source, output), most)
    paintings = [] if art is None else read_art(art, most)
    scores, befores, afters, chromas = [], [], [], []
    for path, became in pairs:
        before, after = _read_pair(path, became)
        small = (reduced(before, SIDE), reduced(after, SIDE))
        scores.append(_judged((path, became), before, after, small))
        yield scores[-1]
        befores.append(small[0])
        afters.append(small[1])
        chromas.append([mean_chroma(each) for each in small])
    source_chroma, chroma = np.hypot(*np.mean(chromas, axis=0).T)
    yield LookScore(
        pictures=len(scores),
        structure=float(np.mean([score.structure for score in scores])),
        weakest=min(scores, key=lambda score: score.structure),
        source_grid=mean_of_known([score.source_grid for score in scores]),
        grid=mean_of_known([score.grid for score in scores]),
        source_flat_area_noise=mean_of_known([score.source_flat_area_noise for score in scores]),
        flat_area_noise=mean_of_known([score.flat_area_noise for score in scores]),
        source_chroma=float(source_chroma),
        chroma=float(chroma),
        art_chroma=_chroma(paintings) if paintings else None,
        source_distance=style_distance(befores, paintings) if paintings else None,
        distance=style_distance(afters, paintings) if paintings else None,
    )


def paired(source: Path, output: Path) -> list[tuple[Path, Path]]:
    """Every picture with what became of it.

    Raises:
        UsageError: There is no picture, or some have no output: it tells which.
    """
    shots = [shot for shot in find_shots(source) if shot.kind != "video"]
    if not shots:
        raise UsageError(f"{source} holds no pictures", hint="write a video's frames to a folder")
    if not output.is_dir():
        raise UsageError(f"{output}: no such folder")
    pairs, lacking, folders = [], [], dict[Path, dict[str, Path]]()
    for shot in shots:
        for path in shot.files:
            folder = output / path.parent.relative_to(shot.root)
            if folder not in folders:
                found = files_in(folder, PICTURE_SUFFIXES) if folder.is_dir() else []
                folders[folder] = {each.stem: each for each in found}
            if path.stem in folders[folder]:
                pairs.append((path, folders[folder][path.stem]))
            else:
                lacking.append(str(path))
    if lacking:
        raise UsageError(f"{some(lacking)}: nothing became of it in {output}")
    return pairs


def _read_pair(path: Path, became: Path) -> tuple[ImageU8, ImageU8]:
    before, after = read_picture(path), read_picture(became)
    sizes = [f"{each.shape[1]}x{each.shape[0]}" for each in (before, after)]
    if sizes[0] != sizes[1]:
        raise MediaError(f"{became}: {sizes[1]}, and its source {sizes[0]}")
    refuse_small(path, before)
    return before, after


def read_art(folder: Path, most: int) -> list[ImageU8]:
    """At most so many pictures of a folder of art, evenly spread, no larger than `SIDE`.

    Raises:
        UsageError: There is none.
        MediaError: One cannot be read, or is too small.
    """
    files = [path for shot in find_shots(folder) if shot.kind != "video" for path in shot.files]
    if not files:
        raise UsageError(f"{folder} holds no pictures")
    pictures = []
    for path in spread(files, most):
        pictures.append(read_picture(path, max_side=SIDE))
        refuse_small(path, pictures[-1])
    return pictures


def refuse_small(path: Path, picture: ImageU8) -> None:
    """Refuse a picture that says nothing.

    Raises:
        MediaError: One of its sides is shorter than `LEAST`.
    """
    if min(picture.shape[:2]) < LEAST:
        size = f"{picture.shape[1]}x{picture.shape[0]}"
        raise MediaError(f"{path}: {size} pixels are too few to judge, {LEAST} are needed")


def _judged(
    paths: tuple[Path, Path], before: ImageU8, after: ImageU8, small: tuple[ImageU8, ImageU8]
) -> PictureScore:
    return PictureScore(
        picture=paths[1],
        structure=structure(*small),
        source_grid=_grid(before),
        grid=_grid(after),
        source_flat_area_noise=flat_area_noise(before, before),
        flat_area_noise=flat_area_noise(before, after),
        source=paths[0],
    )


def _grid(picture: ImageU8) -> float | None:
    """At full size, where a grid would be."""
    is_enough = min(picture.shape[:2]) >= 16 * STRIDE  # as `grid_energy` needs it
    return grid_energy(picture, STRIDE, both_ways=True) if is_enough else None


def _chroma(pictures: Sequence[ImageU8]) -> float:
    return float(np.hypot(*np.mean([mean_chroma(each) for each in pictures], axis=0)))
