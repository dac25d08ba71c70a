"""Contact sheets: what is on them, where they go, and where they must not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from folders import NAMES, PLAIN, contents, make_film, make_folder, of_kind, photo, run

from ganfx.errors import GanfxError, UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.scans import Scan
from ganfx.preprocess import report
from ganfx.preprocess.events import PassStarted, PieceShown, ReportWritten
from ganfx.preprocess.inputs import Source
from ganfx.preprocess.journal import Stamp
from ganfx.preprocess.pieces import Box, Piece
from ganfx.preprocess.report_tiles import CAPTION_HEIGHT, PICTURE_SIZE, Shown, draw_tiles

SOURCE = Source("folder/" + "name" * 30 + ".png", Path("x"), Stamp(1, 1))
WHOLE = Piece("", Box(), 0.0, ())


def test_a_report_lies_beside_the_output_and_shows_dropped_and_kept(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", *(f"{index}.png" for index in range(14)))
    write_picture(source / "tiny.png", photo("coffee", 12, 12))

    events = run(source, tmp_path / "dst", report=True)
    (written,) = of_kind(events, ReportWritten)
    assert written.folder == tmp_path / "dst-report"
    assert sorted(contents(written.folder)) == ["dropped-01.jpg", "kept-01.jpg", "kept-02.jpg"]
    assert written.pages == 3
    assert "dst-report" not in "".join(contents(tmp_path / "dst"))
    (started,) = [e for e in of_kind(events, PassStarted) if e.kind == "reporting"]
    assert started.total == 15
    assert len(of_kind(events, PieceShown)) >= 15


def test_the_pages_show_the_pictures(tmp_path: Path) -> None:
    write_picture(tmp_path / "src" / "a.png", np.full((100, 120, 3), (200, 40, 40), np.uint8))
    run(tmp_path / "src", tmp_path / "dst", report=True)

    page = read_picture(tmp_path / "dst-report" / "kept-01.jpg")
    red = (page[..., 0] > 180) & (page[..., 1] < 60)
    assert red.sum() > 2 * 0.95 * 100 * 120  # before, and after


def test_a_dry_run_can_have_a_report(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    run(source, tmp_path / "dst", dry_run=True, report=True)

    assert sorted(contents(tmp_path / "dst-report")) == ["kept-01.jpg"]
    assert not (tmp_path / "dst").exists()


def test_what_was_dropped_is_shown_even_if_nothing_is_left(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    with pytest.raises(GanfxError, match="nothing is left"):
        run(source, tmp_path / "dst", replace(PLAIN, min_side=999), report=True)

    assert sorted(contents(tmp_path / "dst-report")) == ["dropped-01.jpg"]
    assert not (tmp_path / "dst").exists()


def test_old_pages_go_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "dst-report").mkdir()
    for name in ("dropped-07.jpg", "mine.jpg", "notes.txt"):
        (tmp_path / "dst-report" / name).write_bytes(b"")
    run(make_folder(tmp_path / "src"), tmp_path / "dst", report=True)

    assert sorted(contents(tmp_path / "dst-report")) == ["kept-01.jpg", "mine.jpg", "notes.txt"]


def test_a_report_among_the_sources_is_refused(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "dst-report")
    before = contents(tmp_path)

    with pytest.raises(UsageError, match="the report"):
        run(source, tmp_path / "dst", report=True)
    assert contents(tmp_path) == before


def test_of_large_sets_some_of_every_reason_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MOST_DROPPED", 6)
    monkeypatch.setattr(report, "MOST_KEPT", 4)
    source = make_folder(tmp_path / "src", *(f"{index:02d}.png" for index in range(8)))
    for index in range(20):
        write_picture(source / f"small{index:02d}.png", photo("coffee", 12, 12))
    write_picture(source / "long.png", photo("coffee", 200, 20))

    events = run(source, tmp_path / "dst", report=True)
    (started,) = [e for e in of_kind(events, PassStarted) if e.kind == "reporting"]
    assert started.total == 5 + 1 + 4


def test_frames_of_videos_are_shown_too(tmp_path: Path) -> None:
    film = [photo(name, 96, 64, step=0) for name in NAMES for _ in range(6)]
    make_film(tmp_path / "src" / "film.mp4", film)
    events = run(tmp_path / "src", tmp_path / "dst", replace(PLAIN, every=6), report=True)

    assert len(of_kind(events, PieceShown)) >= 4
    assert of_kind(events, ReportWritten)[0].pages == 1


def test_a_piece_is_shown_where_it_was_found_and_as_what_it_became() -> None:
    scan = Scan(np.full((300, 300, 3), 128, np.uint8))
    piece = replace(WHOLE, box=Box(0.25, 0.25, 0.75, 0.75), edits=("trim",), width=150, height=150)

    before, after = draw_tiles(Shown(SOURCE, piece, ()), scan)
    assert before.shape == after.shape == (PICTURE_SIZE[1] + CAPTION_HEIGHT, PICTURE_SIZE[0], 3)
    rows, columns = np.nonzero((before == (255, 64, 32)).all(axis=2))
    side = PICTURE_SIZE[1]  # the 300 pixels of the scan
    left = (PICTURE_SIZE[0] - side) // 2
    assert abs(rows.min() - side // 4) <= 2
    assert abs(rows.max() - 3 * side // 4) <= 2
    assert abs(columns.min() - left - side // 4) <= 2
    assert not (after == (255, 64, 32)).all(axis=2).any()


def test_a_dropped_piece_is_one_tile_and_long_words_are_cut() -> None:
    scan = Scan(np.zeros((40, 4000, 3), np.uint8))
    piece = replace(WHOLE, dropped="aspect", detail="very long " * 30)

    (tile,) = draw_tiles(Shown(SOURCE, piece, ()), scan)
    assert tile.shape == (PICTURE_SIZE[1] + CAPTION_HEIGHT, PICTURE_SIZE[0], 3)
    assert (tile[PICTURE_SIZE[1] :, :3] < 40).all()
    for line in range(3):
        assert tile[PICTURE_SIZE[1] + 2 + 16 * line : PICTURE_SIZE[1] + 16 + 16 * line].max() > 140
