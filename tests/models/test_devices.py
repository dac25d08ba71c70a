"""Devices: the GPU where there is one, and a word where there is none."""

from __future__ import annotations

import pytest
import torch

from ganfx.errors import UsageError
from ganfx.models.devices import choose_device


def test_a_gpu_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    assert choose_device("auto").type == "cpu"
    with pytest.raises(UsageError, match="no CUDA GPU"):
        choose_device("cuda")
    with pytest.raises(UsageError, match="unknown device tpu"):
        choose_device("tpu")
