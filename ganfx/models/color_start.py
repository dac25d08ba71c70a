"""The color transfer that a generator begins with: fixed, fitted before its first step.

A curve of tones, then an affine map of RGB. A network that starts from there has the palette of
its art before it has learned anything, and learns texture; one that starts from the photo has to
learn both at once.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganfx.models.full_precision import FullPrecision
from ganfx.models.image import luma

KNOTS = 33
"""Points of the curve, evenly spaced over [-1, 1]; straight lines between and beyond them."""


class ColorStart(FullPrecision):
    """Colors to colors, pixel by pixel; the identity until it is `fit`.

    Attributes:
        curve: ``(KNOTS,)``: what lumas from -1 to 1 become; chroma stays.
        matrix: ``(3, 3)``, by which RGB is then multiplied.
        offset: ``(3,)``, which is added.
    """

    curve: Tensor
    matrix: Tensor
    offset: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("curve", torch.linspace(-1, 1, KNOTS))
        self.register_buffer("matrix", torch.eye(3))
        self.register_buffer("offset", torch.zeros(3))

    @torch.no_grad()
    def fit(self, curve: Tensor, matrix: Tensor, offset: Tensor) -> None:
        """Take over a transfer: ``(KNOTS,)``, ``(3, 3)`` and ``(3,)``."""
        for ours, theirs in ((self.curve, curve), (self.matrix, matrix), (self.offset, offset)):
            ours.copy_(theirs)

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1] to the same shape; values may lie outside.

        Pixel by pixel, in full precision: nothing goes by the window's size.
        """
        with torch.autocast(photo.device.type, enabled=False):
            photo = photo.float()
            gray = luma(photo)
            red, green, blue = (photo + (self._curved(gray) - gray)).unbind(1)
            rows = [
                row[0] * red + row[1] * green + row[2] * blue + self.offset[channel]
                for channel, row in enumerate(self.matrix)
            ]
            return torch.stack(rows, dim=1)

    def _curved(self, gray: Tensor) -> Tensor:
        place = (gray + 1) * ((KNOTS - 1) / 2)
        below = place.floor().clamp(0, KNOTS - 2)
        index = below.long()
        start = self.curve[index]
        return start + (place - below) * (self.curve[index + 1] - start)
