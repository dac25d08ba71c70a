"""Rollback: a run that fails goes back to its last good checkpoint, with a lower setting.

Training statistics (`ganfx.training.training_stats`) steer what adapts, and find what
is wrong. Then the last good checkpoint is restored, the key to blame is lowered, the
reason goes into ``stats.jsonl``, and the run goes on. What was lowered stays so, also
after a resume. A run that fails again and again without getting any further is given up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganfx.errors import GanfxError
from ganfx.preset import Preset
from ganfx.training.checkpoints import LATEST, append_stats, return_to_good, save_checkpoint
from ganfx.training.health import EARLY, WATCHED, Trouble, diagnose
from ganfx.training.state import State
from ganfx.training.training_stats import TrainingStats

TRIES = 3
LOWERED = 0.3  # what is left of a learning rate, or of a weight, that was to blame


def check(state: State, *, closely: bool) -> Trouble | None:
    """Look after the run between two steps; this waits for the device now and then.

    Args:
        state: Between two steps. What adapts is brought up to date.
        closely: Whether the step must be good whatever its number, as before a checkpoint.
    """
    if state.step % WATCHED == 0 or state.step in EARLY:
        stats = read_stats(state)
        adapt(state, stats)
        return diagnose(stats, state.controls.history, _slowest(state))
    if closely and not _is_finite_everywhere(state):
        return diagnose(read_stats(state), state.controls.history, _slowest(state)) or Trouble(
            "a weight is not a number", "train.generator_lr"
        )
    return None


def read_stats(state: State) -> TrainingStats:
    """The training statistics since the last time, averaged over all processes."""
    state.team.average(state.stats.tensors())
    return state.stats.read()


def adapt(state: State, stats: TrainingStats) -> None:
    """Let what adapts follow the statistics: it keeps the discriminators in play."""
    controls, preset = state.controls, state.preset
    images = stats.steps * preset.train.batch_size
    controls.augment_probability.update(stats.real_sign, images, preset.augment)
    if preset.discriminator.throttle:
        for name, throttle in controls.throttles.items():
            throttle.update(stats.accuracy[name], stats.logit_shift[name], stats.steps)


def is_finite(state: State) -> bool:
    """Whether all weights, and all values since the last statistics, are numbers."""
    return bool(_finite(state))


def save(state: State, run: Path) -> Path:
    """Save a checkpoint; one that may be gone back to, if nothing is suspicious.

    Raises:
        GanfxError: The disk is full or not writable.
    """
    controls = state.controls
    good = controls.history.is_clean
    if good and state.step > controls.failed_at:
        controls.failures = 0
    if state.team.leads:
        save_checkpoint(state, run, good=good)
    return run / LATEST


def recover(state: State, run: Path, trouble: Trouble) -> str:
    """Go back to the last good checkpoint, and lower what is to blame.

    Returns:
        What was wrong and what was done, for the user.

    Raises:
        GanfxError: It was tried often enough; the last good checkpoint stays.
    """
    controls, failed_at = state.controls, state.step
    failures = controls.failures + 1
    left = controls.lowered.get(trouble.key, 1.0)
    if failures > TRIES:
        state.is_whole = False  # not to be saved
        raise _given_up(state.preset, trouble, failed_at, left)
    lowered = controls.lowered | {trouble.key: left * LOWERED}
    state.team.wait()  # for the first process to have written what all read now
    spent = state.seconds
    return_to_good(state, run)
    state.seconds = spent  # it was spent, even if for nothing
    state.schedule.measure_anew(state.step)
    controls.lowered, controls.failures, controls.failed_at = lowered, failures, failed_at
    if state.team.leads:
        save_checkpoint(state, run)
        append_stats(run, _row(state, trouble, failed_at))
    state.team.wait()
    return (
        f"step {failed_at}: {trouble.cause}; back to step {state.step},"
        f" with {trouble.key} at {_value(state.preset, trouble.key) * lowered[trouble.key]:.3g}"
    )


def _is_finite_everywhere(state: State) -> bool:
    flag = _finite(state)
    state.team.average([flag])
    return flag.item() == 1.0


def _finite(state: State) -> Tensor:
    networks = (state.generator, state.averaged, state.discriminators)
    weights = [p.isfinite().all() for network in networks for p in network.parameters()]
    return torch.stack([*weights, state.stats.finite > 0]).all().float()


def _given_up(preset: Preset, trouble: Trouble, step: int, left: float) -> GanfxError:
    written = _value(preset, trouble.key)
    tried = f", {written * left:.3g} was still too much" if left < 1 else ""
    return GanfxError(
        f"training failed at step {step}, after {TRIES} tries: {trouble.cause}",
        hint=f"lower {trouble.key} (it is {written:.3g}{tried})",
    )


def _row(state: State, trouble: Trouble, failed_at: int) -> dict[str, Any]:
    """A line of statistics without a ``step``: it is none."""
    return {
        "failed_at": failed_at,
        "back_to": state.step,
        "cause": trouble.cause,
        "lowered": state.controls.lowered,
    }


def _slowest(state: State) -> dict[str, bool]:
    throttled = state.preset.discriminator.throttle
    return {
        n: throttle.is_slowest or not throttled for n, throttle in state.controls.throttles.items()
    }


def _value(preset: Preset, key: str) -> float:
    section, _, name = key.partition(".")
    value: float = getattr(getattr(preset, section), name)
    return value
