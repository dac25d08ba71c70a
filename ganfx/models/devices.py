"""Devices and precision: where networks run, and how precisely they multiply."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ganfx.errors import NodeError, UsageError, nearest

DEVICES = ("auto", "cpu", "cuda")
OTHER_NAMES = ("gpu", "nvidia", "rocm", "hip")
"""Usual names of the GPU; torch calls AMD's ``cuda``, too."""


def choose_device(name: str) -> torch.device:
    """``auto`` is the GPU where there is one that torch can use.

    Raises:
        UsageError: The device does not exist here, or is not known.
    """
    if name == "auto":
        return torch.device("cpu" if _gpu_problem() else "cuda")
    if name not in DEVICES:
        near = "cuda" if name.lower() in OTHER_NAMES else nearest(name, DEVICES)
        hint = f"did you mean {near}?" if near else f"expected {', '.join(DEVICES)}"
        raise UsageError(f"unknown device {name}", hint=hint)
    if name == "cuda" and (problem := _gpu_problem()):
        raise UsageError(problem, hint="use --device cpu or --device auto")
    return torch.device(name)


def _gpu_problem() -> str:
    """Why there is no GPU to work on; empty where there is."""
    if not torch.cuda.is_available():
        return "no CUDA GPU is available here"
    # "sm_75", "sm_120a"; AMD's have other names.
    built_for = [re.match(r"sm_(\d+)", name) for name in torch.cuda.get_arch_list()]
    oldest = min((int(found[1]) for found in built_for if found), default=0)
    major, minor = torch.cuda.get_device_capability()
    if 10 * major + minor >= oldest:
        return ""
    name = torch.cuda.get_device_name()
    return f"this torch has no code for {name}, of compute capability {major}.{minor}"


def wait_for(device: torch.device) -> None:
    """Until a GPU has done all that it was given; a CPU has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def describe_device(device: torch.device) -> str:
    """``NVIDIA H100`` or ``CPU, 2 threads``."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads != 1 else ''}"


_CAPABILITIES = {"sse4": "DEFAULT", "avx2": "AVX2"}
"""Torch's names for the levels of `ganfx.media.portable.use_portable_cpu`."""


def check_portable_cpu(level: str) -> None:
    """Make sure that torch keeps to a level, with all that it picks by CPU; ``""`` asks for none.

    Raises:
        NodeError: This CPU does not have it.
        UsageError: torch was loaded without it.
    """
    if not level:
        return
    if platform.machine().lower() not in ("x86_64", "amd64"):
        raise NodeError(f"{platform.machine()}: portable pixels are those of x86-64 CPUs")
    if level == "avx2" and not torch.cpu._is_avx2_supported():
        raise NodeError("this CPU has no AVX2", hint="make the whole job with --portable instead")
    if torch.backends.cpu.get_cpu_capability() != _CAPABILITIES[level]:
        raise UsageError(
            "torch was loaded before portable mode was chosen",
            hint="call ganfx.media.portable.use_portable_cpu before anything else",
        )
    # It works on some CPUs only.
    torch.backends.nnpack.set_flags(False)  # type: ignore[no-untyped-call]


def best_precision(device: torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it natively, else float32."""
    if device.type == "cuda":
        # Before Ampere it is emulated, slowly, and not in every operation.
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if native else torch.float32
    native = torch.backends.cpu.get_cpu_capability() == "AVX512" and _has_cpu_bfloat16()
    return torch.bfloat16 if native else torch.float32


@contextmanager
def exact_float32() -> Iterator[None]:
    """Have a GPU multiply float32 as it is: TF32, torch's default in convolutions, has 10 bits.

    What is small beside what it is the difference of (variances, edges in a sky) would be lost.
    """
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


_OUT_OF_MEMORY = (
    "out of memory",  # of CUDA itself
    "allocate memory",  # of a CPU, which has no error of its own for it
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "unable to find an engine",  # cuDNN, where no algorithm's workspace fits
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device ran out of memory: libraries under torch raise errors of their own."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _OUT_OF_MEMORY)


def _has_cpu_bfloat16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported())
