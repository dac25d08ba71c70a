"""The temporal filter on a device: `ganfx.stylize.temporal.filter`, by the same formulae.

Given the same motion, pixels are those of the CPU's path but for the last bits. Frames are there
already (`ganfx.stylize.temporal.device_frame`); the result comes back once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ganfx.media.arrays import ImageF32
from ganfx.stylize.temporal.device_frame import DeviceFrame
from ganfx.stylize.temporal.device_memory import DeviceMemory
from ganfx.stylize.temporal.device_motion import DeviceMotion
from ganfx.stylize.temporal.device_sampling import blurred, enlarged, sample_at
from ganfx.stylize.temporal.filter import AREAS, REACH, Tone, band_weights, tone_change
from ganfx.stylize.temporal.paths import Path

Change = tuple[Tensor, Tensor]  # gain and offset by channel


@torch.inference_mode()
def device_stabilized(
    frame: int,
    window: Mapping[int, DeviceFrame],
    motion: DeviceMotion,
    consistency: float,
    memory: DeviceMemory,
) -> ImageF32:
    """A frame, averaged with what its neighbours show of the same scene.

    Args:
        frame: Its number in ``window``.
        window: It, and all frames there are up to `ganfx.stylize.temporal.filter.HANDLES` away.
        motion: Holding the guides of the window.
        consistency: 0 leaves the frame as it is; 1 holds detail as long as areas.
        memory: The device, which ``motion`` is on.

    Returns:
        ``(H, W, 3)`` in [0, 1].
    """
    styled = window[frame].styled
    if consistency == 0:
        return styled.numpy(force=True)
    tones = {number: each.tone for number, each in window.items()}
    own = _Own(styled, _change(frame, tones, motion, memory.device), memory.device)
    neighbors = [
        _neighbor(window[other], path, _change(other, tones, motion, memory.device))
        for path in motion.paths(frame, REACH)
        for other in [frame + path.distance]
    ]
    return _result(own, neighbors, consistency, memory)


def _change(
    frame: int, tones: Mapping[int, Tone], motion: DeviceMotion, device: torch.device
) -> Change:
    gain, offset = (torch.from_numpy(each) for each in tone_change(frame, tones, motion))
    return gain.to(device), offset.to(device)


@dataclass(frozen=True, eq=False)
class _Own:
    """The frame itself, its tone changed."""

    styled: Tensor
    change: Change
    device: torch.device

    def rows(self, rows: slice) -> Tensor:
        return _relit(self.styled[rows].to(self.device), self.change)


@dataclass(frozen=True, eq=False)
class _Neighbor:
    """A frame that another one is averaged with."""

    distance: int
    held: DeviceFrame
    change: Change
    way: tuple[Tensor, Tensor, Tensor]
    """To it, right and down in its pixels, and trust; at the guide's size."""

    def brought(self, rows: slice) -> tuple[Tensor, Tensor]:
        """The neighbor warped to the frame: rows of ``(H, W, 3)``, and trust in them."""
        device = self.way[0].device
        styled, alpha = self.held.styled.to(device), self.held.alpha
        height, width = styled.shape[:2]
        across, down, trust = (enlarged(plane, rows, height, width) for plane in self.way)
        moved = sample_at(styled, across, down, smooth=True, first=rows.start)
        if alpha is not None:
            trust = trust * sample_at(alpha.to(device), across, down, first=rows.start)
        return _relit(moved, self.change), trust


def _neighbor(held: DeviceFrame, path: Path[Tensor], change: Change) -> _Neighbor:
    height, width = held.styled.shape[:2]
    known_height, known_width = path.trust.shape
    across = path.flow[..., 0] * (width / known_width)
    down = path.flow[..., 1] * (height / known_height)
    return _Neighbor(path.distance, held, change, (across, down, path.trust))


def _relit(picture: Tensor, change: Change) -> Tensor:
    return picture * change[0] + change[1]


def _result(
    own: _Own, neighbors: Sequence[_Neighbor], consistency: float, memory: DeviceMemory
) -> ImageF32:
    """All rows: areas and detail of a frame, each averaged as it is."""
    height, width = own.styled.shape[:2]
    result, areas = (torch.empty((height, width, 3), device=own.device) for _ in range(2))
    for rows in memory.bands(height, width):
        mean, detail = _averaged(own.rows(rows), neighbors, rows, consistency)
        result[rows] = detail
        areas[rows] = mean - detail
    sigma = max(1.0, AREAS * height)
    for rows in memory.bands(height, width):
        result[rows] += blurred(areas, sigma, rows)
        result[rows].clamp_(0.0, 1.0)
    return result.numpy(force=True)


def _averaged(
    own: Tensor, neighbors: Sequence[_Neighbor], rows: slice, consistency: float
) -> tuple[Tensor, Tensor]:
    """Some rows of a frame and its neighbours: averaged as areas are, and as detail is."""
    weights = band_weights(consistency)
    totals = [own.clone() for _ in weights]
    sums = [torch.ones(own.shape[:2], device=own.device) for _ in weights]
    for neighbor in neighbors:
        moved, trust = neighbor.brought(rows)
        moved *= trust[..., None]
        for total, amount, by_distance in zip(totals, sums, weights, strict=True):
            weight = by_distance[abs(neighbor.distance)]
            total += moved * weight
            amount += trust * weight
    areas, detail = (t / amount[..., None] for t, amount in zip(totals, sums, strict=True))
    return areas, detail
