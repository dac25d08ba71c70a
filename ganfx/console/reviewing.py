"""A review on screen: how far it is, what is wrong, and where the page is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.progress import Progress, TaskID

from ganfx.console.output import bar, count, fact, note, print_result
from ganfx.console.running import to_json

if TYPE_CHECKING:  # the package behind this is slow to load
    from ganfx.review import events as reviewing


def show_review(
    events: Iterable[reviewing.Event], *, json: bool = False
) -> reviewing.ReviewDone | None:
    """Show a review as it is made; returns its sum, or None if it was stopped.

    Args:
        events: Of the review.
        json: Print every event on stdout as a line of JSON, and nothing else.
    """
    from ganfx.review.events import ReviewDone

    done: reviewing.ReviewDone | None = None
    with bar(hidden=json) as progress:
        task: TaskID | None = None
        for event in events:
            if json:
                print_result(to_json(event))
            else:
                task = _show(event, progress, task)
            done = event if isinstance(event, ReviewDone) else done
    if done is not None and not json:
        for path in (done.page, done.sheet, done.video):
            if path is not None:
                print_result(path)
    return done


def _show(event: reviewing.Event, progress: Progress, task: TaskID | None) -> TaskID | None:
    from ganfx.review import events as kinds

    match event:
        case kinds.ReviewStarted():
            fact("looks", ", ".join(event.looks))
            fact("shots", f"{count(event.shots, 'shot')} with {count(event.frames, 'frame')}")
            if event.view:
                fact("color", event.view)
            return progress.add_task("review", total=event.frames)
        case kinds.FrameShown() if task is not None:
            progress.advance(task)
        case kinds.Notice():
            note(event.message)
        case kinds.ReviewDone():
            fact("page", f"{event.size / 1e6:.1f} MB, {count(event.frames, 'frame')}")
    return task
