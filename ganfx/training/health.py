"""Whether a run is well: what can go wrong with it, by name, and the key to blame.

What is then done about it is `ganfx.training.recovery`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ganfx.models.discriminators import Verdicts
from ganfx.training.vitals import Reading

WATCHED = 10  # steps between readings
EARLY = (2, 5)  # and after these: a learning rate far too high does its harm at once
HOPELESS = 0.99  # accuracy of a discriminator that has won
SATURATED_FOR = 500  # steps at that accuracy, and at the slowest pace, that are no phase
FADED = 0.05  # of the photo's contrast: what is left is no picture
BLOWN_UP = 20.0  # times the photo's contrast
GRID = 0.02  # deviation between the phases of the network's stride, of luma's range of 2
IN_A_ROW = 3  # readings that must agree on what may be chance in one

GENERATOR_LR, DISCRIMINATOR_LR = "train.generator_lr", "train.discriminator_lr"
PICTURES = "pictures"
GRADIENTS = GENERATOR_GRADIENT, DISCRIMINATOR_GRADIENT = (
    "the gradient of the generator",
    "the gradient of the discriminators",
)


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a run, and which key of the preset is to blame."""

    cause: str
    key: str


@dataclass
class History:
    """For how long something has been so."""

    saturated: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Verdicts._fields, 0))
    """Steps."""
    faded: int = 0
    """Readings."""
    grid: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing is suspicious: what is saved now can be returned to."""
        return not (self.faded or self.grid or any(self.saturated.values()))


def diagnose(reading: Reading, history: History, slowest: Mapping[str, bool]) -> Trouble | None:
    """Name what is wrong, if anything is.

    Args:
        reading: Of the last steps.
        history: Of the readings before; brought up to date.
        slowest: Whether each discriminator is as slow as it can be made.
    """
    return (
        _not_finite(reading)
        or _saturated(reading, history, slowest)
        or _contrast(reading, history)
        or _grid(reading, history)
    )


def _not_finite(reading: Reading) -> Trouble | None:
    terms = [name for name in reading.wrong if name not in GRADIENTS]
    wrong = terms or list(reading.wrong)  # a gradient is no number because a term is none
    if not wrong:
        return None
    # Pictures beyond measure make nonsense of everything computed from them.
    if PICTURES in wrong or not reading.contrast < BLOWN_UP:
        return Trouble("the generated pictures hold values that are no numbers", GENERATOR_LR)
    cause = f"{' and '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not a number"
    if wrong == [GENERATOR_GRADIENT]:
        return Trouble(cause, GENERATOR_LR)
    judging = {DISCRIMINATOR_GRADIENT, *Verdicts._fields}
    if any(name in judging or name.startswith("d_") for name in wrong):
        return Trouble(cause, DISCRIMINATOR_LR)
    return Trouble(cause, f"loss.{wrong[0]}")


def _saturated(reading: Reading, history: History, slowest: Mapping[str, bool]) -> Trouble | None:
    for name, accuracy in reading.accuracy.items():
        won = accuracy > HOPELESS and slowest[name]
        history.saturated[name] = history.saturated[name] + reading.steps if won else 0
        if history.saturated[name] >= SATURATED_FOR:
            return Trouble(
                f"the {name} discriminator has told art from results without fail for"
                f" {history.saturated[name]} steps (margin {reading.margin:.1f})",
                DISCRIMINATOR_LR,
            )
    return None


def _contrast(reading: Reading, history: History) -> Trouble | None:
    off = not FADED < reading.contrast < BLOWN_UP
    history.faded = history.faded + 1 if off else 0
    if history.faded < IN_A_ROW:
        return None
    what = "faded to one tone" if reading.contrast <= FADED else "lost all measure"
    return Trouble(
        f"the pictures have {what}: {reading.contrast:.3g} of the photos' contrast", GENERATOR_LR
    )


def _grid(reading: Reading, history: History) -> Trouble | None:
    history.grid = history.grid + 1 if reading.grid > GRID else 0
    if history.grid < IN_A_ROW:
        return None
    return Trouble(
        f"the pictures show the network's grid, {reading.grid * 127.5:.0f} of 255 high",
        "loss.texture",
    )
