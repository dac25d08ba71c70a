"""Heap settings of glibc: memory of large arrays is reused instead of returned to the system."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8  # of glibc's malloc.h
_MOST = 2**31 - 1
_AT_A_TIME = 64 * 2**20  # bytes that the heap grows by


@cache
def keep_freed_memory() -> bool:
    """Make the C library keep freed memory for the next arrays (``mallopt``).

    glibc gives every array of more than 32 MB back at once, and the system hands out the next
    one page by page, each zeroed: of a strip 16K wide that was two fifths of the time. With
    this they come from the heap. The process then keeps its peak memory until it ends, which
    is for its owner to decide: the ``ganfx`` command calls this, the library does not.

    Returns:
        Whether it had an effect: only with glibc.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has none
        return False
    wanted = {_ARENA_MAX: 1, _MMAP_MAX: 0, _TRIM_THRESHOLD: _MOST, _TOP_PAD: _AT_A_TIME}
    return all(mallopt(name, value) for name, value in wanted.items())
