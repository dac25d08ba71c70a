"""What needs no training: the baselines of the hidden-teacher benchmark.

None but `told` sees more than a run does: photos A, and art of other photos.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from fidelity import Scores, mean_scores, score
from numpy.typing import NDArray
from teacher_sets import Sets, make_pairs

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_picture
from ganfx.models.color_start import ColorStart
from ganfx.models.edge_avoiding import EdgeAvoidingFilter
from ganfx.models.image import LUMA
from ganfx.quality.sampling import spread
from ganfx.training.color_start import fit_colors
from ganfx.training.color_statistics import tone_curve, vividness
from ganfx.training.color_transfer import MOST, ColorMoments, area_colors, linear_transfer
from ganfx.training.data import PictureSet, TrainingSet

IDENTITY, LINEAR = "identity", "linear"
FLATTEN = 0.3
"""As `ganfx.training.art_choices` has it."""
GRID = 8
"""Pixels between those that `told` is fitted to."""
LEVELS = np.linspace(0.0, 1.0, 256)

Recolor = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From RGB in [-1, 1], channels last, to RGB that may lie outside."""


def score_baselines(sets: Sets, teacher: str) -> dict[str, Scores]:
    """What recolouring alone scores on the held-out photos, by name."""
    photos, art = _read(sets.content), _read(sets.art(teacher))
    linear = _linear(photos, art)
    recolors: dict[str, Recolor] = {
        IDENTITY: lambda rgb: rgb,  # a run that has learned nothing
        "curve": _toned(photos, art),
        LINEAR: linear,
        "linear + curves": _curved(photos, art, linear),
        "start": _started(photos, art),
        "flat start": _flat_started(photos, art),
        "told": _told(sets, teacher),
    }
    held_out = sets.held_out(teacher)
    return {
        name: mean_scores(score(recolored(recolor, photo), truth) for photo, truth in held_out)
        for name, recolor in recolors.items()
    }


def best_affine(photos: PictureSet, painted: PictureSet) -> Recolor:
    """The best affine map from photos to their own paintings, by least squares."""
    solution = np.linalg.lstsq(_with_one(_colors(photos)), _colors(painted), rcond=None)[0]
    return lambda rgb: _with_one(rgb) @ solution


def recolored(recolor: Recolor, photo: ImageU8) -> ImageU8:
    """A ``(H, W, 3)`` uint8 picture in other colours."""
    rgb = recolor(photo / 127.5 - 1.0)
    return np.clip((rgb + 1.0) * 127.5 + 0.5, 0, 255).astype(np.uint8)


def _read(folder: Path) -> PictureSet:
    return PictureSet(tuple(read_picture(path) for path in sorted(folder.iterdir())), str(folder))


def _toned(photos: PictureSet, art: PictureSet) -> Recolor:
    """A curve of tones and a share of the colour: the art's tones and how vivid it is."""
    pictures = TrainingSet(photos, art, None)
    curve, vivid = tone_curve(pictures).numpy(), vividness(pictures)

    def recolor(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
        gray = rgb @ np.array(LUMA)
        tone = np.interp(gray, np.linspace(-1.0, 1.0, len(curve)), curve)
        toned: NDArray[np.float64] = tone[..., None] + vivid * (rgb - gray[..., None])
        return toned

    return recolor


def _linear(photos: PictureSet, art: PictureSet) -> Recolor:
    """The linear map that gives the photos' colours the art's mean and covariance."""
    matrix, offset = linear_transfer(_moments(photos), _moments(art))
    return lambda rgb: rgb @ matrix.T + offset


def _moments(pictures: PictureSet) -> ColorMoments:
    """Mean and covariance over the areas of pictures, every picture counting the same."""
    areas = [area_colors(picture) for picture in spread(pictures.pictures, MOST)]
    mean = np.mean([rgb.mean(axis=0) for rgb in areas], axis=0)
    squares = np.mean([rgb.T @ rgb / len(rgb) for rgb in areas], axis=0)
    return ColorMoments(mean, squares - np.outer(mean, mean))


def _started(photos: PictureSet, art: PictureSet) -> Recolor:
    """What a run with ``model.color_start`` begins with."""
    start = ColorStart()
    start.fit(*fit_colors(TrainingSet(photos, art, None)).tensors())

    def recolor(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
        photo = torch.from_numpy(rgb).float().permute(2, 0, 1).unsqueeze(0)
        made: NDArray[np.float64] = start(photo)[0].permute(1, 2, 0).double().numpy()
        return made

    return recolor


def _flat_started(photos: PictureSet, art: PictureSet) -> Recolor:
    """The same of the photos' areas, as ``presets/look.toml`` begins with art in flat areas."""
    start, flat = _started(photos, art), EdgeAvoidingFilter(FLATTEN)

    def recolor(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
        photo = torch.from_numpy(rgb).float().permute(2, 0, 1).unsqueeze(0)
        made: NDArray[np.float64] = start(flat(photo)[0].permute(1, 2, 0).double().numpy())
        return made

    return recolor


def _curved(photos: PictureSet, art: PictureSet, first: Recolor) -> Recolor:
    """After another map, a rising curve for each channel: its areas become as dark as the art's."""
    before, after = (
        np.quantile(values, LEVELS, axis=0) for values in (first(_areas(photos)), _areas(art))
    )

    def recolor(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
        mapped = first(rgb)
        channels = [np.interp(mapped[..., c], before[:, c], after[:, c]) for c in range(3)]
        return np.stack(channels, axis=-1)

    return recolor


def _told(sets: Sets, teacher: str) -> Recolor:
    """The best affine map on photos A and their own paintings."""
    make_pairs(sets, teacher)
    return best_affine(*(_read(sets.pairs(teacher) / part) for part in ("photos", "painted")))


def _with_one(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([rgb, np.ones((*rgb.shape[:-1], 1))], axis=-1)


def _areas(pictures: PictureSet) -> NDArray[np.float64]:
    return np.concatenate([area_colors(picture) for picture in pictures.pictures])


def _colors(pictures: PictureSet) -> NDArray[np.float64]:
    """``(N, 3)`` colours in [-1, 1] on a coarse grid of every picture."""
    grids = (picture[::GRID, ::GRID].reshape(-1, 3) for picture in pictures.pictures)
    return np.concatenate(list(grids)) / 127.5 - 1.0
