"""The colors that a run begins with: the photos' tones and palette become the art's.

A curve of tones, then the Monge-Kantorovich map of luma and chroma. On six hidden teachers that
was 0.1 to 1.1 dB nearer than the map alone, most where the art is gray or has deep blacks.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganfx.models.color_start import KNOTS
from ganfx.models.image import LUMA
from ganfx.quality.sampling import spread
from ganfx.training.color_statistics import tone_curve, unchanged, vividness
from ganfx.training.color_transfer import MOST, ColorMoments, area_colors, linear_transfer
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.state import State

AREAS = 256  # that each picture counts with
ENDS = 0.1  # share of areas that are the lights, and the darks
CAST = 0.15  # chroma, of 2, by which a tint is away from the art's lights and from its darks
FEW = 8.0  # pictures of art whose palette is believed half

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
    """A curve of tones and an affine map of RGB: `ganfx.models.color_start.ColorStart`."""

    curve: Floats
    """``(KNOTS,)``."""
    matrix: Floats
    """``(3, 3)``."""
    offset: Floats
    """``(3,)``."""
    is_cast: bool = False
    """Whether the art's palette would have been a tint, and hues are left as they are."""

    def tensors(self) -> tuple[Tensor, Tensor, Tensor]:
        """Curve, matrix and offset as float32."""
        curve, matrix, offset = (
            torch.from_numpy(each).float() for each in (self.curve, self.matrix, self.offset)
        )
        return curve, matrix, offset


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
    recolor = unchanged if start is None else copy.deepcopy(start).cpu()
    state.vividness = vividness(pictures, recolor)
    state.tone_curve = tone_curve(pictures, recolor).to(state.device)


def fit_colors(pictures: TrainingSet) -> ColorFit:
    """The transfer between two sets that need not show the same; takes seconds.

    A palette brings lights or darks to where the art has its own. What brings neither there would
    tint pictures of other subjects: then hues stay, as vivid as the art's. The palette of few
    pictures, which may be that of their subjects, counts less.

    Args:
        pictures: Photos, and art or, without any, their painted versions.
    """
    art = pictures.art or pictures.painted
    assert art is not None
    levels = tone_curve(pictures).numpy()
    grays = np.linspace(-1, 1, KNOTS)
    curve = np.interp(grays, np.linspace(-1, 1, len(levels)), levels)
    toned, wanted = _area_colors(pictures.photos), _area_colors(art)
    toned[:, 0] = np.interp(toned[:, 0], grays, curve)
    matrix, offset = linear_transfer(_moments(toned), _moments(wanted))
    is_cast = _tint(toned @ matrix.T + offset, wanted) > CAST
    count, vivid = len(art.pictures), vividness(pictures)
    trust = 0.0 if is_cast else count / (count + FEW)
    matrix = trust * matrix + (1 - trust) * np.diag([1.0, vivid, vivid])
    to_rgb = np.linalg.inv(TO_YUV)
    return ColorFit(curve, to_rgb @ matrix @ TO_YUV, trust * to_rgb @ offset, is_cast)


def _area_colors(pictures: PictureSet) -> Floats:
    """``(N, 3)``: luma, B-Y and R-Y of areas, `AREAS` of each picture."""
    colors = [area_colors(picture) for picture in spread(pictures.pictures, MOST)]
    places = [np.linspace(0, len(each) - 1, AREAS).astype(int) for each in colors]
    yuv: Floats = np.concatenate([c[p] for c, p in zip(colors, places, strict=True)]) @ TO_YUV.T
    return yuv


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
