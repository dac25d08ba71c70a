"""OpenCV in the mode that gives the same pixels on every CPU."""

from __future__ import annotations


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
