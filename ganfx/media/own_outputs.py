"""Which files of a tree ganfx wrote: results that lie among sources are no sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganfx.media.jsonl import read_records

RECORD = ".ganfx.jsonl"
"""Record of finished files in an output folder: a line of JSON for each file."""
SHEET = "contact-sheet"
"""Name of the contact sheet that a farm job makes of its results."""


def own_outputs(files: Sequence[Path]) -> list[Path]:
    """The files that ganfx wrote, by the records of their folders.

    None where it wrote all of them: then they are what was asked for, to be worked on further.
    """
    written: dict[Path, frozenset[str]] = {}
    for file in files:
        if file.parent not in written:
            written[file.parent] = _names_written(file.parent)
    own = [file for file in files if file.name in written[file.parent]]
    others = len(files) - len(own) - sum(file.stem == SHEET for file in files)
    return own if others else []


def _names_written(folder: Path) -> frozenset[str]:
    """Names that a folder's record has; none without a record."""
    record = folder / RECORD
    if not record.is_file():
        return frozenset()
    claimed: set[str] = set()
    finished: set[str] = set()
    for values in read_records(record):
        claimed |= _strings(values.get("claims"))
        claimed -= _strings(values.get("released"))
        finished |= _strings([values.get("file")])
    return frozenset(claimed | finished)


def _strings(values: object) -> set[str]:
    return {each for each in values if isinstance(each, str)} if isinstance(values, list) else set()


def last_record(file: Path) -> dict[str, Any]:
    """The last line that a folder's record has of a file; empty without one.

    This loads nothing heavy: what a record says may decide how a process computes.
    """
    record = file.absolute().parent / RECORD
    lines = list(read_records(record)) if record.is_file() else []
    return next((values for values in reversed(lines) if values.get("file") == file.name), {})
