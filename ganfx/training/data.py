"""Pictures into batches of crops.

Pictures are decoded once, kept as bytes in memory, and cropped on a thread beside
the training step. The batch of a step depends on the seed and the step alone, so a
resumed run sees the same crops without any state being saved.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ganfx.errors import MediaError, UsageError
from ganfx.media.footage import find_files
from ganfx.media.frames import PICTURE_SUFFIXES, read_picture
from ganfx.preset import DataConfig, Preset
from ganfx.samples.pictures import PREFIX, SCENES, sample_pictures
from ganfx.samples.teachers import check_teacher, teach

Picture = NDArray[np.uint8]  # (H, W, 3), sRGB

MIN_SIDE = 32
AHEAD = 3  # batches assembled before they are needed


@dataclass(frozen=True)
class PictureSet:
    """Decoded pictures and where they came from."""

    pictures: tuple[Picture, ...]
    source: str
    paths: tuple[Path, ...] = ()  # of ``pictures``; none for rendered ones
    skipped: tuple[str, ...] = ()  # "scan.png: truncated", for the ones that were left out

    def __str__(self) -> str:
        """``320 pictures in data/photos``."""
        kind = "rendered from" if self.source.startswith(PREFIX) else "in"
        return f"{len(self.pictures)} pictures {kind} {self.source}"


@dataclass(frozen=True)
class TrainingSet:
    """What one recipe learns from; ``painted`` goes with ``photos`` in the paired one."""

    photos: PictureSet
    art: PictureSet | None
    painted: PictureSet | None

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


def load_training_set(preset: Preset) -> TrainingSet:
    """Decode everything a preset learns from.

    Raises:
        UsageError: A source is missing, empty or holds no usable picture.
    """
    data, seed = preset.data, preset.train.seed
    painted = None
    if data.pairs:
        rendered = data.pairs.startswith(PREFIX)
        photos, painted = _render_pairs(data, seed) if rendered else _load_pairs(data)
    else:
        photos = _load(data.photos, data, "photos", seed=seed)
    art = _load(data.art, data, "art", seed=seed + 1) if data.art else None
    return TrainingSet(photos, art, painted)


def find_pictures(folder: Path, key: str) -> list[Path]:
    """All pictures in a folder tree, in a fixed order, hidden ones left out.

    Raises:
        UsageError: No such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise UsageError(f"{key}: no such folder: {folder}")
    try:
        found = find_files(folder, PICTURE_SUFFIXES)
    except UsageError as error:
        raise UsageError(f"{key}: {error.message}", hint=error.hint) from error
    return [path for _, files in found for path in files]


class Batches:
    """Endless batches, in an order fixed by the seed. Close it when done."""

    def __init__(self, pictures: TrainingSet, preset: Preset) -> None:
        self._pictures, self._preset = pictures, preset
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="crops")

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
        return _batch(photos, painted, art, rng)

    def close(self) -> None:
        """Stop assembling."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def crop(picture: Picture, window: tuple[int, int, int], size: int) -> Tensor:
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
        art = [a if i % 2 else p for i, (a, p) in enumerate(zip(art, painted, strict=True))]
    return Batch(torch.stack(photos), torch.stack(art), truth)


def _window(
    picture: Picture, scales: tuple[float, float], size: int, rng: random.Random
) -> tuple[int, int, int]:
    height, width = picture.shape[:2]
    side = round(size / rng.uniform(*scales))
    side = min(side, height, width)  # a picture smaller than the crop is enlarged
    return rng.randint(0, height - side), rng.randint(0, width - side), side


def _load(source: str, data: DataConfig, key: str, *, seed: int) -> PictureSet:
    if source.startswith(PREFIX):
        return PictureSet(tuple(sample_pictures(source, data.samples, seed=seed)), source)
    paths = find_pictures(Path(source), f"data.{key}")
    pictures, skipped = _decode(paths, data.max_side)
    if not pictures:
        raise UsageError(f"data.{key}: none of the {len(paths)} pictures in {source} is usable")
    return PictureSet(tuple(pictures.values()), source, tuple(pictures), tuple(skipped))


def _render_pairs(data: DataConfig, seed: int) -> tuple[PictureSet, PictureSet]:
    """Sample photos, and the same painted by a teacher."""
    teacher = data.pairs.removeprefix(PREFIX)
    check_teacher(teacher)
    photos = sample_pictures(PREFIX + SCENES, data.samples, seed=seed)
    painted = [teach(teacher, photo) for photo in photos]
    return PictureSet(tuple(photos), data.pairs), PictureSet(tuple(painted), data.pairs)


def _load_pairs(data: DataConfig) -> tuple[PictureSet, PictureSet]:
    """Photos and their painted versions, matched by path without suffix."""
    root = Path(data.pairs)
    photos, painted = (
        {p.relative_to(root / part).with_suffix(""): p for p in _find_part(root, part)}
        for part in ("photos", "painted")
    )
    lone = sorted(str(name) for name in photos.keys() ^ painted.keys())
    both = sorted(photos.keys() & painted.keys())
    files = [part[name] for name in both for part in (photos, painted)]
    decoded, skipped = _decode(files, data.max_side)
    matched = [n for n in both if photos[n] in decoded and painted[n] in decoded]
    if not matched:
        raise UsageError(f"data.pairs: no picture has the same name in photos and painted: {root}")
    our_paths, their_paths = (tuple(part[n] for n in matched) for part in (photos, painted))
    ours, theirs = (tuple(decoded[p] for p in paths) for paths in (our_paths, their_paths))
    for name, photo, paint in zip(matched, ours, theirs, strict=True):
        if photo.shape != paint.shape:
            sizes = f"{photo.shape[1]}x{photo.shape[0]} and {paint.shape[1]}x{paint.shape[0]}"
            raise UsageError(f"data.pairs: {name} differs in size: {sizes}")
    left_out = tuple(skipped) + tuple(f"{name}: only in one folder" for name in lone)
    return (
        PictureSet(ours, data.pairs, our_paths, left_out),
        PictureSet(theirs, data.pairs, their_paths),
    )


def _find_part(root: Path, part: str) -> list[Path]:
    if not (root / part).is_dir():
        raise UsageError(
            f"data.pairs: no folder {part} in {root}",
            hint="put the plain pictures in photos/, their painted versions in painted/",
        )
    return find_pictures(root / part, "data.pairs")


def _decode(paths: Sequence[Path], max_side: int) -> tuple[dict[Path, Picture], list[str]]:
    def decode(path: Path) -> Picture | str:
        try:
            picture = read_picture(path, max_side=max_side)
        except MediaError as error:
            return error.message
        if min(picture.shape[:2]) < MIN_SIDE:
            return f"{path}: smaller than {MIN_SIDE} pixels"
        return picture

    pictures, skipped = {}, []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, result in zip(paths, pool.map(decode, paths), strict=True):
            if isinstance(result, str):
                skipped.append(result)
            else:
                pictures[path] = result
    return pictures, skipped
