"""Whole runs: what is written, what is told, and that it does not matter how it went."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from folders import (
    NAMES,
    PLAIN,
    contents,
    make_film,
    make_folder,
    of_kind,
    photo,
    pictures_in,
    run,
)

from ganfx.errors import GanfxError, MediaError, UsageError
from ganfx.media.frames import new_frame, read_header, read_picture, write_frame, write_picture
from ganfx.media.scans import Scan, read_scan, write_scan
from ganfx.preprocess import Options, preprocess
from ganfx.preprocess.events import (
    FramesSeen,
    Notice,
    PassStarted,
    PreprocessDone,
    SourceFailed,
    SourceSurveyed,
    SourceWritten,
)

MANY = [f"{folder}{index:02d}.png" for folder in ("", "x/") for index in range(6)]


def test_the_tree_comes_out_as_it_went_in_and_the_sources_stay_as_they_are(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    before = contents(source)

    events = run(source, tmp_path / "dst")

    assert pictures_in(tmp_path / "dst") == ["a.png", "b.png", "x/c.png", "x/y/d.png"]
    assert np.array_equal(read_picture(tmp_path / "dst" / "x/c.png"), photo(NAMES[2]))
    assert contents(source) == before
    (done,) = of_kind(events, PreprocessDone)
    assert (done.sources, done.kept, done.files, done.failed) == (4, 4, 4, 0)
    assert done.dropped == {}
    assert [event.kind for event in of_kind(events, PassStarted)] == ["surveying", "writing"]


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", *MANY)
    options = replace(
        PLAIN, crop="random", crop_width=40, crop_height=40, copies=3, match_tone=True, angle=4
    )
    run(source, tmp_path / "one", options, workers=1)
    run(source, tmp_path / "four", options, workers=4)

    assert len(pictures_in(tmp_path / "one")) == 36
    assert contents(tmp_path / "one") == contents(tmp_path / "four")


def test_another_seed_makes_other_crops(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    options = replace(PLAIN, crop="random", crop_width=40, crop_height=40)
    run(source, tmp_path / "one", options)
    run(source, tmp_path / "two", replace(options, seed=2))

    assert pictures_in(tmp_path / "one") == pictures_in(tmp_path / "two")
    assert contents(tmp_path / "one")["a.png"] != contents(tmp_path / "two")["a.png"]


def test_names_that_collide_are_all_there(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "a.jpg", "A.tif", "x/a.png")
    run(source, tmp_path / "dst", replace(PLAIN, flat=True))

    assert pictures_in(tmp_path / "dst") == ["A-tif.png", "a-jpg.png", "a-png.png", "x_a.png"]
    assert np.array_equal(read_picture(tmp_path / "dst" / "a-png.png"), photo(NAMES[0]))


def test_of_near_duplicates_the_largest_is_kept(tmp_path: Path) -> None:
    large = photo("astronaut", 192, 128)
    write_picture(tmp_path / "src" / "small.png", large[::2, ::2].copy())
    write_picture(tmp_path / "src" / "large.png", large)
    write_picture(tmp_path / "src" / "other.png", photo("coffee"))

    (done,) = of_kind(run(tmp_path / "src", tmp_path / "dst"), PreprocessDone)
    assert done.dropped == {"duplicate": 1}
    assert pictures_in(tmp_path / "dst") == ["large.png", "other.png"]


def test_what_is_smaller_than_the_window_is_dropped_and_told(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    write_picture(source / "large.png", photo("coffee", 200, 200))
    options = replace(PLAIN, crop="center", crop_width=128, crop_height=128)

    (done,) = of_kind(run(source, tmp_path / "dst", options), PreprocessDone)
    assert done.dropped == {"crop": 4}
    assert pictures_in(tmp_path / "dst") == ["large.png"]


def test_a_dry_run_counts_the_same_and_writes_nothing(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    write_picture(source / "tiny.png", photo("coffee", 12, 12))

    (would,) = of_kind(run(source, tmp_path / "dst", dry_run=True), PreprocessDone)
    assert not (tmp_path / "dst").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["src"]
    (did,) = of_kind(run(source, tmp_path / "dst"), PreprocessDone)
    assert (would.kept, would.files, would.dropped) == (did.kept, did.files, did.dropped)


def test_a_dry_run_says_what_a_run_would_refuse(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    run(source, tmp_path / "dst")
    before = contents(tmp_path / "dst")

    (notice,) = of_kind(run(source, tmp_path / "dst", dry_run=True), Notice)
    assert "another run" in notice.message
    assert contents(tmp_path / "dst") == before


# --- going on ---------------------------------------------------------------------------


OPTIONS = replace(PLAIN, match_tone=True, copies=2, flip="random")


@pytest.fixture
def uninterrupted(tmp_path: Path) -> dict[str, bytes]:
    """What a run over `MANY` gives when nothing stops it; the source is ``src``."""
    make_folder(tmp_path / "src", *MANY)
    run(tmp_path / "src", tmp_path / "whole", OPTIONS)
    return contents(tmp_path / "whole")


def stop_after(
    count: int, source: Path, out: Path, options: Options = OPTIONS, **how: bool
) -> None:
    events = preprocess(source, out, options, workers=2, **how)
    list(islice(events, count))
    events.close()


@pytest.mark.parametrize("count", [1, 3, 9, 14, 17, 21, 25])
def test_a_resumed_run_ends_as_if_it_had_not_been_stopped(
    tmp_path: Path, uninterrupted: dict[str, bytes], count: int
) -> None:
    stop_after(count, tmp_path / "src", tmp_path / "dst")
    assert (tmp_path / "dst" / ".journal.jsonl").exists()

    run(tmp_path / "src", tmp_path / "dst", OPTIONS, resume=True)
    assert contents(tmp_path / "dst") == uninterrupted


def test_a_run_can_be_stopped_again_and_again(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    stop_after(6, tmp_path / "src", tmp_path / "dst")
    for count in (10, 16, 18):
        stop_after(count, tmp_path / "src", tmp_path / "dst", resume=True)

    run(tmp_path / "src", tmp_path / "dst", OPTIONS, resume=True)
    assert contents(tmp_path / "dst") == uninterrupted


def test_a_torn_line_of_the_journal_is_no_harm(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    stop_after(20, tmp_path / "src", tmp_path / "dst")
    journal = tmp_path / "dst" / ".journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-25])
    (tmp_path / "dst" / ".00-01.4711-4712.png").write_bytes(b"half a picture")

    stop_after(19, tmp_path / "src", tmp_path / "dst", resume=True)
    run(tmp_path / "src", tmp_path / "dst", OPTIONS, resume=True)
    assert contents(tmp_path / "dst") == uninterrupted


def test_what_is_finished_is_not_done_again(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    stop_after(21, tmp_path / "src", tmp_path / "dst")
    written = {p: p.stat().st_mtime_ns for p in (tmp_path / "dst").rglob("*.png")}

    events = run(tmp_path / "src", tmp_path / "dst", OPTIONS, resume=True)
    assert written
    assert all(path.stat().st_mtime_ns == time for path, time in written.items())
    assert all(event.resumed for event in of_kind(events, SourceSurveyed))
    resumed = [event.resumed for event in of_kind(events, SourceWritten)]
    assert True in resumed
    assert False in resumed


def test_a_damaged_output_is_written_again(tmp_path: Path, uninterrupted: dict[str, bytes]) -> None:
    stop_after(21, tmp_path / "src", tmp_path / "dst")
    some = next((tmp_path / "dst").rglob("*.png"))
    some.write_bytes(b"")

    run(tmp_path / "src", tmp_path / "dst", OPTIONS, resume=True)
    assert contents(tmp_path / "dst") == uninterrupted


def test_a_source_that_changed_meanwhile_is_surveyed_again(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    stop_after(21, tmp_path / "src", tmp_path / "dst")
    write_picture(tmp_path / "src" / "00.png", photo("coffee", 80, 60, step=5))
    (tmp_path / "src" / "x" / "05.png").unlink()

    run(tmp_path / "src", tmp_path / "dst", OPTIONS, resume=True)
    shutil.rmtree(tmp_path / "whole")
    run(tmp_path / "src", tmp_path / "whole", OPTIONS)
    assert contents(tmp_path / "dst") == contents(tmp_path / "whole") != uninterrupted


def test_a_finished_run_has_nothing_to_do(
    tmp_path: Path, uninterrupted: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganfx.preprocess.inputs.read_scan", None)
    events = run(tmp_path / "src", tmp_path / "whole", OPTIONS, resume=True)

    assert [type(event).__name__ for event in events] == [
        "PreprocessStarted",
        "Notice",
        "PreprocessDone",
    ]
    assert (events[-1].kept, events[-1].files) == (12, 24)
    assert contents(tmp_path / "whole") == uninterrupted


@pytest.mark.parametrize("change", ["new", "changed", "gone", "output gone"])
def test_a_finished_run_is_brought_up_to_date(
    tmp_path: Path, uninterrupted: dict[str, bytes], change: str
) -> None:
    if change in ("new", "changed"):
        name = "00.png" if change == "changed" else "new.png"
        write_picture(tmp_path / "src" / name, photo("coffee", step=6))
    elif change == "gone":
        (tmp_path / "src" / "00.png").unlink()
    else:
        (tmp_path / "whole" / "x" / "02-01.png").unlink()
    run(tmp_path / "src", tmp_path / "whole", OPTIONS, resume=True)

    run(tmp_path / "src", tmp_path / "fresh", OPTIONS)
    assert contents(tmp_path / "whole") == contents(tmp_path / "fresh")


def test_resuming_with_other_options_is_refused_by_their_names(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src")
    stop_after(6, source, tmp_path / "dst", PLAIN)
    before = contents(tmp_path / "dst")

    other = replace(PLAIN, min_side=20, flat=True)
    with pytest.raises(UsageError) as caught:
        run(source, tmp_path / "dst", other, resume=True)
    assert "--min-side 16, now 20" in caught.value.message
    assert "--flat off, now on" in caught.value.message
    assert contents(tmp_path / "dst") == before


def test_resuming_from_another_source_is_refused(tmp_path: Path) -> None:
    run(make_folder(tmp_path / "src"), tmp_path / "dst")

    with pytest.raises(UsageError, match="was made from"):
        run(make_folder(tmp_path / "other"), tmp_path / "dst", resume=True)


def test_failed_sources_are_tried_again(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", *MANY)
    whole = (source / "03.png").read_bytes()
    (source / "03.png").write_bytes(whole[:200])
    events = run(source, tmp_path / "dst", OPTIONS)
    assert [event.source for event in of_kind(events, SourceFailed)] == ["03.png"]
    with_failure = contents(tmp_path / "dst")

    run(source, tmp_path / "dst", OPTIONS, resume=True)
    again = contents(tmp_path / "dst")
    journals = [bytes_.pop(".journal.jsonl") for bytes_ in (with_failure, again)]
    assert with_failure == again
    assert all(journals)

    (source / "03.png").write_bytes(whole)
    run(source, tmp_path / "dst", OPTIONS, resume=True)
    run(source, tmp_path / "fresh", OPTIONS)
    assert contents(tmp_path / "dst") == contents(tmp_path / "fresh")


# --- the output folder ------------------------------------------------------------------


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


# --- bad sources ------------------------------------------------------------------------


def test_a_source_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "c.jpg", "d.png")
    (source / "b.png").write_bytes(b"")
    (source / "c.jpg").write_bytes((source / "c.jpg").read_bytes()[:700])

    events = run(source, tmp_path / "dst")
    failed = {event.source: event.reason for event in of_kind(events, SourceFailed)}
    assert list(failed) == ["b.png", "c.jpg"]
    assert failed["b.png"] == "the file is empty"
    assert pictures_in(tmp_path / "dst") == ["a.png", "d.png"]
    assert of_kind(events, PreprocessDone)[0].failed == 2


def test_a_source_that_changes_while_it_is_read_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "c.png")

    def read_slowly(path: Path) -> Scan:
        scan = read_scan(path)
        if path.name == "b.png":
            path.write_bytes(path.read_bytes() + b"more")
        return scan

    monkeypatch.setattr("ganfx.preprocess.inputs.read_scan", read_slowly)
    events = run(source, tmp_path / "dst")
    (failed,) = of_kind(events, SourceFailed)
    assert (failed.source, failed.reason) == ("b.png", "changed while it was read")
    assert pictures_in(tmp_path / "dst") == ["a.png", "c.png"]


@pytest.mark.parametrize("change", ["rewritten", "gone"])
def test_a_source_that_changes_between_the_passes_fails_alone(tmp_path: Path, change: str) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "c.png")
    failed = []
    for event in preprocess(source, tmp_path / "dst", PLAIN, workers=1):
        if isinstance(event, PassStarted) and event.kind == "writing":
            if change == "gone":
                (source / "b.png").unlink()
            else:
                write_picture(source / "b.png", photo("rocket", 50, 50))
        if isinstance(event, SourceFailed):
            failed.append(event)

    assert [event.source for event in failed] == ["b.png"]
    assert failed[0].reason == (
        "changed while it was read" if change == "rewritten" else "No such file or directory"
    )
    assert pictures_in(tmp_path / "dst") == ["a.png", "c.png"]
    assert '{"source": "b.png", "failed": ' in (tmp_path / "dst" / "manifest.jsonl").read_text()


@pytest.mark.parametrize(
    ("options", "says", "switch"),
    [
        (replace(PLAIN, min_side=999), "dropped 4 small", "--min-side 0"),
        (replace(PLAIN, max_aspect=1.2), "dropped 4 aspect", "--max-aspect 0"),
        (replace(PLAIN, min_sharpness=99.0), "dropped 4 blurred", "--min-sharpness 0"),
        (
            replace(PLAIN, crop="center", crop_width=999, crop_height=999),
            "dropped 4 crop",
            "a smaller --crop-size",
        ),
    ],
)
def test_when_nothing_is_left_the_filter_and_its_switch_are_told(
    tmp_path: Path, options: Options, says: str, switch: str
) -> None:
    source = make_folder(tmp_path / "src")

    with pytest.raises(GanfxError) as caught:
        run(source, tmp_path / "dst", options)
    assert caught.value.exit_code == 1
    assert says in caught.value.message
    assert switch in str(caught.value.hint)
    assert not (tmp_path / "dst").exists()


def test_when_nothing_can_be_read_that_is_told(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png")
    for path in source.iterdir():
        path.write_bytes(b"no picture")

    with pytest.raises(GanfxError, match="could be read") as caught:
        run(source, tmp_path / "dst")
    assert "a.png: " in caught.value.message
    assert not (tmp_path / "dst").exists()


def test_a_folder_that_cannot_be_written_stops_the_run_and_it_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_folder(tmp_path / "src", *MANY)

    def write_until_full(path: Path, *arguments: object, **how: object) -> None:
        if path.name.startswith("04"):
            raise MediaError(f"cannot write {path}: No space left on device")
        write_scan(path, *arguments, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as full:
        full.setattr("ganfx.preprocess.work.write_scan", write_until_full)
        with pytest.raises(MediaError, match="No space left") as caught:
            run(source, tmp_path / "dst", OPTIONS)
    assert "--resume" in str(caught.value.hint)
    run(source, tmp_path / "dst", OPTIONS, resume=True)
    run(source, tmp_path / "fresh", OPTIONS)
    assert contents(tmp_path / "dst") == contents(tmp_path / "fresh")


def test_tiny_narrow_and_odd_pictures_are_no_trouble(tmp_path: Path) -> None:
    for name, size in {"dot": (1, 1), "line": (5000, 3), "row": (2, 700)}.items():
        write_picture(tmp_path / "src" / f"{name}.png", np.full((*size, 3), 90, np.uint8))
    make_folder(tmp_path / "src", "good.png")
    everything = replace(PLAIN, deskew=True, trim=True, captions=True, exposure=True)

    for options in (PLAIN, everything):
        (done,) = of_kind(
            run(tmp_path / "src", tmp_path / "dst", options, overwrite=True), PreprocessDone
        )
        assert done.failed == 0


def test_pictures_of_every_kind_are_taken(tmp_path: Path) -> None:
    from PIL import Image

    picture = Image.fromarray(photo("coffee", 80, 60))
    (tmp_path / "src").mkdir()
    picture.convert("L").save(tmp_path / "src" / "grey.png")
    picture.convert("P").save(tmp_path / "src" / "palette.png")
    picture.convert("CMYK").save(tmp_path / "src" / "cmyk.jpg")
    picture.convert("RGBA").save(tmp_path / "src" / "alpha.png")
    turned = picture.getexif()
    turned[0x0112] = 6
    picture.save(tmp_path / "src" / "upright.jpg", exif=turned)
    write_scan(tmp_path / "src" / "deep.tif", photo("coffee", 80, 60), "uint16")
    linear = np.full((60, 80, 3), 0.5, np.float32)
    write_frame(tmp_path / "src" / "light.exr", linear, new_frame(linear, depth="half"))

    options = replace(PLAIN, duplicates=False, depth="source")
    (done,) = of_kind(run(tmp_path / "src", tmp_path / "dst", options), PreprocessDone)
    assert (done.kept, done.failed) == (7, 0)
    headers = {p.stem: read_header(p) for p in (tmp_path / "dst").glob("*.png")}
    assert {name for name, h in headers.items() if h.depth == "uint16"} == {"deep", "light"}
    assert (headers["upright"].width, headers["upright"].height) == (60, 80)
    assert all(header.color == "rgb" for header in headers.values())
    assert read_picture(tmp_path / "dst" / "light.png").max() == 188  # 0.5 of light, encoded


# --- footage ----------------------------------------------------------------------------


def pan(place: str, frames: int) -> list[np.ndarray]:
    return [photo(place, step=0)[:, i : i + 64] for i in range(frames)]


def test_every_nth_frame_of_sequences_and_videos_is_taken(tmp_path: Path) -> None:
    for index, picture in enumerate(pan("coffee", 12)):
        write_picture(tmp_path / "src" / "sh" / f"plate.{1001 + index}.png", picture)
    make_film(tmp_path / "src" / "clip.mp4", pan("chelsea", 11))
    make_folder(tmp_path / "src", "one.png", "two.png")
    options = replace(PLAIN, every=5, duplicates=False)

    run(tmp_path / "src", tmp_path / "dst", options)
    assert pictures_in(tmp_path / "dst") == [
        *("clip-000000.png", "clip-000005.png", "clip-000010.png"),
        *("one.png", "sh/plate.1001.png", "sh/plate.1006.png", "sh/plate.1011.png", "two.png"),
    ]
    found = read_picture(tmp_path / "dst" / "clip-000005.png").astype(int)
    assert np.abs(found - pan("chelsea", 6)[5]).mean() < 3


def test_frames_are_selected_by_their_numbers(tmp_path: Path) -> None:
    for index, picture in enumerate(pan("coffee", 12)):
        write_picture(tmp_path / "src" / f"plate.{1001 + index}.png", picture)
    options = replace(PLAIN, frames="1002-1008x3", duplicates=False)

    run(tmp_path / "src" / "plate.####.png", tmp_path / "dst", options)
    assert pictures_in(tmp_path / "dst") == ["plate.1002.png", "plate.1005.png", "plate.1008.png"]


@pytest.mark.parametrize("kind", ["video", "sequence"])
def test_one_frame_of_each_shot_is_taken(tmp_path: Path, kind: str) -> None:
    film = [*pan("coffee", 30), *pan("chelsea", 30), *pan("astronaut", 30)]
    if kind == "video":
        make_film(tmp_path / "src" / "film.mov", film)
    else:
        for index, picture in enumerate(film):
            write_picture(tmp_path / "src" / f"film.{index:04d}.png", picture)
    options = replace(PLAIN, per_cut=True)

    events = run(tmp_path / "src", tmp_path / "dst", options)
    numbers = [int(name[5:-4]) // 30 for name in pictures_in(tmp_path / "dst")]
    assert numbers == [0, 1, 2]
    assert of_kind(events, FramesSeen)[-1].frames == 50

    run(tmp_path / "src", tmp_path / "one", options, workers=1)
    assert contents(tmp_path / "one") == contents(tmp_path / "dst")
    for count in (3, 5, 8):
        shutil.rmtree(tmp_path / "one")
        stop_after(count, tmp_path / "src", tmp_path / "one", options)
        run(tmp_path / "src", tmp_path / "one", options, resume=True)
        assert contents(tmp_path / "one") == contents(tmp_path / "dst")


def test_a_still_folder_is_not_thinned(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", *MANY)
    run(source, tmp_path / "dst", replace(PLAIN, per_cut=True))

    assert len(pictures_in(tmp_path / "dst")) == 12


@pytest.mark.parametrize("per_cut", [True, False])
def test_a_video_that_is_cut_short_fails_as_a_whole(tmp_path: Path, per_cut: bool) -> None:
    source = make_folder(tmp_path / "src", "a.png")
    film = make_film(source / "film.mkv", [*pan("coffee", 30), *pan("chelsea", 30)])
    film.write_bytes(film.read_bytes()[: film.stat().st_size * 2 // 3])

    events = run(source, tmp_path / "dst", replace(PLAIN, per_cut=per_cut))
    (failed,) = of_kind(events, SourceFailed)
    assert failed.source == "film.mkv"
    assert "cut short" in failed.reason or "damaged" in failed.reason
    assert pictures_in(tmp_path / "dst") == ["a.png"]


def test_a_bad_frame_of_a_sequence_is_told_and_the_shot_goes_on(tmp_path: Path) -> None:
    for index, picture in enumerate([*pan("coffee", 10), *pan("chelsea", 10)]):
        write_picture(tmp_path / "src" / f"film.{index:04d}.png", picture)
    bad = tmp_path / "src" / "film.0004.png"
    bad.write_bytes(bad.read_bytes()[:300])
    options = replace(PLAIN, per_cut=True)

    events = run(tmp_path / "src", tmp_path / "dst", options)
    assert [event.source for event in of_kind(events, SourceFailed)] == ["film.0004.png"]
    assert len(pictures_in(tmp_path / "dst")) == 2
    before = contents(tmp_path / "dst")
    again = run(tmp_path / "src", tmp_path / "dst", options, resume=True)
    after = contents(tmp_path / "dst")
    assert [event.source for event in of_kind(again, SourceFailed)] == ["film.0004.png"]
    assert {**before, ".journal.jsonl": b""} == {**after, ".journal.jsonl": b""}


def test_a_video_that_changes_between_the_passes_fails(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png")
    film = make_film(source / "film.mp4", pan("coffee", 12))
    failed = []
    for event in preprocess(source, tmp_path / "dst", replace(PLAIN, every=6, duplicates=False)):
        if isinstance(event, PassStarted) and event.kind == "writing":
            make_film(film, pan("rocket", 12))
        if isinstance(event, SourceFailed):
            failed.append(event.source)

    assert failed == ["film.mp4#000000", "film.mp4#000006"]
    assert pictures_in(tmp_path / "dst") == ["a.png"]
