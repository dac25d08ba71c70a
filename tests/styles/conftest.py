"""A small look, and places for styles that are not the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig
from ganfx.styles.header import StyleHeader

SMALL = ModelConfig(channels=(4, 8), blocks=1)


@pytest.fixture
def weights() -> dict[str, Tensor]:
    """Random weights of the small network, none of them zero throughout."""
    generator = torch.Generator().manual_seed(7)
    return {
        name: torch.randn(value.shape, generator=generator) * 0.2
        for name, value in Generator(SMALL).state_dict().items()
    }


@pytest.fixture
def header() -> StyleHeader:
    return StyleHeader(name="inked", description="Ink on paper", licence="CC0-1.0", model=SMALL)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, an empty user's library, and no built-in styles."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("GANFX_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("ganfx.styles.library.BUILT_IN", tmp_path / "builtin")
    return tmp_path
