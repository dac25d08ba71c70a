"""The length of a run: the steps of its preset, or as many as fit its minutes."""

from __future__ import annotations

from ganfx.models.devices import wait_for
from ganfx.quality.wording import duration
from ganfx.training.schedule import ENDLESS, Spent
from ganfx.training.state import State

LATE = 1.1
"""Times its minutes, from which a run has not kept them."""
FEWEST_STEPS = 2
"""Steps of the shortest run: before the second one is timed, there is no pace to plan by."""


def known_steps(state: State) -> int | None:
    """Length of the run; None as long as it is not known."""
    return None if state.steps == ENDLESS else state.steps


def seconds_left(state: State) -> float | None:
    """Of ``train.minutes``, at least 0; None for a run that does not go by the clock."""
    spent = _spent(state)
    return None if spent is None or state.schedule.is_recorded else max(0.0, spent.left)


def begin_length(state: State) -> None:
    """Have a length before the first step, if only an unknown one."""
    timed = state.preset.train.minutes is not None and not state.schedule.is_recorded
    if timed and state.step == 0:
        state.steps = ENDLESS


def change_length(state: State) -> None:
    """Have the length that the preset says now, where the run was started with another."""
    train, spent = state.preset.train, _spent(state)
    if spent is None:
        state.steps = max(train.steps, state.step)
        return
    pace = state.seconds / state.step if state.step else 0.0
    left = round(max(0.0, spent.left) / pace) if pace else ENDLESS - state.step
    state.steps = state.step + left
    state.schedule.begin_anew(state.step, spent.share, state.steps)


def update_length(state: State) -> None:
    """Estimate the length anew after a step, where that is due, by the first process's clock."""
    spent = _spent(state)
    if spent is None or not state.schedule.is_due(state.step):
        return
    left = state.schedule.steps_left(state.step, spent, state.preset.train)
    left, share = state.team.agree((left, spent.share))
    state.schedule.plan(state.step, left, share)
    if left is not None:
        state.steps = state.step + left


def has_time_for(state: State, sheets: float) -> bool:
    """Whether the end may take as long as so many preview sheets more: any, without a budget."""
    minutes = state.preset.train.minutes
    return minutes is None or state.schedule.has_time_for(sheets, minutes)


def wait_where_timed(state: State) -> None:
    """Have a GPU, which is behind, be done with the steps that are about to be timed."""
    if state.preset.train.minutes is not None and state.schedule.is_due(state.step):
        wait_for(state.device)


def overrun(state: State, seconds: float) -> str:
    """What is to be said of a run that took longer than its minutes; "" where it kept them.

    Args:
        state: After the last step.
        seconds: That all of the run took.
    """
    minutes = state.preset.train.minutes
    if minutes is None or state.schedule.is_recorded or seconds <= LATE * 60 * minutes:
        return ""
    took, budget = duration(seconds), duration(60 * minutes)
    if took == budget:  # a fraction of a second
        return ""
    least = "no run takes less here, with a step or two, previews, the look and the report"
    late = "what was left of it took longer than until then"
    why = least if state.steps <= FEWEST_STEPS else late
    return f"the run took {took} instead of {budget} (train.minutes): {why}"


def _spent(state: State) -> Spent | None:
    minutes = state.preset.train.minutes
    return None if minutes is None else Spent(state.seconds, minutes)
