"""What may differ between the parts of a run, and what a resume says of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.preset import Preset, override_data
from ganfx.training import checkpoints, train
from ganfx.training.events import Notice, StepDone, TrainingDone
from ganfx.training.resume_compat import check_changes
from tests.training.conftest import write_pictures
from tests.training.test_resume import stop_at, with_values


@pytest.fixture
def preset(preset: Preset) -> Preset:
    """Without the term that takes longest."""
    return with_values(preset, "loss", style=0.0)


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
