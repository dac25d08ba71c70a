"""Folder trees are walked in natural order, and what is not there is said."""

import pytest

from ganfx.errors import UsageError
from ganfx.media.file_search import find_files, natural_order


def test_numbers_in_names_are_numbers(tmp_path):
    names = ["sh10", "sh2", "sh1"]
    assert sorted((tmp_path / name for name in names), key=natural_order) == [
        tmp_path / name for name in ("sh1", "sh2", "sh10")
    ]


def test_a_folder_that_is_not_there_is_named_with_the_nearest_that_is(tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(UsageError) as caught:
        find_files(tmp_path / "photo", {".png"})
    assert "cannot find" in caught.value.message
    assert str(tmp_path / "photos") in (caught.value.hint or "")


def test_hidden_files_and_other_suffixes_are_left_out(tmp_path):
    for name in ("b.png", "a.PNG", ".hidden.png", "notes.txt"):
        (tmp_path / name).touch()
    assert find_files(tmp_path, {".png"}) == [
        (tmp_path, [tmp_path / "a.PNG", tmp_path / "b.png"]),
    ]
