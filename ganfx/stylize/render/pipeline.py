"""Decode, network and encode at the same time, in order, with few pictures in hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar

AHEAD = 2
"""Jobs that may wait before the network, and after it. Bounds memory."""
THREADS = 2
"""For reading, and as many for writing."""

J = TypeVar("J")  # a job
L = TypeVar("L")  # what reading it gives
W = TypeVar("W")  # what working on that gives
R = TypeVar("R")  # what becomes of it


@dataclass(frozen=True)
class Settled:
    """Reading found that there is nothing to work on or to write."""

    result: Any  # an R


class EndOfJobs(Exception):  # noqa: N818  (no error, as StopIteration is none)
    """Reading found that there is no such job, and so none after it."""


def prefetch(
    jobs: Iterable[J],
    read: Callable[[J], L | Settled],
    work: Callable[[J, L], W],
    write: Callable[[J, L, W], R],
    *,
    threads: int = THREADS,
    readers: int | None = None,
    writers: int | None = None,
    stop: Event | None = None,
) -> Generator[tuple[J, R | Exception], None, None]:
    """Take every job through three stages, several jobs at a time.

    ``read`` and ``write`` run in threads, ``work`` in the thread that iterates. Results
    come in the order of the jobs. Stopping early (closing the iterator) lets the writes
    in hand finish and starts nothing new; what becomes of them is told where ``stop`` asks.

    Args:
        jobs: Drawn one by one, a little ahead.
        read: First stage; may return `Settled` to skip the others, or raise `EndOfJobs`.
        work: Second stage.
        write: Third stage.
        threads: For reading, and as many for writing. With 1, reads and writes happen in
            the order of the jobs.
        readers: Threads for reading, where they are not to be as many.
        writers: Likewise for writing. With 0, which is for a short last stage, that follows
            the second at once: no result waits for the next job's work.
        stop: Once set, ends the series with the jobs that are in their last stage.

    Yields:
        Each job with its result, or with the exception that a stage raised.
    """
    waiting: deque[tuple[J, Future[L | Settled]]] = deque()
    leaving: deque[tuple[J, Future[R]]] = deque()
    remaining = iter(jobs)
    with (
        ThreadPoolExecutor(readers or threads, "ganfx-read") as reading_pool,
        ThreadPoolExecutor(writers or threads, "ganfx-write") as writing_pool,
    ):
        submit = _at_once if writers == 0 else writing_pool.submit
        try:
            while True:
                _refill(waiting, remaining, lambda job: reading_pool.submit(read, job))
                while leaving and (len(leaving) > AHEAD or leaving[0][1].done() or not waiting):
                    job, writing = leaving.popleft()
                    error = _error(writing)
                    yield job, writing.result() if error is None else error
                    if stop is not None and stop.is_set():
                        _cancel(waiting)
                        remaining = iter(())
                if not waiting:
                    return
                job, reading = waiting.popleft()
                if isinstance(_error(reading), EndOfJobs):
                    _cancel(waiting)
                    remaining = iter(())
                    continue
                leaving.append((job, _second_stage(job, reading, work, write, submit)))
        finally:
            _cancel(waiting)


def _refill(
    waiting: deque[tuple[J, Future[L]]], jobs: Iterator[J], submit: Callable[[J], Future[L]]
) -> None:
    while len(waiting) < AHEAD:
        try:
            job = next(jobs)
        except StopIteration:
            return
        waiting.append((job, submit(job)))


def _second_stage(
    job: J,
    reading: Future[Any],  # L, or Settled
    work: Callable[[J, L], W],
    write: Callable[[J, L, W], R],
    submit: Callable[..., Future[R]],
) -> Future[R]:
    """Work on what was read, and hand it on; failures and settled jobs are done at once."""
    done: Future[R] = Future()
    try:
        loaded = reading.result()
        if not isinstance(loaded, Settled):
            return submit(write, job, loaded, work(job, loaded))
        done.set_result(loaded.result)
    except Exception as error:  # of this job: the others go on
        done.set_exception(error)
    return done


def _at_once(function: Callable[..., R], *arguments: Any) -> Future[R]:
    done: Future[R] = Future()
    done.set_result(function(*arguments))
    return done


def _error(future: Future[L]) -> Exception | None:
    """The exception of a stage; waits for it. Interruptions are raised."""
    error = future.exception()
    if error is None or isinstance(error, Exception):
        return error
    raise error


def _cancel(waiting: deque[tuple[J, Future[L]]]) -> None:
    for _, reading in waiting:
        reading.cancel()
    waiting.clear()
