"""Bit-identical results on every CPU: settings of OpenCV, torch, numpy and MKL.

Floating-point sums depend on their order, and libraries choose it by the CPU's instruction
set. OpenCV always runs its portable code, which costs little. For the network it is slower, so
it is optional.
"""

from __future__ import annotations

import os
import sys
import threading

from ganfx.errors import UsageError

_NUMPY = {
    "sse4": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR AVX2 FMA3 AVX512F AVX512_SKX",
    "avx2": "X86_V4 AVX512_ICL AVX512_SPR AVX512F AVX512_SKX",
}
"""Instruction sets to disable in numpy, by level; numpy ignores names it does not know."""
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

_SWITCHING = threading.Lock()


def use_portable_cpu(level: str) -> None:
    """Restrict torch, numpy and their libraries to an instruction set that all nodes have.

    They read the environment when they are loaded, so call this before importing either.

    Args:
        level: ``sse4``, available on every x86-64 CPU, or ``avx2``, on those since about 2013.

    Raises:
        UsageError: The level is unknown, or torch or numpy is already imported.
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

    By default OpenCV dispatches by CPU (AVX2, FMA3, Intel IPP, OpenCL), with results that
    differ in the last bits: DIS flow, blurs, remaps and float resizes of one frame then
    differ between render nodes. Call this before any OpenCV call that affects pixels;
    repeated calls cost nothing. DIS flow takes about twice as long.
    """
    import cv2  # only once a command needs it

    with _SWITCHING:  # another thread would let it warn, between the variable and the level
        if os.environ.get("OPENCV_IPP") != "disabled":
            # `setUseIPP` holds for its own thread; those of OpenCV would go on with IPP.
            os.environ["OPENCV_IPP"] = "disabled"
            logging = cv2.utils.logging
            level = logging.getLogLevel()
            logging.setLogLevel(logging.LOG_LEVEL_ERROR)  # it warns of what was asked for
            cv2.ipp.useIPP()  # reads the variable
            logging.setLogLevel(level)
    cv2.setUseOptimized(False)
    cv2.ipp.setUseIPP(False)
    cv2.ocl.setUseOpenCL(False)
