"""Constants are made once, and of real tensors only."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from ganfx.models import constants
from ganfx.models.constants import MOST, constant
from ganfx.models.image import blur_down


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[object, Tensor]:
    """Those that are kept: none, to begin with."""
    empty: dict[object, Tensor] = {}
    monkeypatch.setattr(constants, "_kept", empty)
    return empty


def test_a_constant_is_made_once_for_each_name_and_kind() -> None:
    calls = []

    def make() -> Tensor:
        calls.append(1)
        return torch.ones(2)

    single, double = torch.zeros(1), torch.zeros(1, dtype=torch.float64)
    first = constant("ones", single, make)
    assert constant("ones", single, make) is first
    constant("ones", double, make)
    constant(("ones", 2), single, make)
    assert len(calls) == 3


def test_what_inference_made_can_be_learned_with() -> None:
    with torch.inference_mode():
        blur_down(torch.rand(1, 3, 8, 8))
    image = torch.rand(1, 3, 8, 8, requires_grad=True)
    blur_down(image).sum().backward()
    assert image.grad is not None


def test_descriptions_of_tensors_are_not_kept(kept: dict[object, Tensor]) -> None:
    with FakeTensorMode():
        blur_down(torch.rand(1, 3, 8, 8))
    assert not kept


@pytest.mark.slow  # for it loads a compiler
def test_what_is_exported_has_constants_of_its_own(kept: dict[object, Tensor]) -> None:
    exported = torch.export.export(Halved(), (torch.rand(1, 3, 8, 8),)).module()
    assert all(type(each) is Tensor for each in kept.values())
    image = torch.rand(1, 3, 8, 8)
    assert torch.equal(exported(image), blur_down(image))
    with FakeTensorMode():
        blur_down(torch.rand(1, 3, 8, 8))


class Halved(torch.nn.Module):
    def forward(self, image: Tensor) -> Tensor:
        return blur_down(image)


def test_there_are_never_many(kept: dict[object, Tensor]) -> None:
    like = torch.zeros(1)
    for number in range(3 * MOST):
        constant(number, like, lambda: torch.zeros(1))
    assert len(kept) <= MOST


class Names(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        if not func.is_view:
            self.names.append(str(func))
        return func(*args, **(kwargs or {}))


def test_halving_is_one_operation_once_its_taps_are_there() -> None:
    image = torch.rand(2, 3, 8, 12)
    first = blur_down(image)
    with Names() as seen:
        again = blur_down(image)
    assert seen.names == ["aten.convolution.default"]
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    weights = torch.outer(taps, taps).expand(3, 1, 4, 4)
    assert torch.equal(again, F.conv2d(image, weights, stride=2, padding=1, groups=3))
    assert torch.equal(first, again)
