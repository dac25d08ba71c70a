"""A user's folders, by system."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.media.user_folders import cache_folder, data_folder

VARIABLES = ("XDG_CACHE_HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "APPDATA")


@pytest.mark.parametrize(
    ("system", "cache", "data"),
    [
        ("linux", ".cache", ".local/share"),
        ("darwin", "Library/Caches", "Library/Application Support"),
        ("win32", "AppData/Local", "AppData/Roaming"),
    ],
)
def test_each_system_has_its_own(
    monkeypatch: pytest.MonkeyPatch, system: str, cache: str, data: str
) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("sys.platform", system)

    assert cache_folder("a") == Path.home() / cache / "ganfx" / "a"
    assert data_folder("a") == Path.home() / data / "ganfx" / "a"


@pytest.mark.parametrize(
    ("system", "cache", "data"),
    [("linux", "XDG_CACHE_HOME", "XDG_DATA_HOME"), ("win32", "LOCALAPPDATA", "APPDATA")],
)
def test_variables_go_before(
    monkeypatch: pytest.MonkeyPatch, system: str, cache: str, data: str
) -> None:
    monkeypatch.setenv(cache, "c")
    monkeypatch.setenv(data, "d")
    monkeypatch.setattr("sys.platform", system)

    assert cache_folder("a") == Path("c", "ganfx", "a")
    assert data_folder("a") == Path("d", "ganfx", "a")
