"""Thread pool for pictures: bounded queue, results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import cv2
import OpenImageIO as oiio  # noqa: N813

from ganfx.media.portable import use_portable_opencv

J = TypeVar("J")
R = TypeVar("R")

_WINDOW = 2  # jobs in flight for each worker


def in_order(
    work: Callable[[J], R], jobs: Iterable[J], workers: int
) -> Generator[tuple[J, R], None, None]:
    """Run jobs in threads, and yield each with its result in the order of the jobs.

    Jobs are drawn in the iterating thread, a few ahead: at most twice as many as there are
    workers are in memory. Closing the iterator early waits for running jobs and starts no
    more.

    Args:
        work: Function of one job; its exceptions are raised here.
        jobs: Its arguments.
        workers: Number of threads.
    """
    waiting: deque[tuple[J, Future[R]]] = deque()
    with ThreadPoolExecutor(workers, "ganfx-preprocess") as pool:
        try:
            for job in jobs:
                waiting.append((job, pool.submit(work, job)))
                while waiting and (len(waiting) >= _WINDOW * workers or waiting[0][1].done()):
                    first, done = waiting.popleft()
                    yield first, done.result()
            while waiting:
                first, done = waiting.popleft()
                yield first, done.result()
        finally:
            for _, future in waiting:
                future.cancel()


@contextmanager
def one_thread_each() -> Generator[None, None, None]:
    """Limit OpenCV and OpenImageIO to one thread for each worker; OpenCV is portable."""
    use_portable_opencv()
    opencv, images = cv2.getNumThreads(), oiio.get_int_attribute("threads")
    cv2.setNumThreads(1)
    oiio.attribute("threads", 1)
    try:
        yield
    finally:
        cv2.setNumThreads(opencv)
        oiio.attribute("threads", images)
