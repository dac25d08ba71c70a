"""Credits of pictures: authors and licences in ``SOURCES.tsv`` tables beside or above them.

A table is tab-separated with a header row: ``file`` (relative to the table), ``licence``,
``author``, ``made with`` (a tool or a model that made the picture, and its licence), and any
further columns. A picture's row is looked for in the folder where the picture is named and in the
folders above it, then where links lead; the nearest table that has one speaks.
"""

from __future__ import annotations

import csv
import filecmp
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path

from ganfx.errors import UsageError

NAME = "SOURCES.tsv"
FILE, LICENSE, AUTHOR, MADE_WITH = "file", "licence", "author", "made with"
_ALSO = {"license": LICENSE, "made_with": MADE_WITH, "made-with": MADE_WITH}


@dataclass(frozen=True)
class SourceTable:
    """The rows of one ``SOURCES.tsv``, by absolute path of the picture."""

    columns: tuple[str, ...]
    rows: Mapping[Path, Mapping[str, str]]

    def row_of(self, path: Path) -> Mapping[str, str] | None:
        """The row of a picture, or of the listed picture that it is a copy of."""
        real = path.resolve()
        if real in self.rows:
            return self.rows[real]
        for listed in self._by_name.get(path.name.casefold(), ()):
            # Written in other capitals, as systems take for equal; or a copy of the same name.
            renamed = str(listed).casefold() == str(real).casefold() and not listed.exists()
            if renamed or _are_equal(listed, real):
                return self.rows[listed]
        return None

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for listed in self.rows:
            found.setdefault(listed.name.casefold(), []).append(listed)
        return found


class Credits:
    """The rows of pictures; every table is read once."""

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        """Read the tables of these pictures.

        Raises:
            UsageError: A table cannot be read or is not UTF-8 text.
        """
        self._tables: dict[Path, SourceTable | None] = {}
        for folder in {path.parent for path in paths}:
            for place in _places(folder):
                self._table(place)

    def of(self, path: Path) -> Mapping[str, str]:
        """The row of a picture; empty without one.

        Raises:
            UsageError: As at first, of tables of other folders.
        """
        linked = [path.resolve().parent] if path.is_symlink() else []
        for folder in (path.parent, *linked):
            for place in _places(folder):
                table = self._table(place)
                row = table.row_of(path) if table else None
                if row is not None:
                    return row
        return {}

    def _table(self, place: Path) -> SourceTable | None:
        if place not in self._tables:
            file = place / NAME
            self._tables[place] = read_sources(file) if file.is_file() else None
        return self._tables[place]


def read_sources(path: Path) -> SourceTable | None:
    """Read a table; None if it has no column ``file``.

    Raises:
        UsageError: It cannot be read or is not UTF-8 text.
    """
    header, *body = _cells(_text(path)) or [[]]
    columns = tuple(_column(name) for name in header)
    if FILE not in columns:
        return None
    empty = dict.fromkeys(columns, "")
    rows = [empty | dict(zip(columns, map(str.strip, row), strict=False)) for row in body]
    return SourceTable(columns, {(path.parent / row[FILE]).resolve(): row for row in rows})


def write_sources(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a table.

    Args:
        path: Output file.
        columns: Column names, ``file`` among them.
        rows: Values by column; ``file`` is relative to the table.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, tuple(columns), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"cannot read {path}: it is not UTF-8 text",
            hint="save it in UTF-8, with tabs between its columns",
        ) from error
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def _cells(text: str) -> list[list[str]]:
    """The rows of a table, empty ones left out; a quote that is not closed is itself.

    It would take the rows after it into its own, and with them their licences.
    """
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:
        rows = [_line_cells(line) for line in re.split("\r\n|\r|\n", text)]
    return [row for row in rows if any(row)]


def _line_cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter="\t", strict=True))
    except csv.Error:
        return line.split("\t")


def _places(folder: Path) -> Iterator[Path]:
    """The folder as it is named and those above it, then the same where links lead."""
    named, real = folder.absolute(), folder.resolve()
    yield from dict.fromkeys((named, *named.parents, real, *real.parents))


def _column(name: str) -> str:
    """A column's name, whatever its capitals and spelling."""
    plain = name.strip().casefold()
    known = _ALSO.get(plain, plain)
    return known if known in (FILE, LICENSE, AUTHOR, MADE_WITH) else name


def _are_equal(listed: Path, path: Path) -> bool:
    try:
        return filecmp.cmp(listed, path, shallow=False)
    except OSError:
        return False
