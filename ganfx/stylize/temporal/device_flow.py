"""Dense optical flow on a device, by inverse search: tensors of all patches at once.

From coarse to fine, every level has overlapping patches on a grid. Each looks for its place in
the second frame by steps of Gauss and Newton whose matrix is that of the patch itself, so that it
is computed once, after a look at where those beside it begin; each pixel takes the mean of the
patches that cover it, those most that fit it there; and `ganfx.stylize.temporal.device_refinement`
makes one smooth motion of it.

Frames are ``(B, H, W)`` float32 from 0 to 255, flows ``(B, H, W, 2)`` in pixels right and down;
B pairs of frames do not see each other. Arithmetic is as `ganfx.stylize.temporal.device_sampling`
says: sums over a patch, too, are of one order.

Source: Kroeger et al., "Fast Optical Flow using Dense Inverse Search" (2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganfx.stylize.temporal.device_refinement import refined
from ganfx.stylize.temporal.device_sampling import enlarged, sample_batch

PATCH = 8
"""Side of a patch, in pixels."""
STRIDE = 4
"""Pixels from patch to patch: each pixel is in four."""
FINEST = 1
"""Finest pyramid level that is matched (each is half the one before): level 0 is noise."""
COARSEST = 12
"""Pixels that the shorter side has at least on the coarsest level."""
STEPS = 4
"""Of a patch's descent. More of them, or a second look at neighbors, found no better motion."""
FLAT = 0.03
"""Least determinant of a patch's matrix, of what it would be at one code value a pixel: a patch
without structure stays where it is."""
_AREA = float(PATCH * PATCH)


def device_flow(first: Tensor, second: Tensor) -> Tensor:
    """Estimate the flow from ``first`` to ``second``.

    Args:
        first: ``(B, H, W)``, at least 16 pixels on each side.
        second: The same shape.

    Returns:
        ``(B, H, W, 2)``.
    """
    frames = torch.stack([first, second])
    levels = [frames]
    while min(levels[-1].shape[2:]) >= 2 * COARSEST:
        levels.append(_halved(levels[-1]))
    finest = min(FINEST, len(levels) - 1)
    flow = torch.zeros(*levels[-1].shape[1:], 2, device=first.device)
    for level in reversed(levels[finest:]):
        if level.shape[2:] != flow.shape[1:3]:
            flow = _doubled(flow, level.shape[2], level.shape[3])
        flow = refined(level[0], level[1], _searched(level[0], level[1], flow))
    for level in reversed(levels[:finest]):
        flow = _doubled(flow, level.shape[2], level.shape[3])
    return flow


def _halved(frames: Tensor) -> Tensor:
    """Means of 2x2 pixels; an odd last one stands twice."""
    height, width = frames.shape[-2:]
    if height % 2:
        frames = torch.cat([frames, frames[..., -1:, :]], dim=-2)
    if width % 2:
        frames = torch.cat([frames, frames[..., -1:]], dim=-1)
    rows = frames[..., ::2, :] + frames[..., 1::2, :]
    return (rows[..., ::2] + rows[..., 1::2]) * 0.25


def _doubled(flow: Tensor, height: int, width: int) -> Tensor:
    """A level's flow on the next finer one."""
    known_height, known_width = flow.shape[1:3]
    rows = slice(0, 2 * known_height)
    larger = [enlarged(each, rows, 2 * known_height, 2 * known_width) for each in flow.unbind()]
    return torch.stack(larger)[:, :height, :width].contiguous() * 2.0


@dataclass(frozen=True, eq=False)
class _Patches:
    """Of a level's first frame, ``(B, P, Q, 8, 8)``, and what a search needs of them."""

    template: Tensor
    """Without its mean."""
    slopes: Tensor
    """Along x and y, without their means: ``(2, B, P, Q, 8, 8)``."""
    inverse: tuple[Tensor, Tensor, Tensor]
    """Of the matrix of their products, ``(B, P, Q)``: of xx, xy and yy."""


def _searched(first: Tensor, second: Tensor, begun: Tensor) -> Tensor:
    """One level: the flow that it is begun with, corrected by its patches."""
    patches = _patches_of(first)
    window = _Window(second)
    begin = _at_centers(begun, patches.template.shape[1], patches.template.shape[2])
    found = begin
    error = _error(window.at(found), patches)[1]
    found, error = _spread(found, error, patches, window)
    found = _descended(found, error, patches, window)
    strayed = ((found - begin).abs() > float(PATCH)).any(dim=-1, keepdim=True)
    return _densified(first, second, torch.where(strayed, begin, found))


def _patches_of(first: Tensor) -> _Patches:
    padded = _padded(first)
    pictures = torch.stack([padded, *_slopes(padded)])
    cut = _centered(pictures.unfold(2, PATCH, STRIDE).unfold(3, PATCH, STRIDE))
    right, down = cut[1:]
    xx, xy, yy = _sums(torch.stack([right * right, right * down, down * down]))
    determinant = xx * yy - xy * xy
    least = FLAT * _AREA * _AREA
    scale = torch.where(determinant > least, 1.0 / determinant.clamp(min=least), 0.0)
    return _Patches(cut[0], cut[1:], (yy * scale, -xy * scale, xx * scale))


def _padded(frame: Tensor) -> Tensor:
    """With a stride of repeated edges all around, up to whole patches."""
    height, width = frame.shape[1:]
    rows, columns = (
        torch.arange(
            -STRIDE, STRIDE * (_count(size) - 1) + PATCH - STRIDE, device=frame.device
        ).clamp(0, size - 1)
        for size in (height, width)
    )
    return frame.index_select(1, rows).index_select(2, columns)


