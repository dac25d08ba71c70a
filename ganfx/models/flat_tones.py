"""Flat tones: areas become as light as the nearest of a few even steps, as inks and cels are.

Source: Winnemöller, Olsen, Gooch, "Real-Time Video Abstraction" (SIGGRAPH 2006), whose soft steps
keep slow gradients from jumping between two frames; here of one sharpness, pixel by pixel.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ganfx.models.full_precision import in_full
from ganfx.models.image import luma

SHARPNESS = 12.0
"""Of the step between two tones: nine tenths of it lie within a quarter of their distance."""


class FlatTones(nn.Module):
    """Luma in even steps from black to white, chroma as it is; nothing is learned here.

    Args:
        count: Tones, black and white included; 0 leaves pictures as they are.
    """

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1] to the same shape, in full precision, pixel by pixel."""
        if not self.count:
            return photo
        with torch.no_grad(), torch.autocast(photo.device.type, enabled=False):
            areas = in_full(photo)
            gray = luma(areas)
            return areas + (self._stepped(gray) - gray)

    def _stepped(self, gray: Tensor) -> Tensor:
        last = self.count - 1
        place = (gray + 1) * (last / 2)
        below = place.floor().clamp(0, last - 1)
        rise = torch.tanh(SHARPNESS * (place - below - 0.5)) / math.tanh(SHARPNESS / 2)
        return (below + 0.5 + 0.5 * rise) * (2 / last) - 1
