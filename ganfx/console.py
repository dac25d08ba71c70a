"""How it looks: progress, tables and errors. The only importer of rich.

Results (paths, tables that were asked for) go to stdout, everything else to stderr.
Where stderr is not a terminal there are no bars: one plain line for each thing that
happened. Paths are printed as they are: brackets in them are not markup.
"""

from __future__ import annotations

import dataclasses
import json
import signal
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ganfx.errors import (
    EXIT_INTERRUPTED,
    EXIT_PARTIAL,
    EXIT_TERMINATED,
    GanfxError,
    UsageError,
)

if TYPE_CHECKING:  # the rooms behind these import torch
    from ganfx.samples.events import Event as SampleEvent
    from ganfx.styles.library import Entry
    from ganfx.stylize import events as stylizing
    from ganfx.training import events as training
    from ganfx.training.loop import Probe

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

FACT_WIDTH = 8
SHOWN_FAILURES = 20  # a broken batch must not scroll its summary away; the log has all


class StoppedError(GanfxError):
    """The user, or the farm, asked to stop; what was done is kept."""

    def __init__(self, number: int, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = EXIT_INTERRUPTED if number == signal.SIGINT else EXIT_TERMINATED


class FramesFailedError(GanfxError):
    """Some frames could not be done; the others are."""

    exit_code = EXIT_PARTIAL


def print_error(error: GanfxError) -> None:
    """The message, and what to do about it."""
    err.print(Text.assemble(("error: ", "bold red"), error.message))
    if error.hint:
        err.print(Text.assemble(("hint: ", "dim"), error.hint))


def print_result(text: object) -> None:
    """One line on stdout, for scripts to read."""
    out.print(Text(str(text)))


def note(message: str) -> None:
    """Something the user should know."""
    err.print(Text.assemble(("note: ", "yellow"), message))


@contextmanager
def stoppable(events: Generator[T, None, None]) -> Iterator[Stoppable[T]]:
    """Iterate until the end, Ctrl-C or SIGTERM, then close the source at once.

    The signal is only noted and acted upon between two events, so that a step or a
    frame in hand is finished first. A second Ctrl-C interrupts whatever runs.
    """
    source = Stoppable(events)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, source.stop)
    try:
        yield source
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        events.close()


class Stoppable(Iterable[T]):
    """Events until somebody says stop.

    Attributes:
        signal: The number of the signal that stopped it, or None.
    """

    def __init__(self, events: Generator[T, None, None]) -> None:
        self._events = events
        self.signal: int | None = None

    def __iter__(self) -> Iterator[T]:
        """The events; ends early once stopped."""
        for event in self._events:
            yield event
            if self.signal is not None:
                return

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal: the first asks, the second insists."""
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number


def logged(events: Iterable[T], path: Path | None) -> Iterator[T]:
    """Pass events on, appending each to a file as one JSON object a line.

    Raises:
        UsageError: The file cannot be written.
    """
    if path is None:
        yield from events
        return
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write log {path}: {error.strerror}") from error
    with file:
        for event in events:
            file.write(to_json(event) + "\n")
            file.flush()
            yield event


def to_json(event: Any) -> str:
    """An event as one JSON object: its kind, the time, and its fields."""
    values = {f.name: getattr(event, f.name) for f in dataclasses.fields(event)}
    return json.dumps(
        {"event": type(event).__name__, "time": round(time.time(), 3), **values}, default=_plain
    )


def show_training(events: Iterable[training.Event]) -> int:
    """Show a run as it happens; returns the last step done."""
    from ganfx.training import events as kinds

    step = 0
    with _bar() as bar:
        task: TaskID | None = None
        for event in events:
            match event:
                case kinds.TrainingStarted():
                    _show_training_facts(event)
                    step = event.first_step - 1
                    task = bar.add_task("training", total=event.steps, completed=step)
                case kinds.StepDone():
                    step = event.step
                    assert task is not None
                    known = event.steps if event.steps < 10**8 else None
                    bar.update(task, completed=step, total=known)
                    if event.losses is not None:
                        err.print(Text(_step_line(event)))
                case kinds.PreviewSaved():
                    err.print(Text.assemble(("preview     ", "dim"), str(event.path)))
                case kinds.CheckpointSaved():
                    err.print(Text.assemble(("checkpoint  ", "dim"), str(event.path)))
                case kinds.Notice():
                    note(event.message)
                case kinds.TrainingDone():
                    bar.stop()
                    _show_trained(event)
    return step


def show_probe(probe: Probe) -> None:
    """What a run would cost, on stdout."""
    started = probe.started
    out.print(Text(started.preset.model_dump_json(indent=2)))
    _show_training_facts(started)
    memory = f"{probe.memory / 2**30:.1f} GiB at most" if probe.memory else "unknown"
    where = "GPU memory" if started.device[:3] != "CPU" else "memory"
    rate = started.preset.train.batch_size / probe.seconds_per_step
    _fact("speed", f"{probe.seconds_per_step:.2f} s a step, {rate:.1f} images/s")
    _fact("time", f"{_duration(3600 * probe.hours)} for {probe.steps:,} steps")
    _fact(where, memory)


def show_stylize(events: Iterable[stylizing.Event]) -> stylizing.StylizeDone | None:
    """Show a batch as it happens; returns its sum, or None if it was stopped.

    Raises:
        FramesFailedError: Some frames could not be done.
    """
    from ganfx.stylize import events as kinds

    failures: list[stylizing.FrameFailed] = []
    shots: list[stylizing.ShotDone] = []
    done: stylizing.StylizeDone | None = None
    with _bar() as bar:
        task: TaskID | None = None
        for event in events:
            match event:
                case kinds.StylizeStarted():
                    _show_stylize_facts(event)
                case kinds.ShotStarted():
                    task = bar.add_task(event.shot, total=event.frames)
                case kinds.FrameDone() | kinds.FrameSkipped() | kinds.FrameFailed():
                    if isinstance(event, kinds.FrameFailed):
                        failures.append(event)
                        err.print(Text.assemble(("failed ", "red"), _failure(event)))
                    if task is not None:
                        bar.advance(task)
                case kinds.Notice():
                    note(event.message)
                case kinds.ShotDone():
                    shots.append(event)
                    if task is not None:
                        bar.remove_task(task)
                    if not err.is_terminal:
                        err.print(Text(_shot_line(event)))
                case kinds.StylizeDone():
                    done = event
    if done is not None:
        _show_shots(shots)
        _raise_failures(failures)
    return done


def show_samples(events: Iterable[SampleEvent]) -> int:
    """Show what is rendered; returns the number of files written."""
    count = 0
    with _bar() as bar:
        task = bar.add_task("rendering", total=None)
        for event in events:
            bar.update(task, completed=count, total=event.total)
            count += event.counts
            if event.skipped:
                note(event.skipped)
    return count


def show_styles(entries: Iterable[Entry]) -> None:
    """The looks that ``--style`` takes, on stdout."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("style", "from", "licence", "is"):
        table.add_column(title, overflow="fold")
    for entry in entries:
        origin = f"{entry.origin}, shadowed" if entry.shadowed else entry.origin
        header = entry.header
        about = (header.licence, header.description) if header else ("", entry.problem)
        style = "red" if entry.problem else "dim" if entry.shadowed else ""
        table.add_row(*(Text(cell, style=style) for cell in (entry.name, origin, *about)))
    out.print(table)


