"""The color transfer that a generator begins with: fixed, fitted before its first step.

A curve of tones, an affine map of RGB, and a table of what is then left to add. A network that
starts from there has the palette of its art before it has learned anything, and learns texture;
one that starts from the photo has to learn both at once.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.full_precision import FullPrecision
from ganfx.models.image import luma

KNOTS = 33
"""Points of the curve, evenly spaced over [-1, 1]; straight lines between and beyond them."""
CELLS = 25
"""Points of the table along red, green and blue."""
REACH = 1.2
"""Of the table: from minus this to this; beyond, what its border says."""


class ColorStart(FullPrecision):
    """Colors to colors, pixel by pixel; the identity until it is `fit`.

    Attributes:
        curve: ``(KNOTS,)``: what lumas from -1 to 1 become; chroma stays.
        matrix: ``(3, 3)``, by which RGB is then multiplied.
        offset: ``(3,)``, which is added.
        table: ``(3, CELLS, CELLS, CELLS)``: red, green and blue that are added last, by red, green
            and blue; linear between its points.
    """

    curve: Tensor
    matrix: Tensor
    offset: Tensor
    table: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("curve", torch.linspace(-1, 1, KNOTS))
        self.register_buffer("matrix", torch.eye(3))
        self.register_buffer("offset", torch.zeros(3))
        self.register_buffer("table", torch.zeros(3, CELLS, CELLS, CELLS))
        self._inverted: tuple[Tensor, int, Tensor] | None = None

    @torch.no_grad()
    def fit(self, curve: Tensor, matrix: Tensor, offset: Tensor, table: Tensor) -> None:
        """Take over a transfer: of the shapes of the attributes."""
        ours = (self.curve, self.matrix, self.offset, self.table)
        for mine, theirs in zip(ours, (curve, matrix, offset, table), strict=True):
            mine.copy_(theirs)

    @property
    def inverse(self) -> Tensor:
        """The pseudo-inverse of the matrix, ``(3, 3)``: a GPU is waited for once only."""
        found, version = self._inverted, self.matrix._version
        if found is None or found[0] is not self.matrix or found[1] != version:
            found = self._inverted = (self.matrix, version, torch.linalg.pinv(self.matrix))
        return found[2]

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
            mapped = torch.stack(rows, dim=1)
            return mapped + self._tabled(mapped)

    def _tabled(self, colors: Tensor) -> Tensor:
        """What the table adds to ``(B, 3, H, W)``."""
        # Its axes are red, green and blue; places are given the last axis first.
        places = colors.flip(1).permute(0, 2, 3, 1).unsqueeze(1) / REACH
        table = self.table.expand(len(colors), -1, -1, -1, -1)
        added = F.grid_sample(table, places, padding_mode="border", align_corners=True)
        return added.squeeze(2)

    def _curved(self, gray: Tensor) -> Tensor:
        place = (gray + 1) * ((KNOTS - 1) / 2)
        below = place.floor().clamp(0, KNOTS - 2)
        index = below.long()
        start = self.curve[index]
        return start + (place - below) * (self.curve[index + 1] - start)
