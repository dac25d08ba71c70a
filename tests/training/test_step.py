"""One step: who learns from what, and how far."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from ganfx.models import discriminators
from ganfx.models.discriminators import DiscriminatorSpec, TextureDiscriminator
from ganfx.models.generator import Generator
from ganfx.models.image import luma
from ganfx.preset import LossConfig, ModelConfig, Preset
from ganfx.training import recovery
from ganfx.training.augment import Augment
from ganfx.training.checkpoints import return_to_good, save_checkpoint
from ganfx.training.crops import Crops
from ganfx.training.data import Batch
from ganfx.training.generator_terms import picture_terms
from ganfx.training.losses import ADVERSARIAL_LOSSES
from ganfx.training.restoration import worn_down
from ganfx.training.state import State, new_state
from ganfx.training.step import set_learning_rates, take_step
from tests.training.conftest import WEIGHTS

CPU = torch.device("cpu")


def flat(value: int, size: int = 64) -> torch.Tensor:
    return torch.full((2, 3, size, size), value, dtype=torch.uint8)


def noise_batch(*, paired: bool) -> Batch:
    generator = torch.Generator().manual_seed(0)
    photos, art, painted = torch.randint(
        0, 256, (3, 2, 3, 64, 64), dtype=torch.uint8, generator=generator
    )
    return Batch(photos, art, painted if paired else None)


ATEN = torch.ops.aten
WAITING = {
    *(ATEN._local_scalar_dense.default, ATEN.is_nonzero.default, ATEN.equal.default),
    *(ATEN.nonzero.default, ATEN.masked_select.default, ATEN._unique2.default),
    *(ATEN._linalg_svd.default, ATEN._linalg_eigh.default, ATEN.bincount.default),
    *(ATEN.repeat_interleave.Tensor, ATEN.linalg_pinv.atol_rtol_tensor),
}
"""Operations whose result, or its size, Python or their own checks need: a GPU is waited for."""


class NoReading(TorchDispatchMode):
    """Fails where a value is read back from the device."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        assert func not in WAITING, func
        if func is ATEN.index.Tensor:  # a mask is counted first
            assert not any(each is not None and each.dtype == torch.bool for each in args[1])
        return func(*args, **(kwargs or {}))


def weights(state: State) -> dict[str, list[torch.Tensor]]:
    networks = {"generator": state.generator, "discriminators": state.discriminators}
    return {name: [p.clone() for p in net.parameters()] for name, net in networks.items()}


@pytest.mark.parametrize("kind", ADVERSARIAL_LOSSES)
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
    assert set(logged) == {"d_texture", "d_palette", "texture", "palette", "content", "style"} | {
        "color",
        "tone",
        "d_margin",
        "d_accuracy",
    }


class ThreeWeights(LossConfig):
    """A preset with a weight for one more discriminator."""

    detail: float = 0.5


