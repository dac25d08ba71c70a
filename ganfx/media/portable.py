"""Libraries in the modes that give the same pixels on every CPU.

Sums of floating-point numbers depend on their order, and libraries choose it by the
instructions that a CPU has. OpenCV is held to its portable code always: that costs little. For
the network the price is high, so it is paid on request.
"""

from __future__ import annotations

import os
import sys

from ganfx.errors import UsageError

_NUMPY = {
    "sse4": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR AVX2 FMA3 AVX512F AVX512_SKX",
    "avx2": "X86_V4 AVX512_ICL AVX512_SPR AVX512F AVX512_SKX",
}
"""Groups of instructions that numpy is to leave alone; it skips over names it does not know."""
_SETTINGS = {
    level: {
        "ATEN_CPU_CAPABILITY": aten,
        "ONEDNN_MAX_CPU_ISA": onednn,
        "OPENBLAS_CORETYPE": openblas,
        # The one mode of MKL that is the same on Intel's and AMD's.
        "MKL_CBWR": "COMPATIBLE",
        "NPY_DISABLE_CPU_FEATURES": _NUMPY[level],
    }
    for level, aten, onednn, openblas in (
        ("sse4", "default", "SSE41", "NEHALEM"),
        ("avx2", "avx2", "AVX2", "HASWELL"),
    )
}


def use_portable_cpu(level: str) -> None:
    """Hold torch, numpy and the libraries under them to instructions that all nodes have.

    They read this from the environment as they load, so it comes before either is imported.

    Args:
        level: ``sse4``, which every x86-64 CPU has, or ``avx2``, on those since 2013 or so.

    Raises:
        UsageError: The level is unknown, or it is too late.
    """
    if level not in _SETTINGS:
        raise UsageError(f"portable level {level}: expected {' or '.join(_SETTINGS)}")
    settings = _SETTINGS[level]
    late = {"torch", "numpy"} & set(sys.modules)
    if late and any(os.environ.get(name) != value for name, value in settings.items()):
        raise UsageError(
            f"portable mode has to be chosen before {' and '.join(sorted(late))} are imported",
            hint="call ganfx.media.portable.use_portable_cpu first, or set "
            + " ".join(f"{name}='{value}'" for name, value in settings.items()),
        )
    os.environ.update(settings)


def use_portable_opencv() -> None:
    """Switch OpenCV to its portable code paths, for the whole process.

    By default OpenCV picks code by CPU (AVX2, FMA3, Intel IPP, OpenCL), and the picks
    differ in the last bits: DIS flow, blurs, remaps and float resizes of one frame then
    differ between two render nodes. Call this before any OpenCV call whose result
    reaches a pixel; calling it again costs nothing. The price is about half the speed
    of DIS flow.
    """
    import cv2  # only once a command needs it

    cv2.setUseOptimized(False)
    cv2.ipp.setUseIPP(False)
    cv2.ocl.setUseOpenCL(False)
