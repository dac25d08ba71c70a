"""Interrupted runs go on as if they had not been, or say why they cannot."""

from __future__ import annotations

import copy
import errno
import itertools
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ganfx.errors import GanfxError, UsageError
from ganfx.media.frames import write_picture
from ganfx.preset import Preset, override_data
from ganfx.training import checkpoints, timing, train
from ganfx.training.events import Notice, StepDone, TrainingDone
from ganfx.training.loading import load_pictures
from ganfx.training.resume_compat import check_changes
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


def test_a_changed_preset_is_refused_with_all_keys_that_differ(
    preset: Preset, tmp_path: Path
) -> None:
    stop_at(preset, tmp_path, 2)
    changed = with_values(preset, "train", seed=9, batch_size=1)
    changed = with_values(changed, "loss", content=3.0)

    says = "loss.content (1.0, now 3.0), train.batch_size (2, now 1), train.seed (1, now 9)"
    with pytest.raises(UsageError, match=re.escape(says)) as caught:
        next(train(changed, tmp_path, device="cpu", resume=True))
    assert "--force" in str(caught.value.hint)


def test_force_goes_on_with_the_changed_preset_and_says_so(preset: Preset, tmp_path: Path) -> None:
    stop_at(preset, tmp_path, 2)
    changed = with_values(preset, "loss", content=3.0)
    events = list(train(changed, tmp_path, device="cpu", resume=True, force=True))

    assert isinstance(events[-1], TrainingDone)
    told = [e.message for e in events if isinstance(e, Notice)]
    assert "the preset has changed: loss.content (1.0, now 3.0)" in told
    assert Preset.model_validate_json((tmp_path / "preset.json").read_text()) == changed
    # From now on this is the run's preset.
    list(train(changed, tmp_path, device="cpu", resume=True))


@pytest.mark.parametrize(("steps", "ends"), [(9, 9), (4, 4), (1, 3)])
def test_a_run_may_become_longer_or_shorter_without_force(
    preset: Preset, tmp_path: Path, steps: int, ends: int
) -> None:
    stop_at(preset, tmp_path, 3)
    changed = with_values(preset, "train", steps=steps, save_every=2)
    *_, done = train(changed, tmp_path, device="cpu", resume=True)

    assert isinstance(done, TrainingDone)
    assert done.steps == ends


@pytest.mark.parametrize(("steps", "tells"), [(6, True), (4, True), (7, False)])
def test_a_resume_that_trains_nothing_says_so(
    preset: Preset, tmp_path: Path, steps: int, tells: bool
) -> None:
    list(train(preset, tmp_path, device="cpu"))
    again = train(with_values(preset, "train", steps=steps), tmp_path, device="cpu", resume=True)
    told = [e.message for e in again if isinstance(e, Notice) and "at its end" in e.message]

    says = (
        "the run was at its end, after step 6: nothing is trained, and the look is written again;"
        " with more train.steps it goes on"
    )
    assert told == ([says] if tells else [])


@pytest.mark.parametrize("way", ["art/", "./art", "art//", "."])
def test_a_folder_written_in_another_way_is_no_change(preset: Preset, way: str) -> None:
    before = override_data(preset, photos="photos", art="art")
    after = override_data(before, art=way).model_dump(mode="json")

    if way == ".":
        with pytest.raises(UsageError, match=r"data\.art \(\., now art\)"):
            check_changes(after, before, Path("run"), force=False)
    else:
        assert check_changes(after, before, Path("run"), force=False) == []


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


@pytest.mark.parametrize(
    ("section", "values", "says"),
    [
        ("model", {"blocks": 2}, r"model\.blocks \(1, now 2\)"),
        ("discriminator", {"channels": 8}, r"discriminator\.channels \(4, now 8\)"),
        ("loss", {"contrast": 1.0}, r"loss\.contrast \(0\.0, now 1\.0\)"),
    ],
)
def test_other_networks_cannot_be_forced(
    preset: Preset, tmp_path: Path, section: str, values: dict[str, object], says: str
) -> None:
    stop_at(preset, tmp_path, 1)
    changed = with_values(preset, section, **values)

    with pytest.raises(UsageError, match=f"cannot go on with other networks: {says}") as caught:
        next(train(changed, tmp_path, device="cpu", resume=True, force=True))
    # A look can be taken over by the same generator only.
    assert ("--init" in str(caught.value.hint)) == (section != "model")
    assert ("begins anew" in str(caught.value.hint)) == (section == "model")


def test_a_run_of_a_version_without_a_key_of_today_goes_on_with_its_default(
    preset: Preset, tmp_path: Path
) -> None:
    before = preset.model_dump(mode="json")
    del before["model"]["keep_detail"], before["data"]["background"]

    assert check_changes(before, preset, tmp_path, force=False) == []

    other = with_values(preset, "model", keep_detail=True)
    with pytest.raises(UsageError, match=r"model\.keep_detail \(False, now True\)"):
        check_changes(before, other, tmp_path, force=True)


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


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda art: (art / "p1.png").unlink(), ["art (3 pictures, now 2)"]),
        (
            lambda art: (art / "p1.png").rename(art / "p9.png"),
            ["art (3 pictures as before, but not the same files)"],
        ),
        (
            lambda art: write_picture(art / "p1.png", np.zeros((80, 96, 3), np.uint8)),
            ["art (3 pictures as before, but not the same files)"],
        ),
        (lambda art: (art / "p1.png").touch(), []),
    ],
)
def test_pictures_that_have_changed_before_a_resume_are_told_once(
    preset: Preset, tmp_path: Path, change: Callable[[Path], object], told: list[str]
) -> None:
    art, run = write_pictures(tmp_path / "art", 3, seed=2), tmp_path / "run"
    preset = with_values(preset, "data", art=str(art))
    stop_at(preset, run, 2)
    change(art)
    events = train(preset, run, device="cpu", resume=True)
    notices = []
    for event in events:
        notices += [event.message] if isinstance(event, Notice) else []
        if isinstance(event, StepDone) and event.step == 4:
            break
    events.close()

    says = "the pictures have changed: {}; from here on the run is another than it would have been"
    assert [n for n in notices if "pictures have" in n] == [says.format(each) for each in told]
    again = [e for e in train(preset, run, device="cpu", resume=True) if isinstance(e, Notice)]
    assert not [e for e in again if "pictures have" in e.message]


def test_a_checkpoint_that_does_not_know_its_pictures_is_resumed(
    preset: Preset, tmp_path: Path
) -> None:
    stop_at(preset, tmp_path, 2)
    path = tmp_path / checkpoints.LATEST
    values = torch.load(path, weights_only=True)
    del values["pictures"]
    torch.save(values, path)
    events = list(train(preset, tmp_path, device="cpu", resume=True))

    assert isinstance(events[-1], TrainingDone)
    assert not [e for e in events if isinstance(e, Notice) and "pictures have" in e.message]


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


def test_marks_may_change_freely_unless_the_discriminators_see_them(
    preset: Preset, tmp_path: Path
) -> None:
    seen = with_values(preset, "train", marks=540)
    for name, started in (("bare", preset), ("seen", seen)):
        stop_at(started, tmp_path / name, 2)
    larger = {"amount": 1.0, "size": 60.0}
    list(train(with_values(preset, "strokes", **larger), tmp_path / "bare", resume=True))
    with pytest.raises(UsageError, match=r"strokes\.amount \(0\.0, now 1\.0\)"):
        list(train(with_values(seen, "strokes", **larger), tmp_path / "seen", resume=True))