@pytest.mark.parametrize("kind", ADVERSARIAL_LOSSES)
def test_a_third_discriminator_needs_no_more_than_its_spec_and_its_weight(
    preset: Preset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    third = DiscriminatorSpec("detail", "detail", luma, TextureDiscriminator)
    specs = (*discriminators.DISCRIMINATORS, third)
    monkeypatch.setattr(discriminators, "DISCRIMINATORS", specs)
    loss = ThreeWeights.model_validate({"adversarial": kind, "balance": True, "balance_every": 1})
    three = preset.model_copy(update={"loss": loss})
    state, restored = new_state(three, CPU), new_state(three, CPU)
    before = [p.clone() for p in state.discriminators["detail"].parameters()]
    for _ in range(2):
        logged = take_step(state, noise_batch(paired=False))
    save_checkpoint(state, tmp_path)
    return_to_good(restored, tmp_path)

    after = state.discriminators["detail"].parameters()
    # What is added to all logits is nothing to a loss that sees differences of them alone.
    pairs = [(a, b) for a, b in zip(before, after, strict=True) if a.ndim > 1]
    assert not any(torch.equal(a, b) for a, b in pairs)
    assert {"detail", "d_detail", "balance_content"} < set(logged)
    stats = restored.stats.read()
    assert stats == recovery.read_stats(state)
    assert set(stats.accuracy) == set(stats.logit_shift) == {"texture", "palette", "detail"}
    assert stats.logit_shift["detail"] > 0
    recovery.adapt(state, stats)
    assert recovery.check(state, closely=True) is None
    assert set(state.controls.state_dict()["paces"]) == {"texture", "palette", "detail"}


def test_with_pairs_the_generator_learns_the_painted_tone(paired: Preset) -> None:
    """Photos are grey, their painted versions dark: the output must darken."""
    train = paired.train.model_copy(update={"steps": 999})
    loss = paired.loss.model_copy(update={"style": 0.0})  # which takes longest
    state = new_state(paired.model_copy(update={"train": train, "loss": loss}), CPU)
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


def test_every_weight_of_a_preset_has_its_term(paired: Preset, everything: LossConfig) -> None:
    state = new_state(paired.model_copy(update={"loss": everything}), CPU)
    logged = take_step(state, noise_batch(paired=True))

    weights = {name for name, value in everything if isinstance(value, float)}
    weights -= {"r1_gamma", "restore_light"}  # which weigh nothing
    assert weights == set(WEIGHTS)  # or the fixture lags behind the schema
    generators = {name for name in logged if not name.startswith("d_")}
    assert generators == weights - {"edges", "color", "tone"}  # the paintings say those
    assert generators | {"color", "tone"} == {
        name for name in take_step(state, noise_batch(paired=False)) if not name.startswith("d_")
    } | {"pixel"}
    assert {"d_texture", "d_palette", "d_edges"} < set(logged) - generators
    assert all(bool(value.isfinite()) for value in logged.values())


@pytest.mark.parametrize("name", [name for name in WEIGHTS if name != "edges"])
def test_every_term_teaches_the_generator(
    paired: Preset, everything: LossConfig, name: str
) -> None:
    off = {other: 0.0 for other in WEIGHTS if other != name}
    state = new_state(paired.model_copy(update={"loss": everything.model_copy(update=off)}), CPU)
    torch.nn.init.normal_(state.generator.change.weight, std=0.1)  # else it is the identity
    torch.nn.init.normal_(state.generator.blocks[0].second.weight, std=0.1)
    before = state.generator.entry.weight.clone()
    take_step(state, noise_batch(paired=name not in ("color", "tone")))

    assert not torch.equal(before, state.generator.entry.weight)


def test_edges_teach_the_texture_discriminator_only(preset: Preset, everything: LossConfig) -> None:
    batch, after = noise_batch(paired=False), {}
    for weight in (0.0, 5.0):
        loss = preset.loss.model_copy(update={"edges": weight})
        spectral = preset.discriminator.model_copy(update={"spectral_norm": False})
        state = new_state(preset.model_copy(update={"loss": loss, "discriminator": spectral}), CPU)
        take_step(state, batch)
        after[weight] = state.discriminators

    # Adam's first step has the sign of a gradient and no size: some of many signs change.
    texture, palette = (
        [
            torch.equal(a, b)
            for a, b in zip(
                getattr(after[0.0], name).parameters(),
                getattr(after[5.0], name).parameters(),
                strict=True,
            )
        ]
        for name in ("texture", "palette")
    )
    assert not all(texture)
    assert all(palette)


def test_projection_heads_learn_with_the_generator_and_exist_only_for_contrast(
    preset: Preset,
) -> None:
    state = new_state(preset, CPU)
    assert list(state.heads.parameters()) == []

    loss = preset.loss.model_copy(update={"contrast": 1.0})
    state = new_state(preset.model_copy(update={"loss": loss}), CPU)
    assert len(state.heads) == 2  # half size, and after the blocks
    before = [p.clone() for p in state.heads.parameters()]
    take_step(state, noise_batch(paired=False))
    after = state.heads.parameters()
    assert not any(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_terms_never_read_a_value_back(
    paired: Preset, everything: LossConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TrainingStats one would make a GPU wait. The shift alone draws a number, on the CPU."""
    loss = everything.model_copy(update={"shift": 0.0})
    state = new_state(paired.model_copy(update={"loss": loss}), CPU)
    photo, real, painted = (torch.rand(2, 3, 64, 64) for _ in range(3))
    fake = state.generator(photo)
    with NoReading():
        picture_terms(state, Crops(photo, real, painted, fake, fake))
        with pytest.raises(AssertionError):  # or the test would prove nothing
            float(real.sum())


@pytest.mark.parametrize("adaptive", [False, True])
def test_a_whole_step_reads_nothing_back(
    preset: Preset, monkeypatch: pytest.MonkeyPatch, adaptive: bool
) -> None:
    """But for Adam, which reads its own count on the CPU, and not where it is fused."""
    values = {
        "loss": preset.loss.model_copy(update={"balance": True, "balance_every": 1}),
        "augment": preset.augment.model_copy(update={"adaptive": adaptive}),
    }
    state = new_state(preset.model_copy(update=values), CPU)
    take_step(state, noise_batch(paired=False))
    monkeypatch.setattr(torch.optim.Adam, "step", lambda self: None)
    with NoReading():
        take_step(state, noise_batch(paired=False))

    assert "balance_style" in take_step(state, noise_batch(paired=False))


def test_texture_follows_the_painting_of_the_same_photo_where_there_is_one(
    paired: Preset,
) -> None:
    loss = paired.loss.model_copy(update={"gram": 1.0, "swd": 1.0})
    state = new_state(paired.model_copy(update={"loss": loss}), CPU)
    photo, real = torch.rand(2, 3, 64, 64), 0.2 * torch.rand(2, 3, 64, 64)

    terms = picture_terms(state, Crops(photo, real, photo, photo, photo))
    assert float(terms["gram"]) == 0.0
    terms = picture_terms(state, Crops(photo, real, None, photo, photo))
    assert float(terms["gram"]) > 0.1


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


@pytest.mark.parametrize("name", ["luma", "gray"])
def test_art_that_is_worn_down_is_not_waited_for(name: str) -> None:
    torch.manual_seed(0)
    generator = Generator(ModelConfig(channels=(4, 6), blocks=0, color_start=True))
    start = generator.color_start
    assert start is not None
    start.fit(start.curve, torch.rand(3, 3), start.offset, start.table)
    generator.monochrome = name == "gray"
    art, photo = torch.rand(2, 2, 3, 64, 64) * 2 - 1
    worn_down(art, photo, generator)  # makes what is kept
    with NoReading():
        worn_down(art, photo, generator)
    before = start.inverse
    start.fit(start.curve, torch.eye(3), start.offset, start.table)
    assert not torch.equal(before, start.inverse)
    assert torch.allclose(start.inverse, torch.eye(3), atol=1e-6)


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
