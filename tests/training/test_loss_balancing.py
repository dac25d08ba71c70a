"""Weights as ratios of how hard terms pull at the picture."""

from __future__ import annotations

import pytest
import torch

from ganfx.preset import LossConfig, Preset
from ganfx.training.crops import Crops
from ganfx.training.data import Batch
from ganfx.training.loss_balancing import (
    LIMIT,
    TOGETHER,
    LossBalancer,
    gradient_norms,
    recorded_outputs,
)
from ganfx.training.state import State, new_state
from ganfx.training.step import take_step

CPU = torch.device("cpu")
BALANCED = LossConfig(balance=True, balance_every=20)


def norms(together: float, **terms: float) -> dict[str, torch.Tensor]:
    """Of the adversarial terms together, and of others by name."""
    return {name: torch.tensor(norm) for name, norm in {TOGETHER: together, **terms}.items()}


def test_a_norm_is_that_of_the_gradient_at_the_picture() -> None:
    picture = torch.tensor([3.0, 4.0], requires_grad=True)
    terms = {
        "texture": picture.sum(),  # gradient (1, 1)
        "palette": picture[0],  # gradient (1, 0)
        "content": picture.square().sum(),  # gradient (6, 8)
        "shift": torch.zeros(()),  # a constant
    }
    found = gradient_norms(terms, {"texture": 2.0, "palette": 1.0}, [picture])

    assert float(found[TOGETHER]) == pytest.approx(13**0.5)  # of (3, 2)
    assert float(found["content"]) == 10.0
    assert float(found["shift"]) == 0.0
    assert set(found) == {TOGETHER, "content", "shift"}


def test_terms_that_look_at_several_pictures_pull_at_all_of_them() -> None:
    one, other = (torch.ones(1, requires_grad=True) for _ in range(2))
    terms = {"texture": one.sum(), "palette": one.sum(), "identity": (3 * one + 4 * other).sum()}
    found = gradient_norms(terms, {"texture": 1.0, "palette": 1.0}, [one, other])

    assert float(found["identity"]) == 5.0


def test_a_factor_brings_a_term_to_the_adversarial_pull() -> None:
    balance = LossBalancer(BALANCED, CPU)
    assert balance.factor("content") == 1.0
    balance.update(norms(2.0, content=8.0))

    assert float(balance.factor("content")) == pytest.approx(0.25)


def test_an_older_measurement_counts_half_after_its_half_life() -> None:
    balance = LossBalancer(BALANCED.model_copy(update={"balance_every": 60}), CPU)
    balance.update(norms(1.0, content=1.0))
    balance.update(norms(16.0, content=1.0))

    assert float(balance.factor("content")) == pytest.approx(4.0)  # geometric mean of 1 and 16


@pytest.mark.parametrize(("content", "factor"), [(1e-9, LIMIT), (1e9, 1 / LIMIT)])
def test_factors_have_limits(content: float, factor: float) -> None:
    balance = LossBalancer(BALANCED, CPU)
    balance.update(norms(1.0, content=content))

    assert float(balance.factor("content")) == pytest.approx(factor)


@pytest.mark.parametrize(("adversarial", "content"), [(1.0, 0.0), (0.0, 1.0), (1.0, float("nan"))])
def test_a_term_that_pulls_at_nothing_keeps_its_factor(adversarial: float, content: float) -> None:
    balance = LossBalancer(BALANCED, CPU)
    balance.update(norms(adversarial, content=content))
    assert float(balance.factor("content")) == 1.0
    balance.update(norms(1.0, content=4.0))
    known = float(balance.factor("content"))
    balance.update(norms(adversarial, content=content))

    assert float(balance.factor("content")) == known


def test_measurements_are_made_early_and_then_every_so_often() -> None:
    balance = LossBalancer(BALANCED, CPU)

    assert [step for step in range(61) if balance.is_due(step)] == [5, 20, 40, 60]
    assert not LossBalancer(LossConfig(), CPU).is_due(20)


def test_a_generator_is_recorded_only_when_wanted() -> None:
    generator = torch.nn.Linear(2, 2)
    with recorded_outputs(generator, wanted=False) as made:
        generator(torch.ones(2))
    assert made == []
    with recorded_outputs(generator, wanted=True) as made:
        output = generator(torch.ones(2))
    generator(torch.ones(2))

    assert len(made) == 1
    assert made[0] is output


def balanced_state(preset: Preset, **weights: float) -> State:
    loss = preset.loss.model_copy(update={"balance": True, "balance_every": 2} | weights)
    state = new_state(preset.model_copy(update={"loss": loss}), CPU)
    torch.nn.init.normal_(state.generator.change.weight, std=0.3)
    return state


def random_batch() -> Batch:
    generator = torch.Generator().manual_seed(0)
    photos, art = torch.randint(0, 256, (2, 2, 3, 64, 64), dtype=torch.uint8, generator=generator)
    return Batch(photos, art, None)


def test_a_step_measures_every_term_even_those_that_do_not_see_the_fake(preset: Preset) -> None:
    state = balanced_state(preset, identity=1.0, shift=1.0, color=1.0)
    batch = random_batch()
    for _ in range(3):
        logged = take_step(state, batch)

    factors = {name for name in logged if name.startswith("balance_")}
    terms = ("content", "style", "identity", "shift", "color", "tone")
    assert factors == {f"balance_{name}" for name in terms}
    assert all(0.009 < float(logged[name]) < 101 and float(logged[name]) != 1 for name in factors)


def test_the_scale_of_a_loss_does_not_matter(
    preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A term a hundred times as large gets a factor a hundredth as large."""
    from ganfx.training import step

    picture_terms = step.picture_terms
    found = []
    for scale in (1.0, 10.0):

        def scaled(state: State, crops: Crops, scale: float = scale) -> dict[str, torch.Tensor]:
            terms = picture_terms(state, crops)
            return terms | {"style": scale * terms["style"]}

        monkeypatch.setattr(step, "picture_terms", scaled)
        state = balanced_state(preset)
        state.step = 4  # measured, but not yet applied: both runs are alike so far
        take_step(state, random_batch())
        found.append(float(state.balance.factor("style")))

    assert found[0] == pytest.approx(10 * found[1], rel=1e-3)
