"""Fine-tuning: a run that begins with the weights of a look."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import torch

from ganfx.errors import UsageError
from ganfx.preset import Preset
from ganfx.styles.file import load_style
from ganfx.training import checkpoints, train
from ganfx.training.events import StepDone, TrainingStarted


@pytest.fixture
def look(preset: Preset, tmp_path: Path) -> Path:
    """The style of a short run."""
    list(train(preset, tmp_path / "first", device="cpu"))
    return tmp_path / "first" / "tiny.safetensors"


def test_a_run_begins_with_the_weights_of_a_look(
    preset: Preset, tmp_path: Path, look: Path
) -> None:
    with closing(train(preset, tmp_path / "run", device="cpu", init=look)) as events:
        next(event for event in events if isinstance(event, TrainingStarted))

    saved = torch.load(tmp_path / "run" / checkpoints.LATEST, weights_only=True)
    for name, weights in load_style(look).weights.items():
        assert torch.equal(saved["generator"][name], weights)
        assert torch.equal(saved["averaged"][name], weights)


def test_what_the_look_had_learned_from_stays_known_also_after_a_resume(
    preset: Preset, tmp_path: Path, look: Path
) -> None:
    run = tmp_path / "run"
    events = train(preset, run, device="cpu", init=look)
    next(event for event in events if isinstance(event, StepDone))
    events.close()
    list(train(preset, run, device="cpu", resume=True))

    header, before = load_style(run / "tiny.safetensors").header, load_style(look)
    own = before.header.provenance
    assert header.provenance.photos == own.photos * 2
    assert header.provenance.art == own.art * 2
    assert header.provenance.notes == f"Fine-tuned from tiny ({before.fingerprint[:12]})."


def test_another_network_is_told_by_its_keys(preset: Preset, tmp_path: Path, look: Path) -> None:
    model = preset.model.model_copy(update={"channels": (4, 8), "monochrome": True})

    says = (
        r"model\.channels \(\(4, 8\), in tiny \(4, 6\)\), model\.monochrome \(True, in tiny False"
    )
    with pytest.raises(UsageError, match=says) as caught:
        next(
            train(
                preset.model_copy(update={"model": model}), tmp_path / "x", device="cpu", init=look
            )
        )
    assert caught.value.hint == (
        "in [model] set channels = [4, 6], blocks = 1, color_start = false, guides = false,"
        " monochrome = false"
    )
    assert not (tmp_path / "x").exists()


def test_abstraction_may_be_another_as_nothing_in_it_is_learned(
    preset: Preset, tmp_path: Path, look: Path
) -> None:
    model = preset.model.model_copy(update={"abstraction": (3,), "keep_detail": True})
    other, run = preset.model_copy(update={"model": model}), tmp_path / "run"
    list(train(other, run, device="cpu", init=look))
    assert load_style(run / "tiny.safetensors").header.model.abstraction == (3,)


def test_a_look_that_is_not_there_is_told(preset: Preset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such style file"):
        next(train(preset, tmp_path / "x", device="cpu", init="nowhere/look.safetensors"))


def test_a_run_cannot_begin_with_a_look_and_go_on_with_its_own(
    preset: Preset, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="goes on with its own weights"):
        next(train(preset, tmp_path, device="cpu", resume=True, init="noir"))
