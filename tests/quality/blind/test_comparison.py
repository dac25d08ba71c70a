"""Plans and keys of comparisons."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import GanfxError, UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.quality.blind.ballots import write_sheets
from ganfx.quality.blind.comparison import Comparison, Files, planned, read_key, write_key
from ganfx.quality.blind.kinds import kinds_of_folders, read_kinds


@pytest.fixture
def sets(tmp_path: Path) -> list[Path]:
    for index, name in enumerate("abc"):
        for number in range(7):
            picture = np.full((20, 30, 3), 40 * index + number, np.uint8)
            write_picture(tmp_path / name / f"k{number % 2}/{number}.png", picture)
    return [tmp_path / name for name in "abc"]


def plan(sets: list[Path], seed: int = 1, most: int = 99) -> tuple[Comparison, Files]:
    return planned(sets, "?", most=most, seed=seed)


def test_every_two_sets_meet_on_every_picture_with_even_sides(sets: list[Path]) -> None:
    comparison, _ = plan(sets)
    met = Counter((p.picture, frozenset((p.left, p.right))) for p in comparison.pairs)
    assert len(met) == 7 * 3
    assert set(met.values()) == {1}
    for one, other in ((0, 1), (0, 2), (1, 2)):
        sides = Counter(p.left for p in comparison.pairs if {p.left, p.right} == {one, other})
        assert abs(sides[one] - sides[other]) == 1


def test_a_seed_is_an_order_and_pictures_are_part_of_the_id(sets: list[Path]) -> None:
    first, again, other = plan(sets)[0], plan(sets)[0], plan(sets, seed=2)[0]
    assert first == again
    assert first.pairs != other.pairs
    write_picture(sets[0] / "k0/0.png", np.full((20, 30, 3), 9, np.uint8))
    changed, _ = plan(sets)
    assert changed.pairs == first.pairs
    assert len({first.id, other.id, changed.id}) == 3
    assert first.same == ()
    write_picture(sets[1] / "k0/0.png", np.full((20, 30, 3), 9, np.uint8))
    assert plan(sets)[0].same == ("k0/0",)


def test_a_key_is_read_as_it_was_written(sets: list[Path], tmp_path: Path) -> None:
    comparison, _ = plan(sets)
    write_key(tmp_path / "key.json", comparison)
    assert read_key(tmp_path / "key.json") == comparison


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ganfx_comparison": 2}, "is no key"),
        ({"pairs": [{"picture": "x", "left": 0, "right": 7}]}, "pairs of no sets"),
        ({"pairs": [{"picture": "x", "left": 0}]}, "pairs.0.right"),
        ({"sets": "a"}, "sets"),
    ],
)
def test_a_key_that_was_changed_is_refused(
    sets: list[Path], tmp_path: Path, change: dict[str, object], says: str
) -> None:
    path = tmp_path / "key.json"
    write_key(path, plan(sets)[0])
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(UsageError, match=says):
        read_key(path)
    path.write_text("{")
    with pytest.raises(UsageError, match="is no key"):
        read_key(path)


def test_sets_that_do_not_match_are_told(sets: list[Path], tmp_path: Path) -> None:
    (sets[1] / "k0/2.png").unlink()
    with pytest.raises(UsageError, match=r"b lacks k0/2, of 7$"):
        plan(sets)
    with pytest.raises(UsageError, match="two folders or more"):
        plan(sets[:1])
    with pytest.raises(UsageError, match="two folders or more"):
        plan([sets[0], tmp_path / "b" / ".." / "a"])
    with pytest.raises(UsageError, match="is a file, no folder"):
        plan([sets[0] / "k0/0.png", sets[1]])
    with pytest.raises(GanfxError, match="cannot find"):
        plan([sets[0], tmp_path / "d"])


def test_sheets_are_numbered_and_hold_two_pairs(sets: list[Path], tmp_path: Path) -> None:
    comparison, files = plan(sets[:2], most=3)
    *sheets, votes = write_sheets(tmp_path / "sheets", comparison, files)
    assert [path.name for path in sheets] == ["sheet001.png", "sheet002.png"]
    rows = votes.read_text().splitlines()
    assert rows == ["comparison,voter,pair,choice"] + [f"{comparison.id},,{n}," for n in (1, 2, 3)]
    first = comparison.pairs[0]
    middle = read_picture(sheets[0])[24 + 240, [320, 640 + 12 + 320], 0]
    number = int(first.picture[-1])
    assert middle.tolist() == [40 * first.left + number, 40 * first.right + number]


def test_kinds_are_folders_or_columns(tmp_path: Path) -> None:
    assert kinds_of_folders(["sky/1", "sea/2"]) == {"folder": {"sky/1": "sky", "sea/2": "sea"}}
    assert kinds_of_folders(["1", "2"]) == kinds_of_folders(["sky/1", "sky/2"]) == {}
    path = tmp_path / "kinds.csv"
    path.write_text("picture,look,kind\nsky/1.png,oil,sky\nsea/2,ink,\nmore,ink,sky\n")
    assert read_kinds(path, ["sky/1", "sea/2"]) == {
        "look": {"sky/1": "oil", "sea/2": "ink"},
        "kind": {"sky/1": "sky", "sea/2": "-"},
    }
    with pytest.raises(UsageError, match="has no line of land/3"):
        read_kinds(path, ["sky/1", "land/3"])
    path.write_text("name,kind\n")
    with pytest.raises(UsageError, match="expected a column picture"):
        read_kinds(path, [])
