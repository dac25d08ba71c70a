"""Data pipeline: decoded pictures into batches of random crops.

Crops are cut on a thread beside the training step. The batch of a step depends on the
seed and the step alone, so a resumed run sees the same crops without any state being
saved.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.media.arrays import ImageU8
from ganfx.preset import Preset
from ganfx.samples.pictures import PREFIX

AHEAD = 6  # batches assembled before they are needed


@dataclass(frozen=True)
class PictureSet:
    """Decoded pictures and where they came from. Only read: they may be files mapped."""

    pictures: tuple[ImageU8, ...]
    source: str
    paths: tuple[Path, ...] = ()  # of ``pictures``; none for rendered ones
    skipped: tuple[str, ...] = ()  # "scan.png: truncated", for the ones that were left out
    total: int = 0  # of the source, where only some were read

    def __str__(self) -> str:
        """``320 pictures in data/photos``."""
        kind = "rendered from" if self.source.startswith(PREFIX) else "in"
        count = len(self.pictures)
        return f"{count} picture{'' if count == 1 else 's'} {kind} {self.source}"


@dataclass(frozen=True)
class TrainingSet:
    """The training data; ``painted`` goes with ``photos`` in the paired recipe."""

    photos: PictureSet
    art: PictureSet | None
    painted: PictureSet | None
    remarks: tuple[str, ...] = ()  # what the user should know about how they were read

    @property
    def wanted(self) -> PictureSet:
        """What the look is: the art or, without any, the painted versions."""
        wanted = self.art or self.painted
        assert wanted is not None
        return wanted

    @property
    def uses_samples(self) -> bool:
        """Whether anything was rendered rather than read from the user's folders."""
        sets = (self.photos, self.art, self.painted)
        return any(s.source.startswith(PREFIX) for s in sets if s is not None)


@dataclass(frozen=True)
class Batch:
    """Crops of one step, each ``(B, 3, S, S)`` uint8."""

    photos: Tensor
    art: Tensor  # what the discriminators call real
    painted: Tensor | None  # the painted versions of ``photos``, in the paired recipe


class Batches:
    """Endless batches, in an order fixed by the seed. Close it when done."""

    def __init__(self, pictures: TrainingSet, preset: Preset, *, pinned: bool = False) -> None:
        """Nothing is cut yet.

        Args:
            pictures: All that the run learns from.
            preset: The look.
            pinned: Put batches where a GPU fetches them without anyone waiting.
        """
        self._pictures, self._preset, self._pinned = pictures, preset, pinned
        # A crop takes under a millisecond: one thread is enough for a CPU, which the step
        # needs for itself; a fast GPU is fed by several.
        threads = max(1, min(4, (os.cpu_count() or 1) // 2))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="crops")

    def starting_at(self, step: int) -> Iterator[Batch]:
        """The batches of ``step``, ``step + 1`` and so on, assembled ahead of time."""
        waiting: list[Future[Batch]] = []
        while True:
            while len(waiting) < AHEAD:
                waiting.append(self._pool.submit(self.at, step))
                step += 1
            yield waiting.pop(0).result()

    def at(self, step: int) -> Batch:
        """The batch of one step: the same every time it is asked for."""
        rng = random.Random(f"{self._preset.train.seed}/{step}")
        data, size = self._preset.data, self._preset.train.crop_size
        count = self._preset.train.batch_size
        photos, painted = [], []
        for _ in range(count):
            index = rng.randrange(len(self._pictures.photos.pictures))
            window = _window(self._pictures.photos.pictures[index], data.photo_scale, size, rng)
            photos.append(crop(self._pictures.photos.pictures[index], window, size))
            if self._pictures.painted:
                painted.append(crop(self._pictures.painted.pictures[index], window, size))
        art = []
        if self._pictures.art:
            for _ in range(count):
                picture = rng.choice(self._pictures.art.pictures)
                art.append(crop(picture, _window(picture, data.art_scale, size, rng), size))
        batch = _batch(photos, painted, art, rng)
        return _pinned(batch) if self._pinned else batch

    def close(self) -> None:
        """Stop assembling."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def crop(picture: ImageU8, window: tuple[int, int, int], size: int) -> Tensor:
    """A square of a picture, resized with an area-true filter.

    Args:
        picture: ``(H, W, 3)`` uint8.
        window: Top, left and side of the square, in pixels of ``picture``.
        size: Side of the result.

    Returns:
        ``(3, size, size)`` uint8.
    """
    top, left, side = window
    square = np.ascontiguousarray(picture[top : top + side, left : left + side])
    tensor = torch.from_numpy(square).permute(2, 0, 1)
    if side == size:
        return tensor
    resized = F.interpolate(
        tensor.unsqueeze(0), (size, size), mode="bilinear", antialias=True, align_corners=False
    )
    return resized.squeeze(0)


def to_network(crops: Tensor, device: torch.device) -> Tensor:
    """uint8 0..255 to float -1..1 on ``device``."""
    return crops.to(device, non_blocking=True).float().div_(127.5).sub_(1.0)


def _batch(
    photos: list[Tensor], painted: list[Tensor], art: list[Tensor], rng: random.Random
) -> Batch:
    truth = torch.stack(painted) if painted else None
    if not art:
        # Shuffled, so that a discriminator cannot compare a fake with its own original.
        art = rng.sample(painted, len(painted))
    elif painted:
        # By turns, from a random one on: a batch of a single crop is not always the same kind.
        first = rng.randrange(2)
        turns = enumerate(zip(art, painted, strict=True), start=first)
        art = [a if turn % 2 else p for turn, (a, p) in turns]
    return Batch(torch.stack(photos), torch.stack(art), truth)


def _pinned(batch: Batch) -> Batch:
    painted = None if batch.painted is None else batch.painted.pin_memory()
    return Batch(batch.photos.pin_memory(), batch.art.pin_memory(), painted)


def _window(
    picture: ImageU8, scales: tuple[float, float], size: int, rng: random.Random
) -> tuple[int, int, int]:
    height, width = picture.shape[:2]
    side = round(size / rng.uniform(*scales))
    side = min(side, height, width)  # a picture smaller than the crop is enlarged
    return rng.randint(0, height - side), rng.randint(0, width - side), side