def _count(size: int) -> int:
    """Patches along an axis."""
    return (size - 1) // STRIDE + 2


def _slopes(frame: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences along x and y; 0 at the borders."""
    right, down = torch.zeros_like(frame), torch.zeros_like(frame)
    right[..., 1:-1] = (frame[..., 2:] - frame[..., :-2]) * 0.5
    down[..., 1:-1, :] = (frame[..., 2:, :] - frame[..., :-2, :]) * 0.5
    return right, down


def _sums(patches: Tensor) -> Tensor:
    """``(..., 8, 8)`` to ``(...)``, halves upon each other."""
    for axis in (-1, -2):
        side = PATCH
        while side > 1:
            side //= 2
            patches = patches.narrow(axis, 0, side) + patches.narrow(axis, side, side)
    return patches[..., 0, 0]


def _centered(patches: Tensor) -> Tensor:
    return patches - (_sums(patches) / _AREA)[..., None, None]


class _Window:
    """Patches of the second frame, at any place between its pixels."""

    def __init__(self, frame: Tensor) -> None:
        self._frame = frame
        steps = torch.arange(-STRIDE, PATCH + 1 - STRIDE, device=frame.device)
        rows, columns = (
            STRIDE * torch.arange(_count(size), device=frame.device)[:, None] + steps
            for size in frame.shape[1:]
        )
        self._rows, self._columns = rows[:, None, :, None], columns[None, :, None, :]

    def at(self, flow: Tensor) -> Tensor:
        """``(..., B, P, Q, 2)`` to ``(..., B, P, Q, 8, 8)``, bilinear."""
        batch, height, width = self._frame.shape
        whole = flow.floor()
        share = (flow - whole)[..., None, None]
        whole = whole.clamp(-1e6, 1e6).long()[..., None, None]
        columns = (self._columns + whole[..., 0, :, :]).clamp(0, width - 1)
        rows = (self._rows + whole[..., 1, :, :]).clamp(0, height - 1) * width
        frames = torch.arange(batch, device=flow.device) * (height * width)
        seen = self._frame.reshape(-1).take(rows + columns + frames[:, None, None, None, None])
        right, down = share[..., 0, :, :], share[..., 1, :, :]
        lines = seen[..., :-1] + (seen[..., 1:] - seen[..., :-1]) * right
        return lines[..., :-1, :] + (lines[..., 1:, :] - lines[..., :-1, :]) * down


def _error(seen: Tensor, patches: _Patches) -> tuple[Tensor, Tensor]:
    """Difference of what is seen to the patches, their means aside, and its squared sum."""
    difference = _centered(seen - patches.template)
    return difference, _sums(difference * difference)


def _descended(flow: Tensor, error: Tensor, patches: _Patches, window: _Window) -> Tensor:
    """Gauss and Newton's steps of each patch, as long as it gets nearer."""
    xx, xy, yy = patches.inverse
    best, least = flow, error
    ahead = flow
    for step in range(STEPS + 1):
        difference, error = _error(window.at(ahead), patches)
        nearer = (error < least) | (step == 0)
        least = torch.where(nearer, error, least)
        best = torch.where(nearer[..., None], ahead, best)
        if step < STEPS:
            x, y = _sums(patches.slopes * difference)
            correction = torch.stack([xx * x + xy * y, xy * x + yy * y], dim=-1)
            ahead = torch.where(nearer[..., None], ahead - correction, best)
    return best


def _spread(
    flow: Tensor, error: Tensor, patches: _Patches, window: _Window
) -> tuple[Tensor, Tensor]:
    """Each patch takes what one of the four beside it found, where that fits better."""
    others = torch.stack(
        [
            torch.cat([flow[:, :1], flow[:, :-1]], dim=1),
            torch.cat([flow[:, 1:], flow[:, -1:]], dim=1),
            torch.cat([flow[:, :, :1], flow[:, :, :-1]], dim=2),
            torch.cat([flow[:, :, 1:], flow[:, :, -1:]], dim=2),
        ]
    )
    errors = _error(window.at(others), patches)[1]
    for other, its in zip(others, errors, strict=True):
        nearer = its < error
        flow = torch.where(nearer[..., None], other, flow)
        error = torch.where(nearer, its, error)
    return flow, error


def _at_centers(flow: Tensor, down: int, across: int) -> Tensor:
    """A flow at the middles of patches, ``(B, P, Q, 2)``: mean of the four pixels there."""
    height, width = flow.shape[1:3]

    def near(axis: int, count: int, size: int, step: int) -> Tensor:
        places = STRIDE * torch.arange(count, device=flow.device) + step
        return places.clamp(0, size - 1)

    total = None
    for row in (-1, 0):
        line = flow.index_select(1, near(1, down, height, row))
        for column in (-1, 0):
            each = line.index_select(2, near(2, across, width, column))
            total = each if total is None else total + each
    assert total is not None
    return total * 0.25


def _densified(first: Tensor, second: Tensor, found: Tensor) -> Tensor:
    """Each pixel's mean of the four patches over it, by how well each fits there."""
    height, width = first.shape[1:]
    spread = found.repeat_interleave(STRIDE, 1).repeat_interleave(STRIDE, 2)
    flows = torch.stack(
        [
            spread[:, row : row + height, column : column + width]
            for row in (0, STRIDE)
            for column in (0, STRIDE)
        ]
    )
    miss = (sample_batch(second, flows) - first).abs()
    weights = 1.0 / miss.clamp(min=1.0)
    parts = flows * weights[..., None]
    total = parts[0] + parts[1] + parts[2] + parts[3]
    return total / (weights[0] + weights[1] + weights[2] + weights[3])[..., None]
