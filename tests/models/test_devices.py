"""Devices: the GPU where there is one that works, and a word where there is none."""

from __future__ import annotations

import warnings
from contextlib import nullcontext

import pytest
import torch

from ganfx.errors import NodeError, UsageError
from ganfx.models.devices import (
    best_precision,
    check_precision,
    choose_device,
    exact_float32,
    half_precision,
    is_out_of_memory,
    unused_gpu,
)

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch):
    """A GPU that says to be of a generation, for a torch built for 7.5 and later."""

    def pretend(capability: tuple[int, int]) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: ["sm_75", "sm_90a", "sm_120"])
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Tesla P100")

    return pretend


def test_a_gpu_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    assert choose_device("auto").type == "cpu"
    with pytest.raises(UsageError, match="no CUDA GPU"):
        choose_device("cuda")
    with pytest.raises(UsageError, match="unknown device tpu"):
        choose_device("tpu")
    with pytest.raises(UsageError) as told:
        choose_device("gpu")
    assert told.value.hint == "did you mean cuda?"


@pytest.mark.parametrize("capability", [(7, 5), (9, 0), (12, 0)])
def test_a_gpu_that_torch_has_code_for_is_taken(gpu, capability: tuple[int, int]) -> None:
    gpu(capability)
    assert choose_device("auto") == choose_device("cuda") == CUDA


def test_a_gpu_that_torch_has_no_code_for_is_told_and_not_taken(gpu) -> None:
    gpu((6, 0))
    assert choose_device("auto").type == "cpu"
    with pytest.raises(UsageError, match=r"no code for Tesla P100, of compute capability 6\.0"):
        choose_device("cuda")


OLD_DRIVER = (
    "The NVIDIA driver on your system is too old (found version 11040). Please update your GPU"
    " driver by downloading and installing a new version"
)


@pytest.mark.parametrize(
    ("built_for", "said", "what", "remedy", "told"),
    [
        (
            "13.0",
            OLD_DRIVER,
            "too old for this torch, which has CUDA 13.0",
            "update",
            True,
        ),
        ("13.0", "Found no NVIDIA driver on your system.", "no CUDA GPU is available", "", False),
        ("13.0", "No CUDA GPUs are available", "no CUDA GPU is available", "", False),
        (
            "13.0",
            "Error 803: driver mismatch\nx",
            "not work: Error 803: driver mismatch",
            "see",
            True,
        ),
        (None, "", "built without CUDA", "install a torch with CUDA", False),
    ],
)
def test_a_gpu_that_torch_cannot_reach_is_told_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
    built_for: str | None,
    said: str,
    what: str,
    remedy: str,
    told: bool,
) -> None:
    def unavailable() -> bool:
        warnings.warn(said, stacklevel=1)  # as torch does; here a warning is an error
        return False

    def init() -> None:
        raise RuntimeError(said)

    monkeypatch.setattr(torch.cuda, "is_available", unavailable)
    monkeypatch.setattr(torch.cuda, "init", init)
    monkeypatch.setattr(torch.version, "cuda", built_for)
    with pytest.raises(UsageError, match=what) as error:
        choose_device("cuda")
    assert "--device cpu" in str(error.value.hint)
    assert remedy in str(error.value.hint)
    assert choose_device("auto") == CPU
    assert bool(unused_gpu("auto")) == told  # where there is one, silence would be a riddle
    assert unused_gpu("cpu") == ""


def test_a_gpu_that_is_too_old_for_torch_is_told_where_nobody_asked_for_it(gpu) -> None:
    gpu((6, 0))
    assert unused_gpu("auto") == (
        "this torch has no code for Tesla P100, of compute capability 6.0: the CPU is used;"
        " to have the GPU, install a torch that was built for it (pytorch.org)"
    )
    gpu((9, 0))
    assert unused_gpu("auto") == ""


@pytest.mark.parametrize(("native", "precision"), [(True, "bfloat16"), (False, "float32")])
def test_bfloat16_is_for_gpus_that_have_it(
    monkeypatch: pytest.MonkeyPatch, native: bool, precision: str
) -> None:
    def supported(including_emulation: bool = True) -> bool:
        return native or including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    assert best_precision(CUDA) == getattr(torch, precision)


def test_half_precision_is_what_a_device_is_fastest_in() -> None:
    assert half_precision(CUDA) == torch.float16
    assert half_precision(CPU) == torch.bfloat16


@pytest.mark.parametrize(
    ("capability", "asked", "lacks"),
    [
        ((7, 5), "half", ""),
        ((7, 5), "float16", ""),
        ((7, 5), "bfloat16", r"Tesla P100, of compute capability 7\.5, has no bfloat16"),
        ((6, 1), "half", r"Tesla P100, of compute capability 6\.1, is not made for float16"),
        ((6, 1), "float32", ""),
        ((6, 1), "auto", ""),
    ],
)
def test_a_gpu_without_a_precision_says_so(
    gpu, monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], asked: str, lacks: str
) -> None:
    gpu(capability)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    with pytest.raises(NodeError, match=lacks) if lacks else nullcontext() as told:
        check_precision(CUDA, asked)
    if lacks:
        assert told.value.hint == "use --precision float32, or --device cpu"


@pytest.mark.parametrize(
    ("native", "asked", "lacks"),
    [
        (True, "half", ""),
        (True, "float16", "float16 is for GPUs"),
        (False, "half", "this CPU has no bfloat16"),
        (False, "bfloat16", ""),  # slowly
        (False, "auto", ""),
    ],
)
def test_a_cpu_without_a_precision_says_so(
    monkeypatch: pytest.MonkeyPatch, native: bool, asked: str, lacks: str
) -> None:
    best = torch.bfloat16 if native else torch.float32
    monkeypatch.setattr("ganfx.models.devices.best_precision", lambda device: best)
    with pytest.raises(NodeError, match=lacks) if lacks else nullcontext():
        check_precision(CPU, asked)


def test_tf32_is_off_within_and_as_it_was_afterwards() -> None:
    before = torch.backends.cudnn.allow_tf32
    with exact_float32():
        assert not torch.backends.cudnn.allow_tf32
    assert torch.backends.cudnn.allow_tf32 == before


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (torch.OutOfMemoryError(), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("cuBLAS: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("GET was unable to find an engine to execute this computation"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes"), True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_memory_that_runs_out_is_told_from_other_errors(error: Exception, is_memory: bool) -> None:
    assert is_out_of_memory(error) == is_memory
