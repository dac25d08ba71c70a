"""Credits of the pictures of a run: of each what its table states, of painted ones the photo's."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.sources import AUTHOR, FILE, LICENSE, MADE_WITH, NAME, Credits, read_sources
from ganfx.styles.licensing import UNSTATED

Row = Mapping[str, str]


def rows_of(paths: Sequence[Path]) -> list[Row]:
    """The row of each picture; of the painted half of a pairs folder, the photo's if need be.

    Raises:
        UsageError: A table cannot be read.
    """
    credits = Credits(paths)
    rows = []
    for path in paths:
        row = credits.of(path)
        photo = None if _states(row) else _photo_of(path)
        rows.append(_painted_row(row, credits.of(photo)) if photo else row)
    return rows


def rows_of_pairs(painted: Sequence[Path], photos: Sequence[Path]) -> list[Row]:
    """The row of each painted version: the photo's, unless its table states its own.

    Raises:
        UsageError: A table cannot be read.
    """
    credits = Credits((*painted, *photos))
    return [
        _painted_row(credits.of(path), credits.of(photo))
        for path, photo in zip(painted, photos, strict=True)
    ]


def silent_tables(folder: Path, paths: Sequence[Path]) -> Iterator[str]:
    """Tables beside pictures that say nothing of any of them, and why, a sentence each.

    Args:
        folder: Where the pictures were looked for.
        paths: The pictures.

    Raises:
        UsageError: A table cannot be read.
    """
    credits = Credits(paths)
    if any(credits.of(path) for path in paths):
        return
    for place in sorted({folder, *(path.parent for path in paths)}):
        if (place / NAME).is_file():
            why = (
                f"it has no column {FILE}; columns have tabs between them"
                if read_sources(place / NAME) is None
                else f"its column {FILE} names none of them, relative to the table"
            )
            yield f"{place / NAME} says nothing of the pictures: {why}"


def _painted_row(own: Row, photo: Row) -> Row:
    stated = own if _states(own) else photo
    row = {key: stated.get(key, "") for key in (LICENSE, AUTHOR)}
    return {**row, MADE_WITH: own.get(MADE_WITH) or UNSTATED}


def _states(row: Row) -> bool:
    return bool(row.get(LICENSE) or row.get(AUTHOR))


def _photo_of(path: Path) -> Path | None:
    """``pairs/photos/a.jpg`` of ``pairs/painted/a.png``."""
    for folder in path.parents:
        photos = folder.with_name("photos") if folder.name == "painted" else folder
        if photos != folder and photos.is_dir():
            beside = photos / path.relative_to(folder)
            found = sorted(beside.parent.glob(f"{glob.escape(beside.stem)}.*"))
            return next((p for p in found if p.suffix.lower() in PICTURE_SUFFIXES), None)
    return None
