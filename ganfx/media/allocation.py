"""Large arrays that are freed and asked for again, without the system in between."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8  # of glibc's malloc.h
_MOST = 2**31 - 1
_AT_A_TIME = 64 * 2**20  # bytes that the heap grows by


@cache
def keep_freed_memory() -> bool:
    """Let this process keep the memory that it frees, for its next arrays.

    glibc gives every array of more than 32 MB back at once, and the system hands out the next
    one page by page, each zeroed: of a strip 16K wide that was two fifths of the time. With
    this they come from the heap. What a process holds does not shrink any more before it ends,
    which is for its owner to decide: the ``ganfx`` command asks for it, the library does not.

    Returns:
        Whether the C library could be told: glibc's can.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has none
        return False
    wanted = {_ARENA_MAX: 1, _MMAP_MAX: 0, _TRIM_THRESHOLD: _MOST, _TOP_PAD: _AT_A_TIME}
    return all(mallopt(name, value) for name, value in wanted.items())
