"""``ganfx why`` and ``ganfx redo``, as scripts call them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ganfx.media.frames import write_picture

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def frame(ganfx: Run, style: Path) -> Path:
    write_picture(Path("a.png"), np.full((24, 32, 3), 90, np.uint8))
    code, _, err = ganfx("stylize", "a.png", "--style", style, "--depth", 16, "--out", "out/a.png")
    assert code == 0, err
    return Path("out/a.png")


def test_why_is_told_to_people_and_to_scripts(ganfx: Run, frame: Path) -> None:
    code, out, _ = ganfx("why", frame)
    assert code == 0
    assert " options  --depth 16\n" in out
    code, out, _ = ganfx("why", frame, "--json")
    told = json.loads(out)
    assert told["look"] == "bright"
    assert told["as_written"] is True
    assert {each["state"] for each in told["inputs"]} == {"as it was"}
    assert told["origin"]["options"] == {"depth": "uint16"}


def test_redo_says_what_came_of_it(ganfx: Run, frame: Path) -> None:
    code, out, err = ganfx("redo", frame, "--out", "again.png")
    assert (code, err) == (0, "")
    assert out.startswith("out/a.png: the same bytes (")
    assert Path("again.png").read_bytes() == frame.read_bytes()
    Path("a.png").unlink()
    code, _, err = ganfx("redo", frame)
    assert code == 1
    assert "source" in err
    assert "a.png is gone" in err


def test_what_is_unknown_is_a_mistake(ganfx: Run, frame: Path) -> None:
    code, _, err = ganfx("why", "a.png")
    assert code == 2
    assert "nothing is known of a.png" in err


@pytest.mark.slow
def test_portable_frames_are_redone_as_such(ganfx: Run, frame: Path) -> None:
    """In processes of their own: the instructions are chosen before anything is loaded."""
    command = [sys.executable, "-m", "ganfx"]
    look = ["--style", "bright", "--portable-avx2", "--quiet", "--out", "two/a.png"]
    for words in (["stylize", "a.png", *look], ["redo", "two/a.png"]):
        done = subprocess.run([*command, *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert "the same bytes" in done.stdout


def test_a_folder_and_another_format_are_told(ganfx: Run, frame: Path) -> None:
    code, _, err = ganfx("why", "out")
    assert (code, "out is a folder" in err) == (2, True)
    code, _, err = ganfx("redo", frame, "--out", "again.exr")
    assert (code, "has the format of a.png" in err, "end in .png" in err) == (2, True, True)
    assert not Path("again.exr").exists()
