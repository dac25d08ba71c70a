"""Runs with minutes: on time whatever the machine does, and the same again by their record."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.errors import UsageError
from ganfx.preset import Preset, TrainConfig
from ganfx.styles.file import load_style
from ganfx.training import loop, showing, train
from ganfx.training.distributed import Team
from ganfx.training.events import Notice, StepDone, TrainingDone
from ganfx.training.run_length import update_length
from ganfx.training.schedule import ENDLESS, Schedule, Spent
from ganfx.training.state import State, new_state
from tests.training.test_resume import assert_same, contents, stop_at

T = TypeVar("T")

SECONDS = 12.0


class Machine:
    """A clock that steps and previews move on, at a speed that changes."""

    def __init__(self, step: float = 1.0) -> None:
        self.time, self.step = 100.0, step
        self.preview = 0.0

    def now(self) -> float:
        return self.time


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Steps and previews take what the test says, and nothing else takes time."""
    machine = Machine()

    def timed(function: Any, cost: str) -> Any:
        def called(*arguments: Any, **options: Any) -> Any:
            machine.time += getattr(machine, cost)
            return function(*arguments, **options)

        return called

    monkeypatch.setattr("ganfx.training.timing.now", machine.now)
    monkeypatch.setattr(loop, "take_step", timed(loop.take_step, "step"))
    monkeypatch.setattr(showing, "save_preview", timed(showing.save_preview, "preview"))
    return machine


@pytest.fixture
def preset(preset: Preset) -> Preset:
    """Twelve seconds, without the term that takes longest."""
    train = preset.train.model_copy(update={"minutes": SECONDS / 60, "preview_every": 1000})
    loss = preset.loss.model_copy(update={"style": 0.0})
    return preset.model_copy(update={"train": train, "loss": loss})


def run_slowing(preset: Preset, run: Path, machine: Machine, at: float, speed: float) -> Any:
    """All steps of a run whose machine changes its speed once so many seconds are over."""
    begun, steps, done = machine.time, [], None
    for event in train(preset, run, device="cpu"):
        if isinstance(event, StepDone):
            steps.append(event)
            if machine.time - begun >= at:
                machine.step = 0.5 / speed
        done = event
    assert isinstance(done, TrainingDone)
    return steps, done


@settings(max_examples=40)
@given(st.floats(0.01, 0.9), st.sampled_from([0.5, 2.0]), st.floats(0.1, 10.0), st.floats(0.0, 8.0))
def test_a_budget_is_kept_and_ends_with_rates_of_zero_when_the_speed_changes_by_half(
    when: float, factor: float, step_seconds: float, preview_seconds: float
) -> None:
    config, schedule = TrainConfig(minutes=10.0, preview_every=50, save_every=80), Schedule()
    seconds, step, steps = 0.0, 0, ENDLESS
    progress = [0.0]
    while step < steps:
        slow = 1 / factor if seconds > when * 600 else 1.0
        progress.append(schedule.progress(step))
        seconds, step = seconds + step_seconds * slow, step + 1
        if schedule.is_due(step):
            spent = Spent(seconds, 10.0)
            left = schedule.steps_left(step, spent, config)
            schedule.plan(step, left, spent.share)
            steps = step + left if left is not None else steps
        if step % 50 == 0 or step == 1:
            schedule.note_aside("sheet", preview_seconds * slow)
            seconds += preview_seconds * slow
        if step % 80 == 0:
            schedule.note_aside("checkpoint", 1.0)
            seconds += 1.0
    rest = 5.0 * schedule.has_time_for(2.5, 10.0)
    seconds += (1.0 + rest) * preview_seconds * slow + 1.0  # its end

    assert seconds == pytest.approx(600, rel=0.08)
    assert progress == sorted(progress)
    assert 1 - progress[-1] < 0.02 + 3 * step_seconds / factor / 600  # the last steps'


@settings(max_examples=30)
@given(st.lists(st.floats(0.01, 3.0), min_size=20, max_size=60), st.integers(1, 19))
def test_a_schedule_goes_on_from_what_is_kept_of_it(durations: list[float], stop: int) -> None:
    config, whole, split = TrainConfig(minutes=1.0), Schedule(), Schedule()
    seconds = 0.0
    for step, duration in enumerate(durations, start=1):
        seconds += duration
        for schedule in (whole, split):
            if schedule.is_due(step):
                spent = Spent(seconds, 1.0)
                schedule.plan(step, schedule.steps_left(step, spent, config), spent.share)
        if step == stop:
            kept, split = json.loads(json.dumps(split.state_dict())), Schedule()
            split.load_state_dict(kept)

    assert split.knots == whole.knots
    assert all(split.progress(step) == whole.progress(step) for step in range(len(durations)))


