"""Events of training, as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ganfx.preset import Preset
from ganfx.styles.header import Provenance
from ganfx.training.art_choices import Choice, in_words


@dataclass(frozen=True)
class Loading:
    """Pictures are decoded, rendered, or found decoded; comes before `TrainingStarted`."""

    done: int
    total: int


@dataclass(frozen=True)
class TrainingStarted:
    """Pictures are loaded, networks are built, the first step comes next."""

    run: Path
    preset: Preset
    device: str  # "NVIDIA H100" or "CPU, 2 threads"
    precision: str  # "bfloat16" or "float32"
    photos: str  # "320 pictures in data/photos"
    art: str
    uses_samples: bool  # trains on rendered sample scenes, not on the user's pictures
    generator_parameters: int
    discriminator_parameters: int
    steps: int | None  # of the whole run; None until it is known how many fit the minutes
    first_step: int  # 1, or the one after the checkpoint that is resumed
    provenance: Provenance  # sources, licences and authors of all pictures


@dataclass(frozen=True)
class ArtAnalyzed:
    """The art was looked at, and what the preset leaves open chosen; after `TrainingStarted`."""

    found: tuple[tuple[str, str], ...]  # names and values, in words
    choices: tuple[Choice, ...]

    @property
    def chosen_in_words(self) -> str:
        """By table, as `ganfx.training.art_choices.in_words`; nothing where all was given."""
        return in_words(self.choices)


@dataclass(frozen=True)
class StepDone:
    """One optimiser step of each network."""

    step: int  # from 1
    steps: int | None  # of the whole run; None until it is known how many fit the minutes
    losses: dict[str, float] | None  # by the names in [loss]; None between logged steps
    images_per_second: float
    memory: int | None = None  # peak bytes so far; None between logged steps, or if unknown
    seconds_left: float | None = None  # of ``train.minutes``; None where they are not set


@dataclass(frozen=True)
class PreviewSaved:
    """The fixed preview photos through the averaged generator."""

    step: int
    path: Path


@dataclass(frozen=True)
class LookSaved:
    """The averaged generator as it is by now, written as a style that can be used."""

    step: int
    steps: int | None  # of the whole run; None until it is known how many fit the minutes
    path: Path


@dataclass(frozen=True)
class PlateShown:
    """A plate that the user watches, in the look so far."""

    step: int
    plate: Path
    path: Path


@dataclass(frozen=True)
class CheckpointSaved:
    """Everything that a resumed run needs."""

    step: int
    path: Path


@dataclass(frozen=True)
class Notice:
    """Something the user should know; nothing failed."""

    message: str


@dataclass(frozen=True)
class ReportSaved:
    """The run's curves, previews, settings and provenance, as one HTML file."""

    path: Path


@dataclass(frozen=True)
class TrainingDone:
    """The averaged generator, written as a style."""

    style: Path
    run: Path
    steps: int
    seconds: float


Event = (
    Loading
    | TrainingStarted
    | ArtAnalyzed
    | StepDone
    | PreviewSaved
    | LookSaved
    | PlateShown
    | CheckpointSaved
    | Notice
    | ReportSaved
    | TrainingDone
)
