"""Output of ``ganfx styles`` and ``ganfx presets``: lists, and the card of a look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ganfx.console.output import out

if TYPE_CHECKING:
    from ganfx.preset import Preset
    from ganfx.styles.library import Entry


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


def show_presets(presets: Iterable[Preset]) -> None:
    """The presets that ``ganfx train`` takes, on stdout."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("preset", "is"):
        table.add_column(title, overflow="fold")
    for preset in presets:
        table.add_row(Text(preset.name), Text(preset.description))
    out.print(table)


def show_card(facts: Iterable[tuple[str, str]]) -> None:
    """A style's card, on stdout: one fact a line."""
    rows = list(facts)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        out.print(Text.assemble((f"{name:>{width}}  ", "dim"), value))
