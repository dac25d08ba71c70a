"""The values of a logged step: all described, and in rows that JSON can hold."""

from __future__ import annotations

import json

import torch

from ganfx.preset import LossConfig, Preset
from ganfx.training.state import new_state
from ganfx.training.step import take_step
from ganfx.training.step_metrics import DESCRIPTIONS, UNLOGGED, read_metrics, stats_row
from tests.training.test_step import noise_batch

CPU = torch.device("cpu")


def test_every_metric_of_a_step_is_described(paired: Preset, everything: LossConfig) -> None:
    values = {
        "loss": everything.model_copy(update={"balance": True, "balance_every": 1}),
        "augment": paired.augment.model_copy(update={"adaptive": True}),
    }
    state = new_state(paired.model_copy(update=values), CPU)
    for _ in range(2):
        logged = take_step(state, noise_batch(paired=True))
    row = stats_row(state, read_metrics(state, logged), 4.0, 2**30)

    assert json.loads(json.dumps(row)) == row
    assert not set(UNLOGGED) & set(row)
    balance = {name for name in row if name.startswith("balance_")}
    assert "balance_content" in balance
    known = DESCRIPTIONS.keys() | LossConfig.model_fields | balance | {"step", "seconds"}
    assert set(row) <= known
    assert DESCRIPTIONS.keys() <= set(row)


def test_a_row_has_what_the_run_knows(preset: Preset) -> None:
    state = new_state(preset, CPU)
    values = read_metrics(state, take_step(state, noise_batch(paired=False)))
    state.seconds = 1.26
    row = stats_row(state, values, 3.14159, None)

    assert "memory" not in row
    assert (row["step"], row["images_per_second"], row["seconds"]) == (1, 3.14, 1.3)
    assert (row["generator_lr"], row["d_pace"]) == (preset.train.generator_lr, 1.0)
