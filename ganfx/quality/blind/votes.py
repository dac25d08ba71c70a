"""Votes: CSV files of who chose which side of which pair."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganfx.errors import UsageError
from ganfx.quality.blind.comparison import Comparison
from ganfx.quality.wording import listed

COLUMNS = ("comparison", "voter", "pair", "choice")
"""Of a file of votes; others are allowed."""
CHOICES = ("left", "right")
SHORT = {"l": "left", "r": "right"}
"""What is written by hand."""
TOLD = 8
"""Broken lines that an error lists."""


@dataclass(frozen=True)
class Vote:
    """One choice."""

    voter: str
    picture: str
    winner: int
    """Index of the set that was chosen."""
    loser: int


def read_votes(files: Sequence[Path], comparison: Comparison) -> list[Vote]:
    """The votes of all files.

    A line whose choice is empty was not voted on. Where no voter is named, the file's name is.

    Raises:
        UsageError: A file cannot be read, is of another comparison, or has lines that are none:
            it tells which. Nothing is counted then.
    """
    votes: list[Vote] = []
    problems: list[str] = []
    seen: dict[tuple[str, int], str] = {}
    for path in files:
        for line, read in _rows(path):
            where = f"{path}:{line}"
            row = _cleaned(read, path)
            if all(row[name] == name for name in COLUMNS):  # of a file put behind another
                continue
            problem = _problem(row, comparison, seen)
            if problem:
                problems.append(f"{where}: {problem}")
            elif row["choice"]:
                number = int(row["pair"])
                seen[row["voter"], number] = where
                votes.append(_vote(row, comparison, number))
    if problems:
        told = "\n".join(listed(problems, TOLD))
        raise UsageError(
            f"{len(problems)} lines are no votes of this comparison, and none was counted\n{told}",
            hint="leave those lines or files out",
        )
    if not votes:
        raise UsageError(f"{', '.join(map(str, files))}: no votes")
    return votes


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Lines with their numbers; of a row that goes over several, the last."""
    try:
        # Spreadsheets put a byte order mark in front, and some write semicolons.
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no CSV of votes: not text in UTF-8") from error
    lines = text.splitlines()
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.DictReader(lines, delimiter=separator, restkey="", restval="")
    lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if lacking:
        raise UsageError(f"{path} is no CSV of votes: it has no column {', '.join(lacking)}")
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: {error}") from error


def _cleaned(row: Mapping[str, str], path: Path) -> dict[str, str]:
    values = {name: row[name].strip() for name in COLUMNS}
    choice = values["choice"].lower()
    return {**values, "voter": values["voter"] or path.stem, "choice": SHORT.get(choice, choice)}


def _problem(
    row: Mapping[str, str], comparison: Comparison, seen: Mapping[tuple[str, int], str]
) -> str:
    if row["comparison"] != comparison.id:
        return f"of another comparison, {row['comparison']!r}: this one is {comparison.id}"
    if not row["choice"]:
        return ""
    if row["choice"] not in CHOICES:
        return f"choice {row['choice']!r}: expected left or right"
    number = row["pair"]
    if not number.isdecimal() or not 1 <= int(number) <= len(comparison.pairs):
        return f"pair {number!r}: expected 1 to {len(comparison.pairs)}"
    before = seen.get((row["voter"], int(number)))
    return f"{row['voter']} voted on pair {number} before: {before}" if before else ""


def _vote(row: Mapping[str, str], comparison: Comparison, number: int) -> Vote:
    pair = comparison.pairs[number - 1]
    sides = (pair.left, pair.right)
    chosen = CHOICES.index(row["choice"])
    return Vote(row["voter"], pair.picture, sides[chosen], sides[1 - chosen])
