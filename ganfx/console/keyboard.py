"""Single keys of a terminal, without Enter: there only where somebody sits at it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ganfx.console.output import SILENT

Pressed = Callable[[], str]
"""The keys pressed since it was asked last; it waits for none."""


def nothing_pressed() -> str:
    """Where there is no keyboard."""
    return ""


if sys.platform == "win32":

    @contextmanager
    def keyboard() -> Iterator[Pressed]:
        """Keys of this console, as they are pressed; none where stdin is something else."""
        yield _typed if _is_terminal() else nothing_pressed

    def _typed() -> str:
        import msvcrt

        keys = ""
        while msvcrt.kbhit():
            keys += msvcrt.getwch()
        return keys

else:

    @contextmanager
    def keyboard() -> Iterator[Pressed]:
        """Keys of this terminal, as they are pressed; none where stdin is something else.

        The terminal shows no letters meanwhile. It is as before at the end, whatever ends it, and
        left alone by a process in the background, which would be stopped for touching it.
        """
        if not _is_terminal() or not _is_foreground():
            yield nothing_pressed
            return
        import termios
        import tty

        file = sys.stdin.fileno()
        before = termios.tcgetattr(file)
        tty.setcbreak(file, termios.TCSANOW)
        try:
            yield _typed
        finally:
            if _is_foreground():
                with suppress(termios.error):  # it was closed meanwhile
                    termios.tcsetattr(file, termios.TCSANOW, before)

    def _typed() -> str:
        import select

        if not _is_foreground():
            return ""
        file = sys.stdin.fileno()
        ready, _, _ = select.select([file], [], [], 0)
        return os.read(file, 1024).decode(errors="replace") if ready else ""

    def _is_foreground() -> bool:
        """Whether this terminal listens to this process."""
        try:
            return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
        except OSError:  # a terminal that controls no processes
            return True


def _is_terminal() -> bool:
    try:
        return not SILENT and sys.stdin.isatty()
    except (AttributeError, ValueError):  # there is none, or it was closed
        return False
