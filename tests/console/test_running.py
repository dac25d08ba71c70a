"""Stopping a stream of events by signals."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import numpy as np
import pytest

from ganfx.console.output import print_result
from ganfx.console.running import logged, stoppable
from ganfx.errors import GanfxError
from ganfx.media.frames import write_picture
from ganfx.stopping import Finish
from ganfx.stylize.events import Notice

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
            yield 0
            send(signal.SIGTERM)
            send(signal.SIGTERM)
            yield 1
            yield 2
        finally:
            send(signal.SIGTERM)
            saved.append(True)

    with stoppable(events()) as running:
        assert list(running) == [0, 1]
    assert saved == [True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_ctrl_c_insists() -> None:
    before = signal.getsignal(signal.SIGINT)

    def events() -> Generator[int, None, None]:
        yield 0
        send(signal.SIGINT)
        send(signal.SIGINT)
        yield 1

    with pytest.raises(KeyboardInterrupt), stoppable(events()) as running:
        list(running)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal for stdin; whoever types into it writes to this file."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs) as stdin, os.fdopen(ours, "wb"):
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours


def count(typed: dict[int, bytes], to: int) -> Generator[int, None, None]:
    for step in range(5):
        os.write(to, typed.get(step, b""))
        yield step


def test_a_key_stops_like_a_signal_and_the_terminal_is_as_before(terminal: int) -> None:
    import termios

    before = termios.tcgetattr(sys.stdin)
    with stoppable(count({1: b"x", 2: b"s"}, terminal), key="s") as running:
        assert running.has_key
        assert not termios.tcgetattr(sys.stdin)[3] & (termios.ECHO | termios.ICANON)
        assert list(running) == [0, 1, 2]
    assert (running.by_key, running.signal) == (True, None)
    assert termios.tcgetattr(sys.stdin) == before


def test_the_terminal_is_as_before_when_something_fails(terminal: int) -> None:
    import termios

    def failing() -> Generator[int, None, None]:
        yield 0
        raise GanfxError("no")

    before = termios.tcgetattr(sys.stdin)
    with pytest.raises(GanfxError), stoppable(failing(), key="s") as running:
        list(running)
    assert termios.tcgetattr(sys.stdin) == before


def test_keys_mean_nothing_without_a_terminal_or_in_the_background(
    terminal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import termios

    before = termios.tcgetattr(sys.stdin)
    monkeypatch.setattr(os, "tcgetpgrp", lambda file: os.getpgrp() + 1)
    with stoppable(count({1: b"s"}, terminal), key="s") as running:
        assert not running.has_key
        assert termios.tcgetattr(sys.stdin) == before
        assert list(running) == [0, 1, 2, 3, 4]
    for stdin in (io.StringIO("s"), None):
        monkeypatch.setattr(sys, "stdin", stdin)
        with stoppable(count({}, terminal), key="s") as running:
            assert list(running) == [0, 1, 2, 3, 4]
        assert not running.by_key


def test_what_is_finished_after_the_signal_is_told_too() -> None:
    def events() -> Generator[int, None, None]:
        yield 1
        send(signal.SIGTERM)
        try:
            yield 2
        except Finish:
            yield 3
            yield 4

    with stoppable(events()) as running:
        assert list(running) == [1, 2, 3, 4]
    assert running.signal == signal.SIGTERM


@pytest.mark.parametrize(
    ("number", "ends"), [(signal.SIGTERM, SystemExit), (signal.SIGINT, KeyboardInterrupt)]
)
def test_before_the_first_event_a_signal_ends_the_process(
    number: int, ends: type[BaseException]
) -> None:
    begun = []
    before = signal.getsignal(number)

    def events() -> Generator[int, None, None]:
        send(number)
        begun.append(True)
        yield 1

    with pytest.raises(ends) as caught, stoppable(events()) as running:
        list(running)
    assert begun == []
    assert ends is KeyboardInterrupt or caught.value.code == 143
    assert signal.getsignal(number) is before


PLANNING = """
import sys, time
from ganfx.cli import main
from ganfx.stylize import engine

def slow(*_):
    print("planning", flush=True)
    while True:
        time.sleep(60)

engine.make_plan = slow
sys.argv = ["ganfx", "stylize", "shot", "--style", "noir", "--json"]
main()
"""


def test_planning_that_does_not_end_can_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "shot").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", PLANNING],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "planning\n"
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=600)  # but for a hang
    finally:
        process.kill()
    assert process.returncode == 143, err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("number", "code", "consistency"), [(signal.SIGINT, 130, "0"), (signal.SIGTERM, 143, "0.8")]
)
def test_a_batch_that_is_stopped_tells_every_file_that_is_there(
    ganfx: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    number: signal.Signals,
    code: int,
    consistency: str,
) -> None:
    for frame in range(1001, 1031):
        picture = np.full((36, 64, 3), frame % 200, np.uint8)
        write_picture(tmp_path / "shot" / f"plate.{frame}.png", picture)
    told = []

    def stopped_at_the_first_frame(line: str) -> None:
        told.append(json.loads(line)["event"])
        print_result(line)
        if told[-1] == "FrameDone" and told.count("FrameDone") == 1:
            send(number)

    monkeypatch.setattr("ganfx.console.stylizing.print_result", stopped_at_the_first_frame)
    command = ("stylize", "shot", "--style", "noir", "--json", "--out", "out")
    stopped, out, err = ganfx(*command, "--consistency", consistency)

    assert stopped == code, err
    events = [json.loads(line) for line in out.splitlines()]
    done = [Path(event["output"]).name for event in events if event["event"] == "FrameDone"]
    assert sorted(done) == sorted(path.name for path in (tmp_path / "out").glob("plate.*"))
    assert 1 <= len(done) < 30
    assert not list((tmp_path / "out").glob(".plate*"))
    assert "the same command does the rest" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_log_that_cannot_be_written_is_told_by_its_name() -> None:
    with pytest.raises(GanfxError, match=r"cannot write log /dev/full: No space left") as told:
        list(logged([Notice("left out")], Path("/dev/full")))
    assert "the same command does the rest" in str(told.value.hint)
