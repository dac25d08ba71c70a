"""A run that was stopped, or is given again, ends as one that was not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from folders import OPTIONS, PLAIN, contents, make_folder, of_kind, photo, run, stop_after

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.preprocess.events import (
    SourceFailed,
    SourceSurveyed,
    SourceWritten,
)

MANY = [f"{folder}{index:02d}.png" for folder in ("", "x/") for index in range(6)]


@pytest.fixture
def uninterrupted(tmp_path: Path) -> dict[str, bytes]:
    """What a run over `MANY` gives when nothing stops it; the source is ``src``."""
    make_folder(tmp_path / "src", *MANY)
    run(tmp_path / "src", tmp_path / "whole", OPTIONS)
    return contents(tmp_path / "whole")


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
