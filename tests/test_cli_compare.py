"""``ganfx compare`` as it is typed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ganfx.media.frames import write_picture

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sets(tmp_path: Path) -> None:
    for index, name in enumerate("AB"):
        for number in range(4):
            kind = "sky" if number < 2 else "sea"
            picture = np.full((16, 24, 3), 100 * index + number, np.uint8)
            write_picture(tmp_path / name / kind / f"{number}.png", picture)


def fill(path: Path, key: Path, voter: str, wrong: int = 0) -> None:
    """Vote for the second set, but for so many pairs."""
    asked = json.loads(key.read_text())
    lines = path.read_text().splitlines()[:1]
    for number, pair in enumerate(asked["pairs"], start=1):
        better = "left" if (pair["left"] == 1) != (number <= wrong) else "right"
        lines.append(f"{asked['id']},{voter},{number},{better}")
    path.with_name(f"{voter}.csv").write_text("\n".join(lines))


def test_from_sheets_to_a_preference(ganfx: Run, sets: None) -> None:
    code, out, err = ganfx("compare", "A", "B", "--ask", "Which?", "--sheet", "sheets")
    assert code == 0, err
    assert out.splitlines() == [
        *("sheets/sheet001.png", "sheets/sheet002.png", "sheets/votes.csv", "sheets-key.json")
    ]
    for voter, wrong in (("ann", 0), ("bob", 1)):
        fill(Path("sheets/votes.csv"), Path("sheets-key.json"), voter, wrong)
    files = ("--votes", "sheets/ann.csv", "sheets/bob.csv", "--sheet", "sheets")
    code, out, err = ganfx("compare", "A", "B", *files)
    assert code == 0, err
    best = out.splitlines()[1].split()
    assert best[:5] == ["B", "A", "7", "8", "83%"]  # (7 + .5) of (8 + 1)
    assert "folder sea" in out
    assert "folder sky" in out
    assert out.splitlines()[-1] == "Which? 8 votes: ann 4, bob 4"
    code, out, _ = ganfx("compare", *files, "--json")
    counts = json.loads(out)
    assert ganfx("compare", "--key", "sheets-key.json", "--votes", "sheets/ann.csv")[0] == 0
    code, _, err = ganfx("compare", "--votes", "sheets/ann.csv")
    assert (code, "votes of what?" in err) == (2, True)
    assert [group["votes"] for group in counts["groups"]] == [8, 4, 4]


def test_a_page_has_its_key_beside_it_and_is_not_replaced(ganfx: Run, sets: None) -> None:
    assert ganfx("compare", "A", "B")[1].splitlines() == ["compare.html", "compare-key.json"]
    before = Path("compare-key.json").read_bytes()
    code, _, err = ganfx("compare", "A", "B", "--seed", 2)
    assert (code, "an earlier comparison" in err) == (2, True)
    assert Path("compare-key.json").read_bytes() == before
    assert ganfx("compare", "A", "B", "--seed", 2, "--overwrite")[0] == 0
    assert Path("compare-key.json").read_bytes() != before


def test_votes_of_another_comparison_are_refused(ganfx: Run, sets: None) -> None:
    ganfx("compare", "A", "B", "--sheet", "one")
    ganfx("compare", "A", "B", "--sheet", "two", "--seed", 2)
    fill(Path("one/votes.csv"), Path("one-key.json"), "ann")
    code, _, err = ganfx("compare", "A", "B", "--votes", "one/ann.csv", "--sheet", "two")
    assert (code, "4 lines are no votes of this comparison" in err) == (2, True)
    code, _, err = ganfx("compare", "A", "C", "--votes", "one/ann.csv", "--sheet", "one")
    assert (code, "one-key.json is of A and B, not of A and C" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "two folders or more"),
        (("A",), "two folders or more"),
        (("A", "A"), "two folders or more"),
        (("A", "A/sky/0.png"), "give the folder it is in"),
        (("A", "clip.mp4"), "is a video"),
        (("A", "nowhere"), "cannot find nowhere"),
        (("A", "B/sky"), "do not match"),
        (("A", "B", "--ask", " "), "--ask is empty"),
        (("A", "B", "--out", "page.png"), "not the name of a page"),
        (("A", "B", "--votes", "none.csv"), "cannot read the key compare-key.json"),
        (("A", "B", "--pictures", "0"), "--pictures 0: expected"),
        (("A", "B", "--json"), "--json is about counting"),
    ],
)
def test_bad_input_is_told(ganfx: Run, sets: None, words: tuple[str, ...], says: str) -> None:
    Path("clip.mp4").write_bytes(b"")
    code, _, err = ganfx("compare", *words)
    assert (code, says in err) == (2, True), err
    assert not list(Path().glob("*.html"))


def test_one_picture_and_equal_ones_are_told(ganfx: Run, sets: None, tmp_path: Path) -> None:
    for name in "CD":
        write_picture(tmp_path / name / "x.png", np.zeros((16, 24, 3), np.uint8))
    code, _, err = ganfx("compare", "C", "D")
    assert code == 0
    assert "one picture only" in err
    assert "one can only guess: x" in err


def test_other_sizes_are_told(ganfx: Run, sets: None, tmp_path: Path) -> None:
    write_picture(tmp_path / "B/sky/0.png", np.zeros((16, 25, 3), np.uint8))
    code, _, err = ganfx("compare", "A", "B")
    assert (code, "B/sky/0.png: 25x16, and A/sky/0.png has 24x16" in err) == (1, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_told(ganfx: Run, sets: None, tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    code, _, err = ganfx("compare", "A", "B", "--out", "shut/page.html")
    assert (code, "cannot write shut/page.html" in err) == (1, True)


def test_a_file_in_place_of_a_folder_is_told(ganfx: Run, sets: None) -> None:
    Path("file").write_text("")
    code, _, err = ganfx("compare", "A", "B", "--out", "file/page.html")
    assert (code, "cannot write file/page.html" in err) == (1, True)
