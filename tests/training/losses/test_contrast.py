"""Contrast of patches, against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ganfx.models.projection import ProjectionHeads
from ganfx.training import losses


def unit(vectors: Tensor) -> Tensor:
    return torch.nn.functional.normalize(vectors, dim=-1)


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        ([[1.0, 0.0], [0.0, 1.0]], math.log1p(math.exp(-1 / 0.5))),  # each finds its own
        ([[0.0, 1.0], [1.0, 0.0]], math.log1p(math.exp(1 / 0.5))),  # each finds the other
    ],
)
def test_two_patches(queries: list[list[float]], expected: float) -> None:
    keys = torch.eye(2).unsqueeze(0)

    loss = losses.patch_nce(torch.tensor([queries]), keys, temperature=0.5)
    assert float(loss) == pytest.approx(expected)


def test_patches_that_all_look_alike_cost_the_logarithm_of_their_number() -> None:
    alike = unit(torch.ones(2, 50, 8))

    assert float(losses.patch_nce(alike, alike)) == pytest.approx(math.log(50))


def test_only_patches_of_the_same_picture_are_rivals() -> None:
    keys = torch.eye(4).unsqueeze(0)

    once, twice = losses.patch_nce(keys, keys), losses.patch_nce(*2 * [keys.repeat(2, 1, 1)])
    assert float(once) == pytest.approx(float(twice))


def test_a_result_is_compared_place_by_place_and_moves_only_the_result() -> None:
    torch.manual_seed(0)
    photo = torch.randn(2, 8, 20, 20, requires_grad=True)
    fake = (photo + 0.1).detach().requires_grad_()

    kept = losses.contrast_loss([photo], [fake], [unit])
    moved = losses.contrast_loss([photo], [fake.roll(5, dims=3)], [unit])
    kept.backward()
    assert float(kept.detach()) < 0.5 < 3.0 < float(moved.detach())
    assert photo.grad is None
    assert fake.grad is not None


def test_maps_smaller_than_the_sample_are_taken_whole_and_once() -> None:
    """4 orthogonal places: with one drawn twice, it would be its own rival."""
    maps = torch.eye(4).view(1, 4, 2, 2)

    loss = float(losses.contrast_loss([maps], [maps], [unit]))
    assert loss == pytest.approx(math.log1p(3 * math.exp(-1 / 0.07)), abs=1e-6)


def test_heads_give_vectors_of_unit_length_and_none_have_no_parameters() -> None:
    first, second = ProjectionHeads([5, 9])

    assert first(torch.randn(2, 7, 5)).norm(dim=-1).allclose(torch.ones(2, 7))
    assert second(torch.randn(3, 9)).shape == (3, 256)
    assert list(ProjectionHeads([]).parameters()) == []
