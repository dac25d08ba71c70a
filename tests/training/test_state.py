"""What a run begins with."""

from __future__ import annotations

import pytest
import torch

from ganfx.preset import Preset
from ganfx.training.state import LONG, _kept_code


@pytest.mark.parametrize(
    ("choice", "steps", "device", "compiled"),
    [
        ("auto", LONG - 1, "cuda", False),
        ("auto", LONG, "cuda", True),
        ("auto", LONG, "cpu", False),
        ("off", LONG, "cuda", False),
        ("on", 1, "cuda", True),
        ("on", 1, "cpu", True),
    ],
)
def test_what_is_worth_compiling_for_is_compiled(
    preset: Preset, choice: str, steps: int, device: str, compiled: bool
) -> None:
    train = preset.train.model_copy(update={"compile": choice, "steps": steps})
    chosen = preset.model_copy(update={"train": train})
    assert (_kept_code(chosen, torch.device(device)) is not None) == compiled
