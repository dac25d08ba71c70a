"""Options that the commands that run networks share: where, on how much, and on what record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganfx.cli.completing import DEVICES, complete_one_of

Device = Annotated[
    str, typer.Option(help="auto, cpu or cuda.", autocompletion=complete_one_of(DEVICES))
]
Threads = Annotated[int | None, typer.Option(min=1, help="CPU threads.", show_default="all cores")]
Log = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Append every event to FILE, as JSON lines.")
]
