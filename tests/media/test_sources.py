"""``SOURCES.tsv``: found above the pictures, with paths relative to itself."""

from __future__ import annotations

from pathlib import Path

from ganfx.media.sources import find_sources, write_sources

ROWS = [
    {"file": "photos/a.jpg", "licence": 'CC0 ("free")', "author": "Ada"},
    {"file": "b.jpg", "licence": "CC-BY-4.0", "author": "Bob\u00e9"},
]


def test_a_table_is_found_in_a_folder_above_and_reads_back(tmp_path: Path) -> None:
    (tmp_path / "photos" / "deep").mkdir(parents=True)
    write_sources(tmp_path / "SOURCES.tsv", ("file", "licence", "author"), ROWS)

    table = find_sources(tmp_path / "photos" / "deep")
    assert table is not None
    assert table.columns == ("file", "licence", "author")
    assert table.rows[(tmp_path / "photos" / "a.jpg").resolve()] == ROWS[0]
    assert table.rows[(tmp_path / "b.jpg").resolve()] == ROWS[1]


def test_the_nearest_table_speaks(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    write_sources(tmp_path / "SOURCES.tsv", ("file", "licence"), [])
    write_sources(tmp_path / "photos" / "SOURCES.tsv", ("file", "author"), [])

    table = find_sources(tmp_path / "photos")
    assert table is not None
    assert table.columns == ("file", "author")


def test_a_table_that_does_not_speak_of_files_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write_sources(tmp_path / "SOURCES.tsv", ("file", "licence", "author"), ROWS)
    (tmp_path / "deep" / "SOURCES.tsv").write_text("name\tlicence\nx\ty\n", encoding="utf-8")

    table = find_sources(tmp_path / "deep")
    assert table is not None
    assert table.columns == ("file", "licence", "author")
