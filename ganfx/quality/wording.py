"""Text of durations, sizes and long lists, for a terminal or a report."""

from __future__ import annotations

from collections.abc import Sequence

GIBIBYTE = 2**30


def duration(seconds: float) -> str:
    """``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def listed(things: Sequence[str], most: int) -> list[str]:
    """Indented lines, one a thing; of more than ``most``, the last says how many more."""
    more = len(things) - most
    lines = [f"  {thing}" for thing in things[:most]]
    return [*lines, f"  and {more} more"] if more > 0 else lines


def some(names: Sequence[str], most: int = 3) -> str:
    """``a, b, c and 4 more``: at most the first ``most``, within a sentence."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def ranges(numbers: Sequence[int]) -> str:
    """``1001-1003, 1007``: every number once, in order, runs of them by their ends."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)
