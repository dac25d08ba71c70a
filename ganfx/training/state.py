"""Training state: networks, optimizers, and everything else that a step reads or changes."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganfx.media.user_folders import cache_folder
from ganfx.models.compiling import Compiled
from ganfx.models.devices import best_precision
from ganfx.models.discriminators import Discriminators, discriminator_names
from ganfx.models.features import feature_network
from ganfx.models.filters import FilterBank
from ganfx.models.generator import Generator
from ganfx.models.projection import ProjectionHeads
from ganfx.preset import Preset
from ganfx.training.adaptive import AugmentProbability, Throttle
from ganfx.training.augment import Augment
from ganfx.training.distributed import Team
from ganfx.training.health import History
from ganfx.training.loss_balancing import LossBalancer
from ganfx.training.losses import ADVERSARIAL_LOSSES, AdversarialLoss
from ganfx.training.schedule import Schedule
from ganfx.training.training_stats import StatsCollector

GENERATOR_BETAS = (0.9, 0.99)
DISCRIMINATOR_BETAS = (0.5, 0.99)  # an opponent that moves must be followed quickly
LONG = 2000
"""Steps from which on a run is worth compiling for, unless its preset says otherwise."""


@dataclass
class Controls:
    """Settings that a run adapts by itself: plain numbers, the same in every process."""

    augment_probability: AugmentProbability  # of the pictures that the discriminators see
    throttles: dict[str, Throttle] = field(
        default_factory=lambda: {name: Throttle() for name in discriminator_names()}
    )
    history: History = field(default_factory=History)
    lowered: dict[str, float] = field(default_factory=dict)
    """Keys of the preset that were to blame for a failure, and what they are multiplied by."""
    failures: int = 0
    """Since the run was last well."""
    failed_at: int = 0
    """Step of the last failure."""

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {
            "chance": self.augment_probability.value,
            "paces": {name: throttle.factor for name, throttle in self.throttles.items()},
            "history": vars(self.history) | {"saturated": dict(self.history.saturated)},
            "lowered": dict(self.lowered),
            "failures": self.failures,
            "failed_at": self.failed_at,
        }

    def load_state_dict(self, values: Mapping[str, Any]) -> None:
        """From a checkpoint."""
        self.augment_probability.value = values["chance"]
        self.throttles = {name: Throttle(factor) for name, factor in values["paces"].items()}
        self.history = History(**values["history"])
        self.lowered = dict(values["lowered"])
        self.failures, self.failed_at = values["failures"], values["failed_at"]


@dataclass
class State:
    """One run: networks, optimisers, and how far it is."""

    preset: Preset
    device: torch.device
    team: Team
    generator: Generator
    averaged: Generator  # exponential moving average: what becomes the style
    discriminators: Discriminators
    heads: ProjectionHeads  # of the contrast of patches; without that term it is empty
    generator_optimizer: torch.optim.Adam  # of the heads too
    discriminator_optimizer: torch.optim.Adam  # one group of parameters for each network
    compiled: Compiled  # the generator, as the step runs it
    augment: Augment
    filters: FilterBank
    features: nn.Module  # what the preset compares texture and content on
    precision: torch.dtype
    balance: LossBalancer
    stats: StatsCollector
    controls: Controls
    micro_batch: int  # crops that go through the networks at once
    tone_curve: Tensor
    """From the photos' tones to the art's: `ganfx.training.color_statistics.tone_curve`."""
    vividness: float = (
        1.0  # of the art, beside the photos: `ganfx.training.color_statistics.vividness`
    )
    pictures: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The data sets: `ganfx.training.dataset_fingerprint.fingerprint_sets`."""
    finetuned_from: dict[str, Any] = field(
        default_factory=dict
    )  # the look it was started from, if any
    step: int = 0  # steps done
    steps: int = 0  # steps of the whole run
    schedule: Schedule = field(default_factory=Schedule)  # of a run with ``train.minutes``
    seconds: float = 0.0  # wall-clock time of the run, interruptions and loading left out
    is_whole: bool = True  # between two steps, as opposed to inside of one
    notices: list[str] = field(default_factory=list)  # what the last step has to tell

    @property
    def progress(self) -> float:
        """Share of the run that is behind, in [0, 1]: the learning rates go by it."""
        if self.preset.train.minutes is None:
            return self.step / self.steps
        return self.schedule.progress(self.step)

    def autocast(self, enabled: bool = True) -> torch.autocast:
        """The context in which networks multiply at the state's precision."""
        enabled = enabled and self.precision != torch.float32
        return torch.autocast(self.device.type, self.precision, enabled)

    @property
    def adversarial(self) -> AdversarialLoss:
        """The preset's adversarial loss."""
        return ADVERSARIAL_LOSSES[self.preset.loss.adversarial]

    def weight(self, name: str) -> float:
        """A term's weight in the preset, or what is left of it after failures."""
        weight: float = getattr(self.preset.loss, name)
        return weight * self.controls.lowered.get(f"loss.{name}", 1.0)


