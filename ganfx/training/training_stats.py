"""Training statistics: summed on the device, read back every few steps.

Nothing waits for the device in between. `ganfx.training.health` says what is wrong by them,
and `ganfx.training.adaptive` adapts to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.discriminators import PatchLogits, discriminator_names
from ganfx.models.image import luma
from ganfx.training.losses import AdversarialLoss

FLAT_PHOTO = 0.02  # deviation of luma, of 2, below which a photo has no contrast to lose


@dataclass(frozen=True)
class TrainingStats:
    """Statistics of the steps since the last `read`."""

    steps: int
    margin: float  # mean logit of art less that of results
    accuracy: Mapping[str, float]  # of each discriminator: share of patches told right
    logit_shift: Mapping[str, float]  # of each: shift of its mean logit by one step, in deviations
    real_sign: float  # mean sign of the logits of art
    contrast: float  # of the results, as a share of the photos'
    grid: float  # deviation between the phases of the stride, beyond the photos' own
    non_finite: tuple[str, ...]  # terms and gradients that were no number, the first time any was


class StatsCollector:
    """Sums over the steps since the last `read`.

    Args:
        stride: Of the generator, whose multiples a grid in the picture would have.
        device: Where the networks are.

    Attributes:
        finite: 1 as long as every value was a number, else 0; on the device.
    """

    def __init__(self, stride: int, device: torch.device) -> None:
        self._stride, self._device = stride, device
        # Values that come together are kept as one tensor: on a GPU each operation is launched.
        self._non_finite: dict[tuple[str, ...], Tensor] = {}
        self._sums: dict[tuple[str, ...], Tensor] = {}
        self._loaded: dict[str, Tensor] = {}  # from a checkpoint, until more comes to them
        self._phases: dict[str, Tensor] = {}
        self._clear()

    def _clear(self) -> None:
        self._steps = 0
        self.finite = torch.ones((), device=self._device)
        for kept in (self._non_finite, self._sums, self._loaded):
            kept.clear()
        for image in ("fake", "photo"):
            self._phases[f"phases_{image}"] = torch.zeros(
                self._stride, self._stride, device=self._device
            )

    def note_logits(self, statistics: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> None:
        """Add the discriminators' part of a step.

        Args:
            statistics: `logit_statistics` before they learned.
            after: Mean logits of the same pictures after that, by discriminator.
        """
        names = discriminator_names()
        means = torch.stack([statistics[f"mean_{name}"] for name in names])
        changes = torch.stack([after[name] for name in names]) - means
        self._add(tuple(statistics), torch.stack(list(statistics.values())))
        self._add(tuple(f"change_{name}" for name in names), changes.square())

    @torch.no_grad()
    def note_pictures(self, photo: Tensor, fake: Tensor, share: float) -> None:
        """Add pictures of a step, ``(B, 3, S, S)``, and what became of them.

        Args:
            photo: As the generator saw them.
            fake: What it made.
            share: How much of the step's batch they are.
        """
        contrasts = []
        for name, image in (("fake", fake), ("photo", photo)):
            gray = luma(image.detach())
            contrasts.append(gray.var(dim=(2, 3)).mean())
            phases = self._unless_wrong(share * phase_means(gray, self._stride))
            self._phases[f"phases_{name}"] = self._phases[f"phases_{name}"] + phases
        self._add(("contrast_fake", "contrast_photo"), share * torch.stack(contrasts))

    @torch.no_grad()
    def note_step(self, values: Mapping[str, Tensor]) -> None:
        """Add the losses and gradient norms of a step, by name, and count it."""
        self._steps += 1
        names = tuple(values)
        good = torch.stack([value.float() for value in values.values()]).isfinite().float()
        before = self._non_finite.get(names)
        now = self.finite * (1 - good)  # only of the first step that goes wrong
        self._non_finite[names] = now if before is None else before + now
        self.finite = self.finite * good.prod()

    def tensors(self) -> list[Tensor]:
        """All that `read` will look at, to be averaged over processes."""
        sums = (*self._sums.values(), *self._loaded.values(), *self._phases.values())
        return [*sums, *self._non_finite.values()]

    def read(self) -> TrainingStats:
        """Wait for the device, and begin anew."""
        sums = self._by_name()
        for image in ("fake", "photo"):
            sums[f"grid_{image}"] = self._phases[f"phases_{image}"].std(correction=0)
        found = torch.stack(list(sums.values())).tolist()
        mean = {n: v / max(self._steps, 1) for n, v in zip(sums, found, strict=True)}
        non_finite = tuple(
            name
            for names, values in self._non_finite.items()
            for name, bad in zip(names, values.tolist(), strict=True)
            if bad
        )
        steps = self._steps
        self._clear()
        return _training_stats(steps, mean, non_finite)

    def _by_name(self) -> dict[str, Tensor]:
        """Every sum, a scalar."""
        found = dict(self._loaded)
        for names, values in self._sums.items():
            found |= zip(names, values.unbind(), strict=True)
        return found

    def _add(self, names: tuple[str, ...], values: Tensor) -> None:
        values = self._unless_wrong(values)
        before = self._sums.get(names)
        if before is None and names[0] in self._loaded:
            before = torch.stack([self._loaded.pop(name) for name in names])
        self._sums[names] = values if before is None else before + values

    def _unless_wrong(self, values: Tensor) -> Tensor:
        # Nothing once a step went wrong, so that its cause can be told.
        return torch.where(self.finite > 0, values, 0.0)

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint, which may fall between two reads."""
        sums = {name: value.clone() for name, value in self._by_name().items()}
        return {"steps": self._steps, "sums": sums | self._phases}

    def load_state_dict(self, values: Mapping[str, Any]) -> None:
        """From a checkpoint: everything was finite then."""
        self._clear()
        self._steps = values["steps"]
        for name, value in values["sums"].items():
            kept = self._phases if name in self._phases else self._loaded
            kept[name] = value.to(self._device)


