"""Output streams, stdout and stderr, and the few shapes of text that are shown."""

from __future__ import annotations

import json as json_format
import os
import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ganfx.errors import EXIT_INTERRUPTED, EXIT_TERMINATED, GanfxError, UsageError

SILENT = "LOCAL_RANK" in os.environ and os.environ.get("RANK", "0") != "0"
"""Whether this is one of the processes that torchrun started, and another speaks for all."""

out = Console(highlight=False, soft_wrap=True, quiet=SILENT)
err = Console(stderr=True, highlight=False, soft_wrap=True, quiet=SILENT)

FACT_WIDTH = 8
WIDE = 1000
"""Columns of what is no terminal: a script wants a row in one line."""


def print_error(error: GanfxError, *, json: bool = False) -> None:
    """The message, and what to do about it.

    Args:
        error: What ends the command.
        json: Also on stdout, as the last event of a stream of JSON lines.
    """
    # What all processes have alike is told by the first.
    alike = isinstance(error, UsageError) or error.exit_code in (EXIT_INTERRUPTED, EXIT_TERMINATED)
    err.quiet = SILENT and alike
    err.print(Text.assemble(("error: ", "bold red"), error.message))
    if error.hint:
        err.print(Text.assemble(("hint: ", "dim"), error.hint))
    if json:
        print_result(_as_event(error))


def _as_event(error: GanfxError) -> str:
    values = {"message": error.message, "hint": error.hint, "exit_code": error.exit_code}
    return json_format.dumps({"event": "Error", "time": round(time.time(), 3), **values})


def print_result(text: object) -> None:
    """One line on stdout, for scripts to read."""
    out.print(Text(str(text)))


def print_table(table: Table) -> None:
    """A table on stdout; where that is no terminal, every row is one line, however long."""
    if out.is_terminal:
        out.print(table)
    else:
        Console(highlight=False, quiet=SILENT, width=WIDE).print(table)


def note(message: str) -> None:
    """Something the user should know."""
    err.print(Text.assemble(("note: ", "yellow"), message))


def bar(*, hidden: bool = False) -> Progress:
    """A live progress bar; nothing at all where stderr is not a terminal."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("<"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=hidden or not err.is_terminal,
    )


def fact(name: str, value: str, *, to: Console | None = None) -> None:
    """One line of the header, on stderr unless it is a result: a dim name and its value."""
    (to or err).print(Text.assemble((f"{name:>{FACT_WIDTH}}  ", "dim"), value))


def count(number: int, thing: str) -> str:
    """``1 frame``, ``1,200 frames``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
