"""Everything that a training step changes, and the fixed parts that it needs."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from ganfx.models.devices import best_precision
from ganfx.models.discriminators import Discriminators
from ganfx.models.features import feature_network
from ganfx.models.filters import FilterBank
from ganfx.models.generator import Generator
from ganfx.models.projection import ProjectionHeads
from ganfx.preset import Preset
from ganfx.training.augment import Augment

GENERATOR_BETAS = (0.9, 0.99)
DISCRIMINATOR_BETAS = (0.5, 0.99)  # an opponent that moves must be followed quickly


@dataclass
class State:
    """One run: networks, optimisers, and how far it is."""

    preset: Preset
    device: torch.device
    generator: Generator
    averaged: Generator  # exponential moving average: what becomes the style
    discriminators: Discriminators
    heads: ProjectionHeads  # of the contrast of patches; without that term it is empty
    generator_optimizer: torch.optim.Adam  # of the heads too
    discriminator_optimizer: torch.optim.Adam
    augment: Augment
    filters: FilterBank
    features: nn.Module  # what the preset compares texture and content on
    precision: torch.dtype
    step: int = 0  # steps done
    steps: int = 0  # steps of the whole run
    seconds: float = 0.0  # wall-clock time of the steps done, interruptions left out

    def autocast(self, enabled: bool = True) -> torch.autocast:
        """The context in which networks multiply at the state's precision."""
        enabled = enabled and self.precision != torch.float32
        return torch.autocast(self.device.type, self.precision, enabled)


def new_state(preset: Preset, device: torch.device) -> State:
    """Networks as the seed makes them, before the first step.

    Raises:
        UsageError: The preset's feature network cannot be had.
    """
    torch.manual_seed(preset.train.seed)
    generator = Generator(preset.model)
    discriminators = Discriminators(preset.discriminator)
    averaged = copy.deepcopy(generator).requires_grad_(False).eval()
    heads = ProjectionHeads(_compared_widths(preset)).to(device)
    for network in (generator, averaged, discriminators):
        network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    train, loss, fused = preset.train, preset.loss, device.type == "cuda"
    learning = [*generator.parameters(), *heads.parameters()]
    return State(
        preset=preset,
        device=device,
        generator=generator,
        averaged=averaged,
        discriminators=discriminators,
        heads=heads,
        generator_optimizer=_adam(learning, train.generator_lr, GENERATOR_BETAS, fused),
        discriminator_optimizer=_adam(
            discriminators.parameters(), train.discriminator_lr, DISCRIMINATOR_BETAS, fused
        ),
        augment=Augment(preset.augment),
        filters=FilterBank().to(device),
        features=feature_network(
            loss.features if loss.compares_features else "filters",
            loss.features_file,
            color=loss.style_on == "color",
        ).to(device),
        precision=best_precision(device),
        steps=preset.train.steps,
    )


def _compared_widths(preset: Preset) -> tuple[int, ...]:
    """Channels of the encoder's layers whose patches are compared: all but the first.

    The first sees 3x3 pixels: held to it, the result would stay a photograph.
    """
    channels = preset.model.channels
    used = preset.loss.contrast or preset.loss.identity
    return (*channels[1:], channels[-1]) if used else ()


def _adam(
    parameters: Iterable[nn.Parameter], lr: float, betas: tuple[float, float], fused: bool
) -> torch.optim.Adam:
    return torch.optim.Adam(parameters, lr=lr, betas=betas, fused=fused)
