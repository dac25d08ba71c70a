"""Report: contact sheets of dropped pieces with their reasons, and of kept pieces.

They are written to a folder beside the output, not into it: training would read them. Every
picture is read again for its sheet, so that memory does not grow with the set; of large sets,
a sample is shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

from ganfx.media.arrays import ImageU8
from ganfx.media.atomic import cannot_write
from ganfx.media.frames import write_picture
from ganfx.preprocess.inputs import Item, Unreadable, reopen
from ganfx.preprocess.pool import in_order
from ganfx.preprocess.report_tiles import PICTURE_SIZE, Shown, draw_tiles
from ganfx.preprocess.selection import Output, Record
from ganfx.quality.sampling import spread
from ganfx.quality.sheets import contact_sheet

MOST_DROPPED = 240
MOST_KEPT = 120
"""Maximum numbers of pieces shown; of more, an evenly spread sample with all reasons."""

_ACROSS = 6  # pictures in a row; a kept piece is two, before and after
_ROWS = 4
_OURS = re.compile(r"(dropped|kept)-\d+\.jpg")


def report_folder(out: Path) -> Path:
    """Folder of the report of an output folder: ``DST-report`` beside it."""
    named = out if out.name not in ("", "..") else out.resolve()
    return named.with_name(f"{named.name}-report")


def choose_shown(
    records: Sequence[Record], outputs: Sequence[Output], folder: Path | None
) -> list[Shown]:
    """Choose the pieces to show: dropped, then kept ones, each in the order of the sources.

    Args:
        records: From `ganfx.preprocess.selection.select_pieces`.
        outputs: The kept pieces with their files.
        folder: The output folder; None if nothing was written.
    """
    files = {(each.source, each.piece.part): each.files for each in outputs if folder}
    groups = defaultdict[str, list[tuple[int, Shown]]](list)
    for index, record in enumerate(records):
        if record.survey is None or record.source is None:
            continue
        for piece in record.survey.pieces:
            names = files.get((record.source, piece.part), ())
            paths = tuple(folder / name for name in names) if folder else ()
            groups[piece.dropped].append((index, Shown(record.source, piece, paths)))
    kept = spread(groups.pop("", []), MOST_KEPT)
    share = MOST_DROPPED / max(1, sum(len(group) for group in groups.values()))
    dropped = [
        each for group in groups.values() for each in spread(group, max(1, int(len(group) * share)))
    ]
    dropped.sort(key=lambda each: each[0])
    return [shown for _, shown in (*dropped, *kept)]


def make_report(
    shown: Sequence[Shown], folder: Path, *, workers: int
) -> Generator[int, None, None]:
    """Write the contact sheets ``dropped-01.jpg`` and so on, then ``kept-01.jpg``.

    Sheets of an earlier report are replaced, other files in the folder stay.

    Args:
        shown: From `choose_shown`.
        folder: Folder of the report.
        workers: Number of threads.

    Yields:
        Number of pages written so far, once for every source of pieces.

    Raises:
        MediaError: A page cannot be written.
    """
    _remove_pages(folder)
    pages = 0
    for kind in ("dropped", "kept"):
        pieces = [each for each in shown if bool(each.piece.dropped) == (kind == "dropped")]
        waiting, number = list[ImageU8](), 0
        with closing(_tiles(pieces, workers)) as drawn:
            for tiles in drawn:
                waiting += tiles
                while len(waiting) >= _ACROSS * _ROWS:
                    number += 1
                    _write_page(folder / f"{kind}-{number:02d}.jpg", waiting[: _ACROSS * _ROWS])
                    del waiting[: _ACROSS * _ROWS]
                yield pages + number
        if waiting:
            number += 1
            _write_page(folder / f"{kind}-{number:02d}.jpg", waiting)
        pages += number
    yield pages


def _tiles(shown: Sequence[Shown], workers: int) -> Generator[list[ImageU8], None, None]:
    """Tiles of each source's pieces; none if it cannot be read any more."""
    by_source = defaultdict[str, list[Shown]](list)
    for each in shown:
        by_source[each.source.key].append(each)

    def draw(item: Item | Unreadable) -> list[ImageU8]:
        if isinstance(item, Unreadable):
            return []
        try:
            scan = item.load()
            return [tile for s in by_source[item.source.key] for tile in draw_tiles(s, scan)]
        except Exception:  # reported as failed elsewhere; the report continues
            return []

    sources = [pieces[0].source for pieces in by_source.values()]
    with closing(in_order(draw, reopen(sources), workers)) as drawn:
        for _, tiles in drawn:
            yield tiles


def _write_page(path: Path, tiles: Sequence[ImageU8]) -> None:
    rows = [tiles[start : start + _ACROSS] for start in range(0, len(tiles), _ACROSS)]
    write_picture(path, contact_sheet(rows, cell_width=PICTURE_SIZE[0]))


def _remove_pages(folder: Path) -> None:
    try:
        for path in folder.glob("*.jpg"):
            if _OURS.fullmatch(path.name):
                path.unlink()
    except OSError as error:
        raise cannot_write(folder, error) from error
