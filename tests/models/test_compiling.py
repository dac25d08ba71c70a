"""The generator compiled where that works."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from functorch.compile import nop
from torch._dynamo.backends.common import aot_autograd
from torch._inductor.runtime.cache_dir_utils import default_cache_dir

from ganfx.models.compiling import KEPT, Compiled
from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig

Forward = Callable[[torch.Tensor], torch.Tensor]


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    made = Generator(ModelConfig(channels=(4, 6), blocks=0))
    torch.nn.init.normal_(made.change.weight)
    return made


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where compiled code is kept."""
    monkeypatch.setenv(KEPT, "")
    monkeypatch.delenv(KEPT)
    return tmp_path


def compiler(monkeypatch: pytest.MonkeyPatch, make: Callable[[Forward], Forward]) -> None:
    monkeypatch.setattr(torch, "compile", lambda forward, dynamic: make(forward))


def test_what_was_compiled_is_what_runs(
    generator: Generator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler(monkeypatch, lambda forward: lambda photo: 2 * forward(photo))
    photo = torch.rand(1, 3, 16, 16)

    compiled = Compiled(generator, folder)
    assert torch.equal(compiled(photo), 2 * generator(photo))
    assert compiled.problem == ""
    assert os.environ[KEPT] == str(folder)
    assert (compiled.stride, compiled.receptive_radius) == (
        generator.stride,
        generator.receptive_radius,
    )


def test_torchs_own_folder_is_not_taken_for_a_choice(
    generator: Generator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEPT, default_cache_dir())
    Compiled(generator, folder)

    assert os.environ[KEPT] == str(folder)


def test_a_folder_that_torch_was_told_of_stays(
    generator: Generator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEPT, "/elsewhere")
    Compiled(generator, folder)

    assert os.environ[KEPT] == "/elsewhere"


def test_without_a_folder_nothing_is_compiled(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(forward: Forward) -> Forward:
        raise AssertionError

    compiler(monkeypatch, refuse)
    photo = torch.rand(1, 3, 16, 16)

    assert torch.equal(Compiled(generator, None)(photo), generator(photo))


def test_where_compiling_fails_the_generator_runs_as_it_is(
    generator: Generator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(forward: Forward) -> Forward:
        def run(photo: torch.Tensor) -> torch.Tensor:
            calls.append(photo)
            raise RuntimeError("no working triton\nand a long trace")

        return run

    compiler(monkeypatch, broken)
    compiled, photo = Compiled(generator, folder), torch.rand(1, 3, 16, 16)

    assert torch.equal(compiled(photo), generator(photo))
    assert compiled.problem == "no working triton"
    compiled(photo)
    assert len(calls) == 1


def test_where_only_the_backward_pass_cannot_be_compiled_it_is_found_out_at_once(
    generator: Generator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(graph: torch.fx.GraphModule, inputs: object) -> Forward:
        raise RuntimeError("no backward pass")

    compile_with = torch.compile
    backend = aot_autograd(fw_compiler=nop, bw_compiler=fails)
    compiler(monkeypatch, lambda forward: compile_with(forward, backend=backend))
    compiled, photo = Compiled(generator, folder), torch.rand(1, 3, 16, 16)

    made = compiled(photo)
    assert compiled.problem == "no backward pass"
    assert torch.equal(made, generator(photo))
    made.sum().backward()
    assert generator.change.weight.grad is not None


@pytest.mark.parametrize(
    "error",
    [
        torch.cuda.OutOfMemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("GET was unable to find an engine to execute this computation"),
    ],
)
def test_memory_that_runs_out_is_no_fault_of_the_compiler(
    generator: Generator, folder: Path, monkeypatch: pytest.MonkeyPatch, error: RuntimeError
) -> None:
    def full(photo: torch.Tensor) -> torch.Tensor:
        raise error

    compiler(monkeypatch, lambda forward: full)
    compiled = Compiled(generator, folder)

    with pytest.raises(type(error)):
        compiled(torch.rand(1, 3, 16, 16))
    assert compiled.problem == ""
