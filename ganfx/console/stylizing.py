"""A batch on screen: its shots as they go, its sum, and what failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from ganfx.console.output import bar, count, err, fact, note, print_result
from ganfx.console.running import to_json
from ganfx.errors import EXIT_PARTIAL, GanfxError
from ganfx.quality.wording import listed

if TYPE_CHECKING:  # the package behind this imports torch
    from ganfx.stylize import events as stylizing
    from ganfx.stylize.job import texture_roles

SHOWN_FAILURES = 20  # a broken batch must not scroll its summary away; the log has all


class FramesFailedError(GanfxError):
    """Some frames could not be done; the others are."""

    exit_code = EXIT_PARTIAL


def show_stylize(
    events: Iterable[stylizing.Event], *, json: bool = False, quiet: bool = False
) -> stylizing.StylizeDone | None:
    """Show a batch as it happens; returns its sum, or None if it was stopped.

    Args:
        events: Of the run.
        json: Print every event on stdout as a line of JSON, and nothing but failures else.
        quiet: Show nothing but failures.

    Raises:
        FramesFailedError: Some frames could not be done.
    """
    tally, shown = _Tally(), _Shown()
    with bar(hidden=json or quiet) as progress:
        for event in events:
            tally.add(event)
            if json:
                print_result(to_json(event))
            elif not quiet:
                shown.show(event, progress)
    if tally.done is not None:
        tally.raise_failures()
    return tally.done


def show_roles(found: Iterable[texture_roles.TakenFor], *, json: bool = False) -> None:
    """Show what files are taken for, a line each, on stdout."""
    for each in found:
        if json:
            print_result(to_json(each))
            continue
        by = f" by {each.by}" if each.by else ""
        of = f", of {each.of}" if each.of else ""
        done = "copied" if each.copied else "stylised"
        print_result(f"{each.source}: {each.role}{by}{of}: {done}")


class _Tally:
    """Counts of the frames, and failures among them."""

    def __init__(self) -> None:
        self.done: stylizing.StylizeDone | None = None
        self._planned = 0
        self._failures: list[stylizing.FrameFailed] = []

    def add(self, event: stylizing.Event) -> None:
        from ganfx.stylize import events as kinds

        match event:
            case kinds.FramePlanned():
                self._planned += 1
            case kinds.FrameFailed():
                self._failures.append(event)
            case kinds.StylizeDone():
                self.done = event

    def raise_failures(self) -> None:
        """At the end of a run: say what failed, if anything did."""
        if not self._failures:
            return
        assert self.done is not None
        failed, good = len(self._failures), self._planned + self.done.done + self.done.skipped
        if not good:
            rest = "and none is done"
        elif self._planned:
            rest = "the rest can be done"
        elif self.done.left:
            rest = f"stopped there with {count(self.done.left, 'frame')} to do"
        else:
            rest = "the rest is done"
        lines = listed([_failure(failure) for failure in self._failures], SHOWN_FAILURES)
        message = "\n".join([f"{count(failed, 'frame')} failed, {rest}", *lines])
        if not good:
            raise GanfxError(message)
        hint = "mend them and run the same command again: what is finished is kept"
        raise FramesFailedError(message, hint=hint)


class _Shown:
    """A run on the terminal, or in a log."""

    def __init__(self) -> None:
        self._shots: list[stylizing.ShotDone] = []
        self._task: TaskID | None = None
        self._planned = 0

    def show(self, event: stylizing.Event, progress: Progress) -> None:
        from ganfx.stylize import events as kinds

        match event:
            case kinds.StylizeStarted():
                _show_stylize_facts(event)
            case kinds.ShotStarted():
                self._task = progress.add_task(event.shot, total=event.frames)
            case kinds.FramePlanned():
                self._planned += 1
                print_result(f"{event.source} -> {event.output}")
            case kinds.FrameDone() | kinds.FrameSkipped():
                self._advance(progress)
            case kinds.FrameFailed():
                err.print(Text.assemble(("failed ", "red"), _failure(event)))
                self._advance(progress)
            case kinds.Notice():
                note(event.message)
            case kinds.ShotDone():
                self._shots.append(event)
                if self._task is not None:
                    progress.remove_task(self._task)
                if not err.is_terminal:
                    err.print(Text(_shot_line(event)))
            case kinds.StylizeDone():
                self._end(event)

    def _advance(self, progress: Progress) -> None:
        if self._task is not None:
            progress.advance(self._task)

    def _end(self, event: stylizing.StylizeDone) -> None:
        if not self._shots and not event.done:  # a rehearsal has no sum of each shot
            files, failed = count(self._planned, "file"), count(event.failed, "file")
            bad = f"; {failed} cannot be done" if event.failed else ""
            fact("to do", f"{files}; {event.skipped} up to date{bad}; nothing was written")
        if self._shots:
            _show_shots(self._shots)


def _show_stylize_facts(event: stylizing.StylizeStarted) -> None:
    fact("style", f"{event.style}  {event.description}".rstrip())
    fact("shots", f"{count(event.shots, 'shot')} with {count(event.frames, 'frame')}")
    if event.scale:
        fact("brush", event.scale)
    if event.color:
        fact("color", event.color)
    fact("device", f"{event.device}, {event.precision}")
    fact("output", str(event.output))


def _failure(event: stylizing.FrameFailed) -> str:
    frame = "" if event.frame is None else f" frame {event.frame}"
    return f"{event.source}{frame}: {event.reason}"


def _rate(event: stylizing.ShotDone) -> str:
    return f"{event.done / event.seconds:.2f}" if event.done and event.seconds else "-"


def _shot_line(event: stylizing.ShotDone) -> str:
    counts = f"{event.done} done, {event.skipped} skipped, {event.failed} failed"
    return f"{event.shot}: {counts}, {_rate(event)} frames/s -> {event.output}"


def _show_shots(shots: list[stylizing.ShotDone]) -> None:
    if not err.is_terminal:
        return  # told line by line already
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("shot", overflow="fold")
    for title in ("frames", "skipped", "failed", "frames/s"):
        table.add_column(title, justify="right")
    table.add_column("written to", overflow="fold")
    for s in shots:
        cells = (s.shot, s.done, s.skipped, s.failed, _rate(s), s.output)
        table.add_row(*(Text(str(cell)) for cell in cells))
    err.print(table)
