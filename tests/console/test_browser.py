"""Whether a browser is opened, and what is said where it is not."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from ganfx.console import browser


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that were opened, on a desktop."""
    found: list[str] = []
    for name in (*browser.REMOTE, "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", lambda address: found.append(address) or True)
    return found


def test_a_file_is_opened_by_its_whole_address(opened: list[str], tmp_path: Path) -> None:
    browser.open_in_browser(tmp_path / "a report.html")

    assert opened == [(tmp_path / "a report.html").as_uri()]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22", "reached over SSH"),
        ("DISPLAY", "", "no display here"),
    ],
)
def test_nothing_is_opened_where_nobody_would_see_it(
    opened: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    says: str,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv(name, value)
    browser.open_in_browser(tmp_path / "report.html")

    told = capsys.readouterr().err
    assert opened == []
    assert says in told
    assert str(tmp_path / "report.html") in told


def test_a_machine_without_a_browser_is_told_where_the_file_is(
    opened: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    browser.open_in_browser(tmp_path / "report.html")

    assert f"no browser was found: open {tmp_path / 'report.html'}" in capsys.readouterr().err
