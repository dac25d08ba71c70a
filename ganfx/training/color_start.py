"""The colors that a run begins with: the photos' tones and palette become the art's.

A curve of tones, then the Monge-Kantorovich map of luma and chroma: nearer than the map alone,
above all where the art is gray or has deep blacks; then optimal transport, which finds the inks of
art that has few (`benchmarks/hidden_teacher.py --baselines`).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganfx.media.arrays import ImageU8
from ganfx.models.color_start import CELLS, KNOTS, REACH, ColorStart
from ganfx.models.image import LUMA
from ganfx.quality.sampling import spread
from ganfx.training.color_statistics import tone_curve, vividness
from ganfx.training.color_transfer import MOST, ColorMoments, area_colors, linear_transfer
from ganfx.training.color_transport import agreement, fit_transport
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.state import State

AREAS = 256  # that each picture counts with
COLORS = 1000  # of a set, that transport is fitted to: takes a second
NOISE = 1e-12  # squared distance of equal sets, by rounding
ENDS = 0.1  # share of areas that are the lights, and the darks
CAST = 0.15  # chroma, of 2, by which a tint is away from the art's lights and from its darks

IS_CAST = (
    "the art's palette would tint the photos: neither its lights nor its darks have the hues that"
    " theirs would get, as where both show other things. Hues stay; for the palette, give photos of"
    " what the art shows"
)

Floats = NDArray[np.float64]

TO_YUV: Floats = np.array(
    [LUMA, [-LUMA[0], -LUMA[1], 1 - LUMA[2]], [1 - LUMA[0], -LUMA[1], -LUMA[2]]]
)
"""RGB to luma, B-Y and R-Y."""


@dataclass(frozen=True)
class ColorFit:
    """A curve of tones, an affine map of RGB and a table: `ganfx.models.color_start.ColorStart`."""

    curve: Floats
    """``(KNOTS,)``."""
    matrix: Floats
    """``(3, 3)``."""
    offset: Floats
    """``(3,)``."""
    table: Floats
    """``(3, CELLS, CELLS, CELLS)``."""
    is_cast: bool = False
    """Whether the art's palette would have been a tint, and hues are left as they are."""

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Curve, matrix, offset and table as float32."""
        curve, matrix, offset, table = (
            torch.from_numpy(each).float()
            for each in (self.curve, self.matrix, self.offset, self.table)
        )
        return curve, matrix, offset, table


def start_colors(state: State, pictures: TrainingSet) -> None:
    """Fit the color start of a new run's generators, where they have one; a cast is told."""
    starts = (state.generator.color_start, state.averaged.color_start)
    if starts[0] is None:
        return
    fitted = fit_colors(pictures)
    for start in starts:
        assert start is not None
        start.fit(*fitted.tensors())
    if fitted.is_cast:
        state.notices.append(IS_CAST)


def measure_colors(state: State, pictures: TrainingSet) -> None:
    """Measure how vivid and how light the art is beside what the generator began with."""
    start = state.generator.color_start
    if start is None:
        state.vividness, curve = vividness(pictures), tone_curve(pictures)
    else:
        recolor, trust = copy.deepcopy(start).cpu(), trust_in(pictures)
        state.vividness = 1 + trust * (vividness(pictures, recolor) - 1)
        curve = tone_curve(pictures, recolor)
        curve = torch.lerp(torch.linspace(-1, 1, len(curve)), curve, trust)
    state.tone_curve = curve.to(state.device)


def fit_colors(pictures: TrainingSet) -> ColorFit:
    """The transfer between two sets that need not show the same; takes seconds.

    A palette brings lights or darks to where the art has its own. What brings neither there would
    tint pictures of other subjects: then hues stay, as vivid as the art's. All of it counts as
    far as `trust_in` says.

    Args:
        pictures: Photos, and art or, without any, their painted versions.
    """
    levels = tone_curve(pictures).numpy()
    grays = np.linspace(-1, 1, KNOTS)
    curve = np.interp(grays, np.linspace(-1, 1, len(levels)), levels)
    toned, wanted = _area_colors(pictures.photos), _area_colors(pictures.wanted)
    toned[:, 0] = np.interp(toned[:, 0], grays, curve)
    matrix, offset = linear_transfer(_moments(toned), _moments(wanted))
    is_cast = _tint(toned @ matrix.T + offset, wanted) > CAST
    if is_cast:
        vivid = vividness(pictures)
        matrix, offset = np.diag([1.0, vivid, vivid]), np.zeros(3)
    trust, to_rgb = trust_in(pictures), np.linalg.inv(TO_YUV)
    curve = grays + trust * (curve - grays)
    matrix = np.eye(3) + trust * (to_rgb @ matrix @ TO_YUV - np.eye(3))
    table = np.zeros((3, CELLS, CELLS, CELLS))
    fitted = ColorFit(curve, matrix, trust * to_rgb @ offset, table, is_cast)
    single = min(len(pictures.photos.pictures), len(pictures.wanted.pictures)) < 2
    if is_cast or single:
        return fitted
    return replace(fitted, table=trust * _table(pictures, fitted))


