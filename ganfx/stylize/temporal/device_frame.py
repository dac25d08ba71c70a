"""A stylised frame on a device: sent there once, and held for the windows that it is in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganfx.media.arrays import ImageF32
from ganfx.stylize.temporal.device_memory import DeviceMemory
from ganfx.stylize.temporal.filter import CODES, Tone, guide_size, mean_and_spread

HOST = torch.device("cpu")


@dataclass(eq=False)
class DeviceFrame:
    """What `ganfx.stylize.temporal.filter.StylizedFrame` holds, as tensors."""

    styled: Tensor
    """``(H, W, 3)`` display-encoded, without grain."""
    guide: Tensor
    """``(h, w, 3)`` uint8."""
    tone: Tone
    alpha: Tensor | None = None
    """``(H, W)``."""
    vectors: tuple[Tensor | None, Tensor | None] = (None, None)
    """Known motion to the next frame and to the one before, at the guide's size."""
    unguided: str = ""
    """Why motion that should be known is not."""

    def park(self) -> None:
        """Keep planes of full size in the computer's memory."""
        self.styled = self.styled.to(HOST)
        self.alpha = None if self.alpha is None else self.alpha.to(HOST)


@torch.inference_mode()
def device_frame(
    display: ImageF32,
    styled: ImageF32,
    alpha: ImageF32 | None,
    memory: DeviceMemory,
) -> DeviceFrame:
    """Send a frame to a device, and see its guide and its tone there.

    Args:
        display: The source, ``(H, W, 3)`` in [0, 1].
        styled: ``(H, W, 3)`` in [0, 1].
        alpha: ``(H, W)``, or None.
        memory: The device.
    """

    def sent() -> DeviceFrame:
        home = HOST if memory.parks else memory.device
        kept, cover = on_device(styled, home), None if alpha is None else on_device(alpha, home)
        guide, tone = _guide_and_tone(display, kept, memory)
        return DeviceFrame(kept, guide, tone, cover)

    return memory.fitted(sent)


def on_device(plane: NDArray[np.float32], device: torch.device) -> Tensor:
    """An array on a device: a copy, unless that is the CPU."""
    # torch takes no memory that runs backwards, nor what it may not write to.
    return torch.from_numpy(np.require(plane, np.float32, ["C", "W"])).to(device)


def _guide_and_tone(display: ImageF32, styled: Tensor, memory: DeviceMemory) -> tuple[Tensor, Tone]:
    (height, width), device = display.shape[:2], memory.device
    rows, columns = guide_size(height, width)
    guide = torch.empty((rows, columns, 3), dtype=torch.uint8, device=device)
    sums = torch.zeros((2, 2, 3), dtype=torch.int64, device=device)
    for band in _Band.all_of(height, rows, width, memory):
        seen = on_device(display[band.first : band.last], device)
        guide[band.rows] = _reduced(seen, band, height, columns, rows)
        own = slice(0, band.end - band.first)
        for total, picture in zip(
            sums, (seen[own], styled[band.first : band.end].to(device)), strict=True
        ):
            total += _sums(picture)
    source, look = (mean_and_spread(each, height * width) for each in sums.tolist())
    return guide, Tone(*source, *look)


@dataclass(frozen=True)
class _Band:
    """Rows of a guide, and of its source."""

    rows: slice
    first: int
    """Row of the source that the first of them begins in."""
    end: int
    """Row that the next band begins in."""
    last: int
    """The row after the one that the last of them ends in."""

    @classmethod
    def all_of(cls, height: int, rows: int, width: int, memory: DeviceMemory) -> Iterator[_Band]:
        scale = height / rows
        for band in memory.bands(rows, math.ceil(width * scale)):
            bottom = band.stop * scale
            end = height if band.stop == rows else math.floor(bottom)
            last = height if band.stop == rows else math.ceil(bottom)
            yield cls(band, math.floor(band.start * scale), end, last)


def _sums(picture: Tensor) -> Tensor:
    """By channel, of 16-bit codes and of their squares: ``(2, 3)`` integers."""
    codes = (picture.clamp(0.0, 1.0) * CODES + 0.5).floor().long()
    return torch.stack([codes.sum(dim=(0, 1)), (codes * codes).sum(dim=(0, 1))])


def _reduced(seen: Tensor, band: _Band, height: int, columns: int, rows: int) -> Tensor:
    """`ganfx.stylize.temporal.filter.guide_of`: 8-bit codes, averaged over areas."""
    codes = (seen.clamp(0.0, 1.0) * 255.0 + 0.5).floor()
    width = codes.shape[1]
    if (height, width) != (rows, columns):
        across = _covered(codes, 1, 0, columns, width / columns, 0)
        covered = _covered(across, 0, band.rows.start, band.rows.stop, height / rows, band.first)
        codes = (covered / ((width / columns) * (height / rows))).round()
    return codes.to(torch.uint8)


def _covered(image: Tensor, axis: int, start: int, stop: int, scale: float, first: int) -> Tensor:
    """Sums along an axis of the pixels that each of the reduced ones covers, by their shares."""
    places = torch.arange(start, stop + 1, dtype=torch.float64, device=image.device) * scale
    begins, ends = places[:-1], places[1:]
    shape = [-1 if each == axis else 1 for each in range(image.ndim)]
    total: Tensor | None = None
    for step in range(math.ceil(scale) + 1):
        pixel = begins.floor() + step
        share = (torch.minimum(ends, pixel + 1) - torch.maximum(begins, pixel)).clamp(min=0.0)
        index = (pixel.long() - first).clamp(max=image.shape[axis] - 1)
        part = image.index_select(axis, index) * share.float().reshape(shape)
        total = part if total is None else total + part
    assert total is not None
    return total
