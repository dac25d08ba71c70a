"""Work in threads: in order, few at a time, and stopped at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import cv2
import pytest

from ganfx.preprocess import pool
from ganfx.preprocess.pool import in_order, one_thread_each

HANG = 600.0
"""Seconds after which a thread that waits for another gives up: nothing comes near it."""


def test_results_come_in_the_order_of_the_jobs() -> None:
    ended, done = [], [threading.Event() for _ in range(20)]

    def even_after_odd(number: int) -> int:
        assert number % 2 or done[number + 1].wait(HANG)
        ended.append(number)
        done[number].set()
        return number * number

    assert list(in_order(even_after_odd, range(20), 4)) == [(n, n * n) for n in range(20)]
    assert all(ended.index(n + 1) < ended.index(n) for n in range(0, 20, 2))


def test_no_more_jobs_are_alive_than_twice_the_workers() -> None:
    alive, most, lock = 0, 0, threading.Lock()

    def jobs() -> Iterator[int]:
        nonlocal alive, most
        for number in range(40):
            with lock:
                alive += 1
                most = max(most, alive)
            yield number

    for _ in in_order(lambda number: number, jobs(), 3):
        with lock:
            alive -= 1
    assert most <= 6


def test_stopping_early_waits_for_what_is_in_hand_and_starts_nothing_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, ended = [], []
    third_begun, all_handed_in, stopped = (threading.Event() for _ in range(3))

    class Pool(ThreadPoolExecutor):
        def submit(self, call: Any, number: int) -> Future[Any]:
            future = super().submit(call, number)
            if number == 3:  # twice as many as there are workers
                all_handed_in.set()
            return future

        def shutdown(self, *how: bool, **named: bool) -> None:
            stopped.set()  # now whoever is free would take what is still waiting
            super().shutdown(*how, **named)

    def work(number: int) -> int:
        begun.append(number)
        if number == 2:
            third_begun.set()
        assert (stopped if number else all_handed_in).wait(HANG)
        ended.append(number)
        return number

    monkeypatch.setattr(pool, "ThreadPoolExecutor", Pool)
    results = in_order(work, range(100), 2)
    next(results)
    assert third_begun.wait(HANG)
    assert ended == [0]
    results.close()
    assert sorted(begun) == sorted(ended) == [0, 1, 2]


def test_an_exception_reaches_whoever_iterates() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda number: 1 // number, [2, 1, 0, 3], 2))


def test_the_libraries_use_one_thread_meanwhile() -> None:
    before = cv2.getNumThreads()
    with one_thread_each():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before
