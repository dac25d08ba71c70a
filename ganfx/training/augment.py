"""Augmentation on the device, of what both networks see: geometric changes only.

Colour is the style, so it is never touched: kornia's stock list for adaptive
augmentation has colour jitter, and this one is our own. Real and generated pictures
go through the same kinds of change, so none of them can leak into the look.
"""

from __future__ import annotations

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
        warp = K.RandomAffine(
            DEGREES,
            translate=(SHIFT, SHIFT),
            scale=SCALE,
            p=config.probability,
            padding_mode="reflection",
        )
        flip = [K.RandomHorizontalFlip(p=0.5)] if config.flip else []
        self.changes = K.AugmentationSequential(*flip, warp, data_keys=["input"])

    def forward(self, *images: Tensor) -> tuple[Tensor, ...]:
        """Change each picture of the batch on its own, and ``images`` all alike.

        Gradients pass through.
        """
        # Side by side as channels of one picture they cannot but move together.
        changed: Tensor = self.changes(torch.cat(images, dim=1))
        return torch.split(changed, [image.shape[1] for image in images], dim=1)
