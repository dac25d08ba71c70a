"""Pictures sampled, resized and blurred on a device: as OpenCV does it for the CPU's path.

Everything is sums, products, quotients and gathers of single elements in float32, each an
operation of its own: no reduction, no convolution, nothing that a library may order or fuse as
it likes. So the same tensors give the same bytes in any band of rows, on any number of threads
and, as IEEE 754 has it, on any device.

Pictures are ``(H, W, C)`` and planes ``(H, W)``, float32 where nothing else is said.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import torch
from torch import Tensor

_CUBIC = -0.75
"""Slope of the cubic at distance 1: OpenCV's."""


def sample_at(
    image: Tensor, across: Tensor, down: Tensor, *, smooth: bool = False, first: int = 0
) -> Tensor:
    """`ganfx.media.flow.sample_at`: ``image`` at each pixel's target.

    Within 1e-6 of OpenCV 5 for pictures and planes. Bilinear for two channels (a flow), OpenCV
    rounds targets to 1/32 of a pixel; this does not.

    Args:
        image: ``(H, W, C)`` or ``(H, W)``.
        across: ``(h, W)``, pixels to the right.
        down: ``(h, W)``, pixels downwards.
        smooth: Cubic instead of bilinear.
        first: First row of the frame in the planes.

    Returns:
        ``(h, W, C)`` or ``(h, W)``; edge pixels are repeated beyond the frame.
    """
    height, width = image.shape[:2]
    rows, columns = across.shape
    x = across + torch.arange(columns, dtype=torch.float32, device=image.device)
    lines = torch.arange(first, first + rows, dtype=torch.float32, device=image.device)
    left, right_weights = _taps(x.reshape(-1), smooth)
    top, down_weights = _taps((down + lines[:, None]).reshape(-1), smooth)
    table = image.reshape(height * width, -1)
    indices = [_clamped(left + step, width) for step in _steps(smooth)]
    total: Tensor | None = None
    for step, weight in zip(_steps(smooth), down_weights, strict=True):
        line = _clamped(top + step, height) * width
        taps = [table.index_select(0, line + index) for index in indices]
        row = _weighted(taps, right_weights).mul_(weight[:, None])
        total = row if total is None else total.add_(row)
    assert total is not None
    return total.reshape(rows, columns, *image.shape[2:])


def _steps(smooth: bool) -> range:
    return range(-1, 3) if smooth else range(2)


def _taps(places: Tensor, smooth: bool) -> tuple[Tensor, list[Tensor]]:
    """The pixel before each place, and the weights of those around it."""
    before = places.floor()
    share = places - before
    if not smooth:
        return before, [1.0 - share, share]
    outer, inner = _far(share + 1.0), _near(share)
    other = _near(1.0 - share)
    return before, [outer, inner, other, 1.0 - outer - inner - other]


def _near(distance: Tensor) -> Tensor:
    """The cubic's weight at distances up to 1."""
    return ((_CUBIC + 2.0) * distance - (_CUBIC + 3.0)) * distance * distance + 1.0


def _far(distance: Tensor) -> Tensor:
    """The same at distances from 1 to 2."""
    return ((_CUBIC * distance - 5.0 * _CUBIC) * distance + 8.0 * _CUBIC) * distance - 4.0 * _CUBIC


def _clamped(places: Tensor, size: int) -> Tensor:
    return places.clamp(0, size - 1).long()


def _weighted(taps: Sequence[Tensor], weights: Sequence[Tensor]) -> Tensor:
    total = taps[0] * weights[0][:, None]
    for tap, weight in zip(taps[1:], weights[1:], strict=True):
        total += tap * weight[:, None]
    return total


def sample_batch(frames: Tensor, flow: Tensor) -> Tensor:
    """Bilinear, each of ``(B, H, W)`` at the targets of its own flow, ``(..., B, H, W, 2)``."""
    batch, height, width = frames.shape
    columns, rows = (torch.arange(size, device=flow.device) for size in (width, height))
    grid = torch.stack([columns.expand(height, width), rows[:, None].expand(height, width)], dim=-1)
    places = grid + flow
    before = places.floor()
    right, down = (places - before).unbind(-1)
    left, top = before.unbind(-1)
    starts = torch.arange(0, batch * height * width, height * width, device=flow.device)
    lines = [_clamped(top + step, height) * width + starts[:, None, None] for step in (0, 1)]
    steps = [_clamped(left + step, width) for step in (0, 1)]
    near, far = (
        first + (second - first) * right
        for first, second in ([frames.take(line + step) for step in steps] for line in lines)
    )
    return near + (far - near) * down


