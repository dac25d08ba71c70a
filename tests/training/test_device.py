"""A whole step on a CUDA device that is not there: no tensor of the CPU gets among its own.

torch's fake tensors have a shape, a kind and a device, and no values: where an operation mixes
devices, or asks for a value, they raise. Gradients cannot be taken without a driver, so these
are zeros here; and memory is not locked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode

from ganfx.models.generator import Generator
from ganfx.preset import Preset
from ganfx.training import checkpoints, train
from ganfx.training import state as states
from ganfx.training.data import Batch
from ganfx.training.loss_balancing import FIRST
from ganfx.training.state import State
from ganfx.training.step import take_step
from tests.training.conftest import WEIGHTS

CUDA = torch.device("cuda")
Make = Callable[[Preset], State]


def moved(module: nn.Module, convert, recurse: bool = True) -> nn.Module:
    """`nn.Module.to` for fake parameters, which cannot be changed in place."""
    for each in module.modules():
        for name, parameter in each._parameters.items():
            if parameter is not None:
                changed = convert(parameter.detach())
                each._parameters[name] = nn.Parameter(changed, parameter.requires_grad)
        for name, buffer in each._buffers.items():
            if buffer is not None:
                each._buffers[name] = convert(buffer)
    return module


@contextmanager
def fake_cuda() -> Iterator[Make]:
    """Gives what makes a state of a preset on the device."""
    learning: list[nn.Parameter] = []

    def backward(loss: Tensor) -> None:
        assert loss.device.type == "cuda"
        for parameter in learning:
            if parameter.requires_grad:
                parameter.grad = torch.zeros_like(parameter)

    def gradients(outputs, inputs, *rest, **named):
        inputs = [inputs] if isinstance(inputs, Tensor) else inputs
        return tuple(torch.zeros_like(each) for each in inputs)

    def make(changed: Preset) -> State:
        copied = SimpleNamespace(deepcopy=lambda network: Generator(changed.model))
        monkeypatch.setattr(states, "copy", copied)
        state = states.new_state(changed, CUDA)
        for module in (state.generator, state.discriminators, state.heads):
            learning.extend(module.parameters())
        return state

    def drawn(*arguments, **named):
        # A move of whole pixels is drawn on the CPU, and its value is wanted.
        return 1 if arguments[-1] == () else randint(*arguments, **named)

    randint = torch.randint
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(torch, "randint", drawn)
    monkeypatch.setattr(nn.Module, "_apply", moved)
    monkeypatch.setattr(Tensor, "backward", backward)
    monkeypatch.setattr(torch.autograd, "grad", gradients)
    monkeypatch.setattr(Tensor, "pin_memory", lambda self: self)
    monkeypatch.setattr(states, "_kept_code", lambda preset, device: None)
    try:
        with FakeTensorMode():
            yield make
    finally:
        monkeypatch.undo()


def batch(preset: Preset, *, paired: bool) -> Batch:
    shape = (preset.train.batch_size, 3, preset.train.crop_size, preset.train.crop_size)
    photos, art, painted = (torch.zeros(shape, dtype=torch.uint8) for _ in range(3))
    return Batch(photos, art, painted if paired else None)


@pytest.mark.parametrize(
    ("adversarial", "adaptive", "paired"), [("bce", False, True), ("relativistic", True, False)]
)
def test_every_term_stays_on_the_device(preset, everything, adversarial, adaptive, paired):
    loss = everything.model_copy(update={"adversarial": adversarial, "balance": True})
    augment = preset.augment.model_copy(update={"adaptive": adaptive})
    with fake_cuda() as make:
        state = make(preset.model_copy(update={"loss": loss, "augment": augment}))
        state.step = FIRST  # in which it is measured how hard each term pulls
        terms = take_step(state, batch(preset, paired=paired))
    assert {str(value.device) for value in terms.values()} == {"cuda:0"}
    assert {*WEIGHTS} - {"pixel", "color", "tone", "edges"} | {"d_edges"} <= {*terms}
    assert ("pixel" in terms, "tone" in terms) == (paired, not paired)


def test_a_run_of_the_cpu_goes_on_on_the_device(preset, tmp_path):
    preset = preset.model_copy(update={"train": preset.train.model_copy(update={"steps": 2})})
    list(train(preset, tmp_path / "run", device="cpu"))
    with fake_cuda() as make:
        state = make(preset)
        checkpoints.load_checkpoint(state, tmp_path / "run", force=False)
        assert (state.step, state.micro_batch) == (2, preset.train.batch_size)
        for optimizer in (state.generator_optimizer, state.discriminator_optimizer):
            assert all(group["fused"] for group in optimizer.param_groups)
            for values in optimizer.state.values():
                assert {value.device.type for value in values.values()} == {"cuda"}


def test_a_tensor_left_on_the_cpu_is_found(preset):
    with fake_cuda() as make:
        state = make(preset)
        state.tone_curve = torch.linspace(-1, 1, 8)
        with pytest.raises(RuntimeError, match=r"same device|different devices"):
            take_step(state, batch(preset, paired=False))