def test_a_run_ends_on_time_on_a_machine_that_becomes_slower_or_faster(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    for name, speed, count in (("slower", 0.5, 18), ("faster", 2.0, 36)):
        machine.step = 0.5
        steps, done = run_slowing(preset, tmp_path / name, machine, 6.0, speed)

        # 12 steps of 0.5 s in the first half; then 6 of 1 s, or 24 of a quarter.
        assert done.steps == steps[-1].step == count
        assert done.seconds == pytest.approx(SECONDS, rel=0.02)


def test_previews_and_checkpoints_are_part_of_the_budget(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    machine.step, machine.preview = 0.25, 0.25
    often = preset.train.model_copy(update={"preview_every": 5})
    *_, done = train(preset.model_copy(update={"train": often}), tmp_path, device="cpu")

    assert isinstance(done, TrainingDone)
    assert done.seconds == pytest.approx(SECONDS, abs=0.3)
    assert done.steps in (38, 39)  # of 0.3 s each, with a fifth of a preview


def test_a_short_run_leaves_out_what_would_take_much_of_it() -> None:
    schedule = Schedule()
    schedule.note_aside("sheet", 2.0)

    assert schedule.has_time_for(2.5, minutes=2.0)  # 5 s of 120
    assert not schedule.has_time_for(2.5, minutes=1.0)


@pytest.mark.parametrize(
    ("step", "preview", "steps", "told"),
    [
        # A preview after either step, and none of it fits.
        (8.0, 4.0, 2, "the run took 24 s instead of 12 s (train.minutes): no run takes less here"),
        (20.0, 4.0, 1, "the run took 24 s instead of 12 s (train.minutes): no run takes less here"),
        (1.0, 0.0, 12, ""),
    ],
)
def test_a_budget_that_is_too_short_is_told_once_with_what_it_took_and_why(
    preset: Preset,
    machine: Machine,
    tmp_path: Path,
    step: float,
    preview: float,
    steps: int,
    told: str,
) -> None:
    machine.step, machine.preview = step, preview
    *events, done = train(preset, tmp_path, device="cpu")

    assert isinstance(done, TrainingDone)
    assert done.steps == steps
    late = [e.message for e in events if isinstance(e, Notice) and "instead of" in e.message]
    assert len(late) == bool(told)
    assert all(message.startswith(told) for message in late)


def test_a_run_that_becomes_slow_at_its_end_says_so(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    late = []
    for event in train(preset, tmp_path, device="cpu"):
        if isinstance(event, StepDone) and event.step == 11:
            machine.step = 4.0
        if isinstance(event, Notice) and "instead of" in event.message:
            late.append(event.message)

    said = "the run took 15 s instead of 12 s (train.minutes): what was left of it took longer"
    assert [message.startswith(said) for message in late] == [True]


def test_a_run_without_time_to_look_for_copies_says_so(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    machine.step, machine.preview = 1.0, 1.0
    *events, done = train(preset, tmp_path, device="cpu")

    assert isinstance(done, TrainingDone)
    assert load_style(done.style).header.border is None
    assert [e for e in events if isinstance(e, Notice) and "copies its art was not" in e.message]
    assert not (tmp_path / "copied_patches.json").exists()


def test_the_time_left_is_right_when_the_speed_halves(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    machine.step = 0.5
    steps, done = run_slowing(preset, tmp_path, machine, 4.0, 0.5)
    times = [0.5 * n for n in range(1, 9)] + [4.0 + n for n in range(1, len(steps) - 7)]

    for event, time in zip(steps, times, strict=True):
        assert event.seconds_left == pytest.approx(done.seconds - time, abs=0.05 * SECONDS)


def test_an_interrupted_run_is_the_uninterrupted_one_when_the_clock_ticks_alike(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    whole, split = tmp_path / "whole", tmp_path / "split"
    machine.step = 0.5
    list(train(preset, whole, device="cpu"))
    stop_at(preset, split, 7)
    machine.time += 5000.0  # days of doing nothing are no part of the budget
    stop_at(preset, split, 17, resume=True)
    list(train(preset, split, device="cpu", resume=True))

    assert contents(whole)["step"] == 24
    assert_same(contents(whole), contents(split))


def test_a_run_is_the_same_again_by_its_record_on_a_machine_of_another_speed(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    machine.step = 0.5
    run_slowing(preset, tmp_path / "first", machine, 4.0, 0.5)
    machine.step = 7.0
    *_, done = train(preset, tmp_path / "second", device="cpu", replay=tmp_path / "first")
    machine.step = 1.0
    other = list(train(preset, tmp_path / "other", device="cpu"))[-1]

    first, second = contents(tmp_path / "first"), contents(tmp_path / "second")
    assert isinstance(done, TrainingDone)
    assert isinstance(other, TrainingDone)
    assert done.steps == 16
    assert other.steps == 12
    assert first.pop("schedule")["knots"] == second.pop("schedule")["knots"]
    assert_same(first, second)


def test_a_replay_that_is_stopped_goes_on_as_one(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    run_slowing(preset, first, machine, 4.0, 0.5)
    machine.step = 9.0
    stop_at(preset, again, 8, replay=first)
    list(train(preset, again, device="cpu", resume=True))

    assert_same(contents(first)["generator"], contents(again)["generator"])


def test_a_replay_of_other_pictures_or_another_preset_says_so(
    preset: Preset, machine: Machine, tmp_path: Path
) -> None:
    machine.step = 9.0
    list(train(preset, tmp_path / "first", device="cpu"))
    loss = preset.loss.model_copy(update={"content": 0.25})
    shutil.copytree(preset.data.art, tmp_path / "fewer")
    next(iter(sorted((tmp_path / "fewer").iterdir()))).unlink()
    data = preset.data.model_copy(update={"art": str(tmp_path / "fewer")})
    other = preset.model_copy(update={"loss": loss, "data": data})
    told = [
        event.message
        for event in train(other, tmp_path / "again", device="cpu", replay=tmp_path / "first")
        if isinstance(event, Notice)
    ]

    assert any(message.startswith("the pictures have changed: art (4 pictures") for message in told)
    (preset_told,) = [message for message in told if message.startswith("the preset is another")]
    assert f"loss.content ({preset.loss.content}, now 0.25)" in preset_told
    assert preset_told.endswith("; so will the weights be")


def test_a_run_of_steps_has_no_record_to_go_by(preset: Preset, tmp_path: Path) -> None:
    by_steps = preset.model_copy(
        update={"train": preset.train.model_copy(update={"minutes": None, "steps": 2})}
    )
    list(train(by_steps, tmp_path / "steps", device="cpu"))

    with pytest.raises(UsageError, match="steps was not trained by the clock"):
        next(train(preset, tmp_path / "new", device="cpu", replay=tmp_path / "steps"))
    with pytest.raises(UsageError, match=r"--replay: no run in .*none"):
        next(train(preset, tmp_path / "new", device="cpu", replay=tmp_path / "none"))
    assert not (tmp_path / "new").exists()


def test_a_run_that_went_back_still_ends_on_time(
    preset: Preset, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ganfx.training import recovery
    from ganfx.training.health import Trouble

    check, failed = recovery.check, []

    def fails_once(state: State, *, closely: bool) -> Trouble | None:
        if state.step == 7 and not failed:
            failed.append(state.step)
            return Trouble("made up", "train.generator_lr")
        return check(state, closely=closely)

    monkeypatch.setattr(recovery, "check", fails_once)
    *_, done = train(preset, tmp_path, device="cpu")

    assert failed
    assert isinstance(done, TrainingDone)
    assert done.seconds == pytest.approx(SECONDS, abs=1.0)
    assert done.steps == 12 - 3  # back from step 7 to the checkpoint of step 4


@dataclass(frozen=True)
class Follower(Team):
    """One whose first process says that seven steps are left, and a quarter is over."""

    def agree(self, value: T) -> T:
        return cast("T", (7, 0.25))


def test_processes_go_by_the_clock_of_the_first(preset: Preset) -> None:
    state = new_state(preset, torch.device("cpu"), Follower(rank=1, size=1))
    state.step, state.seconds = 3, 11.5  # by its own there would be nothing left
    update_length(state)

    assert state.steps == 10
    state.step = 4
    assert state.progress == pytest.approx(0.25 + 0.75 / 7)
