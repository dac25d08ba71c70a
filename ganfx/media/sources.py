"""Credits of pictures: authors and licences in a ``SOURCES.tsv`` table beside them.

The table is tab-separated with a header row: ``file`` (relative to the table), ``licence``
and ``author``, and any further columns. It is searched for in the folder of the pictures and
in the folders above it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ganfx.errors import UsageError

NAME = "SOURCES.tsv"
FILE, LICENSE, AUTHOR = "file", "licence", "author"


@dataclass(frozen=True)
class SourceTable:
    """The rows of one ``SOURCES.tsv``, by absolute path of the picture."""

    columns: tuple[str, ...]
    rows: Mapping[Path, Mapping[str, str]]


def find_sources(folder: Path) -> SourceTable | None:
    """Find the table for a folder's pictures, in it or in a parent folder; None without one.

    Raises:
        UsageError: The table cannot be read or is not UTF-8 text.
    """
    start = folder.resolve()
    for place in (start, *start.parents):
        table = _read(place / NAME) if (place / NAME).is_file() else None
        if table is not None:
            return table
    return None


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


def _read(path: Path) -> SourceTable | None:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            columns = tuple(reader.fieldnames or ())
            if FILE not in columns:
                return None
            rows = [{key: row.get(key) or "" for key in columns} for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    return SourceTable(columns, {(path.parent / row[FILE]).resolve(): row for row in rows})
