"""Kinds of pictures that votes are counted by: folders, or columns of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ganfx.errors import UsageError
from ganfx.quality.wording import some

Kinds = dict[str, dict[str, str]]
"""By the name of the column: the kind of every picture."""
PICTURE = "picture"
FOLDER = "folder"


def kinds_of_folders(pictures: Iterable[str]) -> Kinds:
    """By the folder right below the sets; none where there is no such folder."""
    kinds = {name: PurePosixPath(name).parts[0] if "/" in name else "." for name in pictures}
    return {FOLDER: kinds} if len(set(kinds.values())) > 1 else {}


def read_kinds(path: Path, pictures: Iterable[str]) -> Kinds:
    """By the columns of a CSV file.

    Args:
        path: With a column `PICTURE`, the path within the sets, with or without a suffix.
        pictures: Those that there are; each needs a line, and there may be more lines.

    Raises:
        UsageError: It cannot be read, has no such columns, or lacks pictures.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text in UTF-8"
        raise UsageError(f"cannot read {path}: {why}") from error
    reader = csv.DictReader(lines, restkey="", restval="")
    names = [name for name in reader.fieldnames or () if name and name != PICTURE]
    if PICTURE not in (reader.fieldnames or ()) or not names:
        raise UsageError(f"{path}: expected a column {PICTURE}, and one or more others")
    rows = {row[PICTURE]: row for row in reader}
    rows |= {str(PurePosixPath(name).with_suffix("")): row for name, row in rows.items() if name}
    wanted = list(pictures)
    lacking = [name for name in wanted if name not in rows]
    if lacking:
        raise UsageError(f"{path} has no line of {some(lacking)}")
    return {name: {each: rows[each][name] or "-" for each in wanted} for name in names}
