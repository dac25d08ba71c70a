"""Orientation of videos: rotation and mirroring by the display matrix."""

from __future__ import annotations

import struct

import av
import numpy as np
from av.sidedata.sidedata import Type
from numpy.typing import NDArray

from ganfx.media.video.side_data import side_data

Floats = NDArray[np.float32]

Matrix = tuple[int, ...]
"""FFmpeg's display matrix, nine numbers by rows: ``a b u, c d v, x y w``.

A pixel at ``(p, q)`` is displayed at ``(a p + c q + x, b p + d q + y)``.
"""


def display_matrix(frame: av.VideoFrame) -> Matrix | None:
    """Display matrix of a decoded frame; None where it is displayed as stored."""
    data = side_data(frame, Type.DISPLAYMATRIX)
    return None if data is None else struct.unpack("=9i", data)


def upright(rgb: Floats, matrix: Matrix | None) -> Floats:
    """Apply a display matrix, rounded to the nearest quarter turn, with mirroring.

    Args:
        rgb: ``(H, W, 3)``, as stored.
        matrix: Display matrix of the video; None leaves the picture.

    Returns:
        ``(H, W, 3)`` or, after a quarter turn, ``(W, H, 3)``: a view of ``rgb``.
    """
    if matrix is None:
        return rgb
    a, b, _, c, d = matrix[:5]
    if abs(b) > abs(a):  # columns become rows
        rgb, a, d = rgb.transpose(1, 0, 2), c, b
    return rgb[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
