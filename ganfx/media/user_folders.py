"""Where the system has a user's files."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder(kind: str) -> Path:
    """What can be made again: ``~/.cache/ganfx/<kind>``, or as the system has it."""
    windows, others = ("LOCALAPPDATA", "AppData/Local"), ("XDG_CACHE_HOME", ".cache")
    return _place(windows, "Library/Caches", others) / "ganfx" / kind


def data_folder(kind: str) -> Path:
    """What the user keeps: ``~/.local/share/ganfx/<kind>``, or as the system has it."""
    windows, others = ("APPDATA", "AppData/Roaming"), ("XDG_DATA_HOME", ".local/share")
    return _place(windows, "Library/Application Support", others) / "ganfx" / kind


def _place(windows: tuple[str, str], mac: str, others: tuple[str, str]) -> Path:
    """A folder by its variable, where that is set, else in the user's home."""
    if sys.platform == "darwin":
        return Path.home() / mac
    variable, usual = windows if sys.platform == "win32" else others
    return Path(os.environ.get(variable) or Path.home() / usual)
