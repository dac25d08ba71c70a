"""A file in the user's browser, where there is one to be seen."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path

from ganfx.console.output import SILENT, note

REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")


def open_in_browser(path: Path) -> None:
    """Open a file, or say where it is and why it was not opened."""
    if SILENT:
        return
    why = _why_not()
    if not why:
        try:
            opened = webbrowser.open(path.resolve().as_uri())
        except (webbrowser.Error, OSError):
            opened = False
        why = "" if opened else "no browser was found"
    if why:
        note(f"{why}: open {path.resolve()} yourself")


def _why_not() -> str:
    if any(os.environ.get(name) for name in REMOTE):
        return "this is another machine, reached over SSH"
    has_own = sys.platform in ("win32", "darwin")
    if not has_own and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        return "there is no display here"
    return ""
