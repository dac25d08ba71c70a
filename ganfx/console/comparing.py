"""Output of ``ganfx compare``: what was written, and what came of the votes."""

from __future__ import annotations

import json as json_format
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ganfx.console.output import count, note, print_result, print_table
from ganfx.quality.wording import some

if TYPE_CHECKING:
    from ganfx.quality.blind.counting import Counted, Counts
    from ganfx.quality.blind.making import Made


def show_comparison(made: Made) -> None:
    """What was written, on stdout; what to mind, on stderr."""
    pairs = len(made.comparison.pairs)
    for path in (*([made.page] if made.page else []), *made.sheets, *made.keys):
        print_result(path)
    note(f"{count(pairs, 'pair')} in a hidden order; keep the key from whoever votes")
    if made.comparison.same:
        told = some(made.comparison.same)
        note(f"the same file in two of the folders, so that one can only guess: {told}")
    if len({pair.picture for pair in made.comparison.pairs}) == 1:
        note("there is one picture only: whatever comes of it says nothing of others")


def show_preferences(counts: Counts, *, json: bool = False) -> None:
    """How often each set was preferred, on stdout: overall, and by kind."""
    if json:
        print_result(json_format.dumps(asdict(counts)))
        return
    sets = counts.comparison.sets
    for group in counts.groups:
        if group.by:
            print_result(f"{group.by} {group.kind}")
        print_table(_table(group, sets))
    voters = ", ".join(f"{name} {votes}" for name, votes in counts.voters)
    print_result(f"{counts.comparison.ask} {counts.groups[0].votes} votes: {voters}")


def _table(group: Counted, sets: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "over", "chosen", "of", "preferred", "95 %"):
        left = title in ("", "over")
        table.add_column(title, justify="left" if left else "right", overflow="fold")
    for each in sorted(group.preferences, key=lambda p: (p.against is not None, -p.share)):
        over = "all others" if each.against is None else sets[each.against]
        cells = (sets[each.set], over, str(each.chosen), str(each.of))
        interval = f"{each.low:.0%} to {each.high:.0%}"
        table.add_row(*map(Text, (*cells, f"{each.share:.0%}", interval)))
    return table
