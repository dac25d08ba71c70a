"""The generator compiled where that works."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig
from ganfx.training.compiling import Compiled

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    made = Generator(ModelConfig(channels=(4, 6), blocks=0))
    torch.nn.init.normal_(made.change.weight)
    return made


def test_a_gpu_runs_what_was_compiled(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "compile", lambda forward: lambda photo: 2 * forward(photo))
    photo = torch.rand(1, 3, 16, 16)

    compiled = Compiled(generator, "auto", CUDA)
    assert torch.equal(compiled(photo), 2 * generator(photo))
    assert compiled.problem == ""


@pytest.mark.parametrize(("wanted", "device"), [("off", CUDA), ("auto", CPU)])
def test_elsewhere_and_when_off_nothing_is_compiled(
    generator: Generator, monkeypatch: pytest.MonkeyPatch, wanted: str, device: torch.device
) -> None:
    def refuse(forward: Callable[[torch.Tensor], torch.Tensor]) -> None:
        raise AssertionError

    monkeypatch.setattr(torch, "compile", refuse)
    photo = torch.rand(1, 3, 16, 16)

    compiled = Compiled(generator, wanted, device)  # type: ignore[arg-type]
    assert torch.equal(compiled(photo), generator(photo))


def test_where_compiling_fails_the_generator_runs_as_it_is(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(forward: object) -> Callable[[torch.Tensor], torch.Tensor]:
        def run(photo: torch.Tensor) -> torch.Tensor:
            calls.append(photo)
            raise RuntimeError("no working triton\nand a long trace")

        return run

    monkeypatch.setattr(torch, "compile", broken)
    compiled, photo = Compiled(generator, "auto", CUDA), torch.rand(1, 3, 16, 16)

    assert torch.equal(compiled(photo), generator(photo))
    assert compiled.problem == "no working triton"
    compiled(photo)
    assert len(calls) == 1


def test_memory_that_runs_out_is_no_fault_of_the_compiler(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(photo: torch.Tensor) -> torch.Tensor:
        raise torch.cuda.OutOfMemoryError

    monkeypatch.setattr(torch, "compile", lambda forward: full)
    compiled = Compiled(generator, "auto", CUDA)

    with pytest.raises(torch.cuda.OutOfMemoryError):
        compiled(torch.rand(1, 3, 16, 16))
    assert compiled.problem == ""
