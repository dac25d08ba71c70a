"""Stopping a stream of events by signals."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator

import pytest

from ganfx.console.running import stoppable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def send(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_step_in_hand_is_finished_and_no_other_begun(number: int) -> None:
    seen = []

    def events() -> Generator[int, None, None]:
        for step in range(5):
            if step == 2:
                send(number)
            yield step

    with stoppable(events()) as running:
        seen.extend(running)
    assert seen == [0, 1, 2]
    assert running.signal == number


def test_more_of_sigterm_does_not_disturb_what_is_being_saved() -> None:
    saved = []
    before = signal.getsignal(signal.SIGTERM)

    def events() -> Generator[int, None, None]:
        try:
            send(signal.SIGTERM)
            send(signal.SIGTERM)
            yield 1
            yield 2
        finally:
            send(signal.SIGTERM)
            saved.append(True)

    with stoppable(events()) as running:
        assert list(running) == [1]
    assert saved == [True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_ctrl_c_insists() -> None:
    before = signal.getsignal(signal.SIGINT)

    def events() -> Generator[int, None, None]:
        send(signal.SIGINT)
        send(signal.SIGINT)
        yield 1

    with pytest.raises(KeyboardInterrupt), stoppable(events()) as running:
        list(running)
    assert signal.getsignal(signal.SIGINT) is before
