"""The schedule of a run with ``train.minutes``: how far each step is, by the clock.

The budget is a promise, and a machine's speed changes while it trains. So the number of steps
is estimated anew again and again: often at first and towards the end, else after every 64th of
what is left. Between two estimates progress grows by the same amount with each step, and at an
estimate it goes on from where it is, so that it reaches 1, where the learning rates are zero,
as the time is up.

That is all by which the clock gets into a step, and it is kept: a checkpoint has every estimate
as a `Knot`. Whoever trains by the same knots gets the same weights.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ganfx.preset import TrainConfig

ENDLESS = 10**9
"""Length of a run as long as it is not known how many steps fit its minutes."""
PARTS = 64  # of what is left: after one of them the length is estimated anew
MARKS = 5  # estimates that the recent pace is measured over
BORDER, COPIES = 2.5, 2.5
"""What it takes at the end to measure the look's border, and to look for copied art, in sheets."""
SWING = 2.0  # how much slower or faster the rest is taken to have become, at the most
MOST = 0.05
"""Of the time, for either of them: a shorter run goes without."""


class Knot(NamedTuple):
    """From a step on, how far the run is."""

    step: int  # steps done before
    progress: float  # share of the run, before the step
    slope: float  # what each step adds


@dataclass(frozen=True)
class Spent:
    """Seconds of a run so far, interruptions left out."""

    seconds: float
    minutes: float  # that it may take

    @property
    def share(self) -> float:
        """Of the budget, in [0, 1]."""
        return min(1.0, self.seconds / (60 * self.minutes))

    @property
    def left(self) -> float:
        """Seconds; below zero once it is spent."""
        return 60 * self.minutes - self.seconds


class Schedule:
    """Progress by steps that have been timed. Runs with ``train.steps`` have no use for it."""

    def __init__(self) -> None:
        self.knots = [Knot(0, 0.0, 0.0)]
        self.is_recorded = False
        """Whether the knots are another run's, and the clock has no say."""
        self._marks: list[tuple[int, float]] = []
        """Steps, and the seconds that they took without what was done between them."""
        self._aside = 0.0  # seconds of what was done between steps
        self._costs: dict[str, float] = {}  # of each: half of it the last one's
        self._pace = 0.0  # seconds that a step takes; 0 before two were timed
        self._paces: dict[str, float] = {}  # when each cost was taken down
        self._due = 1

    def progress(self, step: int) -> float:
        """Share of the run that is behind once ``step`` steps are done, in [0, 1]."""
        index = bisect.bisect_right(self.knots, step, key=lambda knot: knot.step) - 1
        knot = self.knots[max(index, 0)]
        return min(1.0, knot.progress + (step - knot.step) * knot.slope)

    def is_due(self, step: int) -> bool:
        """Whether the length is to be estimated after this step: alike in all processes."""
        return not self.is_recorded and step >= self._due

    def note_aside(self, what: str, seconds: float) -> None:
        """Something took time between two steps.

        Args:
            what: ``sheet`` is a preview, ``report`` what follows on it, then ``watch`` and
                ``checkpoint``.
            seconds: That it took.
        """
        self._costs[what] = (self._cost(what) + seconds) / 2 if what in self._costs else seconds
        self._paces[what] = self._pace
        self._aside += seconds

    def _cost(self, what: str) -> float:
        """Seconds that it takes now, if it has become slower or faster as steps have."""
        seconds, before = self._costs.get(what, 0.0), self._paces.get(what, 0.0)
        return seconds * min(max(self._pace / before, 1 / SWING), SWING) if before else seconds

    def has_time_for(self, sheets: float, minutes: float) -> bool:
        """Whether something may take as long as so many sheets, at the end of so many minutes."""
        return sheets * self._cost("sheet") <= MOST * 60 * minutes

    def steps_left(self, step: int, spent: Spent, train: TrainConfig) -> int | None:
        """Steps that fit the time that is left; None before there is a pace to go by.

        Args:
            step: Steps done, the last of them just now.
            spent: The time so far.
            train: How often there are previews and checkpoints.
        """
        self._marks = [*self._marks, (step, spent.seconds - self._aside)][-MARKS:]
        self._note_pace()
        names = ("sheet", "report", "watch", "checkpoint")
        sheet, report, watch, save = map(self._cost, names)
        preview = sheet + report + watch
        last = sum(part for part in (BORDER, COPIES) if self.has_time_for(part, spent.minutes))
        left = spent.left - (preview + save + last * sheet + report)  # that the end takes
        if left <= 0:
            return 0
        if len(self._marks) < 2:
            return None
        pace = self._pace
        between = ((preview, train.preview_every), (save, train.save_every))

        def duration(steps: int) -> float:
            counts = ((seconds, (step + steps) // n - step // n) for seconds, n in between)
            return steps * pace + sum(seconds * count for seconds, count in counts)

        most = min(round(left / pace), ENDLESS - step)
        return bisect.bisect_right(range(most + 1), left + pace / 2, key=duration) - 1

    def _note_pace(self) -> None:
        (first, begun), (now, ended) = self._marks[0], self._marks[-1]
        if now > first:
            self._pace = max((ended - begun) / (now - first), 1e-6)
            self._paces = {what: pace or self._pace for what, pace in self._paces.items()}

    def plan(self, step: int, left: int | None, share: float) -> None:
        """Go on from where the run is, so that it is at its end in so many steps.

        Args:
            step: Steps done.
            left: Steps until the end; None if it is not known yet.
            share: Of the budget that is spent, where the run is as long as nothing was planned.
        """
        if left is None:
            self._due = step + 1
            return
        behind = self.progress(step) if len(self.knots) > 1 else share
        self._add(Knot(step, behind, (1 - behind) / max(left, 1)))
        self._due = step + max(1, min(left // PARTS, step // 4))

    def begin_anew(self, step: int, share: float, steps: int) -> None:
        """Have another budget from here on, or the first.

        Args:
            step: Steps done.
            share: How much of the new one is spent.
            steps: Length of the run, as far as it can be told.
        """
        self._add(Knot(step, share, (1 - share) / max(steps - step, 1)))
        self._marks, self._due, self.is_recorded = [], step + 1, False

    def measure_anew(self, step: int) -> None:
        """Forget the pace: time has passed that no step is left of."""
        self._marks, self._due = [], step + 1

    def _add(self, knot: Knot) -> None:
        while self.knots and self.knots[-1].step >= knot.step:
            self.knots.pop()
        self.knots.append(knot)

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {
            "knots": [tuple(knot) for knot in self.knots],
            "is_recorded": self.is_recorded,
            "marks": list(self._marks),
            "aside": self._aside,
            "costs": dict(self._costs),
            "pace": self._pace,
            "paces": dict(self._paces),
            "due": self._due,
        }

    def load_state_dict(self, values: Mapping[str, Any]) -> None:
        """From a checkpoint."""
        self.knots = [Knot(*knot) for knot in values["knots"]]
        self.is_recorded = values["is_recorded"]
        self._marks = [(step, seconds) for step, seconds in values["marks"]]
        self._aside, self._costs = values["aside"], dict(values["costs"])
        self._pace, self._paces = values["pace"], dict(values["paces"])
        self._due = values["due"]
