"""A training run as it goes, in one block of the terminal that is drawn over and over."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ganfx.quality.wording import GIBIBYTE, duration

if TYPE_CHECKING:  # the package behind this imports torch
    from ganfx.training import events as training

KEPT = 128  # logged steps that the trend looks back on
TIMED = 50  # steps whose pace the rest is expected to keep
BARS = "▁▂▃▄▅▆▇█"
CELLS = 16  # of a trend
WIDE, NARROW = 108, 84  # columns for trends as curves; columns for two tables side by side
BALANCE = "balance_"
DISCRIMINATORS = "d_"


class Pace:
    """How long the steps that are left will take.

    Args:
        now: Seconds of a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._begun = now()
        self._ends: deque[tuple[int, float]] = deque(maxlen=TIMED + 1)

    def note(self, step: int) -> None:
        """A step is done."""
        if self._ends and step <= self._ends[-1][0]:  # the run went back to an earlier one
            self._ends.clear()
        self._ends.append((step, self._now()))

    def elapsed(self) -> float:
        """Seconds since the view was made."""
        return self._now() - self._begun

    def left(self, steps: int | None) -> float | None:
        """Seconds until the last of ``steps``, where that is known; None before it can be told."""
        if len(self._ends) < 3 or steps is None:
            return None
        (first, begun), (last, ended) = self._ends[0], self._ends[-1]
        return max(0, steps - last) * (ended - begun) / (last - first)


class TrainingView:
    """The view of a run as far as it is known; `rich` draws it.

    Args:
        fancy: Whether the terminal can show more than ASCII.
        now: Seconds of a clock that only goes forward.
    """

    def __init__(self, *, fancy: bool = True, now: Callable[[], float] = time.monotonic) -> None:
        self.step = 0
        self.steps: int | None = None  # of the whole run, once that is known
        self.pace = Pace(now)
        self._fancy = fancy
        self._started = False
        self._loading: tuple[int, int] | None = None
        self._values: dict[str, deque[float]] = {}
        self._rate = 0.0
        self._budget: float | None = None  # seconds left of the run's minutes
        self._memory: int | None = None
        self._preview: Path | None = None
        self._look: Path | None = None
        self._saved: int | None = None

    def note(self, event: training.Event) -> None:
        """Take in what happened."""
        from ganfx.training import events as kinds

        match event:
            case kinds.Loading(done, total):
                self._loading = (done, total)
            case kinds.TrainingStarted():
                self._loading, self._started = None, True
                self.step, self.steps = event.first_step - 1, event.steps
            case kinds.StepDone():
                self._note_step(event)
            case kinds.PreviewSaved():
                self._preview = event.path
            case kinds.LookSaved():
                self._look = event.path
            case kinds.CheckpointSaved():
                self._saved = event.step

    def left(self) -> float | None:
        """Seconds until the end: of its minutes if it has them, else at the recent pace."""
        return self.pace.left(self.steps) if self._budget is None else self._budget

    def _note_step(self, event: training.StepDone) -> None:
        self.step, self.steps, self._rate = event.step, event.steps, event.images_per_second
        self._budget = event.seconds_left
        self.pace.note(event.step)
        for name, value in (event.losses or {}).items():
            self._values.setdefault(name, deque(maxlen=KEPT)).append(value)
        if event.memory is not None:
            self._memory = event.memory

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The whole block, most important first: what is too tall is cut at its foot."""
        if self._loading is not None:
            yield self._progress("pictures", *self._loading)
        elif self._started:
            yield self._progress("training", self.step, self.steps)
            yield from self._facts()
            yield from self._tables(options.max_width)

    def _progress(self, what: str, done: int, total: int | None) -> Table:
        left = self.left() if what == "training" else None
        share = "" if not total else f"{done / total:4.0%}"
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_row(
            what,
            ProgressBar(total=total, completed=done, width=30, pulse=total is None),
            f"{done:,}/{total:,}" if total is not None else f"{done:,}",
            share,
            duration(self.pace.elapsed()),
            f"{duration(left)} left" if left else "",
        )
        return row

    def _tables(self, width: int) -> Iterator[Table]:
        names = [name for name in list(self._values) if not name.startswith(BALANCE)]
        ours = [name for name in names if not name.startswith(DISCRIMINATORS)]
        theirs = [name for name in names if name.startswith(DISCRIMINATORS)]
        shaped = self._fancy and width >= WIDE
        tables = [
            self._table(title, chosen, shaped=shaped)
            for title, chosen in (("generator", ours), ("discriminators", theirs))
            if chosen
        ]
        if width < NARROW:
            yield from tables
        elif tables:
            beside = Table.grid(padding=(0, 4, 0, 0))
            beside.add_row(*tables)
            yield beside

    def _table(self, title: str, names: Sequence[str], *, shaped: bool) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        table.add_column(title, no_wrap=True)
        table.add_column("last", justify="right", no_wrap=True)
        table.add_column("trend", no_wrap=True)
        factors = any(BALANCE + name in self._values for name in names)
        if factors:
            table.add_column("scaled", justify="right", no_wrap=True)
        for name in names:
            values = list(self._values[name])
            shape = f"{sparkline(values):<{CELLS}} " if shaped else ""
            row = [name, f"{values[-1]:.4g}", shape + direction(values)]
            if factors:
                scaled = self._values.get(BALANCE + name)
                row.append("" if not scaled else f"x{scaled[-1]:.2g}")
            table.add_row(*row)
        return table

    def _facts(self) -> Iterator[Text]:
        parts = [f"{self._rate:.1f} images/s"] if self._rate else []
        if self._memory is not None:
            parts.append(f"{self._memory / GIBIBYTE:.1f} GiB")
        if self._saved is not None:
            parts.append(f"saved at step {self._saved:,}")
        if parts:
            yield Text(", ".join(parts), overflow="ellipsis", no_wrap=True)
        for name, path in (("preview", self._preview), ("look", self._look)):
            if path is not None:
                line = Text.assemble((f"{name} ", "dim"), str(path))
                line.overflow, line.no_wrap = "ellipsis", True
                yield line


def sparkline(values: Sequence[float]) -> str:
    """The values as at most `CELLS` bars, each the mean of its neighbours, lowest to highest."""
    cells = min(CELLS, len(values))
    bounds = [index * len(values) // cells for index in range(cells + 1)]
    means = [statistics.fmean(values[a:b]) for a, b in pairwise(bounds)]
    low, high = min(means), max(means)
    flat = high - low <= 1e-6 * max(abs(low), abs(high))  # nothing but rounding
    scale = 0.0 if flat else (len(BARS) - 1) / (high - low)
    return "".join(BARS[round((mean - low) * scale)] for mean in means)


def direction(values: Sequence[float]) -> str:
    """``falling``, ``steady`` or ``rising``: the later half against the earlier one.

    A change counts that is larger than two standard errors of the difference of the means.
    """
    if len(values) < 6:
        return ""
    half = len(values) // 2
    before, after = values[:half], values[half:]
    change = statistics.fmean(after) - statistics.fmean(before)
    error = statistics.variance(before) / len(before) + statistics.variance(after) / len(after)
    if abs(change) <= 2 * error**0.5:
        return "steady"
    return "rising" if change > 0 else "falling"
