"""The files of a page: what is somebody else's stays, and so does a page that is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.review.store import FOLDERS, MARK, Store, open_store


def _page(pictures: str) -> str:
    return f'{MARK}\n{{"pictures": "{pictures}"}}'


def _filled(folder: Path) -> Store:
    store = open_store(folder)
    store.add(0, 0, ["a"], [])
    store.flush()
    return store


@pytest.mark.parametrize("name", FOLDERS)
def test_pictures_of_somebody_else_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "plate.1001.png").write_text("mine")

    with pytest.raises(UsageError, match=f"{name} is there, and ganfx review did not make it"):
        open_store(tmp_path)

    assert (tmp_path / name / "plate.1001.png").read_text() == "mine"


def test_a_link_to_pictures_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "pictures").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match="did not make it"):
        open_store(tmp_path)


def test_a_page_keeps_its_pictures_when_the_next_run_was_killed(tmp_path: Path) -> None:
    _filled(tmp_path).finish(_page("pictures"))
    _filled(tmp_path).finish(_page("pictures-2"))
    killed = _filled(tmp_path)
    assert killed.pictures == "pictures"

    assert open_store(tmp_path).pictures == "pictures"
    assert list((tmp_path / "pictures-2").iterdir())
    assert not (tmp_path / "pictures").exists()


def test_what_a_killed_first_run_left_is_replaced(tmp_path: Path) -> None:
    _filled(tmp_path)

    assert _filled(tmp_path).finish(_page("pictures")).is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "pictures"}
