"""How much mirror image a picture needs around it, measured on generators whose need is known."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ganfx.models.borders import TOLERANCE, measure_border, mirrored
from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig

PHOTOS = torch.rand(2, 3, 37, 52, generator=torch.Generator().manual_seed(1)) * 2 - 1


class Shifted(nn.Module):
    """Adds to every pixel the one that lies ``distance`` to its right, by a factor."""

    stride, receptive_radius = 4, 30

    def __init__(self, distance: int, factor: float = 0.2) -> None:
        super().__init__()
        self.distance, self.factor = distance, factor

    def forward(self, photo: Tensor) -> Tensor:
        assert photo.shape[2] % self.stride == photo.shape[3] % self.stride == 0
        right = nn.functional.pad(photo, (0, self.distance))[..., self.distance :]
        return photo * 0.7 + right * self.factor


def test_what_counts_is_surrounded():
    assert measure_border(Shifted(11), PHOTOS) == 12  # to the next multiple of 4
    assert measure_border(Shifted(12), PHOTOS) == 12
    assert measure_border(Shifted(13), PHOTOS) == 16
    assert measure_border(Shifted(2), PHOTOS) == 4


def test_nothing_less_than_all_may_do():
    assert measure_border(Shifted(29), PHOTOS) == 30


def test_influence_below_half_a_step_does_not_count():
    white = torch.ones(1, 3, 40, 40)  # what is missing there is zero: a difference of the factor
    assert measure_border(Shifted(17, TOLERANCE * 0.99), white) == 4
    assert measure_border(Shifted(17, TOLERANCE * 1.01), white) == 20


def test_what_is_clipped_anyway_does_not_count():
    assert measure_border(Shifted(17, 0.9), torch.full((1, 3, 40, 40), 3.0)) == 4


def test_the_worst_photo_decides():
    calm, bright = torch.zeros(1, 3, 40, 40), torch.ones(1, 3, 40, 40)
    assert measure_border(Shifted(17), torch.cat([calm, bright])) == 20
    assert measure_border(Shifted(17), calm) == 4


def test_an_untrained_generator_needs_none():
    assert measure_border(Generator(ModelConfig(channels=(4, 8), blocks=1)), PHOTOS) == 2


def test_the_edge_mirrors_without_end():
    expected = np.pad(np.arange(3), 8, mode="symmetric")
    assert mirrored(-8, 11, 3).tolist() == expected.tolist()
    assert mirrored(-3, 4, 1).tolist() == [0] * 7
