"""Stages overlap, stay in order, survive bad jobs and stop cleanly."""

from __future__ import annotations

import threading
from itertools import count, islice

import pytest

from ganfx.stylize.render.pipeline import AHEAD, EndOfJobs, Settled, prefetch


def add(job: int, loaded: int) -> int:
    return loaded + 1


def keep(job: int, loaded: int, styled: int) -> int:
    return styled


HANG = 600.0
"""Seconds after which a thread that waits for another gives up: nothing comes near it."""


class Writes:
    """Write no job before the second after it is worked on, so that two are always in hand."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop, self.worked, self.written = stop, [], []
        self._changed = threading.Condition()

    def work(self, job: int, loaded: int) -> int:
        with self._changed:
            self.worked.append(job)
            self._changed.notify_all()
        return loaded

    def write(self, job: int, loaded: int, styled: int) -> int:
        with self._changed:
            assert self._changed.wait_for(
                lambda: job + 2 in self.worked or self.stop.is_set(), timeout=HANG
            )
            self.written.append(job)
        return styled

    def let_go(self) -> None:
        """Write what is in hand without waiting for what comes after it."""
        with self._changed:
            self.stop.set()
            self._changed.notify_all()


def ganfx_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("ganfx-")]


def test_without_writers_no_result_waits_for_the_next_job():
    worked = []

    def work(job: int, loaded: int) -> int:
        worked.append(job)
        return loaded

    for job, result in prefetch(range(5), lambda job: job, work, keep, writers=0):
        assert (result, worked[-1]) == (job, job)


def test_without_writers_what_the_last_stage_raises_is_its_jobs_result():
    def write(job: int, loaded: int, styled: int) -> int:
        if job == 1:
            raise OSError("full")
        return styled

    results = [result for _, result in prefetch(range(3), int, add, write, writers=0)]

    assert (results[0], results[2]) == (1, 3)
    assert isinstance(results[1], OSError)


def test_results_come_in_the_order_of_the_jobs():
    ended, done = [], [threading.Event() for _ in range(20)]

    def even_after_odd(job: int, loaded: int, styled: int) -> int:
        assert job % 2 or done[job + 1].wait(HANG)
        ended.append(job)
        done[job].set()
        return styled

    results = list(prefetch(range(20), lambda job: 10 * job, add, even_after_odd))
    assert results == [(job, 10 * job + 1) for job in range(20)]
    assert all(ended.index(job + 1) < ended.index(job) for job in range(0, 20, 2))
    assert ganfx_threads() == []


def test_a_bad_job_is_a_result_and_the_others_go_on():
    def read(job: int) -> int:
        if job == 1:
            raise OSError("unreadable")
        return job

    def work(job: int, loaded: int) -> int:
        if job == 2:
            raise ValueError("unworkable")
        return loaded

    def write(job: int, loaded: int, styled: int) -> int:
        if job == 3:
            raise OSError("unwritable")
        return styled

    results = [repr(result) for _, result in prefetch(range(5), read, work, write)]
    assert results == [
        "0", "OSError('unreadable')", "ValueError('unworkable')", "OSError('unwritable')", "4",
    ]  # fmt: skip


def test_a_settled_job_skips_the_other_stages():
    def read(job: int) -> int | Settled:
        return Settled("skipped") if job % 2 else job

    assert list(prefetch(range(4), read, add, keep)) == [
        (0, 1), (1, "skipped"), (2, 3), (3, "skipped"),
    ]  # fmt: skip


def test_reading_can_end_an_endless_series():
    source = iter("abc")

    def read(job: int) -> str:
        for letter in source:
            return letter
        raise EndOfJobs

    results = list(prefetch(count(1), read, lambda _, x: x, lambda _, x, y: x + y, threads=1))
    assert results == [(1, "aa"), (2, "bb"), (3, "cc")]


def test_few_jobs_are_in_hand_at_a_time():
    begun, ended = [], []

    def read(job: int) -> int:
        begun.append(job)
        return job

    for job, _ in prefetch(range(30), read, add, keep):
        ended.append(job)
        assert len(begun) - len(ended) <= 2 * AHEAD + 2


def test_reading_working_and_writing_happen_at_once():
    met = threading.Barrier(3, timeout=HANG)  # broken, unless all three stages wait together

    def meet(number: int) -> None:
        if 3 <= number <= 10:
            met.wait()

    def read(job: int) -> int:
        meet(job)
        return job

    def work(job: int, loaded: int) -> int:
        meet(job + 1)
        return job

    def write(job: int, loaded: int, styled: int) -> int:
        meet(job + 2)
        return styled

    results = list(prefetch(range(14), read, work, write, threads=1))
    assert results == [(job, job) for job in range(14)]


def test_stopping_early_finishes_the_writes_in_hand_and_starts_no_other():
    read, writes = [], Writes(threading.Event())

    results = prefetch(count(), lambda job: read.append(job) or job, writes.work, writes.write)
    assert [job for job, _ in islice(results, 3)] == [0, 1, 2]
    in_hand = list(writes.worked)
    writes.let_go()
    results.close()

    assert in_hand == [0, 1, 2, 3, 4]
    assert sorted(writes.written) == writes.worked == in_hand
    assert len(read) <= len(in_hand) + AHEAD
    assert ganfx_threads() == []


def test_once_asked_to_stop_all_that_is_written_is_told_and_nothing_else_begun():
    told, writes = [], Writes(threading.Event())

    for job, _ in prefetch(
        range(100), lambda job: job, writes.work, writes.write, stop=writes.stop
    ):
        told.append(job)
        if job == 3:
            in_hand = list(writes.worked)
            writes.let_go()
    assert told == sorted(writes.written) == in_hand == writes.worked
    assert told == [0, 1, 2, 3, 4, 5]  # at the third, others were being written
    assert ganfx_threads() == []


def test_an_interruption_of_the_work_is_not_taken_for_a_bad_job():
    def interrupted(job: int, loaded: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(prefetch(range(5), lambda job: job, interrupted, keep))
    assert ganfx_threads() == []
