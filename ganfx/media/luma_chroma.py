"""EXR files of luminance and chroma (Y, RY, BY), which OpenImageIO does not read.

Chroma is stored at every second pixel of every second line. A copy with red, green and blue
takes the file's place, with all of its other attributes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError

Plane = NDArray[np.float32]

_CHROMA = {"RY", "BY"}
_HINT = "convert it to an EXR with R, G and B first (Nuke: Read and Write)"
_REC709 = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)
_TAPS = (0.627123, -0.186077, 0.087929, -0.043159, 0.019597, -0.007540, 0.002128)
"""Weights of the neighbours at distance 1, 3, 5... on either side, of a sample between them.

Source: OpenEXR's reconstructChroma, "Technical Introduction to OpenEXR", luminance/chroma images.
"""


def is_subsampled(reason: str) -> bool:
    """Whether OpenImageIO refused a file for channels that are not at full size."""
    return reason.startswith("Subsampled channels")


@contextmanager
def rgb_copy(path: Path, *, pixels: bool = True) -> Iterator[Path]:
    """A temporary EXR with red, green and blue of a luminance and chroma file.

    Args:
        path: The file.
        pixels: Whether its colours matter, or only the header.

    Raises:
        MediaError: Other channels are subsampled, or the file is damaged.
    """
    header, channels = _read(path)
    small = {name for name, channel in channels.items() if channel.xSampling > 1}
    if not {"Y", *_CHROMA} <= channels.keys() or small != _CHROMA:
        raise _refused(path, channels)
    planes = _planes(header, channels) if pixels else _black(channels)
    with TemporaryDirectory(prefix="ganfx-exr-") as folder:
        copy = Path(folder) / path.name
        _write(copy, header, planes)
        yield copy


def rgb_of(luma: Plane, ry: Plane, by: Plane, weights: tuple[float, float, float]) -> list[Plane]:
    """Red, green and blue ``(H, W)`` of luminance, and of chroma at full size.

    Args:
        luma: ``(H, W)``: Y, light.
        ry: ``(H, W)``: (R - Y) / Y.
        by: ``(H, W)``: (B - Y) / Y.
        weights: Shares of red, green and blue in luminance.
    """
    red, blue = (ry + np.float32(1)) * luma, (by + np.float32(1)) * luma
    green = (luma - red * np.float32(weights[0]) - blue * np.float32(weights[2])) / np.float32(
        weights[1]
    )
    gray = (ry == 0) & (by == 0)
    return [np.where(gray, luma, plane) for plane in (red, green, blue)]


def at_full_size(plane: Plane, rows: int, columns: int) -> Plane:
    """A plane of every second sample of every second line, interpolated to ``(rows, columns)``."""
    return _doubled(_doubled(plane, columns).T, rows).T


def luma_weights(chromaticities: tuple[float, ...]) -> tuple[float, float, float]:
    """Shares of red, green and blue in luminance, by x and y of the primaries and of white."""
    xy = np.array(chromaticities, np.float64).reshape(4, 2)
    xyz = np.stack([xy[:, 0] / xy[:, 1], np.ones(4), (1 - xy.sum(axis=1)) / xy[:, 1]])
    red, green, blue = np.linalg.solve(xyz[:, :3], xyz[:, 3])
    return float(red), float(green), float(blue)


def _doubled(plane: Plane, columns: int) -> Plane:
    """Twice as many columns: the samples, and between them the mean of those around."""
    wide = np.empty((plane.shape[0], 2 * plane.shape[1]), np.float32)
    wide[:, 0::2] = plane
    reach = len(_TAPS)
    padded = np.pad(plane, ((0, 0), (reach, reach)), mode="edge")
    between = np.zeros_like(plane)
    for distance, weight in enumerate(_TAPS):
        left = padded[:, reach - distance : reach - distance + plane.shape[1]]
        right = padded[:, reach + 1 + distance : reach + 1 + distance + plane.shape[1]]
        between += np.float32(weight) * (left + right)
    wide[:, 1::2] = between
    return wide[:, :columns]


def _openexr(path: Path) -> Any:
    try:
        import OpenEXR
    except ImportError:
        raise MediaError(
            f"cannot read {path}: its chroma is subsampled, and the package OpenEXR is missing",
            hint=f"pip install OpenEXR, or {_HINT}",
        ) from None
    return OpenEXR


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    library = _openexr(path)
    try:
        with library.File(str(path), separate_channels=True) as file:
            if len(file.parts) > 1:
                raise MediaError(f"{path} has subsampled channels in several parts", hint=_HINT)
            return dict(file.header()), dict(file.channels())
    except (RuntimeError, ValueError, TypeError) as error:
        raise MediaError(f"cannot read {path}: {error}", hint="copy it again") from error


def _refused(path: Path, channels: dict[str, Any]) -> MediaError:
    small = [name for name, channel in channels.items() if channel.xSampling > 1]
    names = ", ".join(sorted(small) or sorted(channels))
    return MediaError(f"{path} has subsampled channels ({names})", hint=_HINT)


def _planes(header: dict[str, Any], channels: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """All channels at full size, with red, green and blue in place of luminance and chroma."""
    luma = channels["Y"].pixels
    height, width = luma.shape
    ry, by = (
        at_full_size(channels[name].pixels.astype(np.float32), height, width)
        for name in ("RY", "BY")
    )
    weights = luma_weights(tuple(header.get("chromaticities", _REC709)))
    colors = rgb_of(luma.astype(np.float32), ry, by, weights)
    planes = {
        name: np.maximum(plane, np.float32(0)).astype(luma.dtype)
        for name, plane in zip("RGB", colors, strict=True)
    }
    others = {name: c.pixels for name, c in channels.items() if name not in {"Y", *_CHROMA}}
    return planes | others


def _black(channels: dict[str, Any]) -> dict[str, NDArray[Any]]:
    others = (name for name in channels if name not in {"Y", *_CHROMA})
    empty = np.zeros_like(channels["Y"].pixels)
    colors = dict.fromkeys("RGB", empty)
    return colors | {name: np.zeros_like(channels[name].pixels) for name in others}


def _write(path: Path, header: dict[str, Any], planes: dict[str, NDArray[Any]]) -> None:
    library = _openexr(path)
    kept = {name: value for name, value in header.items() if name != "channels"}
    channels = {name: np.ascontiguousarray(plane) for name, plane in planes.items()}
    with library.File(kept, channels) as file:
        file.write(str(path))
