"""How players turn and mirror the pictures of a video: its display matrix."""

from __future__ import annotations

import struct

import av
import numpy as np
from av.sidedata.sidedata import Type
from numpy.typing import NDArray

from ganfx.media.video.side_data import side_data

Floats = NDArray[np.float32]

Matrix = tuple[int, ...]
"""Nine numbers of FFmpeg's display matrix, by rows: ``a b u, c d v, x y w``.

A sample at ``(p, q)`` is shown at ``(a p + c q + x, b p + d q + y)``.
"""


def display_matrix(frame: av.VideoFrame) -> Matrix | None:
    """The matrix that a decoded frame carries; None where it is shown as stored."""
    data = side_data(frame, Type.DISPLAYMATRIX)
    return None if data is None else struct.unpack("=9i", data)


def upright(rgb: Floats, matrix: Matrix | None) -> Floats:
    """A picture as one sees it, turned by the nearest quarter and mirrored.

    Args:
        rgb: ``(H, W, 3)``, as stored.
        matrix: Of its video.

    Returns:
        ``(H, W, 3)`` or, after a quarter, ``(W, H, 3)``: a view where that will do.
    """
    if matrix is None:
        return rgb
    a, b, _, c, d = matrix[:5]
    if abs(b) > abs(a):  # columns become rows
        rgb, a, d = rgb.transpose(1, 0, 2), c, b
    return rgb[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
