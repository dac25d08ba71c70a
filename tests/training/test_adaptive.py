"""The discriminators in play: throttle and augmentation follow the signs of their logits."""

from __future__ import annotations

import pytest
import torch

from ganfx.preset import AugmentConfig
from ganfx.training.adaptive import MOST, SLOWEST, AugmentProbability, Throttle
from ganfx.training.augment import Augment

ADAPTIVE = AugmentConfig(adaptive=True, target=0.6, speed=1000.0)


def test_a_discriminator_that_tells_everything_apart_slows_to_half_in_ten_steps() -> None:
    throttle = Throttle()
    throttle.update(0.99, 0.1, 10)
    assert throttle.factor == 0.5
    throttle.update(0.99, 0.1, 5)
    throttle.update(0.99, 0.1, 5)
    assert throttle.factor == pytest.approx(0.25)


def test_it_stays_in_between_and_recovers_half_as_fast() -> None:
    throttle = Throttle(0.25)
    throttle.update(0.92, 0.1, 10)
    assert throttle.factor == 0.25
    throttle.update(0.7, 0.1, 20)
    assert throttle.factor == 0.5


def test_a_discriminator_that_turns_over_its_logits_in_one_step_slows_in_proportion() -> None:
    throttle = Throttle()
    throttle.update(0.6, 0.8, 10)
    assert throttle.factor == pytest.approx(0.5)  # of 0.8, what is left would be 0.4
    throttle.update(0.6, 0.5, 10)
    assert throttle.factor == pytest.approx(0.5)
    throttle.update(0.6, 30.0, 10)
    assert throttle.factor == pytest.approx(0.5 / 8)  # at once no more than this


def test_a_throttle_has_limits() -> None:
    throttle = Throttle()
    throttle.update(0.5, 0.1, 1000)
    assert throttle.factor == 1.0
    assert not throttle.is_slowest
    throttle.update(1.0, 0.1, 10_000)
    assert throttle.factor == SLOWEST
    assert throttle.is_slowest


@pytest.mark.parametrize(
    ("sign", "start", "after"), [(0.9, 0.3, 0.34), (0.1, 0.3, 0.26), (0.1, 0.01, 0.0)]
)
def test_the_probability_moves_by_images_over_speed(
    sign: float, start: float, after: float
) -> None:
    probability = AugmentProbability(start)
    probability.update(sign, 40, ADAPTIVE)

    assert probability.value == pytest.approx(after)


def test_the_probability_never_reaches_where_augmentation_leaks() -> None:
    probability = AugmentProbability(0.3)
    probability.update(1.0, 10**6, ADAPTIVE)

    assert probability.value == MOST


def test_the_probability_is_the_presets_unless_it_adapts() -> None:
    probability = AugmentProbability(0.3)
    probability.update(1.0, 10**6, AugmentConfig())

    assert probability.value == 0.3


@pytest.mark.parametrize(
    ("probability", "low", "high"), [(0.0, 0, 0), (0.5, 160, 240), (1.0, 400, 400)]
)
def test_as_many_pictures_are_moved_as_the_probability_says(
    probability: float, low: int, high: int
) -> None:
    torch.manual_seed(0)
    image = torch.rand(400, 3, 8, 8)
    moved = Augment(AugmentConfig(flip=False)).at(probability, image) - image

    assert low <= int((moved.abs().amax(dim=(1, 2, 3)) > 1e-6).sum()) <= high


def test_pictures_are_flipped_whatever_the_probability() -> None:
    torch.manual_seed(0)
    ramp = torch.linspace(-1, 1, 8).expand(200, 3, 8, 8)
    seen = Augment(AugmentConfig()).at(0.0, ramp)

    flipped = int((seen[:, 0, 0, 0] > 0).sum())
    assert 70 < flipped < 130
    assert torch.equal(seen[seen[:, 0, 0, 0] < 0], ramp[: 200 - flipped])


def test_gradients_pass_through_adaptive_augmentation() -> None:
    image = torch.rand(2, 3, 32, 32, requires_grad=True)
    Augment(AugmentConfig()).at(1.0, image).sum().backward()

    assert image.grad is not None
    assert float(image.grad.abs().mean()) > 0.5
