"""The TensorBoard of a run, read back from its files."""

from __future__ import annotations

import importlib.util
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.preset import Preset
from ganfx.training import tensorboard_log
from ganfx.training.events import Event, Notice, PreviewSaved, StepDone
from tests.training.made_runs import started

pytest.importorskip("tensorboard")


def a_run(preset: Preset, run: Path, steps: range) -> Generator[Event, None, None]:
    yield started(preset, run, first_step=steps.start)
    yield Notice("left out scan.png: truncated")
    for step in steps:
        logged = {"texture": step / 10, "d_texture": 1.0} if step % 2 else None
        yield StepDone(step, 6, logged, 4.0 if step > 1 else 0.0, 3 * 2**30 if logged else None)
    write_picture(run / "sheet.png", np.full((20, 30, 3), (200, 40, 90), np.uint8))
    yield PreviewSaved(steps[-1], run / "sheet.png")


def read_board(run: Path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = EventAccumulator(str(run / "tensorboard"))
    board.Reload()
    return board


def test_losses_speed_memory_previews_and_texts_are_on_the_board(
    preset: Preset, tmp_path: Path
) -> None:
    events = list(tensorboard_log.logged(a_run(preset, tmp_path, range(1, 5)), tmp_path))
    board = read_board(tmp_path)

    assert len(events) == 7  # all passed on
    texture = [(scalar.step, scalar.value) for scalar in board.Scalars("losses/texture")]
    assert texture == [(1, pytest.approx(0.1)), (3, pytest.approx(0.3))]
    assert [scalar.value for scalar in board.Scalars("run/memory_GiB")] == [3.0, 3.0]
    # the first step has no speed yet
    assert [scalar.step for scalar in board.Scalars("run/images_per_second")] == [3]
    assert set(board.Tags()["tensors"]) == {
        "preset/text_summary",
        "notices/text_summary",
    }
    (preview,) = board.Images("preview")
    assert (preview.step, preview.width, preview.height) == (4, 30, 20)
    assert preview.encoded_image_string.startswith(b"\x89PNG")


def test_a_resumed_run_replaces_the_steps_it_does_anew(preset: Preset, tmp_path: Path) -> None:
    list(tensorboard_log.logged(a_run(preset, tmp_path, range(1, 6)), tmp_path))
    list(tensorboard_log.logged(a_run(preset, tmp_path, range(4, 8)), tmp_path))

    steps = [scalar.step for scalar in read_board(tmp_path).Scalars("losses/texture")]
    assert steps == [1, 3, 5, 7]


def test_closing_the_board_closes_the_run(preset: Preset, tmp_path: Path) -> None:
    closed = []

    def watched() -> Generator[Event, None, None]:
        try:
            yield from a_run(preset, tmp_path, range(1, 5))
        finally:
            closed.append(True)

    with closing(tensorboard_log.logged(watched(), tmp_path)) as events:
        next(events)
        next(events)
    assert closed == [True]
    assert list((tmp_path / "tensorboard").iterdir())


def test_without_tensorboard_the_command_to_install_it_is_told(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(UsageError, match="not installed") as told:
        tensorboard_log.logged(a_run(preset, tmp_path, range(1, 2)), tmp_path)
    assert "pip install" in str(told.value.hint)
