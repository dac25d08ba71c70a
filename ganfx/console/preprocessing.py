"""Preprocessing on screen: its passes, what failed, and what came of the sources."""

from __future__ import annotations

import dataclasses
import json as json_
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from ganfx.console.output import bar, count, err, fact, note, out, print_result
from ganfx.console.stylizing import SHOWN_FAILURES, FramesFailedError
from ganfx.quality.wording import duration, listed

if TYPE_CHECKING:  # the package behind this imports OpenCV
    from ganfx.preprocess import events as preparing

_REASONS = {
    "blank": "blank pages",
    "text": "pages of text",
    "cover": "covers",
    "small": "too small",
    "aspect": "too long and narrow",
    "crop": "smaller than the window",
    "noise": "noise",
    "blurred": "blurred",
    "exposure": "badly exposed",
    "duplicate": "near-duplicates",
}
_EDITS = {
    "split": "parted from a spread",
    "deskew": "straightened",
    "trim": "margins cut away",
    "caption": "captions cut away",
    "descreen": "printers' dots removed",
}


def show_preprocess(
    events: Iterable[preparing.Event], *, use: str, json: bool
) -> preparing.PreprocessDone | None:
    """Show a run as it happens; returns its sum, or None if it was stopped.

    Args:
        events: Of the run.
        use: What the pictures are for: "--art" or "--photos" of ``ganfx train``.
        json: Print the sum on stdout as JSON, and nothing else.

    Raises:
        FramesFailedError: Some sources could not be used.
    """
    from ganfx.preprocess import events as kinds

    failures: list[preparing.SourceFailed] = []
    done: preparing.PreprocessDone | None = None
    with bar() as progress:
        shown = _Pass(progress)
        for event in events:
            match event:
                case kinds.PreprocessStarted():
                    _show_facts(event)
                case kinds.PassStarted():
                    shown.begin(event)
                case kinds.FramesSeen():
                    shown.tell(f"{event.source}: {event.frames:,} frames")
                case kinds.SourceSurveyed() | kinds.SourceWritten() | kinds.PieceShown():
                    shown.advance()
                case kinds.SourceFailed():
                    shown.advance()
                    failures.append(event)
                    err.print(Text.assemble(("failed ", "red"), _failure(event)))
                case kinds.Notice():
                    note(event.message)
                case kinds.ReportWritten():
                    fact("report", f"{event.folder} ({count(event.pages, 'page')})")
                case kinds.PreprocessDone():
                    progress.stop()
                    done = event
                    _show_done(event, use=use, json=json)
    if done is not None and done.kept:
        _raise_failures(failures)
    return done


class _Pass:
    """The bar of the pass that is running."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None
        self._kind = ""

    def begin(self, event: preparing.PassStarted) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._kind = event.kind
        self._task = self._progress.add_task(event.kind, total=event.total)

    def advance(self) -> None:
        if self._task is not None:
            self._progress.update(self._task, advance=1, description=self._kind)

    def tell(self, what: str) -> None:
        if self._task is not None:
            self._progress.update(self._task, description=f"{self._kind} {what}")


def _show_facts(event: preparing.PreprocessStarted) -> None:
    found = [
        count(number, thing)
        for number, thing in (
            (event.stills, "still"),
            (event.frames, "frame"),
            (event.videos, "video"),
        )
        if number
    ]
    fact("source", f"{event.source}  {', '.join(found)}")
    fact("output", f"{event.output}{'  (resumed)' if event.resumed else ''}")
    fact("workers", str(event.workers))


def _failure(event: preparing.SourceFailed) -> str:
    return f"{event.source}: {event.reason}"


def _show_done(event: preparing.PreprocessDone, *, use: str, json: bool) -> None:
    if json:
        out.print(Text(json_.dumps(dataclasses.asdict(event), default=str)))
        return
    _show_counts(event, out if event.dry_run else err)
    if not event.kept:
        return
    if event.dry_run:
        note(f"nothing was written; {count(event.files, 'picture')} would be")
        return
    err.print(Text(f"done in {duration(event.seconds)}; the pictures are in"))
    print_result(event.output)
    fact("use them", f"ganfx train look {use} {event.output}")


def _show_counts(event: preparing.PreprocessDone, where: Console) -> None:
    """Show the counts of pictures, by what became of them, as a table."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("pictures", justify="right")
    table.add_column(f"of {count(event.sources, 'source')}")
    rows = [(event.kept, "kept", "bold")]
    rows += [(n, f"  {_EDITS.get(edit, edit)}", "dim") for edit, n in event.edits.items()]
    rows += [(n, f"dropped: {_REASONS.get(why, why)}", "") for why, n in event.dropped.items()]
    rows += [(event.failed, "failed", "red")] * bool(event.failed)
    for number, what, style in rows:
        table.add_row(Text(f"{number:,}", style=style), Text(what, style=style))
    where.print(table)


def _raise_failures(failures: list[preparing.SourceFailed]) -> None:
    if not failures:
        return
    lines = listed([_failure(failure) for failure in failures], SHOWN_FAILURES)
    raise FramesFailedError(
        "\n".join([f"{count(len(failures), 'source')} failed, the rest is done", *lines]),
        hint="mend them and run the same command again with --resume, or leave them out",
    )
