"""Settings for all tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run; other ones with --hypothesis-profile=random.
# How long one takes is never judged: that depends on what else the machine does.
TIMELESS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("random", TIMELESS)
settings.register_profile("repeatable", TIMELESS, derandomize=True)
settings.load_profile("repeatable")

# One thread: the pictures are tiny, and waiting threads make a busy machine crawl. Set
# before torch is imported, and inherited by the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests leave the user's cache alone, those in their own processes too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def ganfx(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Run a command in an empty folder: exit code, stdout, stderr."""
    from ganfx.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANFX_HOME", str(tmp_path / "home"))

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ganfx", *(str(argument) for argument in arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def style(tmp_path: Path) -> Path:
    """A look that is a little brighter than the photo."""
    import torch

    from ganfx.models.generator import Generator
    from ganfx.preset import ModelConfig
    from ganfx.styles.file import save_style
    from ganfx.styles.header import StyleHeader

    model = ModelConfig(channels=(4,), blocks=0)
    generator = Generator(model)
    torch.nn.init.constant_(generator.change.bias, 0.1)
    header = StyleHeader(name="bright", description="Brighter.", model=model)
    return save_style(tmp_path / "styles" / "bright.safetensors", header, generator.state_dict())


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Two shots and a still."""
    import numpy as np

    from ganfx.media.frames import write_picture

    rng = np.random.default_rng(0)
    for shot in ("sh010", "sh020"):
        (tmp_path / "shots" / shot).mkdir(parents=True)
        for frame in range(1001, 1004):
            picture = rng.integers(0, 200, (24, 32, 3), dtype=np.uint8)
            write_picture(tmp_path / "shots" / shot / f"plate.{frame}.png", picture)
    write_picture(tmp_path / "shots" / "ref[1].png", np.full((9, 7, 3), 50, np.uint8))
    return tmp_path / "shots"
