"""``ganfx review``: its options are the fields of `ganfx.review.Options`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ganfx import console
from ganfx.cli.declared import takes_options
from ganfx.option import Option
from ganfx.review.options import PANELS, RUN, Options

Output = Annotated[
    Path,
    typer.Argument(metavar="OUT", help="A folder of results, a picture, video, or out.####.exr."),
]


@dataclass(frozen=True)
class ShowOptions:
    """What is done with the page."""

    open: Annotated[bool, Option("Open the page in a browser.", RUN)] = False
    json: Annotated[bool, Option("Every event on stdout, as JSON lines.", RUN)] = False


@takes_options(*PANELS)
def review(output: Output, options: Options, shown: ShowOptions) -> None:
    """Make a page to judge results by eye: a wipe that plays, flicker, looks side by side."""
    write_review(output, options, json=shown.json, opens=shown.open)


def write_review(
    output: Path, options: Options, *, json: bool = False, opens: bool = False
) -> None:
    """Write a page, show how far it is, and print its path.

    Raises:
        StoppedError: It was stopped; the page before it is still there.
    """
    from ganfx.review.engine import review

    with console.stoppable(review(output, options)) as events:
        done = console.show_review(events, json=json)
    if events.signal is not None:
        raise console.StoppedError(events.signal, "stopped", hint="the page before it is kept")
    if done is not None and opens:
        console.open_in_browser(done.page)
