"""``ganfx evaluate`` as a script calls it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ganfx.media.frames import read_picture, write_picture

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def pair(tmp_path: Path) -> None:
    """A noisy source, and an output with three times its noise."""
    noise = np.random.default_rng(0).integers(-4, 5, (4, 64, 96, 3))
    for number, frame in enumerate(noise, start=1001):
        for folder, gain in (("in", 1), ("out", 3)):
            picture = (120 + gain * frame).astype(np.uint8)
            write_picture(tmp_path / folder / f"plate.{number}.png", picture)


def test_a_shot_is_a_line(ganfx: Run, pair: None) -> None:
    code, out, _ = ganfx("evaluate", "flicker", "in", "out")
    assert code == 0
    title, line = out.splitlines()
    assert " ".join(title.split()) == "shot frames E_warp in out ratio tone in out"
    assert line.split()[0] == "plate.1001-1004#.png"
    assert float(line.split()[4]) == pytest.approx(9, rel=0.1)


def test_a_gate_fails_with_its_own_exit_code(ganfx: Run, pair: None) -> None:
    assert ganfx("evaluate", "flicker", "in", "out", "--max-ratio", 12)[0] == 0
    code, _, err = ganfx("evaluate", "flicker", "in", "out", "--max-ratio", 2)
    assert code == 4
    assert "more than 2 times the source's own flicker: plate.1001-1004#.png" in err


def test_scores_go_to_json_csv_and_a_picture(ganfx: Run, pair: None) -> None:
    code, out, _ = ganfx(
        *("evaluate", "flicker", "in", "out", "--unfiltered", "out", "--json"),
        *("--csv", "steps.csv", "--strip", "heat.png"),
    )
    assert code == 0
    *lines, strip = out.splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["event"] for event in events] == ["StepScore"] * 3 + ["ShotScore"]
    assert events[-1]["steadied"] == events[-1]["detail"] == 1.0
    rows = list(csv.DictReader(Path("steps.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["frame"] for row in rows] == ["1001", "1002", "1003"]
    assert float(rows[0]["output"]) == events[0]["output"]
    assert strip == "heat.png"
    assert read_picture(Path("heat.png")).shape[1] > 900


def test_bad_input_is_told(ganfx: Run, pair: None) -> None:
    for arguments, words in (
        (("in", "nowhere"), "no such folder"),
        (("nowhere", "out"), "nowhere"),
        (("in", "out", "--strip", "heat.txt"), "not a picture format"),
        (("in", "out", "--csv", "no/such/steps.csv"), "cannot write"),
    ):
        code, _, err = ganfx("evaluate", "flicker", *arguments)
        assert code == 2
        assert words in err
