"""Whether a run is well: signs of life summed on the device, and what they mean.

Every step adds to a few sums, which are read back every `WATCHED` steps, so that
nothing waits for the device in between. What can go wrong has a name each: see
`diagnose`. What is then done about it is `ganfx.training.recovery`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.discriminators import Verdicts
from ganfx.models.generator import luma
from ganfx.training.losses import Adversarial

WATCHED = 10  # steps between readings
HOPELESS = 0.99  # accuracy of a discriminator that has won
SATURATED_FOR = 500  # steps at that accuracy, and at the slowest pace, that are no phase
FADED = 0.05  # of the photo's contrast: what is left is no picture
BLOWN_UP = 20.0  # times the photo's contrast
FLAT_PHOTO = 0.02  # deviation of luma, of 2, below which a photo has no contrast to lose
GRID = 0.05  # deviation between the phases of the network's stride, of luma's range of 2
IN_A_ROW = 3  # readings that must agree on what may be chance in one

GENERATOR_LR, DISCRIMINATOR_LR = "train.generator_lr", "train.discriminator_lr"
PICTURES = "pictures"
GRADIENTS = GENERATOR_GRADIENT, DISCRIMINATOR_GRADIENT = (
    "the gradient of the generator",
    "the gradient of the discriminators",
)


@dataclass(frozen=True)
class Reading:
    """What the steps since the last reading were like."""

    steps: int
    margin: float  # mean logit of art less that of results
    accuracy: Mapping[str, float]  # of each discriminator: share of patches told right
    real_sign: float  # mean sign of the logits of art
    contrast: float  # of the results, as a share of the photos'
    grid: float  # deviation between the phases of the stride, beyond the photos' own
    wrong: tuple[str, ...]  # terms and gradients that were no number, the first time any was


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a run, and which key of the preset is to blame."""

    cause: str
    key: str


class Vitals:
    """Sums over the steps since the last reading, on the device.

    Args:
        stride: Of the generator, whose multiples a grid in the picture would have.
        device: Where the networks are.

    Attributes:
        finite: 1 as long as every value was a number, else 0; on the device.
    """

    def __init__(self, stride: int, device: torch.device) -> None:
        self._stride, self._device = stride, device
        self._wrong: dict[str, Tensor] = {}
        self._clear()

    def _clear(self) -> None:
        self._steps = 0
        self.finite = torch.ones((), device=self._device)
        self._wrong.clear()
        # Of `verdict_statistics`, and the variances of results and photos.
        self._sums = torch.zeros(6, device=self._device)
        self._phases = torch.zeros(2, self._stride, self._stride, device=self._device)

    def note_verdicts(self, statistics: Tensor) -> None:
        """Add what `verdict_statistics` says of a step."""
        self._sums[:4] += self._while_finite(statistics)

    @torch.no_grad()
    def note_pictures(self, photo: Tensor, fake: Tensor, share: float) -> None:
        """Add pictures of a step, ``(B, 3, S, S)``, and what became of them.

        Args:
            photo: As the generator saw them.
            fake: What it made.
            share: How much of the step's batch they are.
        """
        for index, image in enumerate((fake, photo)):
            grey = luma(image.detach())
            variance = share * grey.var(dim=(2, 3)).mean()
            self._sums[4 + index] += self._while_finite(variance)
            phases = share * phase_means(grey, self._stride)
            self._phases[index] += self._while_finite(phases)

    def _while_finite(self, values: Tensor) -> Tensor:
        """The values; nothing once a step went wrong, so that its cause can be told."""
        return torch.where(self.finite > 0, values, 0.0)

    @torch.no_grad()
    def note_step(self, values: Mapping[str, Tensor]) -> None:
        """Add the losses and gradient norms of a step, by name, and count it."""
        self._steps += 1
        finite = {name: value.isfinite().float() for name, value in values.items()}
        for name, good in finite.items():
            before = self._wrong.get(name)
            now = self.finite * (1 - good)  # only of the first step that goes wrong
            self._wrong[name] = now if before is None else before + now
        self.finite = self.finite * torch.stack(list(finite.values())).prod()

    def tensors(self) -> list[Tensor]:
        """All that `read` will look at, to be averaged over processes."""
        return [self._sums, self._phases, *self._wrong.values()]

    def read(self) -> Reading:
        """Wait for the device, and begin anew."""
        count = max(self._steps, 1)
        (fake_grid, photo_grid) = (self._phases / count).std(dim=(1, 2), correction=0)
        values = [*self._sums / count, fake_grid - photo_grid, *self._wrong.values()]
        margin, texture, palette, sign, fake, photo, grid, *wrong = torch.stack(values).tolist()
        deviations = (max(fake, 0.0) ** 0.5, max(photo, 0.0) ** 0.5)
        reading = Reading(
            steps=self._steps,
            margin=margin,
            accuracy={"texture": texture, "palette": palette},
            real_sign=sign,
            contrast=deviations[0] / deviations[1] if deviations[1] > FLAT_PHOTO else 1.0,
            grid=grid,
            wrong=tuple(n for n, bad in zip(self._wrong, wrong, strict=True) if bad),
        )
        self._clear()
        return reading

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint, which may fall between two readings."""
        return {"steps": self._steps, "sums": self._sums, "phases": self._phases}

    def load_state_dict(self, values: Mapping[str, Any]) -> None:
        """From a checkpoint: everything was finite then."""
        self._clear()
        self._steps = values["steps"]
        self._sums.copy_(values["sums"])
        self._phases.copy_(values["phases"])


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


def verdict_statistics(kind: Adversarial, real: Verdicts, fake: Verdicts) -> Tensor:
    """Margin, accuracy of both networks, and the sign of r_t: four values.

    What a discriminator is sure of has a logit on its side of the threshold: 0, or 0.5
    with ``lsgan``, whose targets are 0 and 1. With ``relativistic`` only differences
    count, so it is the middle between the means of both kinds.
    """
    margins, accuracies, signs = [], [], []
    for r, f in zip(real, fake, strict=True):
        r, f = r.detach().float(), f.detach().float()
        middle: Tensor | float = 0.5 if kind == "lsgan" else 0.0
        if kind == "relativistic":
            middle = (r.mean() + f.mean()) / 2
        margins.append(r.mean() - f.mean())
        accuracies.append(((r > middle).float().mean() + (f < middle).float().mean()) / 2)
        signs.append((r - middle).sign().mean())
    mean_margin, mean_sign = (torch.stack(values).mean() for values in (margins, signs))
    return torch.stack([mean_margin, *accuracies, mean_sign])


def phase_means(grey: Tensor, stride: int) -> Tensor:
    """Mean fine detail at each phase of a grid: all alike, unless the grid shows.

    What is coarser than the grid is taken off by a moving mean over one period, which
    leaves a ramp no trace.

    Args:
        grey: ``(B, 1, H, W)``.
        stride: Period of the grid, along both axes; at most half the picture.

    Returns:
        ``(stride, stride)``.
    """
    if stride == 1:
        return grey.new_zeros(1, 1)
    height, width = (size // stride * stride - stride for size in grey.shape[2:])
    start = stride // 2
    local = F.avg_pool2d(grey, stride, stride=1)[..., :height, :width]
    detail = grey[..., start : start + height, start : start + width] - local
    split = detail.reshape(-1, height // stride, stride, width // stride, stride)
    return split.mean(dim=(0, 1, 3))
