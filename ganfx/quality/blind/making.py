"""Making of a comparison: its page, its sheets, and its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ganfx.errors import UsageError
from ganfx.quality.blind.ballots import write_sheets
from ganfx.quality.blind.comparison import Comparison, planned, write_key
from ganfx.quality.blind.options import CompareOptions
from ganfx.quality.blind.page import write_page


@dataclass(frozen=True)
class Made:
    """What was written."""

    comparison: Comparison
    page: Path | None
    sheets: tuple[Path, ...]
    keys: tuple[Path, ...]


def make(sets: Sequence[Path], options: CompareOptions) -> Made:
    """Write what a comparison needs; the key last: where it is, the rest is.

    Raises:
        UsageError: The sets do not match, or there is an earlier comparison.
        MediaError: A picture cannot be read, or something not be written.
    """
    _refuse_earlier(options)
    comparison, files = planned(sets, options.ask, most=options.pictures, seed=options.seed)
    page = options.page
    if page is not None:
        write_page(page, comparison, files, side=options.side)
    sheets = [] if options.sheet is None else write_sheets(options.sheet, comparison, files)
    for key in options.keys:
        write_key(key, comparison)
    return Made(comparison, page, tuple(sheets), options.keys)


def _refuse_earlier(options: CompareOptions) -> None:
    """Refuse to replace a comparison: its votes would count no more without its key."""
    if options.overwrite:
        return
    there = [path for path in (*options.keys, options.page) if path is not None and path.exists()]
    if options.sheet is not None and options.sheet.is_dir() and any(options.sheet.iterdir()):
        there.append(options.sheet)
    if there:
        raise UsageError(
            f"{there[0]} is there: an earlier comparison, whose votes need its key",
            hint="give another --out or --sheet, or --overwrite",
        )
