"""Runs that fail: back to where they were well, with less of what was to blame."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ganfx.errors import EXIT_FAILED, GanfxError
from ganfx.preset import Preset
from ganfx.styles.file import load_style
from ganfx.training import adaptive, checkpoints, health, recovery, step, train
from ganfx.training.crops import Crops
from ganfx.training.events import Event, Notice, StepDone, TrainingDone
from ganfx.training.state import State
from ganfx.training.training_stats import logit_statistics

Painted = Callable[[State, Crops], Tensor]


@pytest.fixture(autouse=True)
def _watched_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "WATCHED", 2)
    monkeypatch.setattr(recovery, "EARLY", ())


def lasting(preset: Preset, steps: int, **train_values: object) -> Preset:
    """So many steps, a checkpoint every fourth."""
    values = {"steps": steps, "save_every": 4, "preview_every": 1000, "log_every": 3}
    return preset.model_copy(
        update={
            "train": preset.train.model_copy(update=values | train_values),
            "loss": preset.loss.model_copy(update={"style": 0.0, "color": 1.0}),
        }
    )


def notices(events: list[Event]) -> list[str]:
    return [e.message for e in events if isinstance(e, Notice) and "back to" in e.message]


def failures(run: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (run / "stats.jsonl").read_text().splitlines()]
    return [row for row in rows if "failed_at" in row]


def break_term(monkeypatch: pytest.MonkeyPatch, name: str, when: Callable[[State], bool]) -> None:
    """Make a term of the generator no number in some steps."""
    picture_terms = step.picture_terms

    def broken(state: State, crops: Crops) -> dict[str, Tensor]:
        terms = picture_terms(state, crops)
        return terms | ({name: terms[name] * math.nan} if when(state) else {})

    monkeypatch.setattr(step, "picture_terms", broken)


def change_pictures(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[State, Tensor], Tensor]
) -> None:
    """Have the generator make something else in training."""
    generated = step._generated
    monkeypatch.setattr(
        step, "_generated", lambda state, part: change(state, generated(state, part))
    )


def is_first_try(state: State) -> bool:
    return not state.controls.lowered


def test_a_term_that_is_no_number_once_costs_some_steps_and_some_of_its_weight(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_term(monkeypatch, "content", lambda state: state.step == 6 and is_first_try(state))
    events = list(train(lasting(preset, 11), tmp_path, device="cpu"))

    assert isinstance(events[-1], TrainingDone)
    assert notices(events) == [
        "step 8: content is not a number; back to step 4, with loss.content at 0.3"
    ]
    steps = [e.step for e in events if isinstance(e, StepDone)]
    assert steps == [*range(1, 8), *range(5, 12)]
    assert failures(tmp_path) == [
        {
            "failed_at": 8,
            "back_to": 4,
            "cause": "content is not a number",
            "lowered": {"loss.content": 0.3},
        }
    ]
    weights = load_style(tmp_path / "tiny.safetensors").weights.values()
    assert all(bool(w.isfinite().all()) for w in weights)


def test_what_was_lowered_is_less_of_the_loss(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []
    weight = State.weight

    def noted(state: State, name: str) -> float:
        if name == "content":
            seen.append(weight(state, name))
        return weight(state, name)

    monkeypatch.setattr(State, "weight", noted)
    break_term(monkeypatch, "content", lambda state: state.step == 1 and is_first_try(state))
    list(train(lasting(preset, 6), tmp_path, device="cpu"))

    assert sorted(set(seen)) == pytest.approx([0.3, 1.0])


def test_a_learning_rate_that_is_absurd_ends_the_run_with_its_key(
    preset: Preset, tmp_path: Path
) -> None:
    absurd = lasting(preset, 60, generator_lr=1e30)
    with pytest.raises(
        GanfxError, match=r"failed at step 2, after 3 tries: .* no numbers"
    ) as caught:
        list(train(absurd, tmp_path, device="cpu"))

    assert caught.value.exit_code == EXIT_FAILED
    assert caught.value.hint == (
        "lower train.generator_lr (it is 1e+30, 2.7e+28 was still too much)"
    )
    assert len(failures(tmp_path)) == 3
    for name in (checkpoints.LATEST, checkpoints.GOOD):
        saved = torch.load(tmp_path / name, weights_only=True)
        assert all(bool(w.isfinite().all()) for w in saved["generator"].values())


def test_a_learning_rate_that_is_a_little_too_high_is_lowered_until_it_works(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(state: State, made: Tensor) -> Tensor:
        lr = state.generator_optimizer.param_groups[0]["lr"]
        return made * (math.inf if state.step == 6 and lr > 1e-3 else 1.0)

    change_pictures(monkeypatch, explode)
    high = lasting(preset, 9, generator_lr=0.01, decay=0.0)
    events = list(train(high, tmp_path, device="cpu"))

    assert isinstance(events[-1], TrainingDone)
    assert [row["lowered"]["train.generator_lr"] for row in failures(tmp_path)] == [
        pytest.approx(0.3**n) for n in (1, 2)
    ]


def test_pictures_that_fade_to_one_tone_are_noticed(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fade(state: State, made: Tensor) -> Tensor:
        return 0.001 * made if state.step >= 4 and is_first_try(state) else made

    change_pictures(monkeypatch, fade)
    events = list(train(lasting(preset, 11), tmp_path, device="cpu"))

    assert isinstance(events[-1], TrainingDone)
    (told,) = notices(events)
    assert told.startswith("step 10: the pictures have faded to one tone")
    assert "back to step 4, with train.generator_lr" in told  # later checkpoints are no good


def test_the_networks_grid_in_the_pictures_is_noticed(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = torch.tensor([[0.1, -0.1], [-0.1, 0.1]]).repeat(32, 32)

    def draw(state: State, made: Tensor) -> Tensor:
        return made + grid if is_first_try(state) else made

    change_pictures(monkeypatch, draw)
    events = list(train(lasting(preset, 7), tmp_path, device="cpu"))

    assert isinstance(events[-1], TrainingDone)
    (told,) = notices(events)
    assert re.match("step 6: the pictures show the network's grid, 1[23] of 255 high", told)
    assert "with loss.texture at 0.3" in told


def test_a_discriminator_that_has_won_for_good_is_noticed(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def won(*logits: Any) -> dict[str, Tensor]:
        return logit_statistics(*logits) | {"accuracy_texture": torch.tensor(1.0)}

    monkeypatch.setattr(step, "logit_statistics", won)
    monkeypatch.setattr(adaptive, "HALVING", 0.5)
    monkeypatch.setattr(health, "SATURATED_FOR", 6)
    with pytest.raises(GanfxError, match="texture discriminator has told art from") as caught:
        list(train(lasting(preset, 1000), tmp_path, device="cpu"))

    assert "lower train.discriminator_lr (it is 0.0003" in str(caught.value.hint)


def test_progress_makes_earlier_failures_forgotten(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: set[int] = set()

    def each_once(state: State) -> bool:
        wrong = state.step in (5, 9, 13, 17, 21) and state.step not in done
        done.update({state.step} if wrong else set())
        return wrong

    break_term(monkeypatch, "color", each_once)
    events = list(train(lasting(preset, 24), tmp_path, device="cpu"))

    assert isinstance(events[-1], TrainingDone)
    assert len(failures(tmp_path)) == 5


def test_a_failure_before_the_first_checkpoint_goes_back_to_the_start(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_term(monkeypatch, "color", lambda state: state.step == 1 and is_first_try(state))
    events = list(train(lasting(preset, 3), tmp_path, device="cpu"))

    assert [e.step for e in events if isinstance(e, StepDone)] == [1, 1, 2, 3]


def test_what_was_lowered_stays_so_after_a_resume(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_term(monkeypatch, "color", lambda state: state.step == 1 and is_first_try(state))
    events = train(lasting(preset, 5), tmp_path, device="cpu")
    for event in events:
        if isinstance(event, Notice) and "back to" in event.message:
            break
    events.close()
    list(train(lasting(preset, 5), tmp_path, device="cpu", resume=True))

    saved = torch.load(tmp_path / checkpoints.LATEST, weights_only=True)
    assert saved["controls"]["lowered"] == {"loss.color": 0.3}
