"""Where the time of a run goes: its stages, timed where somebody asks for it, and else for nothing.

Stages run in several threads at once. What counts is therefore not only how long each was at work,
but how long nothing else was: that is what the run waited for, and what is worth making faster.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass


@dataclass(frozen=True)
class StageShare:
    """What one stage took of the time that was measured."""

    stage: str
    busy: float
    """Share during which at least one thread was at it."""
    alone: float
    """Share during which no other stage was at work: the run waited for it."""
    calls: int


class StageTimes:
    """Times of all stages since it was made.

    Args:
        wait: Returns once a device that works on its own has done what it was given: it is waited
            for around stages that are done there. None where there is none.
    """

    def __init__(self, wait: Callable[[], None] | None = None) -> None:
        self._wait = wait
        self._lock = threading.Lock()
        self._stack = threading.local()  # of each thread: a stage within another interrupts it
        self._active: Counter[str] = Counter()  # threads at each stage
        self._busy: defaultdict[str, float] = defaultdict(float)
        self._alone: defaultdict[str, float] = defaultdict(float)
        self._calls: Counter[str] = Counter()
        self._idle = 0.0
        self._begun = self._last = time.perf_counter()

    def enter(self, stage: str, *, device: bool) -> None:
        """A thread begins with a stage."""
        if device and self._wait is not None:
            self._wait()
        stack: list[str] = self._stack.__dict__.setdefault("stages", [])
        outer = stack[-1] if stack else None
        stack.append(stage)
        self._calls[stage] += 1
        self._switch(outer, stage)

    def leave(self, *, device: bool) -> None:
        """A thread is done with the stage that it began last."""
        if device and self._wait is not None:
            self._wait()
        stack: list[str] = self._stack.stages
        stage = stack.pop()
        self._switch(stage, stack[-1] if stack else None)

    def shares(self) -> list[StageShare]:
        """Of every stage, in the order in which they began, and of ``idle``, when none was on."""
        self._switch(None, None)
        total = max(self._last - self._begun, 1e-9)
        shares = [
            StageShare(name, self._busy[name] / total, self._alone[name] / total, calls)
            for name, calls in self._calls.items()
        ]
        return [*shares, StageShare("idle", self._idle / total, self._idle / total, 0)]

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return time.perf_counter() - self._begun

    def _switch(self, left: str | None, begun: str | None) -> None:
        with self._lock:
            now = time.perf_counter()
            self._account(now - self._last)
            self._last = now
            if left is not None:
                self._active[left] -= 1
            if begun is not None:
                self._active[begun] += 1

    def _account(self, passed: float) -> None:
        """Put a stretch of time on record, during which nothing began or ended."""
        active = [stage for stage, threads in self._active.items() if threads > 0]
        for stage in active:
            self._busy[stage] += passed
        if not active:
            self._idle += passed
        if len(active) == 1:
            self._alone[active[0]] += passed


class _Stage:
    """A stage while times are taken."""

    def __init__(self, times: StageTimes, name: str, device: bool) -> None:
        self._times, self._name, self._device = times, name, device

    def __enter__(self) -> None:
        self._times.enter(self._name, device=self._device)

    def __exit__(self, *error: object) -> None:
        self._times.leave(device=self._device)


_UNTIMED: AbstractContextManager[None] = nullcontext()
_times: StageTimes | None = None


def stage(name: str, *, device: bool = False) -> AbstractContextManager[None]:
    """A context that is one stage of a run; nothing happens in it unless times are taken.

    Args:
        name: As it is shown.
        device: Whether it is done on the device that networks run on.
    """
    times = _times
    return _UNTIMED if times is None else _Stage(times, name, device)


@contextmanager
def timed_stages(wait: Callable[[], None] | None = None) -> Iterator[StageTimes]:
    """Take the times of all stages of this process meanwhile.

    Args:
        wait: See `StageTimes`. Waiting takes apart what would overlap: the run is slower with it.
    """
    global _times
    before, times = _times, StageTimes(wait)
    _times = times
    try:
        yield times
    finally:
        _times = before
