"""What is said of a shot's keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.console.keyframing import show_again


def test_the_command_that_makes_a_shot_again_goes_to_the_same_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_again("my shot", Path("run/k.safetensors"), "keys", Path("out"))

    said = capsys.readouterr()
    words = " ".join((said.out + said.err).split())
    command = "ganfx stylize 'my shot' --style run/k.safetensors --painted keys --out out"
    assert words == f"again {command}"