def inside(flow: Tensor) -> Tensor:
    """Whether targets of ``(..., H, W, 2)`` lie in the frame: bool ``(..., H, W)``."""
    height, width = flow.shape[-3:-1]
    x = flow[..., 0] + torch.arange(width, dtype=flow.dtype, device=flow.device)
    y = flow[..., 1] + torch.arange(height, dtype=flow.dtype, device=flow.device)[:, None]
    return (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)


def enlarged(plane: Tensor, rows: slice, height: int, width: int) -> Tensor:
    """`ganfx.media.flow.enlarged`: rows of a plane that is resampled to another size.

    Args:
        plane: ``(h, w)`` or ``(h, w, C)``.
        rows: Start and stop row of the result.
        height: Of the whole result, in pixels.
        width: Likewise.
    """
    if tuple(plane.shape[:2]) == (height, width):
        return plane[rows]
    known_height, known_width = plane.shape[:2]
    lines = _between(plane, 0, rows.start, rows.stop, known_height / height)
    return _between(lines, 1, 0, width, known_width / width)


def _between(plane: Tensor, axis: int, start: int, stop: int, scale: float) -> Tensor:
    """Bilinear, along one axis: the places of ``start`` to ``stop`` at a scale."""
    known = plane.shape[axis]
    places = torch.arange(start, stop, dtype=torch.float64, device=plane.device)
    places = (places + 0.5) * scale - 0.5
    low = places.floor().clamp(0, known - 1)
    share = (places - low).clamp(0.0, 1.0).float()
    share = share.reshape(*[1] * axis, -1, *[1] * (plane.ndim - axis - 1))
    near = low.long()
    first = plane.index_select(axis, near)
    second = plane.index_select(axis, (near + 1).clamp(max=known - 1))
    return first + (second - first).mul_(share)


def blurred(
    image: Tensor, sigma: float, rows: slice | None = None, *, reach: float = 4.0
) -> Tensor:
    """Gaussian blur of float32 as OpenCV's, mirrored at the edges.

    Args:
        image: ``(H, W)`` or ``(H, W, C)``.
        sigma: In pixels.
        rows: Start and stop row of the result; None is all.
        reach: Sigmas on either side that the kernel has: OpenCV's 4 for float32.
    """
    rows = rows or slice(0, image.shape[0])
    size = round(sigma * reach * 2 + 1) | 1
    kernel = cv2.getGaussianKernel(size, sigma, cv2.CV_32F).ravel().tolist()
    band = _with_border(image, 0, rows.start, rows.stop, size // 2)
    across = _filtered(_with_border(band, 1, 0, image.shape[1], size // 2), 1, kernel)
    return _filtered(across, 0, kernel)


def _with_border(image: Tensor, axis: int, start: int, stop: int, border: int) -> Tensor:
    places = torch.arange(start - border, stop + border, device=image.device)
    size = image.shape[axis]
    places = places.remainder(2 * size)
    return image.index_select(axis, torch.minimum(places, 2 * size - 1 - places))


def _filtered(image: Tensor, axis: int, kernel: Sequence[float]) -> Tensor:
    """A symmetric kernel along one axis, of an image that has a border for it."""
    middle = len(kernel) // 2
    length = image.shape[axis] - 2 * middle
    total = image.narrow(axis, middle, length) * kernel[middle]
    for step in range(1, middle + 1):
        both = image.narrow(axis, middle - step, length) + image.narrow(axis, middle + step, length)
        total += both.mul_(kernel[middle + step])
    return total


def eroded(plane: Tensor, margin: int) -> Tensor:
    """The least of each pixel's neighbors up to ``margin`` away: OpenCV's, of a square."""
    for axis in (0, 1):
        length = plane.shape[axis]
        wide = _with_border(plane, axis, 0, length, margin)
        plane = wide.narrow(axis, 0, length)
        for step in range(1, 2 * margin + 1):
            plane = torch.minimum(plane, wide.narrow(axis, step, length))
    return plane


def root(square: Tensor) -> Tensor:
    """Square root, rounded as IEEE 754 has it, which torch's of float32 on a CPU is not."""
    return square.double().sqrt().float()


def length_of(flow: Tensor) -> Tensor:
    """``(..., 2)`` to ``(...)``."""
    x, y = flow[..., 0], flow[..., 1]
    return root(x * x + y * y)
