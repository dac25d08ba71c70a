"""Output of a look at the art: what was found, what was chosen from it, and why."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ganfx.console.output import err, fact, note

if TYPE_CHECKING:  # the package behind these imports torch
    from ganfx.training.art_choices import Choice
    from ganfx.training.events import ArtAnalyzed


def show_art(event: ArtAnalyzed, *, explain: bool = False, to: Console | None = None) -> None:
    """What was found and chosen: two lines; or all of it with its reasons, as tables.

    Args:
        event: What to show.
        explain: Whether to give the reasons.
        to: Where; by default stderr.
    """
    if explain:
        for table in (_found(event), _reasons(event)):
            (to or err).print(table)
        return
    fact("found", "; ".join(f"{name} {value}" for name, value in event.found), to=to)
    fact("chosen", event.chosen_in_words or "nothing", to=to)
    if given := [choice.key for choice in event.choices if choice.given]:
        fact("given", f"{', '.join(given)}: left as they are", to=to)
    note("what was chosen has its reasons: --explain")


def _found(event: ArtAnalyzed) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("the art", "measured"):
        table.add_column(title, overflow="fold")
    for name, value in event.found:
        table.add_row(Text(name), Text(value))
    return table


def _reasons(event: ArtAnalyzed) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("measured", "choice", "reason"):
        table.add_column(title, overflow="fold")
    for (found, reason), group in groupby(event.choices, key=_grounds):
        choices = "\n".join(_choice(each) for each in group)
        table.add_row(Text(found), Text(choices), Text(reason))
    return table


def _grounds(choice: Choice) -> tuple[str, str]:
    """Measured value and reason: what has both alike is one row."""
    reason = "given, which wins" if choice.given else choice.reason
    return choice.found, reason


def _choice(choice: Choice) -> str:
    return choice.key if choice.given else f"{choice.key} = {choice.toml}"
