"""Art checks: art that is photographs, and art of two styles; each is told, neither is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.quality.picture_measures import PictureMeasures
from ganfx.quality.sampling import spread
from ganfx.quality.wording import some
from ganfx.training.art_analysis import MOST, ArtAnalysis
from ganfx.training.data import TrainingSet

Floats = NDArray[np.float64]

FEWEST = 12
"""Pictures from which a set says anything of its own kind."""
TOLD_APART = 0.62
"""Share of pictures nearest to one of their own set, up to which two sets are one: 0.5 is
chance; halves of a set of 64 photos had at most 0.61, and paintings 0.77 and more of it."""
APART, PER_PICTURE = 4.0, 30.0
"""Distance of two groups in their own deviations from which they are two, and what chance adds
to it with few pictures: one style had at most 3.5 with 64, two of different kinds 4.5 to 12."""
SILHOUETTE = 0.42
"""Silhouette (Rousseeuw 1987) from which groups are apart: one style had at most 0.43."""
ONE_INK = 2.0
"""Variety below which a picture is black and white: prints had 0.0, colour pictures 2.1 up."""
LEAST_SHARE = 0.12
"""Of a group: fewer are stray pictures, not a style."""
LEAST_INKS = 0.2
"""Of black and white among colour: with few flat inks, fog and night have one of them alone, in up
to an eighth of the pictures of one style."""


def art_notices(analysis: ArtAnalysis, pictures: TrainingSet) -> Iterator[str]:
    """What should be known of the art before it is learned from, a sentence each.

    Args:
        analysis: Of these pictures.
        pictures: Those that were looked at.
    """
    # Painted pictures may be near their photos: a grade is.
    if not analysis.paired and _is_like(analysis.art, analysis.photos):
        yield (
            "the art cannot be told from the photos by colour, tone, texture or lines: there is"
            " little to learn. Are these pictures that have the look? (--art)"
        )
    group = _second_style(analysis.art)
    art = pictures.painted or pictures.art
    if group is not None and art is not None and art.paths:
        yield _two_styles(analysis, group, spread(art.paths, MOST), art.source)


def _two_styles(
    analysis: ArtAnalysis, group: NDArray[np.bool_], paths: Sequence[Path], source: str
) -> str:
    names = [_name(path, source) for path, other in zip(paths, group, strict=True) if other]
    looked = "" if len(paths) == analysis.total else f" that were looked at ({analysis.total:,})"
    return (
        f"the art seems to be of two styles: {len(names)} of {len(paths)} pictures{looked} differ"
        f" from the rest ({some(names, 12)}); a look learns a mixture of both. Train one folder for"
        " each style"
    )


def _name(path: Path, source: str) -> str:
    return path.relative_to(source).as_posix() if path.is_relative_to(source) else path.name


def _is_like(art: Sequence[PictureMeasures], photos: Sequence[PictureMeasures]) -> bool:
    """Whether nearest neighbours know no difference.

    The nearest-neighbour two-sample test (Schilling 1986, "Multivariate Two-Sample Tests Based
    on Nearest Neighbors"), on equally many of both.
    """
    count = min(len(art), len(photos))
    if count < FEWEST:
        return False
    points = _points([*spread(art, count), *spread(photos, count)])
    is_art = np.arange(2 * count) < count
    distances = _distances(points)
    np.fill_diagonal(distances, np.inf)
    own = is_art[distances.argmin(axis=1)] == is_art
    return float(own.mean()) <= TOLD_APART


def _second_style(art: Sequence[PictureMeasures]) -> NDArray[np.bool_] | None:
    """Which pictures are the smaller of two groups far apart; None if there is one style."""
    inks = np.array([each.variety < ONE_INK for each in art])
    if _are_two(inks, LEAST_INKS):
        return _smaller(inks)
    if len(art) < FEWEST:
        return None
    points = _points(art)
    group = _two_means(points)
    apart = (
        _are_two(group)
        and _separation(points, group) >= APART + PER_PICTURE / len(art)
        and _silhouette(points, group) >= SILHOUETTE
    )
    return _smaller(group) if apart else None


def _are_two(group: NDArray[np.bool_], share: float = LEAST_SHARE) -> bool:
    """Whether both have enough pictures to be more than strays."""
    least = max(3.0, share * len(group))
    return bool(min(group.sum(), (~group).sum()) >= least)


def _smaller(group: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return group if 2 * group.sum() <= len(group) else ~group


def _points(pictures: Sequence[PictureMeasures]) -> Floats:
    """Measures on scales that make steps of one alike to the eye: ``(N, 11)``."""
    return np.array(
        [
            (
                np.log2(each.fine + 0.002),
                np.log2(each.coarse + 0.002),
                each.flat / 0.25,
                each.paper / 0.25,
                np.sqrt(each.line) / 0.15,
                each.line_bias / 0.1,
                each.variety / 6,
                each.chroma / 12,
                each.dark / 0.15,
                each.middle / 0.25,
                each.light / 0.15,
            )
            for each in pictures
        ]
    )


def _two_means(points: Floats) -> NDArray[np.bool_]:
    """Two groups by Lloyd's algorithm, begun on either side of the axis of most variance."""
    centered = points - points.mean(axis=0)
    axis = np.linalg.svd(centered, full_matrices=False)[2][0]
    group: NDArray[np.bool_] = centered @ axis > 0
    for _ in range(50):
        if group.all() or not group.any():
            break
        means = points[~group].mean(axis=0), points[group].mean(axis=0)
        squares = [np.square(points - mean).sum(axis=1) for mean in means]
        nearer = squares[1] < squares[0]
        if (nearer == group).all():
            break
        group = nearer
    return group


def _separation(points: Floats, group: NDArray[np.bool_]) -> float:
    """Distance of the means, in deviations of the groups along it."""
    axis = points[group].mean(axis=0) - points[~group].mean(axis=0)
    along = points @ axis / np.linalg.norm(axis)
    within = sum(along[part].var() * part.sum() for part in (group, ~group)) / len(group)
    return float(np.linalg.norm(axis) / np.sqrt(max(within, 1e-12)))


def _silhouette(points: Floats, group: NDArray[np.bool_]) -> float:
    """Mean of how much nearer a picture is to its own group than to the other, -1 to 1."""
    distances = np.sqrt(_distances(points))
    own = group[:, None] == group
    inside = (distances * own).sum(axis=1) / np.maximum(own.sum(axis=1) - 1, 1)
    outside = (distances * ~own).sum(axis=1) / (~own).sum(axis=1)
    return float(((outside - inside) / np.maximum(np.maximum(inside, outside), 1e-12)).mean())


def _distances(points: Floats) -> Floats:
    """Squared distances of all pairs."""
    squares: Floats = np.square(points[:, None] - points).sum(axis=-1)
    return squares
