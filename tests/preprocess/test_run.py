"""Whole runs: what is written, what is told, and that it does not matter how it went."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from folders import (
    NAMES,
    PLAIN,
    contents,
    make_folder,
    of_kind,
    photo,
    pictures_in,
    run,
)

from ganfx.media.frames import read_picture, write_picture
from ganfx.preprocess.events import (
    Notice,
    PassStarted,
    PreprocessDone,
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


def test_what_is_no_source_is_told(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "a-noir.png")
    (source / ".ganfx.jsonl").write_text('{"file": "a-noir.png"}\n')
    (source / "c.heic").touch()
    told = [event.message for event in of_kind(run(source, tmp_path / "dst"), Notice)]
    assert pictures_in(tmp_path / "dst") == ["a.png", "b.png"]
    assert f"left out, as ganfx stylize wrote them: {source / 'a-noir.png'}" in told
    assert f"left out, as this format is not read: {source / 'c.heic'}" in told
