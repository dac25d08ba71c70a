"""Frames taken from sequences and videos."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from folders import (
    PLAIN,
    contents,
    make_film,
    make_folder,
    of_kind,
    photo,
    pictures_in,
    run,
    stop_after,
)

from ganfx.media.frames import read_picture, write_picture
from ganfx.preprocess import preprocess
from ganfx.preprocess.events import (
    FramesSeen,
    PassStarted,
    SourceFailed,
)

MANY = [f"{folder}{index:02d}.png" for folder in ("", "x/") for index in range(6)]


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
