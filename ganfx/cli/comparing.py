"""``ganfx compare``: which of two is better, asked blindly, and what came of the votes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ganfx import console
from ganfx.cli.declared import takes_options
from ganfx.errors import UsageError
from ganfx.quality.blind.options import PANELS, CompareOptions

Sets = Annotated[
    list[Path] | None,
    typer.Argument(metavar="A B...", help="Folders of the same pictures, two or more."),
]


@takes_options(*PANELS)
def compare(options: CompareOptions, sets: Sets = None) -> None:
    """Ask blindly which of two pictures is better, on a page or on sheets; and count the votes.

    The page is one file that works from disk and hands out its votes as CSV; the key beside it
    says whose picture was where, and is for whoever counts: --votes votes*.csv.
    """
    if options.votes:  # a shell puts the files of votes*.csv after one another
        more = tuple(path for path in sets or () if path.suffix.lower() == ".csv")
        folders = [path for path in sets or () if path not in more]
        _count(folders, replace(options, votes=options.votes + more))
    else:
        _ask(sets or [], options)


def _ask(sets: Sequence[Path], options: CompareOptions) -> None:
    from ganfx.quality.blind.making import make

    console.show_comparison(make(sets, options))


def _count(sets: Sequence[Path], options: CompareOptions) -> None:
    from ganfx.quality.blind.counting import count

    if options.out is None and options.sheet is None and options.key is None and not sets:
        raise UsageError("votes of what? give the folders that were compared, or --key FILE")
    console.show_preferences(count(sets, options), json=options.json)
