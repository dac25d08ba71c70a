"""One step: who learns from what, and how far."""

from __future__ import annotations

import pytest
import torch

from ganfx.preset import Preset
from ganfx.training.augment import Augment
from ganfx.training.data import Batch
from ganfx.training.step import State, new_state, set_learning_rates, take_step

CPU = torch.device("cpu")


def flat(value: int, size: int = 64) -> torch.Tensor:
    return torch.full((2, 3, size, size), value, dtype=torch.uint8)


def weights(state: State) -> dict[str, list[torch.Tensor]]:
    networks = {"generator": state.generator, "discriminators": state.discriminators}
    return {name: [p.clone() for p in net.parameters()] for name, net in networks.items()}


@pytest.mark.parametrize("kind", ["bce", "lsgan", "hinge", "relativistic"])
def test_both_networks_learn_with_every_adversarial_loss(preset: Preset, kind: str) -> None:
    loss = preset.loss.model_copy(update={"adversarial": kind})
    state = new_state(preset.model_copy(update={"loss": loss}), CPU)
    before = weights(state)

    logged = take_step(state, Batch(flat(60), flat(200), None))

    after = weights(state)
    for name in before:
        moved = [not torch.equal(a, b) for a, b in zip(before[name], after[name], strict=True)]
        assert any(moved), name
    assert all(bool(value.isfinite()) for value in logged.values())
    assert {"d_texture", "d_palette", "texture", "palette", "content", "style"} == set(logged)


def test_with_pairs_the_generator_learns_the_painted_tone(paired: Preset) -> None:
    """Photos are grey, their painted versions dark: the output must darken."""
    state = new_state(
        paired.model_copy(update={"train": paired.train.model_copy(update={"steps": 999})}), CPU
    )
    batch = Batch(flat(160), flat(60), flat(60))
    first = take_step(state, batch)["pixel"]
    for _ in range(40):
        last = take_step(state, batch)["pixel"]

    assert float(last) < 0.5 * float(first)


def test_a_term_with_weight_zero_is_not_computed(preset: Preset) -> None:
    loss = preset.loss.model_copy(update={"content": 0.0, "style": 0.0, "color": 1.0})
    state = new_state(preset.model_copy(update={"loss": loss}), CPU)

    logged = take_step(state, Batch(flat(60), flat(200), None))
    assert "color" in logged
    assert not {"content", "style"} & set(logged)


def test_the_generator_step_leaves_the_discriminators_trainable(preset: Preset) -> None:
    state = new_state(preset, CPU)
    take_step(state, Batch(flat(60), flat(200), None))

    assert all(p.requires_grad for p in state.discriminators.parameters())


@pytest.mark.parametrize(("done", "factor"), [(0, 1.0), (6, 1.0), (8, 0.5), (10, 0.0)])
def test_learning_rates_fall_in_a_straight_line_over_the_last_part(
    preset: Preset, done: int, factor: float
) -> None:
    state = new_state(preset, CPU)  # decay = 0.4
    state.step, state.steps = done, 10
    set_learning_rates(state)

    rate = state.generator_optimizer.param_groups[0]["lr"]
    assert rate == pytest.approx(preset.train.generator_lr * factor)


def test_the_averaged_generator_halves_its_distance_in_a_half_life(preset: Preset) -> None:
    train = preset.train.model_copy(update={"ema_half_life": 2.0, "steps": 999})
    state = new_state(preset.model_copy(update={"train": train}), CPU)
    state.step = 500  # past the ramp: a half-life of 2 images is one batch
    before = [p.clone() for p in state.averaged.parameters()]
    take_step(state, Batch(flat(60), flat(200), None))

    for old, new, trained in zip(
        before, state.averaged.parameters(), state.generator.parameters(), strict=True
    ):
        assert torch.allclose(new, (old + trained) / 2, atol=1e-7)


def test_augmentation_moves_pixels_and_never_changes_their_colour(preset: Preset) -> None:
    torch.manual_seed(0)
    config = preset.augment.model_copy(update={"probability": 1.0})
    flat_color = torch.tensor([0.9, -0.2, 0.4]).view(1, 3, 1, 1).expand(4, 3, 32, 32)
    ramp = torch.linspace(-1, 1, 32).expand(4, 3, 32, 32)

    assert torch.allclose(Augment(config)(flat_color)[0], flat_color, atol=1e-5)
    assert not torch.allclose(Augment(config)(ramp)[0], ramp, atol=0.05)


def test_a_photo_and_its_painted_version_are_augmented_alike(preset: Preset) -> None:
    torch.manual_seed(0)
    config = preset.augment.model_copy(update={"probability": 1.0})
    photo = torch.rand(4, 3, 32, 32)

    ours, theirs = Augment(config)(photo, 1 - photo)
    assert torch.allclose(ours, 1 - theirs, atol=1e-5)
    assert not torch.allclose(ours, photo, atol=0.05)


def test_gradients_pass_through_augmentation(preset: Preset) -> None:
    image = torch.rand(2, 3, 32, 32, requires_grad=True)
    Augment(preset.augment)(image)[0].sum().backward()

    assert image.grad is not None
    assert float(image.grad.abs().mean()) > 0.5
