"""Folder trees are walked in natural order, and what is not there is said."""

import pytest

from ganfx.errors import UsageError
from ganfx.media.file_search import find_files, natural_order, unread_files


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


@pytest.mark.parametrize(
    "folder", ["@eaDir", "#recycle", ".snapshot", ".git", ".svn", "__MACOSX", "lost+found"]
)
def test_folders_of_storage_and_of_version_control_are_left_alone(tmp_path, folder):
    (tmp_path / "shots" / folder / "deeper").mkdir(parents=True)
    for path in ("shots/a.png", f"shots/{folder}/b.png", f"shots/{folder}/deeper/c.png"):
        (tmp_path / path).touch()
    found = find_files(tmp_path, {".png"})
    assert [files for _, files in found] == [[tmp_path / "shots/a.png"]]
    assert find_files(tmp_path / "shots" / folder, {".png"})  # asked for by name


def test_formats_that_are_not_read_are_found(tmp_path):
    for name in ("a.png", "b.HEIC", "c.dng", "._d.heic", "@eaDir/e.heic", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert unread_files(tmp_path) == [tmp_path / "b.HEIC", tmp_path / "c.dng"]
    only = tmp_path / "only"
    only.mkdir()
    (only / "x.heic").touch()
    with pytest.raises(UsageError) as caught:
        find_files(only, {".png"})
    assert caught.value.hint == (
        "it holds 1 .heic; convert pictures to PNG, TIFF or EXR first, and videos to MOV or MP4"
    )
