"""``SOURCES.tsv``: found beside and above the pictures, with paths relative to itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.media.sources import NAME, Credits, read_sources, write_sources

ROWS = [
    {"file": "photos/a.jpg", "licence": 'CC0 ("free")', "author": "Ada"},
    {"file": "b.jpg", "licence": "CC-BY-4.0", "author": "Bob\u00e9"},
]


def touch(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or path.as_posix())
    return path


def write_table(folder: Path, *rows: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text("file\tlicence\n" + "\n".join(rows) + "\n")


def licence(path: Path) -> str:
    return Credits().of(path).get("licence", "")


def test_a_table_is_found_in_a_folder_above_and_reads_back(tmp_path: Path) -> None:
    write_sources(tmp_path / NAME, ("file", "licence", "author"), ROWS)
    table = read_sources(tmp_path / NAME)
    assert table is not None
    assert table.columns == ("file", "licence", "author")
    credits = Credits()
    assert credits.of(tmp_path / "photos" / "a.jpg") == ROWS[0]
    assert credits.of(tmp_path / "b.jpg") == ROWS[1]
    assert credits.of(tmp_path / "photos" / "c.jpg") == {}


def test_the_nearest_table_with_a_row_speaks(tmp_path: Path) -> None:
    write_table(tmp_path, "photos/a.jpg\tCC0", "photos/b.jpg\tCC0")
    write_table(tmp_path / "photos", "a.jpg\tCC-BY")
    assert licence(tmp_path / "photos" / "a.jpg") == "CC-BY"
    assert licence(tmp_path / "photos" / "b.jpg") == "CC0"


def test_a_table_that_does_not_speak_of_files_is_passed_over(tmp_path: Path) -> None:
    write_table(tmp_path, "deep/x\tCC0")
    touch(tmp_path / "deep" / NAME, "name\tlicence\nx\ty\n")
    assert licence(tmp_path / "deep" / "x") == "CC0"


@pytest.mark.parametrize("linked", ["folder", "picture"])
@pytest.mark.parametrize("beside", ["link", "target"])
def test_links_lead_to_tables_on_both_sides(tmp_path: Path, linked: str, beside: str) -> None:
    target = touch(tmp_path / "store" / "art" / "a.png")
    named = tmp_path / "project" / "art" / "a.png"
    if linked == "folder":
        named.parent.parent.mkdir()
        named.parent.symlink_to(target.parent, target_is_directory=True)
    else:
        named.parent.mkdir(parents=True)
        named.symlink_to(target)
    write_table(tmp_path / ("project" if beside == "link" else "store"), "art/a.png\tCC0")
    assert licence(named) == "CC0"


def test_columns_and_names_are_found_in_other_capitals(tmp_path: Path) -> None:
    touch(tmp_path / NAME, "\ufeffFile\tLicense\tMade_with\tRepo\nart/img_1.jpg\tCC0\tGIMP\tx\n")
    picture = touch(tmp_path / "art" / "IMG_1.JPG")
    row = {"file": "art/img_1.jpg", "licence": "CC0", "made with": "GIMP", "Repo": "x"}
    assert Credits().of(picture) == row
    touch(tmp_path / "art" / "img_1.jpg")  # it is there: the other one is another picture
    assert Credits().of(picture) == {}


def test_a_copy_of_a_listed_picture_has_its_row_and_another_of_that_name_none(
    tmp_path: Path,
) -> None:
    write_table(tmp_path, "art/a.png\tCC0")
    touch(tmp_path / "art" / "a.png", "pixels")
    assert licence(touch(tmp_path / "chosen" / "a.png", "pixels")) == "CC0"
    assert licence(touch(tmp_path / "other" / "a.png", "others")) == ""


@pytest.mark.parametrize("author", ['"Joe', '"Joe" Low', 'J "Joe" Low', '"' + "x" * 140_000])
def test_a_quote_takes_no_other_row_into_its_own(tmp_path: Path, author: str) -> None:
    rows = [f"{name}.png\tCC0\t{author}" for name in "abc"]
    quoted = '"d, 1.png"\tCC0\t"Low, Joe"'
    touch(tmp_path / NAME, "\n".join(["file\tlicence\tauthor", *rows, quoted, ""]))

    table = read_sources(tmp_path / NAME)

    assert table is not None
    found = [(path.name, row["licence"], row["author"]) for path, row in table.rows.items()]
    assert found == [
        ("a.png", "CC0", author),
        ("b.png", "CC0", author),
        ("c.png", "CC0", author),
        ("d, 1.png", "CC0", "Low, Joe"),
    ]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_table_in_another_encoding_is_told_with_the_one_to_save_it_in(
    tmp_path: Path, encoding: str
) -> None:
    (tmp_path / NAME).write_bytes("file\tauthor\na.png\tBob\u00e9\n".encode(encoding))

    with pytest.raises(UsageError, match="it is not UTF-8 text") as caught:
        read_sources(tmp_path / NAME)
    assert caught.value.hint == "save it in UTF-8, with tabs between its columns"