def new_state(preset: Preset, device: torch.device, team: Team | None = None) -> State:
    """Networks as the seed makes them, before the first step.

    Args:
        preset: The look.
        device: Where the networks are.
        team: The processes of this run; None is this one alone.

    Raises:
        UsageError: The preset's feature network cannot be had.
    """
    torch.manual_seed(preset.train.seed)
    team = team or Team(device=device)
    generator = Generator(preset.model)
    discriminators = Discriminators(preset.discriminator)
    averaged = copy.deepcopy(generator).requires_grad_(False).eval()
    heads = ProjectionHeads(_compared_widths(preset)).to(device)
    for network in (generator, averaged, discriminators):
        network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    loss = preset.loss
    return State(
        preset=preset,
        device=device,
        team=team,
        generator=generator,
        averaged=averaged,
        discriminators=discriminators,
        heads=heads,
        generator_optimizer=_adam([generator, heads], GENERATOR_BETAS, device),
        discriminator_optimizer=_adam(discriminators.values(), DISCRIMINATOR_BETAS, device),
        compiled=Compiled(generator, _kept_code(preset, device)),
        augment=Augment(preset.augment),
        filters=FilterBank().to(device),
        features=feature_network(
            loss.features if loss.compares_features else "filters",
            loss.features_file,
            color=loss.style_on == "color",
        ).to(device),
        precision=best_precision(device),
        balance=LossBalancer(loss, device),
        stats=StatsCollector(generator.stride, device),
        controls=Controls(AugmentProbability(preset.augment.probability)),
        micro_batch=preset.train.batch_size // team.size,
        tone_curve=torch.linspace(-1, 1, 2, device=device),
        steps=preset.train.steps,
    )


def _kept_code(preset: Preset, device: torch.device) -> Path | None:
    """Where the compiled generator is kept; None where none is compiled.

    For a CPU it took two minutes longer to begin, and each step a tenth longer. On an H200 it
    took 27 s longer, and each step of 2 crops 16 ms less; of 16 crops none.
    """
    choice, long = preset.train.compile, preset.train.steps >= LONG
    wanted = choice == "on" or (choice == "auto" and long and device.type == "cuda")
    return cache_folder("compiled") if wanted else None


def _compared_widths(preset: Preset) -> tuple[int, ...]:
    """Channels of the encoder's layers whose patches are compared: all but the first.

    The first sees 3x3 pixels: held to it, the result would stay a photograph.
    """
    channels = preset.model.channels
    used = preset.loss.contrast or preset.loss.identity
    return (*channels[1:], channels[-1]) if used else ()


def _adam(
    networks: Iterable[nn.Module], betas: tuple[float, float], device: torch.device
) -> torch.optim.Adam:
    """One group of parameters for each network; its learning rate is set before every step."""
    groups = [list(network.parameters()) for network in networks]
    fused = device.type == "cuda"
    return torch.optim.Adam(
        [{"params": group} for group in groups if group], betas=betas, fused=fused
    )
