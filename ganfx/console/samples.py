"""Samples on screen while they are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ganfx.console.output import bar, note

if TYPE_CHECKING:  # the package behind this imports numpy
    from ganfx.samples.events import Event


def show_samples(events: Iterable[Event]) -> int:
    """Show what is rendered; returns the number of files written."""
    from ganfx.samples import events as kinds

    count = 0
    with bar() as progress:
        task = progress.add_task("rendering", total=None)
        for event in events:
            match event:
                case kinds.FileWritten():
                    count += 1
                case kinds.PictureSkipped():
                    note(f"left out {event.path}: {event.reason}")
            progress.update(task, completed=count, total=event.total)
    return count
