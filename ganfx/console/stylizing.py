"""A batch on screen: its shots as they go, its sum, and what failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.progress import TaskID
from rich.table import Table
from rich.text import Text

from ganfx.console.output import bar, count, err, fact, note
from ganfx.errors import EXIT_PARTIAL, GanfxError

if TYPE_CHECKING:  # the room behind this imports torch
    from ganfx.stylize import events as stylizing

SHOWN_FAILURES = 20  # a broken batch must not scroll its summary away; the log has all


class FramesFailedError(GanfxError):
    """Some frames could not be done; the others are."""

    exit_code = EXIT_PARTIAL


def show_stylize(events: Iterable[stylizing.Event]) -> stylizing.StylizeDone | None:
    """Show a batch as it happens; returns its sum, or None if it was stopped.

    Raises:
        FramesFailedError: Some frames could not be done.
    """
    from ganfx.stylize import events as kinds

    failures: list[stylizing.FrameFailed] = []
    shots: list[stylizing.ShotDone] = []
    done: stylizing.StylizeDone | None = None
    frames = 0
    with bar() as progress:
        task: TaskID | None = None
        for event in events:
            match event:
                case kinds.StylizeStarted():
                    _show_stylize_facts(event)
                    frames = event.frames
                case kinds.ShotStarted():
                    task = progress.add_task(event.shot, total=event.frames)
                case kinds.FrameDone() | kinds.FrameSkipped() | kinds.FrameFailed():
                    if isinstance(event, kinds.FrameFailed):
                        failures.append(event)
                        err.print(Text.assemble(("failed ", "red"), _failure(event)))
                    if task is not None:
                        progress.advance(task)
                case kinds.Notice():
                    note(event.message)
                case kinds.ShotDone():
                    shots.append(event)
                    if task is not None:
                        progress.remove_task(task)
                    if not err.is_terminal:
                        err.print(Text(_shot_line(event)))
                case kinds.StylizeDone():
                    done = event
    if done is not None:
        _show_shots(shots)
        _raise_failures(failures, good=done.done + done.skipped, frames=frames)
    return done


def _show_stylize_facts(event: stylizing.StylizeStarted) -> None:
    fact("style", f"{event.style}  {event.description}".rstrip())
    fact("shots", f"{count(event.shots, 'shot')} with {count(event.frames, 'frame')}")
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


def _raise_failures(failures: list[stylizing.FrameFailed], *, good: int, frames: int) -> None:
    if not failures:
        return
    lines = [f"  {_failure(f)}" for f in failures[:SHOWN_FAILURES]]
    if len(failures) > SHOWN_FAILURES:
        lines.append(f"  and {len(failures) - SHOWN_FAILURES} more")
    left = frames - good - len(failures)
    rest = "the rest is done" if not left else f"stopped there with {count(left, 'frame')} to do"
    if not good:
        rest = "and none is done"
    message = "\n".join([f"{count(len(failures), 'frame')} failed, {rest}", *lines])
    if not good:
        raise GanfxError(message)
    hint = "mend them and run the same command again: finished frames are kept"
    raise FramesFailedError(message, hint=hint)
