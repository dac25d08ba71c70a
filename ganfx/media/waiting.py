"""How threads of the network wait for one another: a moment, then asleep.

Import neither torch nor numpy here: their OpenMP reads the environment when it is loaded.
"""

from __future__ import annotations

import os

SPINS = "2000"
"""Turns of an idle thread before it sleeps: some tens of microseconds, the gap between layers."""
CHOICES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
"""Variables by which an owner says how threads wait."""


def sleep_when_idle() -> None:
    """Make OpenMP's threads sleep where they would spin, before torch is imported.

    GNU's OpenMP lets an idle thread spin for milliseconds, 300,000 turns, and on a core that
    something else runs on, it is spinning that holds up the thread it waits for. The process
    and those that it starts wait like this from here on, which is for their owner to decide: the
    ``ganfx`` command calls this, the library does not. What an owner chose stays.
    """
    if not any(name in os.environ for name in CHOICES):
        os.environ["GOMP_SPINCOUNT"] = SPINS
