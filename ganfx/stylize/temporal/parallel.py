"""Independent parts of one frame, on all cores at once.

numpy works on one core, and OpenCV on several only within one call; both let other threads run
meanwhile. What parts there are never depends on how many cores there are: neither do pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ganfx.media.cores import usable_cores

BAND = 128
"""Rows of a band: with fewer, many threads wait for the interpreter more than they work."""
SMALL = 100_000
"""Pixels of a frame below which starting threads takes longer than they save."""

T = TypeVar("T")
R = TypeVar("R")


def each(function: Callable[[T], R], items: Iterable[T], *, pixels: int) -> list[R]:
    """Map a function over items in threads; results are in their order.

    Args:
        function: Called in threads, which are gone once this returns.
        items: For it, one by one.
        pixels: Of the frame that they are parts of: small ones go without threads.

    Raises:
        Exception: What the function raised at the first item where it raised something.
    """
    if pixels < SMALL:
        return [function(item) for item in items]
    with ThreadPoolExecutor(usable_cores(), "ganfx-part") as pool:
        return list(pool.map(function, items))


def bands(height: int) -> Iterator[slice]:
    """All rows of a picture, `BAND` at a time."""
    return (slice(top, min(top + BAND, height)) for top in range(0, height, BAND))
