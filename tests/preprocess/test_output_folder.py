"""The output folder: nothing of anybody else is touched, and nothing is written into the source."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from folders import PLAIN, contents, make_folder, of_kind, pictures_in, run, stop_after

from ganfx.errors import GanfxError, UsageError
from ganfx.preprocess import preprocess
from ganfx.preprocess.events import (
    Notice,
)

MANY = [f"{folder}{index:02d}.png" for folder in ("", "x/") for index in range(6)]


def test_the_output_may_not_lie_in_the_source_nor_the_source_in_it(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "a" / "src")
    (tmp_path / "link").symlink_to(source)
    refused = {
        source: "is the source itself",
        source / "dst": "is inside the source",
        tmp_path / "a": "is inside the output",
        tmp_path / "link" / "dst": "is inside the source",
        source / ".." / "src" / "dst": "is inside the source",
    }
    before = contents(tmp_path)

    for out, says in refused.items():
        with pytest.raises(UsageError, match=says):
            run(source, out)
    assert contents(tmp_path) == before


def test_a_source_that_leads_into_the_output_is_refused(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    make_folder(tmp_path / "dst")
    (source / "more").symlink_to(tmp_path / "dst")

    with pytest.raises(UsageError, match="is inside the output"):
        run(source, tmp_path / "dst", overwrite=True)


def test_one_picture_may_be_prepared_into_a_folder_beside_it(tmp_path: Path) -> None:
    make_folder(tmp_path, "a.png", "b.png")
    run(tmp_path / "a.png", tmp_path / "dst")

    assert pictures_in(tmp_path / "dst") == ["a.png"]
    with pytest.raises(UsageError, match="is inside the output"):
        run(tmp_path / "b.png", tmp_path, overwrite=True)


def test_files_of_another_run_are_refused_and_then_replaced(tmp_path: Path) -> None:
    run(make_folder(tmp_path / "old"), tmp_path / "dst")
    source = make_folder(tmp_path / "src", "a.png", "n/new.png")
    before = contents(tmp_path / "dst")

    with pytest.raises(UsageError, match="pictures of another run") as caught:
        run(source, tmp_path / "dst")
    assert "--overwrite" in str(caught.value.hint)
    assert contents(tmp_path / "dst") == before
    run(source, tmp_path / "dst", overwrite=True)
    run(source, tmp_path / "fresh")
    assert contents(tmp_path / "dst") == contents(tmp_path / "fresh")
    assert not (tmp_path / "dst" / "x").exists()


def test_an_unfinished_run_is_refused_and_then_replaced(tmp_path: Path) -> None:
    make_folder(tmp_path / "old", *MANY)
    stop_after(22, tmp_path / "old", tmp_path / "dst")
    source = make_folder(tmp_path / "src")

    with pytest.raises(UsageError, match="not finished") as caught:
        run(source, tmp_path / "dst")
    assert "--resume" in str(caught.value.hint)
    stop_after(2, source, tmp_path / "dst", PLAIN, overwrite=True)
    run(source, tmp_path / "dst", overwrite=True)
    run(source, tmp_path / "fresh")
    assert contents(tmp_path / "dst") == contents(tmp_path / "fresh")


def test_files_of_somebody_else_are_named_refused_and_kept(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png")
    (tmp_path / "dst").mkdir()
    (tmp_path / "dst" / "A.png").write_bytes(b"mine")
    (tmp_path / "dst" / ".DS_Store").write_bytes(b"")

    with pytest.raises(UsageError, match=r"A\.png"):
        run(source, tmp_path / "dst")
    events = run(source, tmp_path / "dst", overwrite=True)
    assert "A.png" in of_kind(events, Notice)[0].message
    assert pictures_in(tmp_path / "dst") == [".DS_Store", "A.png", "a-2.png", "b.png"]
    assert (tmp_path / "dst" / "A.png").read_bytes() == b"mine"
    run(source, tmp_path / "dst", replace(PLAIN, flip="vertical"), overwrite=True)
    assert pictures_in(tmp_path / "dst") == [".DS_Store", "A.png", "a-2.png", "b.png"]


def test_a_table_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    (tmp_path / "dst").mkdir()
    (tmp_path / "dst" / "SOURCES.tsv").write_text("file\tlicence\n")

    with pytest.raises(UsageError, match=r"SOURCES\.tsv"):
        run(source, tmp_path / "dst", overwrite=True)


def test_nothing_is_removed_before_the_input_is_known_to_be_good(tmp_path: Path) -> None:
    run(make_folder(tmp_path / "src"), tmp_path / "dst")
    before = contents(tmp_path / "dst")

    for source, options in (
        (tmp_path / "scr", PLAIN),
        (tmp_path / "src", replace(PLAIN, copies=0)),
        (tmp_path / "src", replace(PLAIN, frames="1-5")),
    ):
        with pytest.raises(UsageError):
            run(source, tmp_path / "dst", options, overwrite=True)
    with pytest.raises(GanfxError, match="nothing is left"):
        run(tmp_path / "src", tmp_path / "dst", replace(PLAIN, min_side=999), overwrite=True)
    assert contents(tmp_path / "dst") == before


def test_a_manifest_cannot_make_us_remove_files_elsewhere(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    run(source, tmp_path / "dst")
    (tmp_path / "mine.png").write_bytes(b"mine")
    manifest = tmp_path / "dst" / "manifest.jsonl"
    manifest.write_text(manifest.read_text().replace('"a.png"]', '"../mine.png"]'))

    run(source, tmp_path / "dst", overwrite=True)
    assert (tmp_path / "mine.png").read_bytes() == b"mine"


def test_two_choices_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose one"):
        run(make_folder(tmp_path / "src"), tmp_path / "dst", resume=True, overwrite=True)


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock there")
def test_two_runs_into_one_folder_are_refused(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    first = preprocess(source, tmp_path / "dst", PLAIN)
    next(first)

    with pytest.raises(UsageError, match="another run is writing"):
        run(source, tmp_path / "dst", resume=True)
    first.close()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")

    for out in (tmp_path / "taken", tmp_path / "taken" / "dst"):
        with pytest.raises(UsageError, match="cannot write to"):
            run(make_folder(tmp_path / "src"), out)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_no_permission_is_told(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)

    with pytest.raises(UsageError, match="cannot write to"):
        run(make_folder(tmp_path / "src"), tmp_path / "locked" / "dst")
