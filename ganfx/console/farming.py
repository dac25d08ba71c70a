"""Output of render-farm commands, for schedulers and for people."""

from __future__ import annotations

import dataclasses
import json as json_format
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganfx.console.evaluating import GateError
from ganfx.console.output import bar, count, err, fact, note, print_result
from ganfx.console.running import to_json
from ganfx.console.stylizing import SHOWN_FAILURES, show_stylize
from ganfx.errors import EXIT_GATE, GanfxError
from ganfx.quality.wording import listed

if TYPE_CHECKING:
    from ganfx.farm.local import TaskDone
    from ganfx.farm.planning import Forecast
    from ganfx.stylize import events as stylizing


class IncompleteError(GanfxError):
    """A job's output is not whole."""

    exit_code = EXIT_GATE


@dataclass(frozen=True)
class Dialect:
    """How a scheduler's worker is told of a task, line by line on stdout."""

    progress: Callable[[int, int], str]
    """Of frames done, of all."""
    status: str = ""
    """With ``{}`` for what is done now; "" where there is no such line."""
    failure: str = ""
    """With ``{}`` for why the task failed; likewise."""


DIALECTS: Mapping[str, Dialect] = {
    "openjd": Dialect(
        lambda done, total: f"openjd_progress: {100 * done / total:.1f}",
        "openjd_status: {}",
        "openjd_fail: {}",
    ),
    # Tractor's blades read this line of any program's output.
    "tractor": Dialect(lambda done, total: f"TR_PROGRESS {100 * done // total:03d}%"),
    # What the stdout handler of Deadline's CommandLine plugin looks for.
    "deadline": Dialect(lambda done, total: f"Progress: {100 * done // total}%"),
    "json": Dialect(lambda done, total: json_format.dumps({"done": done, "frames": total})),
}
"""By the word for them: ``--progress``."""


def show_farm_progress(events: Iterable[stylizing.Event], dialect: str = "openjd") -> None:
    """Tell a scheduler's worker how far a task is, in its own messages on stdout.

    Args:
        events: Of the task.
        dialect: One of `DIALECTS`.

    Raises:
        FramesFailedError: Some frames could not be done; the first is told to the worker, too,
            where it takes that.
    """
    words = DIALECTS[dialect]
    try:
        show_stylize(_told(events, words), quiet=True)
    except GanfxError as error:
        if words.failure:
            print_result(words.failure.format(error.message.splitlines()[0]))
        raise


def _told(events: Iterable[stylizing.Event], words: Dialect) -> Iterable[stylizing.Event]:
    from ganfx.stylize import events as kinds

    total, done = 1, 0
    for event in events:
        match event:
            case kinds.StylizeStarted():
                total = max(1, event.frames)
                _say(words.status, f"{event.style} on {event.device}")
            case kinds.FrameDone() | kinds.FrameSkipped():
                done += 1
                print_result(words.progress(done, total))
                _say(words.status, event.output.name)
            case kinds.FrameFailed():
                done += 1
                if words.status:
                    print_result(f"failed {event.source}: {event.reason}")
        yield event


def _say(line: str, what: str) -> None:
    if line:
        print_result(line.format(what))


UNFINISHED = {
    "missing": "not there",
    "damaged": "damaged, or changed since it was written",
    "outdated": "out of date: from another source, or with other options or versions",
}
"""Why a file is not as it should be, by `FramePlanned.why`."""


