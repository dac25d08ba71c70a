"""Step metrics: the values that a step logs, from the device to a row of ``stats.jsonl``.

To add one: compute it in `device_metrics` (a scalar on the device, of any step) or in
`read_metrics` (a plain number, of a logged step), and describe it in `DESCRIPTIONS`. The
terminal, TensorBoard and the report show whatever is there. Names with ``d_`` before them
are of the discriminators.
"""

from __future__ import annotations

from typing import Any

import torch

from ganfx.models.discriminators import DISCRIMINATORS, discriminator_names
from ganfx.training.crops import Terms
from ganfx.training.health import GRADIENTS, PICTURES
from ganfx.training.state import State

DESCRIPTIONS = {
    **{f"d_{spec.name}": f"Loss of the {spec.label} discriminator." for spec in DISCRIMINATORS},
    "d_edges": "Its loss on art with blurred edges.",
    "d_margin": "Mean logit of art less that of results: how far they are told apart.",
    "d_accuracy": "Share of patches told right; 0.5 is guessing.",
    "d_pace": "What the slower discriminator's learning rate is multiplied by.",
    "augment": "Chance that the discriminators see a picture augmented.",
    "generator_lr": "Of the generator's Adam; falls over the last part of the run.",
    "discriminator_lr": "Of the slower discriminator's Adam, its pace included.",
    "images_per_second": "Crops that went through a whole step.",
    "memory": "Peak so far, GiB.",
}
"""Of the metrics that are no key of the preset; those of ``[loss]`` are described there."""
UNLOGGED = (*GRADIENTS, PICTURES)
"""Values of a step that are only checked for being finite."""


def device_metrics(state: State, losses: Terms, statistics: Terms) -> Terms:
    """Metrics of the step just taken, as scalars on the device; nothing waits for it.

    Args:
        state: After the step.
        losses: Of both sides, by name, with `UNLOGGED` among them.
        statistics: `ganfx.training.training_stats.logit_statistics`.
    """
    accuracies = [statistics[f"accuracy_{name}"] for name in discriminator_names()]
    logged = {name: value for name, value in losses.items() if name not in UNLOGGED}
    logged |= {"d_margin": statistics["margin"], "d_accuracy": torch.stack(accuracies).mean()}
    return logged | {f"balance_{name}": f for name, f in state.balance.factors.items()}


def read_metrics(state: State, logged: Terms) -> dict[str, float]:
    """Those of a logged step, averaged over processes: the device is waited for here."""
    values = torch.stack([value.float() for value in logged.values()])
    state.team.average([values])
    read = dict(zip(logged, values.tolist(), strict=True))
    if state.preset.discriminator.throttle:
        read["d_pace"] = min(throttle.factor for throttle in state.controls.throttles.values())
    if state.preset.augment.adaptive:
        read["augment"] = state.controls.augment_probability.value
    return read


def stats_row(
    state: State, values: dict[str, float], images_per_second: float, memory: int | None
) -> dict[str, Any]:
    """A line of ``stats.jsonl``: the metrics, and how the run goes.

    Args:
        state: After the step.
        values: `read_metrics`.
        images_per_second: Of the last steps.
        memory: Peak bytes; None if unknown.
    """
    row = {"step": state.step, **values, "images_per_second": round(images_per_second, 2)}
    if memory is not None:
        row["memory"] = memory
    return row | _learning_rates(state) | {"seconds": round(state.seconds, 1)}


def _learning_rates(state: State) -> dict[str, float]:
    """Those of the step just taken; of the discriminators', the slowest one's."""
    optimizers = {
        "generator_lr": state.generator_optimizer,
        "discriminator_lr": state.discriminator_optimizer,
    }
    return {
        name: min(group["lr"] for group in optimizer.param_groups)
        for name, optimizer in optimizers.items()
    }
