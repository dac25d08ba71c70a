"""``ganfx why`` and ``ganfx redo``: where a finished frame comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganfx import console
from ganfx.media.waiting import sleep_when_idle

Frame = Annotated[
    Path, typer.Argument(metavar="FRAME", help="A picture or a video that ganfx wrote.")
]


def why(
    frame: Frame,
    json: Annotated[bool, typer.Option("--json", help="All that is on record, as JSON.")] = False,
) -> None:
    """Say what a finished frame was made from: style, version, options, source, arithmetic."""
    from ganfx.stylize.job.history import facts_of, history_of, inputs_of

    history = history_of(frame)
    if json:
        console.print_history(history, inputs_of(history))
        return
    console.show_card(facts_of(history))


def redo(
    frame: Frame,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep what is made, beside it; else compare alone."),
    ] = None,
) -> None:
    """Make a finished frame again, and compare the bytes; exit code 4 if they differ."""
    from ganfx.media.own_outputs import last_record

    portable = last_record(frame).get("settings", {}).get("portable")
    if portable:  # before what has to know it is imported
        from ganfx.media.portable import use_portable_cpu

        use_portable_cpu(portable)
    sleep_when_idle()
    from ganfx.stylize.redo import redo as make_again

    console.show_redone(make_again(frame, out))
