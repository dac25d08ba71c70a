"""UDIM tiles: pictures of one texture that are numbered like frames, from 1001 on.

Tile 1001 + u + 10 v covers the UV square from (u, v): ten in a row. Tiles are a set of stills, and
no frame is a neighbour of another. Many shots begin with frame 1001, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Literal

from ganfx.media.texture_names import role_of

FIRST, LAST, ROW = 1001, 1999, 10
_MOST_UNNAMED = 2 * ROW
"""Square pictures without a role in their names, and without gaps, that are taken for tiles."""
_FOOTAGE = re.compile(r"plate|frame|shot|render|beauty|comp|seq|(?<![a-z])sh\d|take", re.I)
"""Words in the names of footage."""
_SPARSE = 0.1
"""Share of missing numbers from which they are no frames."""

Tiling = Literal["", "tiles", "either"]


def tiling(numbers: Collection[int], stem: str, sizes: Iterable[tuple[int, int]]) -> Tiling:
    """Whether numbered pictures are UDIM tiles, frames ("") or could be either.

    Args:
        numbers: Ascending.
        stem: Name of one of them, without its suffix.
        sizes: Widths and heights that they have.
    """
    found = list(numbers)
    if found[0] < FIRST or found[-1] > LAST:
        return ""
    length = found[-1] - found[0] + 1
    lacking = length - len(found)
    role, square = role_of(stem).kind, _square(sizes)
    if lacking:
        sparse = lacking >= _SPARSE * length  # a shot lacks fewer
        texture = square or role != ""
        is_set = texture if sparse else texture and _fills_rows(found)
        return "tiles" if is_set or (sparse and _fills_rows(found)) else ""
    footage = _FOOTAGE.search(stem) is not None
    if square and (role or (length <= _MOST_UNNAMED and not footage)):
        return "tiles"
    row = found[0] == FIRST and length == ROW
    return "either" if square or row or (role and length < ROW) else ""


def _square(sizes: Iterable[tuple[int, int]]) -> bool:
    """Whether all are squares of a power of two, as textures are."""
    sides = list(sizes)
    return bool(sides) and all(w == h and w & (w - 1) == 0 for w, h in sides)


def _fills_rows(numbers: list[int]) -> bool:
    """Whether there are several rows, and tiles of each stand side by side."""
    rows = [list(row) for _, row in groupby(numbers, key=lambda n: (n - FIRST) // ROW)]
    whole = all(row[-1] - row[0] + 1 == len(row) for row in rows)
    short = [row for row in rows if len(row) < ROW]
    return len(rows) > 1 and whole and len(short) > 1
