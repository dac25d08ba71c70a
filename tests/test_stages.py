"""Times of stages, by a clock of our own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from ganfx import stages
from ganfx.stages import StageShare, stage, timed_stages


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass."""
    now = [100.0]
    monkeypatch.setattr("ganfx.stages.time.perf_counter", lambda: now[0])

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    return pass_by


def by_name(shares: list[StageShare]) -> dict[str, tuple[float, float, int]]:
    return {s.stage: (round(s.busy, 6), round(s.alone, 6), s.calls) for s in shares}


def test_what_is_in_no_stage_is_idle(passes: Callable[[float], None]) -> None:
    with timed_stages() as times:
        with stage("decode"):
            passes(3)
        passes(1)
        for _ in range(2):
            with stage("encode"):
                passes(2)
        passes(2)
    assert times.seconds == 10
    assert by_name(times.shares()) == {
        "decode": (0.3, 0.3, 1),
        "encode": (0.4, 0.4, 2),
        "idle": (0.3, 0.3, 0),
    }


def test_a_stage_within_another_interrupts_it(passes: Callable[[float], None]) -> None:
    with timed_stages() as times, stage("network"):
        passes(1)
        with suppress(ValueError), stage("upload"):
            passes(2)
            raise ValueError
        passes(1)
    assert by_name(times.shares()) == {
        "network": (0.5, 0.5, 1),
        "upload": (0.5, 0.5, 1),
        "idle": (0.0, 0.0, 0),
    }


def test_of_stages_at_the_same_time_none_is_waited_for_alone(
    passes: Callable[[float], None],
) -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def encode() -> None:
        with stage("encode"):
            begun.set()
            assert may_end.wait(60)
        ended.set()

    with timed_stages() as times:
        thread = threading.Thread(target=encode)
        with stage("network"):
            passes(2)
            thread.start()
            assert begun.wait(60)
            passes(3)
        passes(4)
        may_end.set()
        assert ended.wait(60)
        passes(1)
        thread.join()
    assert by_name(times.shares()) == {
        "network": (0.5, 0.2, 1),
        "encode": (0.7, 0.4, 1),
        "idle": (0.1, 0.1, 0),
    }


def test_a_device_is_waited_for_around_its_own_stages_alone(
    passes: Callable[[float], None],
) -> None:
    left = [0.0]  # seconds of work that the device has before it

    def wait() -> None:
        passes(left[0])
        left[0] = 0.0

    with timed_stages(wait) as times:
        with stage("network", device=True):
            left[0] = 6.0
        with stage("encode"):
            left[0] = 3.0
            passes(1)
        with stage("upload", device=True):
            passes(0.5)
    # What others left to the device belongs to none of the stages that follow.
    assert by_name(times.shares()) == {
        "network": (round(6 / 10.5, 6), round(6 / 10.5, 6), 1),
        "encode": (round(1 / 10.5, 6), round(1 / 10.5, 6), 1),
        "upload": (round(0.5 / 10.5, 6), round(0.5 / 10.5, 6), 1),
        "idle": (round(3 / 10.5, 6), round(3 / 10.5, 6), 0),
    }


def test_nothing_is_made_where_no_times_are_taken() -> None:
    assert stage("network") is stage("encode", device=True)
    with timed_stages():
        assert stage("network") is not stage("network")
    assert stage("network") is stages._UNTIMED
