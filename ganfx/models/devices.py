"""Where networks run, and how precisely they multiply."""

from __future__ import annotations

import platform

import torch

from ganfx.errors import NodeError, UsageError, nearest

DEVICES = ("auto", "cpu", "cuda")


def choose_device(name: str) -> torch.device:
    """``auto`` is the GPU where there is one.

    Raises:
        UsageError: The device does not exist here, or is not known.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name not in DEVICES:
        near = nearest(name, DEVICES)
        hint = f"did you mean {near}?" if near else f"expected {', '.join(DEVICES)}"
        raise UsageError(f"unknown device {name}", hint=hint)
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("no CUDA GPU is available here", hint="use --device cpu or --device auto")
    return torch.device(name)


def describe_device(device: torch.device) -> str:
    """``NVIDIA H100`` or ``CPU, 2 threads``."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads != 1 else ''}"


_CAPABILITIES = {"sse4": "DEFAULT", "avx2": "AVX2"}
"""What torch calls the levels of `ganfx.media.portable.use_portable_cpu`."""


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
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    native = torch.backends.cpu.get_cpu_capability() == "AVX512" and _has_cpu_bfloat16()
    return torch.bfloat16 if native else torch.float32


def _has_cpu_bfloat16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported())
