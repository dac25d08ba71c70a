"""Failure detection: divergence, saturated discriminators, collapse and grids, each with its key.

`ganfx.training.recovery` acts on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ganfx.models.discriminators import TEXTURE, discriminator_names
from ganfx.training.training_stats import TrainingStats

WATCHED = 10  # steps between two looks at the training statistics
EARLY = (2, 5)  # and after these: a learning rate far too high does its harm at once
HOPELESS = 0.99  # accuracy of a discriminator that has won
SATURATED_FOR = 500  # steps at that accuracy, and at the slowest pace, that are no phase
FADED = 0.05  # of the photo's contrast: what is left is no picture
BLOWN_UP = 20.0  # times the photo's contrast
GRID = 0.02  # deviation between the phases of the network's stride, of luma's range of 2
IN_A_ROW = 3  # statistics that must agree on what may be chance in one

GENERATOR_LR, DISCRIMINATOR_LR = "train.generator_lr", "train.discriminator_lr"
PICTURES = "pictures"
GRADIENTS = GENERATOR_GRADIENT, DISCRIMINATOR_GRADIENT = (
    "the gradient of the generator",
    "the gradient of the discriminators",
)


@dataclass(frozen=True)
class Trouble:
    """A failure of training, and the key of the preset that is to blame."""

    cause: str
    key: str


@dataclass
class History:
    """For how long something has been so."""

    saturated: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(discriminator_names(), 0)
    )
    """Steps."""
    faded: int = 0
    """Statistics in a row, by `IN_A_ROW`."""
    grid: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing is suspicious: what is saved now can be returned to."""
        return not (self.faded or self.grid or any(self.saturated.values()))


def diagnose(stats: TrainingStats, history: History, slowest: Mapping[str, bool]) -> Trouble | None:
    """Name what is wrong, if anything is.

    Args:
        stats: Of the last steps.
        history: Of the statistics before; brought up to date.
        slowest: Whether each discriminator is as slow as it can be made.
    """
    return (
        _not_finite(stats)
        or _saturated(stats, history, slowest)
        or _contrast(stats, history)
        or _grid(stats, history)
    )


def _not_finite(stats: TrainingStats) -> Trouble | None:
    terms = [name for name in stats.non_finite if name not in GRADIENTS]
    non_finite = terms or list(stats.non_finite)  # a gradient is no number because a term is none
    if not non_finite:
        return None
    # Pictures beyond measure make nonsense of everything computed from them.
    if PICTURES in non_finite or not stats.contrast < BLOWN_UP:
        return Trouble("the generated pictures hold values that are no numbers", GENERATOR_LR)
    cause = f"{' and '.join(non_finite)} {'is' if len(non_finite) == 1 else 'are'} not a number"
    if non_finite == [GENERATOR_GRADIENT]:
        return Trouble(cause, GENERATOR_LR)
    of_discriminators = {DISCRIMINATOR_GRADIENT, *discriminator_names()}
    if any(name in of_discriminators or name.startswith("d_") for name in non_finite):
        return Trouble(cause, DISCRIMINATOR_LR)
    return Trouble(cause, f"loss.{non_finite[0]}")


def _saturated(
    stats: TrainingStats, history: History, slowest: Mapping[str, bool]
) -> Trouble | None:
    for name, accuracy in stats.accuracy.items():
        won = accuracy > HOPELESS and slowest[name]
        history.saturated[name] = history.saturated[name] + stats.steps if won else 0
        if history.saturated[name] >= SATURATED_FOR:
            return Trouble(
                f"the {name} discriminator has told art from results without fail for"
                f" {history.saturated[name]} steps (margin {stats.margin:.1f})",
                DISCRIMINATOR_LR,
            )
    return None


def _contrast(stats: TrainingStats, history: History) -> Trouble | None:
    off = not FADED < stats.contrast < BLOWN_UP
    history.faded = history.faded + 1 if off else 0
    if history.faded < IN_A_ROW:
        return None
    what = "faded to one tone" if stats.contrast <= FADED else "lost all measure"
    return Trouble(
        f"the pictures have {what}: {stats.contrast:.3g} of the photos' contrast", GENERATOR_LR
    )


def _grid(stats: TrainingStats, history: History) -> Trouble | None:
    history.grid = history.grid + 1 if stats.grid > GRID else 0
    if history.grid < IN_A_ROW:
        return None
    return Trouble(
        f"the pictures show the network's grid, {stats.grid * 127.5:.0f} of 255 high",
        f"loss.{TEXTURE.name}",
    )
