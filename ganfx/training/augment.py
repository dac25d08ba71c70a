"""Augmentation on the device, of what both networks see: geometric changes only.

Colour is the style, so it is never touched: kornia's stock list for adaptive
augmentation has colour jitter, and this one is our own. Real and generated pictures
go through the same kinds of change, so none of them can leak into the look.

What is random is drawn on the CPU, all of it at once, and the matrices are made of it there, of
which a device would have launched a hundred small kernels; it gets one small tensor. Numbers and
pictures are those of kornia's RandomHorizontalFlip and RandomAffine.
"""

from __future__ import annotations

import torch
from kornia.geometry.conversions import normalize_homography
from kornia.geometry.transform import get_affine_matrix2d
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.constants import constant
from ganfx.preset import AugmentConfig

SHIFT = 0.06  # of the crop's side
DEGREES = 4.0
SCALE = (0.9, 1.1)
LIMITS = ((-DEGREES, DEGREES), SCALE, (-SHIFT, SHIFT), (-SHIFT, SHIFT))
"""Least and largest angle, scale, and shifts to the right and down."""


class Augment(nn.Module):
    """Random flips, shifts, and small rotations and scalings of ``(B, 3, H, W)``."""

    def __init__(self, config: AugmentConfig) -> None:
        super().__init__()
        self.flips = Flip() if config.flip else nn.Identity()
        self.changes = nn.Sequential(self.flips, Warp(config.probability))
        self.always = Warp(1.0)

    def forward(self, *images: Tensor) -> tuple[Tensor, ...]:
        """Change each picture of the batch on its own, and ``images`` all alike.

        Gradients pass through.
        """
        # Side by side as channels of one picture they cannot but move together.
        changed: Tensor = self.changes(torch.cat(images, dim=1))
        return torch.split(changed, [image.shape[1] for image in images], dim=1)

    def at(self, chance: float, image: Tensor) -> Tensor:
        """The same with another chance than the preset's.

        kornia's own adaptive augmentation picks the pictures that are changed by reading
        a mask back from the device; here all are changed and some of them used.
        """
        before: Tensor = self.flips(image)
        chosen = torch.rand(len(image), 1, 1, 1, device=image.device) < chance
        return torch.where(chosen, self.always(before), before)


class Flip(nn.Module):
    """Half of the pictures from right to left."""

    def forward(self, image: Tensor) -> Tensor:
        """``(B, C, H, W)`` to the same shape."""
        flipped = _sent(torch.rand(len(image)) < 0.5, image.device)
        return torch.where(flipped.view(-1, 1, 1, 1), image.flip(-1), image)


class Warp(nn.Module):
    """Some of the pictures moved, turned and scaled a little; what comes in is their mirror image.

    Args:
        probability: Share of the pictures.
    """

    def __init__(self, probability: float) -> None:
        super().__init__()
        self._probability = probability

    def forward(self, image: Tensor) -> Tensor:
        """``(B, C, H, W)`` to the same shape."""
        count, size = len(image), (image.shape[2], image.shape[3])
        changed, drawn = self._drawn(count)
        # All in one piece: a device is given one small copy.
        values = torch.cat([_back_to_source(drawn, *size).flatten(1), changed], dim=1)
        values = _sent(values, image.device)
        grid = _grid(values[:, :6].view(-1, 2, 3), *size)
        moved = F.grid_sample(image, grid, padding_mode="reflection", align_corners=False)
        if self._probability == 1:
            return moved
        return torch.where(values[:, 6].view(-1, 1, 1, 1) > 0.5, moved, image)

    def _drawn(self, count: int) -> tuple[Tensor, Tensor]:
        """Which pictures are changed, ``(B, 1)``, 0 or 1; and ``(4, B)`` numbers from 0 to 1."""
        if self._probability in (0, 1):
            return torch.full((count, 1), float(self._probability)), torch.rand(len(LIMITS), count)
        drawn = torch.rand(1 + len(LIMITS), count)
        return (drawn[0] < self._probability).float().unsqueeze(1), drawn[1:]


def _back_to_source(drawn: Tensor, height: int, width: int) -> Tensor:
    """From places in the result to those in the source, -1 to 1 along each axis: ``(B, 2, 3)``.

    Args:
        drawn: ``(4, B)``, from 0 to 1: where between their `LIMITS` the values are.
        height: Of the pictures.
        width: Likewise.
    """
    least, largest = constant("limits", drawn, lambda: torch.tensor(LIMITS)).T.unsqueeze(2)
    angle, scale, right, down = (least + drawn * (largest - least)).unbind()
    shifts = torch.stack([right * width, down * height], dim=1)
    middle = torch.tensor([[width / 2 - 0.5, height / 2 - 0.5]]).expand(len(angle), 2)
    forth = get_affine_matrix2d(shifts, middle, scale.unsqueeze(1).expand(-1, 2), angle)
    size = height, width
    return _inverse(normalize_homography(forth, size, size, align_corners=False))[:, :2]


def _inverse(matrices: Tensor) -> Tensor:
    """Of ``(B, 3, 3)``: cross products of its columns, over the determinant."""
    a, b, c = matrices.unbind(2)
    rows = [torch.linalg.cross(*pair, dim=-1) for pair in ((b, c), (c, a), (a, b))]
    determinant = (a * rows[0]).sum(-1)
    inverse: Tensor = torch.stack(rows, dim=-2) / determinant[:, None, None]
    return inverse


def _grid(matrices: Tensor, height: int, width: int) -> Tensor:
    """Pixel centres through ``(B, 2, 3)``: ``(B, H, W, 2)``, from -1 to 1 between outer edges."""
    x, y = _centers(width, matrices), _centers(height, matrices)
    by_x, by_y, offset = (column[:, :, None, None] for column in matrices.unbind(2))
    return (by_x * x + by_y * y[:, None] + offset).movedim(1, -1)


def _centers(size: int, like: Tensor) -> Tensor:
    edge = 1.0 - 1.0 / size

    def made() -> Tensor:
        return torch.linspace(-edge, edge, size, device=like.device, dtype=like.dtype)

    return constant(("centers", size), like, made)


def _sent(values: Tensor, device: torch.device) -> Tensor:
    """On the device, which is not waited for."""
    if device.type != "cuda":
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)
