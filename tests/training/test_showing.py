"""What a run shows on its way: a look that can be used from the first preview on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.preset import Preset
from ganfx.styles.file import load_style
from ganfx.styles.header import Provenance
from ganfx.training import checkpoints, train
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.events import Event, LookSaved, PreviewSaved, StepDone
from ganfx.training.export import StyleWriter
from ganfx.training.showing import Showing
from ganfx.training.state import State, new_state
from tests.training.test_schedule import Machine, machine  # noqa: F401


def steps_of(events: list[Event], kind: type[PreviewSaved | LookSaved]) -> list[int]:
    return [event.step for event in events if isinstance(event, kind)]


def test_the_look_so_far_is_written_with_every_preview_and_checkpoint(
    preset: Preset, tmp_path: Path
) -> None:
    often = preset.train.model_copy(update={"preview_every": 3, "save_every": 2})
    events, told = train(preset.model_copy(update={"train": often}), tmp_path, device="cpu"), []
    for event in events:
        told.append(event)
        if isinstance(event, LookSaved) and event.step < 6:
            header = load_style(event.path).header
            assert (header.training.steps, header.training.planned_steps) == (event.step, 6)
            assert header.border is None
            assert header.provenance.photos[0].count == 5

    assert steps_of(told, LookSaved) == [1, 2, 3, 4, 6]
    finished = load_style(tmp_path / "tiny.safetensors").header
    assert (finished.training.steps, finished.training.planned_steps) == (6, None)
    assert finished.border is not None


def test_a_run_that_is_stopped_leaves_the_look_of_its_last_step(
    preset: Preset, tmp_path: Path
) -> None:
    events = train(preset, tmp_path, device="cpu")
    for event in events:
        if isinstance(event, StepDone) and event.step == 3:
            break
    events.close()

    style = load_style(tmp_path / "tiny.safetensors")
    saved = torch.load(tmp_path / checkpoints.LATEST, weights_only=True)["averaged"]
    assert style.header.training.steps == 3
    assert all(torch.equal(weight, saved[name]) for name, weight in style.weights.items())


def test_a_preview_comes_within_the_first_minute_and_then_after_twice_the_time(
    preset: Preset,
    tmp_path: Path,
    machine: Machine,  # noqa: F811
) -> None:
    machine.step = 25.0
    rarely = preset.train.model_copy(update={"steps": 14, "preview_every": 1000})
    events = list(train(preset.model_copy(update={"train": rarely}), tmp_path, device="cpu"))

    # After 25, 50, 100 and 200 seconds, and at the end.
    assert steps_of(events, PreviewSaved) == [1, 2, 4, 8, 14]


def test_a_resumed_run_shows_nothing_before_its_time_has_doubled(
    state: State, tmp_path: Path
) -> None:
    state.step, state.steps = 3, 10_000
    showing = Showing(made_writer(tmp_path), (), 600.0)

    state.seconds = 1199.0
    assert not showing.is_due(state)
    state.seconds = 1200.0
    assert showing.is_due(state)


def test_weights_that_are_not_numbers_are_no_look(state: State, tmp_path: Path) -> None:
    with torch.no_grad():
        next(state.generator.parameters()).fill_(torch.nan)

    assert list(Showing(made_writer(tmp_path), (), 0.0).keep_look(state)) == []


def made_writer(run: Path) -> StyleWriter:
    photos = PictureSet((np.zeros((64, 64, 3), np.uint8),), "photos")
    return StyleWriter(TrainingSet(photos, None, None), run, "CPU, 1 thread", Provenance())


@pytest.fixture
def state(preset: Preset) -> State:
    return new_state(preset, torch.device("cpu"))
