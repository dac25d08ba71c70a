"""Even sampling: a few things that stand for many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def spread(things: Sequence[T], most: int) -> list[T]:
    """All of them, or ``most``: the first, the last and evenly spread ones between.

    Args:
        things: In their order.
        most: At least 1; a single one is the first.
    """
    if len(things) <= most:
        return list(things)
    return [things[index * (len(things) - 1) // max(most - 1, 1)] for index in range(most)]
