"""Files of votes: of this comparison, whole, and nobody's twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.quality.blind.comparison import Comparison, Pair
from ganfx.quality.blind.votes import Vote, read_votes

ASKED = Comparison("abc123", "?", ("A", "B"), (Pair("x", 0, 1), Pair("y", 1, 0)))
HEAD = "comparison,voter,pair,choice\n"


def read(folder: Path, text: str, *, encoding: str = "utf-8") -> list[Vote]:
    path = folder / "votes.csv"
    path.write_bytes(text.encode(encoding))
    return read_votes([path], ASKED)


def test_sides_become_winners_by_the_key(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "abc123,ann,1,left\nabc123,ann,2,left\nabc123,bob,1,Right \n")
    assert found == [Vote("ann", "x", 0, 1), Vote("ann", "y", 1, 0), Vote("bob", "x", 1, 0)]


def test_a_list_by_hand_has_letters_and_the_name_of_its_file(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + "abc123,,1,L\nabc123, ,2,r\n") == [
        Vote("votes", "x", 0, 1),
        Vote("votes", "y", 0, 1),
    ]


def test_what_a_spreadsheet_writes_is_read(tmp_path: Path) -> None:
    text = HEAD.replace(",", ";") + "abc123;ann;1;right\r\nabc123;ann;2;\r\n"
    assert read(tmp_path, text, encoding="utf-8-sig") == [Vote("ann", "x", 1, 0)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("fed321,ann,1,left", "of another comparison, 'fed321'"),
        ("abc123,ann,1,both", "choice 'both'"),
        ("abc123,ann,3,left", "expected 1 to 2"),
        ("abc123,ann,0,left", "expected 1 to 2"),
        ("abc123,ann,one,left", "expected 1 to 2"),
        ("abc123,ann", "pair ''"),
        ("abc123,ann,2,left", "ann voted on pair 2 before: .*votes.csv:2"),
    ],
)
def test_a_line_that_is_no_vote_is_named_and_nothing_counted(
    tmp_path: Path, line: str, says: str
) -> None:
    line = line if line.count(",") == 3 else f"{line},,left"
    with pytest.raises(UsageError, match=f"(?s)1 lines.*votes.csv:3: .*{says}"):
        read(tmp_path, f"{HEAD}abc123,ann,2,left\n{line}\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column comparison"),
        ("comparison,voter\n", "no column pair, choice"),
        (HEAD, "no votes"),
        (HEAD + "abc123,ann,1,\n", "no votes"),
    ],
)
def test_a_file_that_has_none_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read(tmp_path, text)


def test_a_file_that_is_no_text_or_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not text in UTF-8"):
        read_votes([tmp_path / "a.csv"], ASKED)
    with pytest.raises(UsageError, match="No such file"):
        read_votes([tmp_path / "b.csv"], ASKED)


def test_a_heading_of_a_file_put_behind_another_is_no_vote(tmp_path: Path) -> None:
    assert len(read(tmp_path, f"{HEAD}abc123,ann,1,left\n{HEAD}abc123,ann,2,left\n")) == 2
