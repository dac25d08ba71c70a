"""Parity: how near an exported network comes to the look's own, on pictures of several sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ganfx.models.borders import mirrored, round_up
from ganfx.models.generator import Generator
from ganfx.models.plain import DisplayNetwork
from ganfx.styles.export.runtimes import Picture, Run

FLOAT32, HALF = 1e-4, 1 / 255
"""The most that any value may differ, of the range 0 to 1."""
SIZES = ((64, 96), (136, 120), (192, 256))
"""Heights and widths; where a network pads by itself, a few pixels less."""


@dataclass(frozen=True)
class Row:
    """One file in one runtime on one picture."""

    file: str
    runtime: str
    height: int
    width: int
    most: float
    """Largest difference from torch."""
    mean: float
    allowed: float
    """Zero asks for equal bits."""

    @property
    def holds(self) -> bool:
        """Whether it is as near as it has to be."""
        return self.most <= self.allowed


@dataclass(frozen=True)
class Case:
    """Pictures, and what the look's own network makes of them."""

    pictures: tuple[Picture, ...]
    expected: tuple[Picture, ...]
    half: bool

    def rows(self, file: str, runtime: str, run: Run) -> list[Row]:
        """How near a runtime comes."""
        allowed = HALF if self.half else FLOAT32
        return self._compared(file, runtime, run, self.expected, allowed)

    def rows_of_bits(self, file: str, runtime: str, run: Run, plain: DisplayNetwork) -> list[Row]:
        """Whether a script's bits are those of the same layers in torch."""
        with torch.inference_mode():
            made = [plain(torch.from_numpy(each)).float().numpy() for each in self.pictures]
        return self._compared(file, runtime, run, made, 0.0)

    def _compared(
        self, file: str, runtime: str, run: Run, expected: Sequence[Picture], allowed: float
    ) -> list[Row]:
        rows = []
        for picture, wanted in zip(self.pictures, expected, strict=True):
            apart = np.abs(run(picture).astype(np.float64) - wanted)
            height, width = picture.shape[2:]
            most, mean = float(apart.max()), float(apart.mean())
            rows.append(Row(file, runtime, height, width, most, mean, allowed))
        return rows


def make_case(
    generator: Generator, *, half: bool, pads: bool, size: tuple[int, int] | None = None
) -> Case:
    """Three pictures that a network takes, and what it should make of them.

    Args:
        generator: The look's.
        half: Whether the exported network is in half precision; what it should make is in float32.
        pads: Whether it surrounds pictures itself.
        size: Fixed height and width of its pictures, if they are.
    """
    less = 3 if pads else 0
    sizes = [size] * 3 if size else [(h - less, w - less) for h, w in SIZES]
    pictures = tuple(trial_picture(*each, seed) for seed, each in enumerate(sizes))
    return Case(pictures, tuple(expected(generator, each, pads=pads) for each in pictures), half)


def expected(generator: Generator, picture: Picture, *, pads: bool) -> Picture:
    """What a network should make of a picture, both ``(1, 3, H, W)`` in [0, 1]."""
    height, width = picture.shape[2:]
    border = round_up(generator.border, generator.stride) if pads else 0
    rows, columns = (
        mirrored(-border, round_up(side, generator.stride) + border, side)
        for side in (height, width)
    )
    seen = picture[:, :, rows][..., columns]
    with torch.inference_mode():
        made = (generator(torch.from_numpy(seen) * 2 - 1) + 1) / 2
    inside = made[..., border : border + height, border : border + width]
    shown: Picture = inside.clamp(0.0, 1.0).numpy()
    return shown


def trial_picture(height: int, width: int, seed: int) -> Picture:
    """Flat areas with edges, a gradient, fine texture, black and white: the same everywhere."""
    random = np.random.default_rng(seed)
    cells = random.random((3, -(-height // 12), -(-width // 12)))
    areas = cells.repeat(12, axis=1).repeat(12, axis=2)[:, :height, :width]
    slope = np.linspace(0, 1, width) * np.linspace(1, 0.3, height)[:, None]
    noise = random.normal(0, 0.05, (3, height, width)) * (slope > 0.4)
    picture = np.clip(0.8 * areas + 0.5 * slope + noise - 0.1, 0, 1)
    return np.ascontiguousarray(picture[np.newaxis], np.float32)
