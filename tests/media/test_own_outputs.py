from pathlib import Path

import pytest

from ganfx.media.own_outputs import RECORD, own_outputs

LINES = (
    '{"host": "a", "process": 1, "claims": ["claimed.png", "given back.png"]}\n'
    '{"file": "done.png", "fingerprint": "x", "size": 1, "sha256": "y"}\n'
    '{"released": ["given back.png", "done.png"]}\n'
    '{"host": "a", "proc'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / RECORD).write_text(LINES)
    return tmp_path


def paths(folder: Path, *names: str) -> list[Path]:
    return [folder / name for name in names]


def test_what_a_record_has_is_ganfx_s_own(folder: Path) -> None:
    files = paths(folder, "photo.png", "claimed.png", "done.png", "given back.png", "sub/done.png")
    assert own_outputs(files) == paths(folder, "claimed.png", "done.png")


def test_results_alone_are_what_was_asked_for(folder: Path) -> None:
    assert own_outputs(paths(folder, "claimed.png", "done.png", "contact-sheet.jpg")) == []
    assert own_outputs(paths(folder, "photo.png")) == []
