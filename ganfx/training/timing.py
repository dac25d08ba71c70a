"""The clock of a run: images per second, and the number of steps that a time budget holds."""

from __future__ import annotations

import time
from collections import deque

WARM_UP = 5  # steps that are slower than the rest, and not timed
TIMED = 15


def now() -> float:
    """Seconds of a clock that only goes forward: all that is timed in a run goes by it."""
    return time.monotonic()


class Stopwatch:
    """Speed of the recent steps, the slow first ones left out."""

    def __init__(self, batch_size: int) -> None:
        self._batch_size = batch_size
        self._ends: deque[float] = deque(maxlen=TIMED + 1)
        self._seen = 0

    def step_done(self) -> None:
        """Note the end of a step."""
        self._seen += 1
        if self._seen >= min(WARM_UP, 2):
            self._ends.append(now())

    @property
    def seconds_per_step(self) -> float:
        """Mean over the last steps; 0 before there are any."""
        if len(self._ends) < 2:
            return 0.0
        return (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)

    @property
    def images_per_second(self) -> float:
        """Crops that went through a whole step; 0 before there are any."""
        return self._batch_size / self.seconds_per_step if self.seconds_per_step else 0.0


def fitting_steps(minutes: float, seconds_per_step: float) -> int:
    """The number of steps that a budget of wall-clock minutes holds."""
    return max(1, round(60 * minutes / max(seconds_per_step, 1e-6)))