def _table(pictures: TrainingSet, start: ColorFit) -> Floats:
    """By how much transport moves colors on from where the start brings them.

    As far as two halves of the pictures agree on it: where art has colors of its own, fits agree;
    where it has those of its subjects, each half has others.
    """
    recolor = ColorStart()
    recolor.fit(*start.tensors())
    photos = [_recolored(recolor, half) for half in _halves(pictures.photos)]
    art = _halves(pictures.wanted)
    everywhere, wanted = (_drawn(np.concatenate(halves)) for halves in (photos, art))
    moves = [_moves(_drawn(p), _drawn(a), everywhere) for p, a in zip(photos, art, strict=True)]
    axis = np.linspace(-REACH, REACH, CELLS)
    places = np.stack(np.meshgrid(axis, axis, axis, indexing="ij")).reshape(3, -1).T @ TO_YUV.T
    moved = fit_transport(everywhere, wanted)(places) - places
    table: Floats = agreement(*moves) * (moved @ np.linalg.inv(TO_YUV).T).T.reshape(
        3, CELLS, CELLS, CELLS
    )
    return table


def _moves(photos: Floats, art: Floats, colors: Floats) -> Floats:
    """By how much a fit moves colors, but for what the blur of any plan does."""
    return fit_transport(photos, art)(colors) - fit_transport(photos, photos)(colors)


def _halves(pictures: PictureSet) -> list[Floats]:
    """Area colors of every other picture, and of the others."""
    chosen = spread(pictures.pictures, MOST)
    return [_colors_of(chosen[first::2]) for first in (0, 1)]


def _drawn(colors: Floats) -> Floats:
    """``(COLORS, 3)`` at most, of ``(N, 3)``: at random, the same in every run."""
    drawn: Floats = np.random.default_rng(0).permutation(colors)[:COLORS]
    return drawn


def _recolored(recolor: ColorStart, colors: Floats) -> Floats:
    """Luma, B-Y and R-Y ``(N, 3)`` to what a start makes of them."""
    rgb = torch.from_numpy(colors @ np.linalg.inv(TO_YUV).T).float()
    made = recolor(rgb.T.reshape(1, 3, 1, -1)).reshape(3, -1).T
    yuv: Floats = made.double().numpy() @ TO_YUV.T
    return yuv


def trust_in(pictures: TrainingSet) -> float:
    """How far the art's colors are its own, and not by chance those of what it shows: 0 to 1.

    Few pictures have the colors of their subjects. The weight is that of empirical Bayes
    estimates (Efron and Morris 1973): the squared distance of the sets' mean color, contrast and
    vividness, over itself and the variance that it has by chance, from how pictures of a set
    differ. Pairs show the same.
    """
    if pictures.art is None:
        return 1.0
    sets = [_summaries(each) for each in (pictures.photos, pictures.art)]
    distance = np.square(sets[0].mean(axis=0) - sets[1].mean(axis=0)).sum()
    chance = sum(
        colors.var(axis=0, ddof=1).sum() / len(colors) for colors in sets if len(colors) > 1
    )
    return float(distance / max(distance + chance, NOISE))


def _area_colors(pictures: PictureSet) -> Floats:
    """``(N, 3)``: luma, B-Y and R-Y of areas, `AREAS` of each picture."""
    return _colors_of(spread(pictures.pictures, MOST))


def _colors_of(pictures: Sequence[ImageU8]) -> Floats:
    colors = [area_colors(picture) for picture in pictures]
    places = [np.linspace(0, len(each) - 1, AREAS).astype(int) for each in colors]
    yuv: Floats = np.concatenate([c[p] for c, p in zip(colors, places, strict=True)]) @ TO_YUV.T
    return yuv


def _summaries(pictures: PictureSet) -> Floats:
    """``(N, 5)`` of pictures: mean luma, B-Y and R-Y, deviation of luma, mean length of chroma."""
    rows = []
    for picture in spread(pictures.pictures, MOST):
        yuv = area_colors(picture) @ TO_YUV.T
        chroma = np.hypot(yuv[:, 1], yuv[:, 2])
        rows.append([*yuv.mean(axis=0), yuv[:, 0].std(), chroma.mean()])
    return np.array(rows)


def _moments(colors: Floats) -> ColorMoments:
    return ColorMoments(colors.mean(axis=0), np.cov(colors, rowvar=False))


def _tint(made: Floats, wanted: Floats) -> float:
    """How far the chroma of lights and of darks is from the art's: the nearer of both."""
    ends = ((made, wanted), (-made, -wanted))
    return min(float(np.hypot(*(_lights(ours) - _lights(theirs)))) for ours, theirs in ends)


def _lights(colors: Floats) -> Floats:
    """``(2,)``: mean chroma of the lightest areas."""
    count = max(1, int(ENDS * len(colors)))
    lightest = np.argsort(colors[:, 0], kind="stable")[-count:]
    chroma: Floats = colors[lightest, 1:].mean(axis=0)
    return chroma
