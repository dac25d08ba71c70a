"""Typical measures of real sets of art and of photographs, and pictures drawn to be told apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.quality.picture_measures import PictureMeasures as Measures

TYPICAL = {
    "photos": Measures(
        *(420, 672, 16.4, 11.2, 9.8, 3.1, 0.09, 0.42, 0.87, 0.02, 0.024),
        *(0.56, 0.23, 0.065, 0.008, -0.016, 0.15, 0.43, 3.4, 0.63, 0.47, 0.01),
    ),
    "engraving": Measures(
        *(672, 529, 0.0, 0.0, 0.0, 0.0, 0.04, 0.41, 0.95, 0.054, 0.032),
        *(0.034, 0.21, 0.001, 0.102, -0.008, 0.15, 1.0, 2.57, 0.58, 0.38, 0.02),
    ),
    "pencil": Measures(
        *(583, 519, 0.0, 0.0, 0.0, 0.0, 0.2, 0.96, 1.0, 0.039, 0.04),
        *(0.39, 0.76, 0.387, 0.084, 0.09, 0.31, 0.72, 3.25, 0.51, -0.07, -0.01),
    ),
    "lithograph": Measures(
        *(494, 554, 0.0, 0.0, 0.0, 0.0, 0.12, 0.84, 0.98, 0.073, 0.045),
        *(0.2, 1.12, 0.186, 0.235, 0.047, 0.22, 0.91, 3.07, 0.23, -0.14, 0.0),
    ),
    "pictorialists": Measures(
        *(672, 544, 0.0, 0.0, 0.0, 0.0, 0.22, 0.42, 0.76, 0.009, 0.016),
        *(0.64, 0.07, 0.066, 0.0, -0.017, 0.28, 0.16, 4.5, 0.4, -0.24, 0.01),
    ),
    "ukiyoe": Measures(
        *(649, 473, 22.8, 20.2, 9.5, 5.0, 0.07, 0.67, 0.9, 0.041, 0.042),
        *(0.32, 0.6, 0.164, 0.086, 0.074, 0.18, 0.77, 3.3, 0.59, -0.04, 0.0),
    ),
    "flatcolor": Measures(
        *(624, 551, 25.9, 24.3, 10.7, 4.8, 0.26, 0.75, 0.95, 0.038, 0.033),
        *(0.27, 0.41, 0.179, 0.084, 0.122, 0.27, 0.86, 3.15, 0.63, -0.13, -0.01),
    ),
    "storybook": Measures(
        *(588, 484, 14.4, 13.5, 6.4, 3.0, 0.11, 0.46, 0.87, 0.037, 0.036),
        *(0.25, 0.33, 0.034, 0.053, 0.022, 0.19, 0.88, 3.4, 0.42, -0.25, -0.02),
    ),
    "vangogh": Measures(
        *(506, 672, 28.7, 19.5, 18.7, 8.5, 0.1, 0.53, 0.82, 0.04, 0.03),
        *(0.11, 0.2, 0.014, 0.064, 0.017, 0.15, 0.95, 3.28, 0.52, 0.18, 0.04),
    ),
    "watercolor": Measures(
        *(475, 654, 14.7, 12.1, 9.3, 4.2, 0.12, 0.6, 0.95, 0.026, 0.034),
        *(0.23, 0.3, 0.11, 0.021, 0.0, 0.22, 0.74, 3.8, 0.32, 0.22, 0.01),
    ),
}
"""Medians of 24 to 64 pictures of each kind, at a long side of 672 pixels."""
SPREAD = ("chroma", "variety", "dark", "middle", "light", "fine", "coarse", "flat", "line")


def scattered(name: str, count: int, seed: int = 0) -> tuple[Measures, ...]:
    """Pictures of a kind, each measure a tenth off or so."""
    rng = np.random.default_rng(seed)
    typical = TYPICAL[name]
    return tuple(
        replace(
            typical,
            **{each: getattr(typical, each) * float(rng.uniform(0.85, 1.15)) for each in SPREAD},
        )
        for _ in range(count)
    )


def ink_drawing(seed: int, size: int = 96) -> ImageU8:
    """Black lines across white paper."""
    rng = np.random.default_rng(seed)
    page = np.full((size, size, 3), 250, np.uint8)
    for place in rng.choice(size // 4, size // 10, replace=False) * 4:
        page[place : place + 2] = 20
        page[:, size - 2 - place : size - place] = 20
    return page


def painting(seed: int, size: int = 96) -> ImageU8:
    """Touches of strong colours side by side."""
    colors = np.random.default_rng(seed).integers(0, 256, (size // 4, size // 4, 3), dtype=np.uint8)
    return np.kron(colors, np.ones((4, 4, 1), np.uint8))


def crayon_drawing(seed: int, size: int = 192) -> ImageU8:
    """A form in grays that are grain, as crayon leaves on stone, on white paper."""
    grain = np.random.default_rng(seed).random((size // 2, size // 2))
    return _drawn(np.kron(grain, np.ones((2, 2))), seed)


def pencil_drawing(seed: int, size: int = 192) -> ImageU8:
    """The same form in strokes side by side."""
    down, right = np.mgrid[:size, :size]
    return _drawn(0.5 + 0.5 * np.sin((down + right) * np.pi / 4), seed)


def _drawn(threshold: NDArray[np.float64], seed: int) -> ImageU8:
    """Ink where a tone is darker than the threshold: half gray in a square, else paper."""
    page = np.full(threshold.shape, 250, np.uint8)
    top = 16 + 8 * (seed % 4)
    form = (slice(top, top + 112),) * 2
    page[form] = np.where(threshold[form] > 0.5, 250, 30)
    return np.repeat(page[..., None], 3, axis=2)
