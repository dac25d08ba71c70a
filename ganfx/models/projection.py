"""Projection heads: where the generator's features are compared patch by patch."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

WIDTH = 256


class ProjectionHeads(nn.ModuleList):
    """One small network for each layer of features (F of CUT, Park et al. 2020).

    They belong to training only and are no part of a style.

    Args:
        widths: Channels of the layers; none makes no heads and no parameters.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__(ProjectionHead(width) for width in widths)


class ProjectionHead(nn.Module):
    """Two linear layers, and a result of unit length."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH))

    def forward(self, vectors: Tensor) -> Tensor:
        """``(..., C)`` to ``(..., WIDTH)``."""
        return F.normalize(self.layers(vectors), dim=-1)
