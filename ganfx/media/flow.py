"""Dense optical flow (OpenCV's DIS) and warping by it.

A flow is ``(H, W, 2)`` float32: the motion vector of each pixel of the first frame to the same
point of the scene in the second, in pixels to the right and down.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.color import luma_of
from ganfx.media.portable import use_portable_opencv

Floats = NDArray[np.float32]
Flow = NDArray[np.float32]

SMALLEST = 16
"""Minimum width and height of a frame, in pixels."""
NOISE = 1.0
"""Standard deviation in pixels of the blur before matching, which keeps sensor noise out."""
FINEST = 1
"""Finest pyramid level that is matched (each is half the one before): level 0 is noise."""
REFINEMENTS = 20
"""Variational refinement iterations on every level."""


def optical_flow(first: ImageU8, second: ImageU8) -> Flow:
    """Estimate the flow from ``first`` to ``second`` by dense inverse search (DIS).

    Args:
        first: ``(H, W, 3)`` uint8 sRGB, at least `SMALLEST` pixels on each side.
        second: The same shape.

    Returns:
        The flow ``(H, W, 2)``, bit-identical on every machine.

    Raises:
        ValueError: The shapes differ, or the frames are too small.

    Source: Kroeger et al., "Fast Optical Flow using Dense Inverse Search" (2016).
    """
    if first.shape != second.shape:
        raise ValueError(f"expected equal shapes, got {first.shape} and {second.shape}")
    if min(first.shape[:2]) < SMALLEST:
        raise ValueError(f"expected at least {SMALLEST} pixels on each side, got {first.shape}")
    return flow_of_seen(seen(first), seen(second))


def seen(picture: ImageU8) -> ImageU8:
    """A frame as it is matched: its luma ``(H, W)``, uint8, without sensor noise."""
    use_portable_opencv()
    code: ImageU8 = (luma_of(picture) + np.float32(0.5)).astype(np.uint8)
    blurred = cv2.GaussianBlur(code, (0, 0), NOISE, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, dtype=np.uint8)


def flow_of_seen(first: ImageU8, second: ImageU8) -> Flow:
    """`optical_flow` of frames as they are `seen`, which serves for all neighbors of a frame."""
    use_portable_opencv()
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(FINEST)
    search.setVariationalRefinementIterations(REFINEMENTS)
    flow = search.calc(first, second, None)  # type: ignore[call-overload]
    return np.asarray(flow, dtype=np.float32)


def sample_at(
    image: Floats, flow: Flow | tuple[Floats, Floats], *, smooth: bool = False, first: int = 0
) -> Floats:
    """Warp the second frame of a flow back to the first: ``image`` at each pixel's target.

    Args:
        image: ``(H, W)`` or ``(H, W, C)`` float32, of up to 4 channels.
        flow: ``(H, W, 2)``, or its two planes ``(H, W)``.
        smooth: Cubic interpolation, which keeps detail and may leave the image's range a
            little, instead of bilinear.
        first: First row of the frame in ``flow``, where that is a band of rows.

    Returns:
        The rows of ``flow``, float32; edge pixels are repeated beyond the frame.
    """
    use_portable_opencv()
    across, down = flow if isinstance(flow, tuple) else (flow[..., 0], flow[..., 1])
    height, width = across.shape
    x = across + np.arange(width, dtype=np.float32)
    y = down + np.arange(first, first + height, dtype=np.float32)[:, None]
    border = cv2.BORDER_REPLICATE
    kind = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    sampled = cv2.remap(image, x, y, interpolation=kind, borderMode=border)
    return np.asarray(sampled, dtype=np.float32)


def enlarged(plane: Floats, rows: slice, height: int, width: int) -> Floats:
    """Rows of a plane that is resampled to another size, bilinearly.

    Args:
        plane: ``(h, w)`` or ``(h, w, C)`` float32, of up to 4 channels.
        rows: Start and stop row of the result, from 0 to ``height``.
        height: Full height of the resampled plane, in pixels.
        width: Its width, in pixels.

    Returns:
        ``(rows, width)`` or ``(rows, width, C)`` float32.
    """
    use_portable_opencv()
    if plane.shape[:2] == (height, width):
        return plane[rows]
    known = len(plane)
    places = (np.arange(rows.start, rows.stop) + 0.5) * (known / height) - 0.5
    above = np.clip(np.floor(places), 0, known - 1).astype(np.intp)
    below = np.minimum(above + 1, known - 1)
    share = np.clip(places - above, 0, 1).astype(np.float32).reshape(-1, *[1] * (plane.ndim - 1))
    lines = plane[above]
    lines += share * (plane[below] - lines)
    made = cv2.resize(lines, (width, len(lines)), interpolation=cv2.INTER_LINEAR)
    return np.asarray(made, dtype=np.float32)
