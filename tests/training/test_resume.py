"""Interrupted runs go on as if they had not been, or say why they cannot."""

from __future__ import annotations

import copy
import errno
import itertools
import shutil
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ganfx.errors import GanfxError
from ganfx.preset import Preset
from ganfx.training import checkpoints, timing, train
from ganfx.training.events import StepDone, TrainingDone
from ganfx.training.loading import load_pictures
from tests.training.conftest import write_pictures

KILLED_RUN = """
import os
import signal
import sys
from pathlib import Path
from ganfx.preset import Preset
from ganfx.training import train
preset = Preset.model_validate_json(Path(sys.argv[1]).read_text())
for event in train(preset, Path(sys.argv[2]), device="cpu"):
    if type(event).__name__ == "StepDone" and event.step == 8:
        os.kill(os.getpid(), signal.SIGKILL)  # by itself: at that step on any machine
"""


def adapting(preset: Preset, steps: int = 20) -> Preset:
    """Everything that a run adjusts by itself turned on, and a last part with lower rates."""
    return preset.model_copy(
        update={
            "loss": preset.loss.model_copy(
                update={"balance": True, "balance_every": 3, "style": 0.0, "color": 1.0}
            ),
            "augment": preset.augment.model_copy(update={"adaptive": True, "speed": 100.0}),
            "train": preset.train.model_copy(update={"steps": steps, "save_every": 7}),
        }
    )


def stop_at(preset: Preset, run: Path, step: int, **options: Any) -> None:
    events = train(preset, run, device="cpu", **options)
    for event in events:
        if isinstance(event, StepDone) and event.step == step:
            break
    events.close()


def contents(run: Path) -> dict[str, Any]:
    """Of the latest checkpoint, but for the time it took."""
    values: dict[str, Any] = torch.load(run / checkpoints.LATEST, weights_only=True)
    del values["seconds"], values["preset"]
    return values


def assert_same(ours: Any, theirs: Any, where: str = "") -> None:
    """Equal to the last bit, at any depth."""
    if isinstance(ours, dict):
        assert ours.keys() == theirs.keys(), where
        for key in ours:
            assert_same(ours[key], theirs[key], f"{where}.{key}")
    elif isinstance(ours, Tensor):
        assert torch.equal(ours, theirs), where
    else:
        assert ours == theirs, where


def test_twenty_steps_are_ten_and_ten_more_in_everything_that_is_kept(
    preset: Preset, tmp_path: Path
) -> None:
    preset, whole, split = adapting(preset), tmp_path / "whole", tmp_path / "split"
    list(train(preset, whole, device="cpu"))
    stop_at(preset, split, 13)  # between two readings, two measurements and two checkpoints
    list(train(preset, split, device="cpu", resume=True))

    kept = contents(whole)
    assert kept["step"] == 20
    assert kept["controls"]["chance"] != preset.augment.probability
    assert kept["balance"].keys() == {"content", "color", "tone"}
    assert_same(kept, contents(split))


def test_a_run_goes_on_from_the_files_that_it_had_at_a_moment(
    preset: Preset, tmp_path: Path
) -> None:
    """What a killed run leaves, without the process."""
    preset, whole, killed = adapting(preset, 10), tmp_path / "whole", tmp_path / "killed"
    for event in train(preset, whole, device="cpu"):
        if isinstance(event, StepDone) and event.step == 8:
            shutil.copytree(whole, killed)
    assert contents(killed)["step"] == 7
    list(train(preset, killed, device="cpu", resume=True))

    assert_same(contents(whole), contents(killed))


