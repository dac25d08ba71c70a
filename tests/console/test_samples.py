"""Samples on screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.progress import Progress

from ganfx.console.samples import show_samples
from ganfx.samples.events import FileWritten, PictureSkipped


def test_the_bar_ends_with_all_that_was_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    progress = Progress(disable=True)
    monkeypatch.setattr("ganfx.console.samples.bar", lambda: progress)
    written = [FileWritten(Path(f"{n}.png"), 3) for n in range(3)]
    skipped = PictureSkipped(Path("tiny.png"), "too small", 3)

    assert show_samples([written[0], skipped, *written[1:]]) == 3
    (task,) = progress.tasks
    assert (task.completed, task.total) == (3, 3)
    assert capsys.readouterr().err == "note: left out tiny.png: too small\n"
