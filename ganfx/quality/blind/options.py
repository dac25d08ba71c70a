"""Options of ``ganfx compare``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from ganfx.errors import UsageError
from ganfx.option import Option, check_values, read_texts

ASK, COUNT, RUN = "Ask", "Count", "Run"
PANELS = (ASK, COUNT, RUN)
"""Headings of the options, in order."""
PAGES = (".html", ".htm")
PAGE = Path("compare.html")


@dataclass(frozen=True)
class CompareOptions:
    """What is asked, and how votes are counted."""

    ask: Annotated[str, Option("The question.", ASK, metavar="TEXT")] = "Which is better?"
    out: Annotated[
        Path | None,
        Option(
            "The page; its key is written beside it.",
            ASK,
            metavar="FILE",
            default="compare.html, without --sheet",
        ),
    ] = None
    sheet: Annotated[
        Path | None,
        Option(
            "Numbered sheets of pairs, and a list to fill in, for judging without a browser.",
            ASK,
            details="The key is written beside the folder, not into it.",
            metavar="DIR",
        ),
    ] = None
    pictures: Annotated[
        int,
        Option(
            "Ask about at most N pictures, evenly spread.", ASK, metavar="N", limits=(1, math.inf)
        ),
    ] = 24
    side: Annotated[
        int,
        Option(
            "Longest side of a picture on the page, in pixels; larger ones are reduced.",
            ASK,
            metavar="N",
            limits=(64, 8192),
        ),
    ] = 1600
    seed: Annotated[
        int, Option("Another order, and other sides.", ASK, metavar="N", limits=(0, math.inf))
    ] = 1
    votes: Annotated[
        tuple[Path, ...],
        Option(
            "Count these votes instead of asking; further CSV files may follow.",
            COUNT,
            metavar="FILE",
        ),
    ] = ()
    key: Annotated[
        Path | None,
        Option(
            "The key of the comparison.", COUNT, metavar="FILE", default="beside --out or --sheet"
        ),
    ] = None
    kinds: Annotated[
        Path | None,
        Option(
            "CSV that sorts pictures: a column `picture`, and one or more others such as `look`.",
            COUNT,
            details="Without it, the folders right below the sets are the kinds.",
            metavar="FILE",
        ),
    ] = None
    json: Annotated[bool, Option("Print the counts as JSON.", RUN)] = False
    overwrite: Annotated[
        bool,
        Option("Replace an earlier page, sheets and key: earlier votes then count no more.", RUN),
    ] = False

    def __post_init__(self) -> None:
        read_texts(self)
        check_values(self)
        if not self.ask.strip():
            raise UsageError("--ask is empty: what is the question?")
        if self.out is not None and self.out.suffix.lower() not in PAGES:
            raise UsageError(f"--out {self.out}: not the name of a page", hint="compare.html")

        counting = {"--kinds": self.kinds is not None, "--json": self.json}
        for name, wanted in counting.items():
            if wanted and not self.votes:
                raise UsageError(f"{name} is about counting: add --votes FILE")

    @property
    def page(self) -> Path | None:
        """Where the page goes; None for sheets only."""
        return PAGE if self.out is None and self.sheet is None else self.out

    @property
    def keys(self) -> tuple[Path, ...]:
        """Where the key is written, or looked for: each has all of it."""
        if self.key is not None:
            return (self.key,)
        named = [path.with_name(f"{path.stem}-key.json") for path in (self.page,) if path]
        named += [path.with_name(f"{path.name}-key.json") for path in (self.sheet,) if path]
        return tuple(named)
