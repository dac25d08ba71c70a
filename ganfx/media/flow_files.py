"""Optical flow (motion vector) files: Middlebury's ``.flo``, and EXR with two channels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ganfx.errors import MediaError
from ganfx.media.atomic import replacing
from ganfx.media.flow import Flow
from ganfx.media.frames import read_frame
from ganfx.media.windows import Window, laid_over, plain_window

TAG = 202021.25
"""Magic number of a ``.flo`` file, little-endian float32."""
UNKNOWN = 1e9
"""Middlebury's mark of pixels of unknown motion: any value from here on."""


def write_flow(path: Path, flow: Flow) -> None:
    """Write optical flow ``(H, W, 2)``, pixels right and down, as a Middlebury ``.flo`` file.

    Raises:
        MediaError, OSError: The file cannot be written.

    Source: Baker et al., "A Database and Evaluation Methodology for Optical Flow" (2011).
    """
    height, width = flow.shape[:2]
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(np.array([TAG], dtype="<f4").tobytes())
        file.write(np.array([width, height], dtype="<i4").tobytes())
        file.write(np.ascontiguousarray(flow, dtype="<f4").tobytes())


def read_flow(path: Path, *, onto: Window | None = None) -> Flow:
    """Read optical flow: ``(H, W, 2)`` float32, pixels right and down.

    Args:
        path: A ``.flo`` file, or an EXR with the vectors in its red and green channels, or in
            channels called x and y, or u and v.
        onto: Window of the frame that the flow is of. It lies by its own display window, and
            is not a number outside of its data window.

    Raises:
        MediaError: The file is missing, damaged, not optical flow, or does not fit ``onto``.
    """
    flow, window = _read_exr(path) if path.suffix.lower() != ".flo" else _read_flo(path)
    if onto is not None:
        flow = laid_over(flow, window, onto, what="the vectors are", outside=np.nan)
    return flow


def _read_exr(path: Path) -> tuple[Flow, Window]:
    frame = read_frame(path, data=True)
    if frame.header.depth not in ("half", "float"):
        raise MediaError(f"{path}: flow needs floating-point channels")
    return np.ascontiguousarray(frame.rgb[..., :2]), frame.header.window


def _read_flo(path: Path) -> tuple[Flow, Window]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}") from error
    if len(data) < 12 or np.frombuffer(data, "<f4", 1)[0] != TAG:
        raise MediaError(f"cannot read {path}: not a .flo file")
    width, height = (int(side) for side in np.frombuffer(data, "<i4", 2, offset=4))
    if width < 1 or height < 1 or len(data) != 12 + 8 * width * height:
        raise MediaError(f"cannot read {path}: {width}x{height} do not fit its size; cut short?")
    values = np.frombuffer(data, "<f4", 2 * width * height, offset=12)
    return values.reshape(height, width, 2).astype(np.float32), plain_window(width, height)
