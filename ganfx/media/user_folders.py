"""The user's cache and data folders, by the conventions of the operating system."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder(kind: str) -> Path:
    """Cache folder for files that can be recreated: ``~/.cache/ganfx/<kind>`` on Linux."""
    windows, others = ("LOCALAPPDATA", "AppData/Local"), ("XDG_CACHE_HOME", ".cache")
    return _place(windows, "Library/Caches", others) / "ganfx" / kind


def data_folder(kind: str) -> Path:
    """Data folder for files to keep: ``~/.local/share/ganfx/<kind>`` on Linux."""
    windows, others = ("APPDATA", "AppData/Roaming"), ("XDG_DATA_HOME", ".local/share")
    return _place(windows, "Library/Application Support", others) / "ganfx" / kind


def _place(windows: tuple[str, str], mac: str, others: tuple[str, str]) -> Path:
    """The folder of an environment variable, if that is set, else the usual one."""
    if sys.platform == "darwin":
        return Path.home() / mac
    variable, usual = windows if sys.platform == "win32" else others
    return Path(os.environ.get(variable) or Path.home() / usual)
