"""The loop: run folders, stopping, resuming, and the style at the end."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
import torch

from ganfx.errors import UsageError
from ganfx.preset import LossConfig, Preset, list_presets, load_preset
from ganfx.styles.file import load_style
from ganfx.training import checkpoints, train
from ganfx.training.events import Loading, PreviewSaved, StepDone, TrainingDone, TrainingStarted
from ganfx.training.timing import fitting_steps

SMALL = ["train.steps=3", "data.samples=2", "train.batch_size=2"]
SMALL += ["train.crop_size=64", "model.channels=[4, 6]", "discriminator.channels=4"]


def run_until(preset: Preset, run: Path, step: int, *, resume: bool = False) -> list[StepDone]:
    """The steps that were done."""
    done = []
    with closing(train(preset, run, device="cpu", resume=resume)) as events:
        for event in events:
            if isinstance(event, StepDone):
                done.append(event)
                if event.step == step:
                    break
    return done


def test_a_run_leaves_its_preset_statistics_previews_checkpoint_and_style(
    preset: Preset, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    events = list(train(preset, run, device="cpu"))

    # Once each for photos and art, and again while that takes long.
    first = next(i for i, event in enumerate(events) if not isinstance(event, Loading))
    assert first >= 2
    assert isinstance(events[first], TrainingStarted)
    assert isinstance(events[-1], TrainingDone)
    assert [e.step for e in events if isinstance(e, StepDone)] == [1, 2, 3, 4, 5, 6]
    assert [e.step for e in events if isinstance(e, PreviewSaved)] == [1, 4, 6]
    assert Preset.model_validate_json((run / "preset.json").read_text()) == preset
    rows = [json.loads(line) for line in (run / "stats.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [1, 2, 3, 4, 5, 6]
    # Falling over the last 0.4 of 6 steps: (1 - 4/6) / 0.4 and (1 - 5/6) / 0.4 of the whole.
    rates = [row["generator_lr"] / preset.train.generator_lr for row in rows]
    assert rates == pytest.approx([1, 1, 1, 1, 5 / 6, 5 / 12])
    style = load_style(events[-1].style)
    assert style.header.training.steps == 6
    assert style.header.provenance.photos[0].count == 5


def test_stopping_and_resuming_gives_the_uninterrupted_weights(
    preset: Preset, tmp_path: Path
) -> None:
    whole, split = tmp_path / "whole", tmp_path / "split"
    list(train(preset, whole, device="cpu"))
    run_until(preset, split, 2)
    run_until(preset, split, 5, resume=True)
    list(train(preset, split, device="cpu", resume=True))

    ours, theirs = (load_style(run / "tiny.safetensors").weights for run in (whole, split))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("adversarial", ["bce", "relativistic"])
def test_resuming_is_exact_with_every_term_turned_on(
    paired: Preset, everything: LossConfig, adversarial: str, tmp_path: Path
) -> None:
    loss = everything.model_copy(update={"adversarial": adversarial})
    steps = paired.train.model_copy(update={"steps": 4})
    full = paired.model_copy(update={"loss": loss, "train": steps})
    whole, split = tmp_path / "whole", tmp_path / "split"
    list(train(full, whole, device="cpu"))
    run_until(full, split, 2)
    list(train(full, split, device="cpu", resume=True))

    ours, theirs = (torch.load(run / "latest.pt", weights_only=True) for run in (whole, split))
    for network in ("generator", "averaged", "discriminators", "heads"):
        assert ours[network].keys() == theirs[network].keys()
        for name, value in ours[network].items():
            assert torch.equal(value, theirs[network][name]), f"{network}.{name}"


def test_a_run_that_ended_resumes_to_its_style_and_trains_no_further(
    preset: Preset, tmp_path: Path
) -> None:
    list(train(preset, tmp_path / "run", device="cpu"))
    events = list(train(preset, tmp_path / "run", device="cpu", resume=True))

    assert not any(isinstance(e, StepDone) for e in events)
    assert isinstance(events[-1], TrainingDone)


def test_a_resume_with_another_preset_names_what_differs(preset: Preset, tmp_path: Path) -> None:
    run_until(preset, tmp_path / "run", 1)
    changed = preset.model_copy(update={"train": preset.train.model_copy(update={"seed": 9})})

    with pytest.raises(UsageError, match=r"train\.seed \(1, now 9\)"):
        next(train(changed, tmp_path / "run", device="cpu", resume=True))


def test_a_second_run_does_not_overwrite_the_first(preset: Preset, tmp_path: Path) -> None:
    run_until(preset, tmp_path / "run", 1)

    with pytest.raises(UsageError, match="already holds a run"):
        list(train(preset, tmp_path / "run", device="cpu"))


def test_a_damaged_checkpoint_is_told(preset: Preset, tmp_path: Path) -> None:
    run_until(preset, tmp_path / "run", 1)
    (tmp_path / "run" / "latest.pt").write_bytes(b"not a checkpoint")

    with pytest.raises(UsageError, match=r"latest\.pt: damaged"):
        next(train(preset, tmp_path / "run", device="cpu", resume=True))


def test_a_checkpoint_that_would_run_code_is_refused(preset: Preset, tmp_path: Path) -> None:
    run_until(preset, tmp_path / "run", 1)
    torch.save({"format": 1, "preset": Path("x")}, tmp_path / "run" / "latest.pt")

    with pytest.raises(UsageError, match="damaged or not a checkpoint"):
        next(train(preset, tmp_path / "run", device="cpu", resume=True))


def test_run_folders_are_numbered(tmp_path: Path) -> None:
    assert checkpoints.next_run("noir", tmp_path).name == "noir-001"
    (tmp_path / "noir-001").mkdir()
    assert checkpoints.next_run("noir", tmp_path).name == "noir-002"


def test_resume_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to resume"):
        checkpoints.latest_run("noir", tmp_path)


def test_a_budget_in_minutes_becomes_a_number_of_steps() -> None:
    assert fitting_steps(2.0, 0.5) == 240
    assert fitting_steps(0.001, 10.0) == 1


@pytest.mark.parametrize("path", list_presets(), ids=lambda path: path.stem)
def test_every_shipped_preset_trains_three_steps(path: Path, tmp_path: Path) -> None:
    preset = load_preset(path, SMALL)
    run_until(preset, tmp_path / "run", 3)

    rows = (tmp_path / "run" / "stats.jsonl").read_text().splitlines()
    assert (tmp_path / "run" / "latest.pt").is_file()
    assert json.loads(rows[0])["step"] == 1
