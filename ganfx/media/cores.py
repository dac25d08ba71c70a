"""Number of CPU cores available to this process."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Number of cores by CPU affinity: a scheduler may grant fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
