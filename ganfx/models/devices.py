"""Devices and precision: where networks run, and how precisely they multiply."""

from __future__ import annotations

import platform
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch

from ganfx.errors import NodeError, UsageError, nearest

DEVICES = ("auto", "cpu", "cuda")
FLOAT16 = (7, 0)
"""Compute capability from which GPUs multiply float16 faster than float32."""
OTHER_NAMES = ("gpu", "nvidia", "rocm", "hip")
"""Usual names of the GPU; torch calls AMD's ``cuda``, too."""


def choose_device(name: str) -> torch.device:
    """``auto`` is the GPU where there is one that torch can use.

    Raises:
        UsageError: The device does not exist here, or is not known.
    """
    if name == "auto":
        return torch.device("cuda" if _gpu_problem() is None else "cpu")
    if name not in DEVICES:
        near = "cuda" if name.lower() in OTHER_NAMES else nearest(name, DEVICES)
        hint = f"did you mean {near}?" if near else f"expected {', '.join(DEVICES)}"
        raise UsageError(f"unknown device {name}", hint=hint)
    if name == "cuda" and (problem := _gpu_problem()):
        raise UsageError(problem.what, hint=problem.hint)
    return torch.device(name)


def unused_gpu(name: str) -> str:
    """Why a GPU that is there is not worked on, in a sentence; empty where there is nothing to say.

    Args:
        name: Of the device that was asked for.
    """
    problem = _gpu_problem() if name == "auto" else None
    if problem is None or not problem.there_is_one:
        return ""
    return f"{problem.what}: the CPU is used; to have the GPU, {problem.remedy}"


_NO_GPU = ("no NVIDIA driver", "No CUDA GPUs", "No HIP GPUs", "not compiled", "libcudart")
"""What torch says where there is none, or none for it."""
_REINSTALL = "see to its driver, which may need a restart after an update"


class _GpuProblem(NamedTuple):
    """Why there is no GPU to work on."""

    what: str
    remedy: str
    there_is_one: bool

    @property
    def hint(self) -> str:
        return f"{self.remedy}; or use --device cpu" if self.remedy else "use --device cpu"


def _gpu_problem() -> _GpuProblem | None:
    """None where there is one that works."""
    with warnings.catch_warnings():  # what is wrong is told in a word of our own
        warnings.simplefilter("ignore")
        available = torch.cuda.is_available()
    return _generation_problem() if available else _driver_problem()


def _generation_problem() -> _GpuProblem | None:
    # "sm_75", "sm_120a"; AMD's have other names.
    built_for = [re.match(r"sm_(\d+)", name) for name in torch.cuda.get_arch_list()]
    oldest = min((int(found[1]) for found in built_for if found), default=0)
    major, minor = torch.cuda.get_device_capability()
    if 10 * major + minor >= oldest:
        return None
    name = torch.cuda.get_device_name()
    what = f"this torch has no code for {name}, of compute capability {major}.{minor}"
    return _GpuProblem(what, "install a torch that was built for it (pytorch.org)", True)


def _driver_problem() -> _GpuProblem:
    """Why torch finds no GPU."""
    if torch.version.cuda is None and torch.version.hip is None:
        what = "this torch was built without CUDA"
        return _GpuProblem(what, "install a torch with CUDA (pytorch.org)", False)
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]
        said = ""
    except (RuntimeError, AssertionError) as error:
        said = str(error)
    if "driver" in said and "too old" in said:
        what = f"the GPU's driver is too old for this torch, which has CUDA {torch.version.cuda}"
        remedy = "update the driver, or install a torch for an older CUDA (pytorch.org)"
        return _GpuProblem(what, remedy, True)
    if said and not any(words in said for words in _NO_GPU):
        return _GpuProblem(f"the GPU does not work: {said.splitlines()[0]}", _REINSTALL, True)
    return _GpuProblem("no CUDA GPU is available here", "", False)


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


def half_precision(device: torch.device) -> torch.dtype:
    """The half precision that a device is fastest in: float16 on a GPU, bfloat16 on a CPU."""
    return torch.float16 if device.type == "cuda" else torch.bfloat16


def check_precision(device: torch.device, asked: str) -> None:
    """Make sure that a device is made for the precision that was asked for.

    Args:
        device: Where networks run.
        asked: ``half``, ``float16`` or ``bfloat16``; nothing else can be lacking.

    Raises:
        NodeError: It has none, or is slower in it than in float32.
    """
    on_gpu = device.type == "cuda"
    problem = _gpu_lacks(asked) if on_gpu else _cpu_lacks(asked, device)
    if problem:
        hint = "use --precision float32" + (", or --device cpu" if on_gpu else "")
        raise NodeError(problem, hint=hint)


def _gpu_lacks(asked: str) -> str:
    capability = torch.cuda.get_device_capability()
    name = f"{torch.cuda.get_device_name()}, of compute capability {capability[0]}.{capability[1]}"
    if asked == "bfloat16" and best_precision(torch.device("cuda")) != torch.bfloat16:
        return f"{name}, has no bfloat16"
    if asked in ("half", "float16") and capability < FLOAT16:
        return f"{name}, is not made for float16"
    return ""


def _cpu_lacks(asked: str, cpu: torch.device) -> str:
    if asked == "float16":
        return "float16 is for GPUs: a CPU takes ten times as long in it as in float32"
    # Asked for by its name it is done, as a GPU's frames may have to be finished here.
    if asked == "half" and best_precision(cpu) != torch.bfloat16:
        return "this CPU has no bfloat16, and takes longer in half precision than in float32"
    return ""


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
