"""What a look is scored by: how near its art it comes, what it keeps, and what it must not add."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_picture
from ganfx.models.features import feature_network
from ganfx.quality.artifacts import flat_area_noise, grid_energy, mean_chroma
from ganfx.quality.distances import kernel_distance
from ganfx.quality.flicker import warp_errors
from ganfx.quality.metrics import structure, style_distance
from ganfx.stylize import Options
from ganfx.stylize.effects import unmarked
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import Look
from ganfx.stylize.network.plate import prepare
from ganfx.stylize.render.finish import stylize_picture

SIDE = 640
"""Long side of all pictures, in pixels: what looks are trained at."""
DESCRIPTORS = 96
"""Places of a picture that the kernel distance sees."""
CLEAN = unmarked(Options(scale=1.0))
"""What the network makes, and nothing else."""
HD = (1080, 1920, 3)


@dataclass(frozen=True)
class Scores:
    """Of one look. Distances are from photos to art and from results to the same art."""

    kid_photo: float
    kid: float
    kid_error: float  # standard error of the one before
    swd_photo: float
    swd: float
    structure: float
    grid: float  # grid energy of results over that of the photos
    cast: float  # mean chroma of what became of grey photos
    cast_art: float  # mean chroma of the art: what a palette explains
    flat_area_noise_photo: float  # deviation of luma where the photos are flat, of 255
    flat_area_noise: float
    warp_error: float | None  # E_warp of the clips before any filter, over the sources' own
    megabytes: float
    milliseconds: float  # of the network on a 1080p frame


class Judge:
    """Scores looks on photos, art and clips.

    Args:
        photos: Folder of photos that no look was trained on.
        clips: Folders of frames, in order; may be none.
        features: Weights of VGG19, which the kernel distance sees with.
        frames: Frames of a clip that count.
        options: How pictures are stylised.
    """

    def __init__(
        self,
        photos: Path,
        clips: Sequence[Path],
        features: Path,
        *,
        frames: int = 10,
        options: Options = CLEAN,
    ) -> None:
        self._options = options
        self.photos = read_all(photos)
        self._clips = [read_all(clip, first=frames) for clip in clips]
        self._network = feature_network("vgg19", str(features), color=True)

    def score(self, look: Look, art: Sequence[ImageU8]) -> Scores:
        """Everything about a look; ``art`` was held out too."""
        results = [
            stylize_picture(look, p, self._options, number=i) for i, p in enumerate(self.photos)
        ]
        seen = {
            name: self._describe(pictures)
            for name, pictures in (("photo", self.photos), ("result", results), ("art", art))
        }
        kid_photo, _ = kernel_distance(seen["photo"], seen["art"])
        kid, kid_error = kernel_distance(seen["result"], seen["art"])
        both = list(zip(self.photos, results, strict=True))
        return Scores(
            kid_photo=kid_photo,
            kid=kid,
            kid_error=kid_error,
            swd_photo=style_distance(self.photos, art),
            swd=style_distance(results, art),
            structure=float(np.mean([structure(*pair) for pair in both])),
            grid=_grid(look, both),
            cast=self._cast(look),
            cast_art=float(np.hypot(*np.mean([mean_chroma(p) for p in art], axis=0))),
            flat_area_noise_photo=_flat_area_noise([(p, p) for p in self.photos]),
            flat_area_noise=_flat_area_noise(both),
            warp_error=self._warp_error(look),
            megabytes=look.style.path.stat().st_size / 1e6,
            milliseconds=_milliseconds(look),
        )

    @torch.no_grad()
    def _describe(self, pictures: Sequence[ImageU8]) -> NDArray[np.float64]:
        """relu3_1 at random places, ``(N, 256)``."""
        rng, rows = np.random.default_rng(0), []
        for picture in pictures:
            height, width = (size // 4 * 4 for size in picture.shape[:2])
            image = torch.from_numpy(picture[:height, :width] / np.float32(127.5) - 1)
            seen = self._network(image.permute(2, 0, 1)[None])[-1][0].flatten(1).T.numpy()
            rows.append(seen[rng.integers(0, len(seen), DESCRIPTORS)])
        return np.concatenate(rows).astype(np.float64)

    def _cast(self, look: Look) -> float:
        grays = [np.repeat(p.mean(axis=2, keepdims=True), 3, axis=2) for p in self.photos]
        results = [stylize_picture(look, p.astype(np.uint8), self._options) for p in grays]
        return float(np.hypot(*np.mean([mean_chroma(p) for p in results], axis=0)))

    def _warp_error(self, look: Look) -> float | None:
        if not self._clips:
            return None
        ratios = []
        for clip in self._clips:
            results = [stylize_picture(look, frame, self._options) for frame in clip]
            steps = warp_errors(clip, results)
            told = [(s.source, s.output) for s in steps if s.source and s.output is not None]
            source, output = np.mean(told, axis=0)
            ratios.append(output / source)
        return float(np.mean(ratios))


def read_all(folder: Path, *, first: int | None = None) -> list[ImageU8]:
    """The pictures of a folder by name, no larger than `SIDE`."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".png", ".jpg", ".jpeg"))
    return [read_picture(path, max_side=SIDE) for path in paths[:first]]


def _grid(look: Look, pairs: Sequence[tuple[ImageU8, ImageU8]]) -> float:
    stride = look.generator.stride
    energies = [[grid_energy(p, stride) for p in pair] for pair in pairs]
    before, after = np.mean(energies, axis=0)
    return float(after / before)


def _flat_area_noise(pairs: Sequence[tuple[ImageU8, ImageU8]]) -> float:
    found = [flat_area_noise(*pair) for pair in pairs]
    return 255 * float(np.mean([value for value in found if value is not None]))


def _milliseconds(look: Look) -> float:
    """The best of four: what the network takes, not what else the machine does."""
    prepared = prepare(np.random.default_rng(0).random(HD, dtype=np.float32))
    times = []
    for _ in range(4):
        started = time.perf_counter()
        run_network(look, prepared, CLEAN, deep=False)
        times.append(time.perf_counter() - started)
    return 1000 * min(times)
