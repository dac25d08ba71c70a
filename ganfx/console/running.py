"""Running a stream of events: stopped by a signal between two of them, and put on record."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import signal
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from io import FileIO
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from ganfx.console.keyboard import Pressed, keyboard, nothing_pressed
from ganfx.console.output import SILENT
from ganfx.errors import EXIT_INTERRUPTED, EXIT_TERMINATED, GanfxError, UsageError
from ganfx.stopping import Finish

T = TypeVar("T")


class StoppedError(GanfxError):
    """The user, or the farm, asked to stop; what was done is kept."""

    def __init__(self, number: int, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = EXIT_INTERRUPTED if number == signal.SIGINT else EXIT_TERMINATED


@contextmanager
def stoppable(events: Generator[T, None, None], *, key: str = "") -> Iterator[Stoppable[T]]:
    """Iterate until the end, Ctrl-C, SIGTERM or a key, then close the source at once.

    The signal is only noted and acted upon between two events, so that a step or a
    frame in hand is finished first, and told. A second Ctrl-C interrupts whatever runs. A
    second SIGTERM changes nothing: Slurm sends it to every process, and torchrun to its own
    again, while the last checkpoint is being written. Before the first event there is nothing
    to finish, and a signal ends the process.

    Args:
        events: What goes on.
        key: That asks it to stop, in a terminal; "" is none.
    """
    with (
        keyboard() if key else nullcontext(nothing_pressed) as pressed,
        _handled(Stoppable(events, key, pressed), events) as source,
    ):
        yield source


@contextmanager
def _handled(source: Stoppable[T], events: Generator[T, None, None]) -> Iterator[Stoppable[T]]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, source.stop)
    try:
        yield source
    finally:
        source.begun = True
        try:
            events.close()  # what is running is put in order: not to be disturbed yet
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class Stoppable(Iterable[T]):
    """Events until somebody says stop.

    Attributes:
        signal: The number of the signal that stopped it, or None.
        by_key: Whether the key stopped it.
        has_key: Whether there is a key that does, and somebody who could press it.
        begun: Whether there is anything to finish.
    """

    def __init__(
        self, events: Generator[T, None, None], key: str = "", pressed: Pressed = nothing_pressed
    ) -> None:
        self._events, self._key, self._pressed = events, key, pressed
        self.signal: int | None = None
        self.by_key = False
        self.has_key = pressed is not nothing_pressed
        self.begun = False

    def __iter__(self) -> Iterator[T]:
        """The events; ends early once stopped."""
        for event in self._events:
            self.begun = True
            yield event
            self.by_key = self.has_key and self._key in self._pressed().lower()
            if self.signal is not None or self.by_key:
                with suppress(Finish, StopIteration):
                    yield self._events.throw(Finish())
                    yield from self._events
                return

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal: the first asks, a second Ctrl-C insists."""
        if not self.begun:
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            raise SystemExit(EXIT_TERMINATED)
        if self.signal is None:
            self.signal = number
        elif number == signal.SIGINT:
            raise KeyboardInterrupt


def logged(events: Iterable[T], path: Path | None) -> Iterator[T]:
    """Pass events on, appending each to a file as one JSON object a line.

    Raises:
        UsageError: The file cannot be written.
    """
    if path is None or SILENT:
        yield from events
        return
    try:
        file = path.open("ab", buffering=0)  # nothing is left to be written when it is closed
    except OSError as error:
        raise UsageError(f"cannot write log {path}: {error.strerror}") from error
    with file:
        for event in events:
            _log(file, event, path)
            yield event


def _log(file: FileIO, event: Any, path: Path) -> None:
    line = (to_json(event) + "\n").encode()
    try:
        if file.write(line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise GanfxError(
            f"cannot write log {path}: {error.strerror}",
            hint="what is done is kept: free some space, and the same command does the rest",
        ) from error


def to_json(event: Any) -> str:
    """An event as one JSON object: its kind, the time, and its fields."""
    values = {f.name: getattr(event, f.name) for f in dataclasses.fields(event)}
    return json.dumps(
        {"event": type(event).__name__, "time": round(time.time(), 3), **values}, default=_plain
    )


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)
