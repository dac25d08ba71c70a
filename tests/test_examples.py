"""The examples: they run, and do what they say."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
TINY = ["train.steps=3", "train.crop_size=64", "train.batch_size=2", "data.samples=2"]
TINY += ["model.channels=[4, 6]", "discriminator.channels=4"]


@pytest.fixture
def example() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / "custom_training_loop.py"))


def test_a_loop_of_ones_own_trains_and_names_the_style(
    example: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["custom_training_loop.py", str(tmp_path / "run")])
    monkeypatch.setitem(example["main"].__globals__, "QUICK", TINY)
    example["main"]()

    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == f"the style: {tmp_path / 'run' / 'noir.safetensors'}"
    assert any(line.startswith("3/3  style ") for line in printed)


def test_patience_ends_when_the_mean_has_stopped_coming_down(example: dict[str, Any]) -> None:
    patience = example["Patience"](2)

    assert not patience.is_over(4.0)
    assert not patience.is_over(2.0)  # 0.7 * 4 + 0.3 * 2 = 3.4
    assert not patience.is_over(8.0)  # 4.78: once without a better mean
    assert patience.is_over(1.0)  # 3.646: twice
