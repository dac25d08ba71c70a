"""What the discriminators see: geometric changes only, on the device.

Colour is the style, so it is never touched: kornia's stock list for adaptive
augmentation has colour jitter, and this one is our own. Real and generated pictures
go through the same changes, so none of them can leak into the look.
"""

from __future__ import annotations

import kornia.augmentation as K
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

    def forward(self, image: Tensor) -> Tensor:
        """Change each picture of the batch on its own; gradients pass through."""
        changed: Tensor = self.changes(image)
        return changed