@pytest.mark.slow  # loads torch once more, for a kill that is real
def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(
    preset: Preset, tmp_path: Path
) -> None:
    preset, whole, killed = adapting(preset, 10), tmp_path / "whole", tmp_path / "killed"
    file = tmp_path / "preset.json"
    file.write_text(preset.model_dump_json())
    command = [sys.executable, "-c", KILLED_RUN, str(file), str(killed)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert contents(killed)["step"] == 7
    list(train(preset, killed, device="cpu", resume=True))
    list(train(preset, whole, device="cpu"))

    assert_same(contents(whole), contents(killed))


@pytest.fixture
def preset(preset: Preset) -> Preset:
    """Without the term that takes longest."""
    return with_values(preset, "loss", style=0.0)


def with_values(preset: Preset, section: str, **values: object) -> Preset:
    changed = getattr(preset, section).model_copy(update=values)
    return preset.model_copy(update={section: changed})


def test_a_finished_run_may_be_trained_further(preset: Preset, tmp_path: Path) -> None:
    list(train(preset, tmp_path, device="cpu"))
    longer = with_values(preset, "train", steps=8)
    steps = [
        e.step
        for e in train(longer, tmp_path, device="cpu", resume=True)
        if isinstance(e, StepDone)
    ]

    assert steps == [7, 8]


def test_minutes_given_at_a_resume_become_steps_at_the_pace_so_far(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(step=0.6)
    monkeypatch.setattr(timing.Stopwatch, "step_done", lambda self: next(clock))
    monkeypatch.setattr(timing, "now", lambda: copy.copy(clock).__next__())
    stop_at(preset, tmp_path, 4)
    path = tmp_path / checkpoints.LATEST
    values = torch.load(path, weights_only=True)
    torch.save(values | {"seconds": 60.0, "step": 100}, path)  # 0.6 s a step
    changed = with_values(preset, "train", minutes=1.05)
    *_, done = train(changed, tmp_path, device="cpu", resume=True)

    assert isinstance(done, TrainingDone)
    assert done.steps == 105


def test_a_full_disk_is_told_and_leaves_the_earlier_checkpoint_whole(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(preset, tmp_path, 2)
    before = (tmp_path / checkpoints.LATEST).read_bytes()

    class Full(BytesIO):
        def write(self, data: Any, /) -> int:
            if self.tell() > len(before) // 2:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    save = torch.save
    monkeypatch.setattr(torch, "save", lambda values, file: save(values, Full()))
    with pytest.raises(GanfxError, match=r"latest\.pt: No space left on device$") as caught:
        list(train(preset, tmp_path, device="cpu", resume=True))

    assert caught.value.hint == f"free some space in {tmp_path}, then continue with --resume"
    assert (tmp_path / checkpoints.LATEST).read_bytes() == before
    assert not list(tmp_path.glob(".*.partial"))


def test_a_run_folder_that_goes_away_is_not_called_a_full_disk(
    preset: Preset, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    events = train(preset, run, device="cpu")
    with pytest.raises(GanfxError) as caught:  # noqa: PT012
        for event in events:
            if isinstance(event, StepDone) and event.step == 2:
                shutil.rmtree(run)

    assert caught.value.hint == f"{run} was moved or deleted: start again"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to the size of files")
def test_a_disk_that_is_full_from_the_start_is_told_and_leaves_no_run(
    preset: Preset, tmp_path: Path
) -> None:
    import resource

    run, limits = tmp_path / "run", resource.getrlimit(resource.RLIMIT_FSIZE)
    list(load_pictures(preset))  # decoded before, so that their cache is not written now
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(GanfxError, match=r"latest\.pt: File too large$") as caught:
            list(train(preset, run, device="cpu"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert caught.value.hint == f"free some space in {run}, then start again"
    assert isinstance(list(train(preset, run, device="cpu"))[-1], TrainingDone)


def test_a_checkpoint_takes_no_second_place_on_the_disk_and_none_needs_links(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(preset, tmp_path / "links", 1)
    ours, theirs = (tmp_path / "links" / n for n in (checkpoints.LATEST, checkpoints.GOOD))
    assert ours.samefile(theirs)

    def refuse(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", refuse)
    stop_at(preset, tmp_path / "copies", 1)
    ours, theirs = (tmp_path / "copies" / n for n in (checkpoints.LATEST, checkpoints.GOOD))
    assert not ours.samefile(theirs)
    assert ours.read_bytes() == theirs.read_bytes()


def test_pictures_that_vanish_during_a_run_do_not_matter(preset: Preset, tmp_path: Path) -> None:
    art = write_pictures(tmp_path / "art", 3, seed=2)
    preset = with_values(preset, "data", art=str(art))
    events = train(preset, tmp_path / "run", device="cpu")
    for event in events:
        if isinstance(event, StepDone) and event.step == 2:
            shutil.rmtree(art)

    assert isinstance(event, TrainingDone)


def test_the_largest_seed_trains(preset: Preset, tmp_path: Path) -> None:
    events = train(with_values(preset, "train", seed=2**63 - 1, steps=2), tmp_path, device="cpu")

    assert isinstance(list(events)[-1], TrainingDone)


def test_a_second_interruption_in_the_midst_of_a_step_saves_no_half_of_it(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ganfx.training import step

    trains = step._train_generator

    def interrupted(state: Any, crops: Any) -> Any:
        if state.step == 5:
            raise KeyboardInterrupt
        return trains(state, crops)

    monkeypatch.setattr(step, "_train_generator", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(train(preset, tmp_path, device="cpu"))

    assert contents(tmp_path)["step"] == 4
