"""Augmentation on the device, of what both networks see: geometric changes only.

Colour is the style, so it is never touched: kornia's stock list for adaptive
augmentation has colour jitter, and this one is our own. Real and generated pictures
go through the same kinds of change, so none of them can leak into the look.
"""

from __future__ import annotations

from typing import Any

import kornia.augmentation as K
import torch
from torch import Tensor, nn

from ganfx.preset import AugmentConfig

SHIFT = 0.06  # of the crop's side
DEGREES = 4.0
SCALE = (0.9, 1.1)


class Augment(nn.Module):
    """Random flips, shifts, and small rotations and scalings of ``(B, 3, H, W)``."""

    def __init__(self, config: AugmentConfig) -> None:
        super().__init__()
        flip = [K.RandomHorizontalFlip(p=0.5)] if config.flip else []
        self.changes = _sequence(*flip, _warp(config.probability))
        self.flips = _sequence(*flip) if flip else nn.Identity()
        self.always = _sequence(_warp(1.0))

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


def _warp(probability: float) -> Any:
    return K.RandomAffine(
        DEGREES,
        translate=(SHIFT, SHIFT),
        scale=SCALE,
        p=probability,
        padding_mode="reflection",
    )


def _sequence(*changes: Any) -> nn.Module:
    sequence: nn.Module = K.AugmentationSequential(*changes, data_keys=["input"])
    return sequence