def show_verified(
    events: Iterable[stylizing.Event], *, json: bool = False, quiet: bool = False
) -> None:
    """Say whether all that a job should have made is there, whole and up to date.

    Args:
        events: Of a rehearsal.
        json: Print every event on stdout as a line of JSON.
        quiet: Say nothing where all is well.

    Raises:
        IncompleteError: It is not.
    """
    from ganfx.stylize import events as kinds

    there, lacking = 0, []
    for event in events:
        if json:
            print_result(to_json(event))
        match event:
            case kinds.FrameSkipped():
                there += 1
            case kinds.FramePlanned():
                lacking.append(f"{event.output}: {UNFINISHED[event.why]}")
            case kinds.FrameFailed():
                lacking.append(f"{event.source}: {event.reason}")
    if lacking:
        counts = f"{len(lacking)} of {count(there + len(lacking), 'file')}"
        told = [f"not as they should be: {counts}", *listed(lacking, SHOWN_FAILURES)]
        raise IncompleteError(
            "\n".join(told),
            hint="run the tasks of these frames again; verify takes the options that they were"
            " made with",
        )
    if not (json or quiet):
        print_result(f"{count(there, 'file')}, all whole and up to date")


def print_json(values: Mapping[str, Any]) -> None:
    """Values on stdout, for scripts and people."""
    print_result(json_format.dumps(values, indent=2))


def check_probe(
    different: Sequence[str], apart: Mapping[str, int], within: int | None = None
) -> None:
    """Two nodes' probes have to be equal, or near enough.

    Args:
        different: Names of hashes, of `ganfx.farm.probe.differences`.
        apart: Code values between the pictures, of `ganfx.farm.probe.distances`.
        within: How many are let pass; None asks for equal hashes.

    Raises:
        GateError: They are not.
    """
    if not different:
        note("both nodes make the same pixels")
        return
    far = max(apart.values(), default=0)
    distance = f"{count(far, 'code value')} of 8 bits at most"
    if within is not None and far <= within:
        note(f"the nodes' pixels are apart by {distance}")
        return
    # Let pass as far as that, pictures that are near enough are not what is wrong.
    where = different if within is None else [n for n, each in apart.items() if each > within]
    raise GateError(
        f"the nodes differ, by {distance}, in: {', '.join(where)}",
        hint="compare the versions and devices of both probes",
    )


def show_files(paths: Iterable[Path]) -> None:
    """Files that were written, one a line, on stdout."""
    for path in paths:
        print_result(path)


def show_tasks(tasks: Iterable[TaskDone]) -> None:
    """A job's tasks as they end."""
    with bar() as progress:
        shown = None
        for task in tasks:
            if shown is None:
                shown = progress.add_task("tasks", total=task.total)
            progress.advance(shown)
            if not err.is_terminal:
                state = "failed" if task.error else "done"
                note(f"{task.done}/{task.total} {task.step} {task.task} {state}".replace("  ", " "))


def print_forecast(forecast: Forecast, files: Iterable[Path] = ()) -> None:
    """The forecast of a job, and the files that were written, on stdout as one JSON object."""
    values = dataclasses.asdict(forecast) | {"machine_hours": forecast.machine_hours}
    print_json(values | {"files": [str(path) for path in files]})


def show_forecast(forecast: Forecast) -> None:
    """Show the forecast of a job on stdout: time, memory, disk and tasks."""
    for shot in forecast.shots:
        print_result(f"{shot.name}: {count(shot.frames, 'frame')} {shot.size}".rstrip())
    hours = forecast.machine_hours
    time = f"{hours:.1f} hours" if hours >= 1 else f"{60 * hours:.1f} minutes"
    print_result(f"time    {forecast.seconds:.2f} s a frame here; {time} of machines like this")
    if forecast.memory is not None:
        print_result(f"memory  {forecast.memory / 2**30:.1f} GiB at the most")
    print_result(f"disk    {forecast.disk / 2**30:.2f} GiB of results")
    print_result(
        f"chunks  of {count(forecast.chunk, 'frame')}: {count(forecast.tasks, 'task')}, each with"
        f" {count(forecast.handles, 'frame')} of handles"
    )


def show_job(name: str, frames: int, files: int, chunk: int) -> None:
    """Show the facts of a job on stderr."""
    fact("job", name)
    fact("frames", f"{frames} of sequences, {chunk} a task; {files} stills and videos")
