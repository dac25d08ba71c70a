"""``ganfx evaluate`` as a script calls it."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ganfx.media.frames import read_picture, write_picture
from ganfx.styles.file import load_style, save_style
from ganfx.styles.header import Gates

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
        (("in", "nowhere"), "cannot find"),
        (("nowhere", "out"), "nowhere"),
        (("in", "out", "--strip", "heat.txt"), "not a picture format"),
        (("in", "out", "--csv", "no/such/steps.csv"), "cannot write"),
    ):
        code, _, err = ganfx("evaluate", "flicker", *arguments)
        assert code == 2
        assert words in err


@pytest.fixture
def looked(tmp_path: Path) -> None:
    """A photo, a negative of it with a grid, and art like that."""
    blocks = np.random.default_rng(1).integers(40, 200, (20, 24, 3))
    photo = np.kron(blocks, np.ones((8, 8, 1))).astype(np.uint8)
    negative = 255 - photo
    negative[::4, ::4] -= 30
    for name, picture in (("in/a.png", photo), ("out/a.png", negative), ("art/x.png", negative)):
        write_picture(tmp_path / name, picture)


def test_a_look_is_a_table_of_what_came_out(ganfx: Run, looked: None) -> None:
    code, out, _ = ganfx("evaluate", "look", "in", "out", "--art", "art")
    assert code == 0
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    assert float(rows["structure"][1]) < -0.8
    assert float(rows["grid"][2]) > 10 * float(rows["grid"][1])
    assert float(rows["distance"][4]) > 0.01
    assert float(rows["distance"][5]) == 0.0
    assert "1 picture; the weakest structure is" in out


def test_a_look_can_be_held_to_limits(ganfx: Run, looked: None) -> None:
    code, _, err = ganfx("evaluate", "look", "in", "out", "--min-structure", 0.5)
    assert code == 4
    assert "is below 0.5: weakest out/a.png" in err
    code, _, err = ganfx("evaluate", "look", "in", "out", "--max-grid", 1.2)
    assert code == 4
    assert "above 1.2" in err
    assert ganfx("evaluate", "look", "in", "in", "--min-structure", 0.99, "--max-grid", 1)[0] == 0


def test_scores_of_a_look_go_to_json(ganfx: Run, looked: None) -> None:
    code, out, _ = ganfx("evaluate", "look", "in", "out", "--json")
    assert code == 0
    picture, whole = map(json.loads, out.splitlines())
    assert (picture["event"], whole["event"]) == ("PictureScore", "LookScore")
    assert picture["picture"] == "out/a.png"
    assert whole["structure"] == picture["structure"]
    for score in (picture, whole, whole["weakest"]):  # under the name of version 0.1.0 too
        assert score["unrest"] == score["flat_area_noise"]
        assert score["source_unrest"] == score["source_flat_area_noise"]


def test_frames_are_held_to_the_gates_of_the_look_that_their_record_names(
    ganfx: Run, looked: None, style: Path, tmp_path: Path
) -> None:
    known = load_style(style)
    gates = Gates(min_structure=0.5, max_grid=3.0)
    save_style(style, known.header.model_copy(update={"gates": gates}), known.weights)
    assert ganfx("stylize", "in", "--style", "bright", "--out", "made")[0] == 0
    code, _, err = ganfx("evaluate", "look", "in", "made")
    assert code == 0, err
    assert "gates of bright: structure at least 0.5, a grid at most 3 times the source's" in err

    write_picture(tmp_path / "made/a.png", read_picture(tmp_path / "out/a.png"))
    code, _, err = ganfx("evaluate", "look", "in", "made")
    assert (code, "is below 0.5: weakest made/a.png" in err) == (4, True)
    code, _, err = ganfx("evaluate", "look", "in", "made", "--min-structure", -1)
    assert (code, "above 3" in err) == (4, True)
    limits = ("--min-structure", -1, "--max-grid", 1e9)
    code, _, err = ganfx("evaluate", "look", "in", "made", *limits)
    assert (code, "gates of" in err) == (0, False)


def test_grain_is_named_where_it_is_what_flickers(ganfx: Run, pair: None, style: Path) -> None:
    assert ganfx("stylize", "in", "--style", "bright", "--grain", 0.2, "--out", "made")[0] == 0
    code, _, err = ganfx("evaluate", "flicker", "in", "made", "--max-ratio", 1)
    assert code == 4
    assert "hint: the frames have --grain 0.2, which count as flicker" in err
    assert "measure frames made with --grain 0; if" in err
    code, _, err = ganfx("evaluate", "flicker", "in", "out", "--max-ratio", 1)
    assert "hint: a higher --consistency" in err


def test_the_steps_that_fail_are_listed_and_on_record(ganfx: Run, pair: None) -> None:
    code, out, err = ganfx("evaluate", "flicker", "in", "out", "--max-ratio", 2, "--json")
    assert code == 4
    assert "from frames 1001-1003 to the next ones" in err
    *_, missed, error = map(json.loads, out.splitlines())
    assert (missed["event"], missed["gate"], missed["limit"]) == ("GateMissed", "--max-ratio", 2.0)
    assert sorted(missed["frames"]) == ["1001", "1002", "1003"]
    assert (error["event"], error["exit_code"]) == ("Error", 4)


def test_without_a_name_all_judgements_are_made(ganfx: Run, pair: None) -> None:
    code, out, err = ganfx(
        *("evaluate", "in", "out", "--art", "out", "--golden", "in", "--csv", "all.csv"),
        *("--max-ratio", 2, "--max-flip", 0.0001, "--min-structure", -1),
    )
    assert code == 4
    for title in ("E_warp in", "unrest", "copies of the art", "largest difference"):
        assert title in out
    assert "2 limits were not kept" in err
    assert "4 of 4 pictures are above a FLIP of 0.0001" in err
    rows = list(csv.DictReader(Path("all.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["judgement"] for row in rows] == [
        name
        for name, count in (("flicker", 3), ("look", 4), ("style", 4), ("golden", 4))
        for _ in range(count)
    ]


def test_a_mistyped_judgement_is_not_taken_for_a_source(ganfx: Run, pair: None) -> None:
    code, _, err = ganfx("evaluate", "flickr", "in", "out")
    assert code == 2
    assert "flicker" in err
    code, _, err = ganfx("evaluate", "style.####.png", "out")  # which is one
    assert (code, "command" in err) == (2, False)


def test_goldens_pass_and_fail(ganfx: Run, looked: None) -> None:
    assert ganfx("evaluate", "golden", "out", "art", "--max-flip", 0)[0] == 2  # of other names
    limits = ("--max-flip", 0, "--max-error", 0)
    code, out, _ = ganfx("evaluate", "golden", "out", "out", *limits)
    assert (code, "1 picture; 1 the same in every value" in out) == (0, True)
    code, _, err = ganfx("evaluate", "golden", "in", "out", "--max-error", 0.1)
    assert (code, "out/a.png" in err) == (4, True)


def test_a_style_needs_art_and_kid_its_library(
    ganfx: Run, looked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = ganfx("evaluate", "style", "in", "out")
    assert (code, "give --art DIR" in err) == (2, True)
    monkeypatch.setitem(sys.modules, "torch_fidelity", None)
    code, _, err = ganfx("evaluate", "style", "in", "out", "--art", "art", "--kid")
    assert (code, "ganfx[kid]" in err) == (1, True)
    code, out, err = ganfx("evaluate", "style", "in", "out", "--art", "art", "--max-distance", 0.01)
    assert code == 0, err
    assert [line.split("  ")[0] for line in out.splitlines()[1:]] == ["untouched photos", "output"]


def test_a_page_and_numbers_that_are_none(ganfx: Run, pair: None) -> None:
    code, _, err = ganfx("evaluate", "in", "out", "--max-ratio", 2, "--html", "page.html")
    assert code == 4, err
    text = Path("page.html").read_text(encoding="utf-8")
    assert "from frames 1001-1003 to the next ones" in text
    assert text.count("where it flickers") >= 3
    for words, says in (
        (("--max-ratio", "nan"), "--max-ratio nan: expected"),
        (("--html", "page.txt"), "not the name of a page"),
        (("--html", "no/page.html"), "no folder no"),
        (("--max-distance", 1), "--max-distance is held to nothing: there is no --art DIR"),
        (("--max-flip", 1), "--max-flip is held to nothing: there is no --golden DIR"),
    ):
        code, _, err = ganfx("evaluate", "in", "out", *words)
        assert (code, says in err) == (2, True), err


def test_limits_of_shots_are_not_held_to_stills(ganfx: Run, looked: None) -> None:
    code, _, err = ganfx("evaluate", "in", "out", "--max-ratio", 2)
    assert (code, "there is no shot" in err) == (2, True)
