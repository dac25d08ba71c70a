"""What came of every source, in a form that can be repeated and credited."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from folders import PLAIN, make_folder, photo, run

from ganfx import __version__
from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.media.sources import AUTHOR, LICENSE, Credits
from ganfx.preprocess.manifest import read_manifest


def lines_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def test_the_first_line_is_enough_to_repeat_the_run(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    run(source, tmp_path / "dst", preset="art")

    head = lines_of(tmp_path / "dst")[0]
    assert head["options"] == asdict(PLAIN)
    assert head["source"] == str(source)
    assert head["preset"] == "art"
    assert head["versions"]["ganfx"] == __version__  # type: ignore[index]
    assert set(head["versions"]) == {"ganfx", "opencv", "openimageio", "numpy", "imagehash"}  # type: ignore[call-overload]


def test_every_source_has_a_line_in_order(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "x/c.png")
    write_picture(source / "b.png", photo("coffee", 12, 12))
    (source / "x" / "c.png").write_bytes(b"")
    run(source, tmp_path / "dst")

    kept, dropped, failed = lines_of(tmp_path / "dst")[1:]
    assert kept["source"] == "a.png"
    assert kept["bytes"] == (source / "a.png").stat().st_size
    assert kept["size"] == [96, 64]
    (piece,) = kept["pieces"]  # type: ignore[misc]
    assert piece["kept"] == ["a.png"]
    assert piece["box"] == [0, 0, 96, 64]
    assert (piece["part"], piece["angle"], piece["edits"]) == ("", 0.0, [])
    (piece,) = dropped["pieces"]  # type: ignore[misc]
    assert piece["dropped"] == "small"
    assert piece["detail"] == "12x12: shorter side under 16"
    assert failed == {"source": "x/c.png", "failed": "the file is empty"}


def test_a_trimmed_picture_has_its_box_in_pixels(tmp_path: Path) -> None:
    page = np_page()
    write_picture(tmp_path / "src" / "scan.png", page)
    run(tmp_path / "src", tmp_path / "dst", replace(PLAIN, trim=True))

    (piece,) = lines_of(tmp_path / "dst")[1]["pieces"]  # type: ignore[misc]
    x0, y0, x1, y1 = piece["box"]
    assert piece["edits"] == ["trim"]
    assert abs(x0 - 60) <= 4
    assert abs(y0 - 50) <= 4
    assert abs(x1 - 460) <= 4
    assert abs(y1 - 350) <= 4


def np_page() -> object:
    import numpy as np

    page = np.full((400, 520, 3), 245, np.uint8)
    page[50:350, 60:460] = photo("coffee", 400, 300)
    return page


def test_a_manifest_that_is_not_ours_is_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == (None, [])
    (tmp_path / "manifest.jsonl").write_text('{"some": "thing"}\n')
    assert read_manifest(tmp_path) == (None, [])
    (tmp_path / "manifest.jsonl").write_bytes(b"\xff\xfe")
    assert read_manifest(tmp_path) == (None, [])


# --- credits ----------------------------------------------------------------------------

TABLE = """file\trepo\tlicence\tauthor
src/a.png\tsome/repo\tCC0\tAda
src/x/c.png\tother/repo\tpublic domain\t
src/gone.png\t\tCC0\tNobody
"""


def test_the_credits_of_what_is_kept_are_carried_along(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "x/c.png")
    (tmp_path / "SOURCES.tsv").write_text(TABLE)
    options = replace(PLAIN, crop="random", crop_width=32, crop_height=32, copies=2)
    run(source, tmp_path / "dst", options)

    assert (tmp_path / "dst" / "SOURCES.tsv").read_text() == (
        "file\trepo\tlicence\tauthor\n"
        "a-01.png\tsome/repo\tCC0\tAda\n"
        "a-02.png\tsome/repo\tCC0\tAda\n"
        "x/c-01.png\tother/repo\tpublic domain\t\n"
        "x/c-02.png\tother/repo\tpublic domain\t\n"
    )
    first, second, third = lines_of(tmp_path / "dst")[1:]
    assert (first["licence"], first["author"]) == ("CC0", "Ada")
    assert "licence" not in second
    assert third["licence"] == "public domain"
    assert "author" not in third


def test_training_finds_the_credits_of_every_picture(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "x/c.png")
    (tmp_path / "SOURCES.tsv").write_text(TABLE)
    run(source, tmp_path / "dst")

    # As `ganfx.training.export` asks for them.
    for name, license, author in (("a.png", "CC0", "Ada"), ("x/c.png", "public domain", "")):
        path = tmp_path / "dst" / name
        row = Credits().of(path)
        assert (row[LICENSE], row[AUTHOR]) == (license, author)


def test_tables_in_several_folders_are_joined(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "x/c.png")
    (source / "SOURCES.tsv").write_text("file\tlicence\na.png\tCC0\n")
    (source / "x" / "SOURCES.tsv").write_text("file\tauthor\nc.png\tAda\n")
    run(source, tmp_path / "dst")

    assert (tmp_path / "dst" / "SOURCES.tsv").read_text() == (
        "file\tlicence\tauthor\na.png\tCC0\t\nx/c.png\t\tAda\n"
    )


def test_where_nothing_is_known_there_is_no_table(tmp_path: Path) -> None:
    run(make_folder(tmp_path / "src"), tmp_path / "dst")
    assert not (tmp_path / "dst" / "SOURCES.tsv").exists()


def test_a_damaged_table_is_told_before_anything_is_done(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    (source / "SOURCES.tsv").write_bytes(b"file\tlicence\na.png\t\xff\xfe\n")

    with pytest.raises(UsageError, match="cannot read"):
        run(source, tmp_path / "dst")
    assert not (tmp_path / "dst").exists()
