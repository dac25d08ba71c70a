"""What schedulers are told of a task, in their own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


def told(ganfx: Run, shots: Path, style: Path, dialect: str) -> list[str]:
    code, printed, _ = ganfx(
        "stylize", shots / "sh010", "--style", style, "--out", dialect, "--progress", dialect
    )
    assert code == 0
    return printed.splitlines()


@pytest.mark.parametrize(
    ("dialect", "lines"),
    [
        ("tractor", ["TR_PROGRESS 033%", "TR_PROGRESS 066%", "TR_PROGRESS 100%"]),
        ("deadline", ["Progress: 33%", "Progress: 66%", "Progress: 100%"]),
    ],
)
def test_percents_are_told_as_the_worker_reads_them(ganfx, shots, style, dialect, lines):
    assert told(ganfx, shots, style, dialect) == lines


def test_json_says_frames_done_and_all(ganfx, shots, style):
    lines = [json.loads(line) for line in told(ganfx, shots, style, "json")]
    assert lines == [{"done": n, "frames": 3} for n in (1, 2, 3)]


def test_openjd_is_told_what_is_done_too(ganfx, shots, style):
    lines = told(ganfx, shots, style, "openjd")
    assert [line for line in lines if "progress" in line] == [
        "openjd_progress: 33.3",
        "openjd_progress: 66.7",
        "openjd_progress: 100.0",
    ]
    assert "openjd_status: plate.1002.png" in lines


def test_an_unknown_worker_is_refused(ganfx, shots, style):
    code, _, err = ganfx("stylize", shots, "--style", style, "--progress", "qube")
    assert code == 2
    assert "deadline" in err