def show_card(facts: Iterable[tuple[str, str]]) -> None:
    """A style's card, on stdout: one fact a line."""
    rows = list(facts)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        out.print(Text.assemble((f"{name:>{width}}  ", "dim"), value))


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("<"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def _fact(name: str, value: str) -> None:
    err.print(Text.assemble((f"{name:>{FACT_WIDTH}}  ", "dim"), value))


def _show_training_facts(event: training.TrainingStarted) -> None:
    recipe = "paired" if event.preset.data.pairs else "unpaired"
    _fact("preset", f"{event.preset.name}, {recipe}, {event.preset.loss.adversarial}")
    _fact("photos", event.photos)
    _fact("art", event.art)
    sizes = (event.generator_parameters, event.discriminator_parameters)
    _fact(
        "model",
        "generator {:.2f} M, discriminators {:.2f} M parameters".format(
            *(size / 1e6 for size in sizes)
        ),
    )
    _fact("device", f"{event.device}, {event.precision}")
    if event.run != Path():
        _fact("run", str(event.run))
    if event.first_step > 1:
        _fact("resumed", f"after step {event.first_step - 1}")
    if event.uses_samples:
        note(
            "this run learns from rendered sample scenes. For a look of your own:"
            f" ganfx train {event.preset.name} --photos DIR --art DIR"
        )


def _step_line(event: training.StepDone) -> str:
    losses = "  ".join(f"{name} {value:.3f}" for name, value in (event.losses or {}).items())
    steps = str(event.steps) if event.steps < 10**8 else "?"
    return f"step {event.step:>6}/{steps}  {losses}  {event.images_per_second:.1f} images/s"


def _show_trained(event: training.TrainingDone) -> None:
    err.print(Text(f"done in {_duration(event.seconds)}; the style is"))
    print_result(event.style)
    _fact("use it", f"ganfx stylize shots/ --style {event.style}")
    _fact("keep it", f"ganfx styles add {event.style}")


def _show_stylize_facts(event: stylizing.StylizeStarted) -> None:
    _fact("style", f"{event.style}  {event.description}".rstrip())
    _fact("shots", f"{event.shots} with {event.frames} frames")
    _fact("device", f"{event.device}, {event.precision}")
    _fact("output", str(event.output))


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


def _raise_failures(failures: list[stylizing.FrameFailed]) -> None:
    if not failures:
        return
    count = "1 frame" if len(failures) == 1 else f"{len(failures)} frames"
    lines = [f"  {_failure(f)}" for f in failures[:SHOWN_FAILURES]]
    if len(failures) > SHOWN_FAILURES:
        lines.append(f"  and {len(failures) - SHOWN_FAILURES} more")
    raise FramesFailedError(
        "\n".join([f"{count} failed, the rest is done", *lines]),
        hint="mend them and run the same command again: finished frames are kept",
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)