def _training_stats(
    steps: int, mean: Mapping[str, float], non_finite: tuple[str, ...]
) -> TrainingStats:
    logit_shift = {}
    for name in discriminator_names():
        spread = max(mean.get(f"variance_{name}", 0.0), 1e-12)
        logit_shift[name] = (mean.get(f"change_{name}", 0.0) / spread) ** 0.5
    photo = max(mean.get("contrast_photo", 0.0), 0.0) ** 0.5
    fake = max(mean.get("contrast_fake", 0.0), 0.0) ** 0.5
    return TrainingStats(
        steps=steps,
        margin=mean.get("margin", 0.0),
        accuracy={name: mean.get(f"accuracy_{name}", 0.0) for name in discriminator_names()},
        logit_shift=logit_shift,
        real_sign=mean.get("sign", 0.0),
        contrast=fake / photo if photo > FLAT_PHOTO else 1.0,
        grid=mean["grid_fake"] - mean["grid_photo"],
        non_finite=non_finite,
    )


def logit_statistics(
    adversarial: AdversarialLoss, real: PatchLogits, fake: PatchLogits
) -> dict[str, Tensor]:
    """How well the discriminators tell a batch apart, as scalars on the device.

    A patch is told right if its logit is on its side of the loss's threshold.

    Args:
        adversarial: The loss that the logits belong to.
        real: Logits of art.
        fake: Logits of results.

    Returns:
        Over all networks ``margin``, mean logit of art less that of results, and ``sign``,
        mean sign of the logits of art beside the threshold (r_t of Karras et al. 2020). For
        each, as ``accuracy_texture`` and so on: ``accuracy``, share of patches told right,
        and ``mean`` and ``variance`` of the logits of results.
    """
    found, margins, signs = {}, [], []
    for name, logits in real.items():
        r, f = logits.detach().float(), fake[name].detach().float()
        threshold = adversarial.threshold(r, f)
        right = ((r > threshold).float().mean() + (f < threshold).float().mean()) / 2
        variance, mean = torch.var_mean(f, correction=0)
        found[f"accuracy_{name}"] = right
        found[f"mean_{name}"], found[f"variance_{name}"] = mean, variance
        margins.append(r.mean() - mean)
        signs.append((r - threshold).sign().mean())
    found["margin"], found["sign"] = torch.stack(margins).mean(), torch.stack(signs).mean()
    return found


def phase_means(gray: Tensor, stride: int) -> Tensor:
    """Mean fine detail at each phase of a grid: all alike, unless the grid shows.

    What is coarser than the grid is taken off by a moving mean over one period, which
    leaves a ramp no trace.

    Args:
        gray: ``(B, 1, H, W)``.
        stride: Period of the grid, along both axes; at most half the picture.

    Returns:
        ``(stride, stride)``.
    """
    if stride == 1:
        return gray.new_zeros(1, 1)
    height, width = (size // stride * stride - stride for size in gray.shape[2:])
    start = stride // 2
    local = F.avg_pool2d(F.avg_pool2d(gray, (stride, 1), 1), (1, stride), 1)
    local = local[..., :height, :width]
    detail = gray[..., start : start + height, start : start + width] - local
    split = detail.reshape(-1, height // stride, stride, width // stride, stride)
    return split.mean(dim=(0, 1, 3))
