"""A batch in micro-batches, and what happens when memory runs out."""

from __future__ import annotations

import pytest
import torch

from ganfx.errors import GanfxError
from ganfx.preset import Preset
from ganfx.training import step
from ganfx.training.crops import Crops
from ganfx.training.data import Batch
from ganfx.training.state import State, new_state
from ganfx.training.step import take_step

CPU = torch.device("cpu")
PER_CROP = {
    "content": 0.0,
    "style": 0.0,
    "structure": 1.0,
    "color": 1.0,
    "tone": 1.0,
    "variation": 1.0,
}


def batch_of(count: int) -> Batch:
    generator = torch.Generator().manual_seed(0)
    photos, art = torch.randint(
        0, 256, (2, count, 3, 64, 64), dtype=torch.uint8, generator=generator
    )
    return Batch(photos, art, None)


def state_of(preset: Preset, **loss: object) -> State:
    """Five crops, not augmented; no spectral norm, whose estimate depends on the calls."""
    values = {
        "loss": preset.loss.model_copy(update=PER_CROP | loss),
        "train": preset.train.model_copy(update={"batch_size": 5}),
        "augment": preset.augment.model_copy(update={"flip": False, "probability": 0.0}),
        "discriminator": preset.discriminator.model_copy(update={"spectral_norm": False}),
    }
    state = new_state(preset.model_copy(update=values), CPU)
    torch.nn.init.normal_(state.generator.change.weight, std=0.1)
    state.precision = torch.float32  # bfloat16 rounds the sums of micro-batches differently
    return state


def gradients(state: State) -> list[torch.Tensor]:
    networks = (state.generator, state.discriminators)
    return [p.grad for network in networks for p in network.parameters() if p.grad is not None]


def test_micro_batches_are_all_crops_in_their_order() -> None:
    photo = torch.arange(5.0).view(5, 1, 1, 1)
    micro_batches = list(Crops(photo, photo, photo).micro_batches(2))

    assert [part.photo.flatten().tolist() for part in micro_batches] == [[0, 1], [2, 3], [4]]
    assert [part.share for part in micro_batches] == [0.4, 0.4, 0.2]


@pytest.mark.parametrize("adversarial", ["bce", "relativistic"])
def test_micro_batches_give_the_gradient_of_the_whole_batch(
    preset: Preset, adversarial: str
) -> None:
    whole, split = (state_of(preset, adversarial=adversarial) for _ in range(2))
    split.micro_batch = 2
    ours, theirs = take_step(whole, batch_of(5)), take_step(split, batch_of(5))

    for one, other in zip(gradients(whole), gradients(split), strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=1e-5)
    assert set(ours) == set(theirs)
    for name in ours.keys() - {"d_accuracy"}:  # its threshold is a mean over the part
        assert float(ours[name]) == pytest.approx(float(theirs[name]), rel=1e-3, abs=1e-4), name


def run_out_of_memory(monkeypatch: pytest.MonkeyPatch, learn: str, most: int) -> list[int]:
    """Have one network's learning fail with more than ``most`` crops at once."""
    tried = []
    original = getattr(step, learn)

    def fail(state: State, part: Crops) -> object:
        tried.append(len(part.photo))
        if len(part.photo) > most:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return original(state, part)

    monkeypatch.setattr(step, learn, fail)
    return tried


@pytest.mark.parametrize("learn", ["_discriminator_loss", "_generator_loss"])
def test_out_of_memory_halves_what_is_computed_at_once(
    preset: Preset, monkeypatch: pytest.MonkeyPatch, learn: str
) -> None:
    whole, short = state_of(preset), state_of(preset)
    take_step(whole, batch_of(5))
    tried = run_out_of_memory(monkeypatch, learn, most=2)
    take_step(short, batch_of(5))

    assert tried == [5, 3, 2, 2, 1]
    assert short.micro_batch == 2
    assert short.notices == [
        "out of memory: going on with 3 of 5 crops at once, their gradients added up",
        "out of memory: going on with 2 of 5 crops at once, their gradients added up",
    ]
    for one, other in zip(gradients(whole), gradients(short), strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_crop_that_does_not_fit_is_told_with_what_to_lower(
    preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_out_of_memory(monkeypatch, "_discriminator_loss", most=0)

    with pytest.raises(GanfxError, match="not even one crop") as caught:
        take_step(state_of(preset), batch_of(5))
    assert "train.crop_size" in str(caught.value.hint)
