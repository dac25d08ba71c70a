"""Area memory: the art's areas, all of them, and those of the pictures that were made of late.

A step sees a few crops; what has to have the art's palette and flatness is everything that the
network makes. The memory of the art is drawn once, that of the results goes with the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.training.data import to_network
from ganfx.training.losses import FEATURES, area_features, transport_loss

BATCHES = 64  # of the art that are remembered: drawn as those of the steps are
FIRST = 1 << 40  # step whose batch is the first of them: no run has so many
STEPS = 16  # whose results are remembered
POINTS = 512  # of each
QUANTILES = 128
DIRECTIONS = 32  # beside each feature by itself


class AreaMemory:
    """Distributions along fixed directions in the space of `area_features`.

    Args:
        device: Where the networks are.
    """

    def __init__(self, device: torch.device) -> None:
        generator = torch.Generator().manual_seed(0)
        mixed = torch.randn(DIRECTIONS, FEATURES, generator=generator)
        axes = torch.cat([torch.eye(FEATURES), F.normalize(mixed, dim=1)])
        self._axes = axes.to(device)
        self._unit = torch.ones(FEATURES, device=device)
        self._art: Tensor | None = None
        self._made = torch.zeros(0, FEATURES, device=device)

    def learn_art(self, art_of: Callable[[int], Tensor]) -> None:
        """Look at the art: from a step to crops as are shown in it, ``(B, 3, S, S)`` uint8."""
        device = self._axes.device
        drawn = torch.Generator().manual_seed(1)
        features = []
        for step in range(FIRST, FIRST + BATCHES):
            crops = area_features(to_network(art_of(step), device))
            chosen = torch.randint(len(crops), (POINTS,), generator=drawn)
            features.append(crops[chosen.to(device)])
        art = torch.cat(features)
        self._unit = art.std(dim=0).clamp_min(0.02)
        self._art = _quantiles(self._projected(art))

    def loss(self, finished: Tensor) -> Tensor:
        """How far the areas of pictures ``(B, 3, S, S)`` are from those of the art; 0 at first.

        Places are drawn from torch's global generator.
        """
        assert self._art is not None, "learn_art comes first"
        features = area_features(finished)
        device = features.device
        chosen = features[torch.randint(len(features), (POINTS,), device=device)].float()
        self._made = torch.cat([self._made, chosen.detach()])[-STEPS * POINTS :]
        ours = _quantiles(self._projected(self._made))
        share = len(self._made) / (STEPS * POINTS)  # what few crops have is not what is made
        return share * transport_loss(self._projected(chosen), ours, self._art)

    def _projected(self, features: Tensor) -> Tensor:
        """``(N, FEATURES)`` to ``(D, N)``."""
        return (self._axes @ (features / self._unit).T).contiguous()

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint: what was made."""
        return {"made": self._made}

    def load_state_dict(self, values: Mapping[str, Tensor]) -> None:
        """From a checkpoint."""
        self._made = values["made"].to(self._axes.device)


def _quantiles(values: Tensor) -> Tensor:
    """``(D, N)`` to ``(D, QUANTILES)``, rising."""
    levels = torch.linspace(0, values.shape[1] - 1, QUANTILES, device=values.device).round().long()
    return values.sort(dim=1).values[:, levels].contiguous()
