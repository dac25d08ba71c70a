"""Every picture of a source, by a key that says where it is."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from folders import PLAIN, make_film, make_folder, photo

from ganfx.errors import MediaError
from ganfx.media.frames import write_picture
from ganfx.media.sequences import find_shots
from ganfx.preprocess.inputs import Item, Seen, Source, Unreadable, find_items, reopen, stamp_of
from ganfx.preprocess.journal import Journal, Survey
from ganfx.preprocess.options import Options


def found(source: Path, options: Options = PLAIN, journal: Journal | None = None) -> list[object]:
    shots = find_shots(source, frames=options.frames)
    return list(find_items(shots, options, journal or Journal(None, {}), workers=2))


def keys(source: Path, options: Options = PLAIN) -> list[str]:
    return [item.source.key for item in found(source, options) if isinstance(item, Item)]


def moving(name: str, frames: int) -> list[np.ndarray]:
    return [photo(name, 96 + frames)[:, i : i + 96] for i in range(frames)]


def test_a_tree_gives_its_pictures_in_natural_order(tmp_path: Path) -> None:
    make_folder(tmp_path, "p10.png", "p2.png", "x/a.jpg", ".hidden.png")
    assert keys(tmp_path) == ["p2.png", "p10.png", "x/a.jpg"]


def test_one_picture_and_a_notation_are_sources_too(tmp_path: Path) -> None:
    for frame in (1, 2, 3, 5):
        write_picture(tmp_path / f"plate.{frame:04d}.png", photo("coffee"))

    assert keys(tmp_path / "plate.0002.png") == ["plate.0002.png"]
    assert keys(tmp_path / "plate.2-5#.png") == [
        "plate.0002.png",
        "plate.0003.png",
        "plate.0005.png",
    ]
    thinned = replace(PLAIN, every=2)
    assert keys(tmp_path / "plate.####.png", thinned) == ["plate.0001.png", "plate.0003.png"]


def test_frames_of_a_video_are_numbered_from_nought(tmp_path: Path) -> None:
    make_film(tmp_path / "x" / "clip.mp4", moving("coffee", 5))
    options = replace(PLAIN, every=2)
    assert keys(tmp_path, options) == [f"x/clip.mp4#{n:06d}" for n in (0, 2, 4)]


def test_frames_of_a_video_keep_its_depth(tmp_path: Path) -> None:
    make_film(tmp_path / "clip.mp4", moving("coffee", 2))
    item = found(tmp_path)[0]

    assert isinstance(item, Item)
    pixels = item.load().pixels
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - moving("coffee", 1)[0]).mean() < 3


def test_stills_are_read_by_who_asks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folder(tmp_path, "a.png")
    monkeypatch.setattr(
        "ganfx.preprocess.inputs.read_scan", lambda path, background: threading.get_ident()
    )
    item = found(tmp_path)[0]

    assert isinstance(item, Item)
    read_by: list[object] = []
    thread = threading.Thread(target=lambda: read_by.append(item.load()))
    thread.start()
    thread.join()
    assert read_by == [thread.ident]


def test_a_file_that_changed_since_it_was_found_is_refused(tmp_path: Path) -> None:
    make_folder(tmp_path, "a.png")
    item = found(tmp_path)[0]
    write_picture(tmp_path / "a.png", photo("rocket", 33, 33))

    assert isinstance(item, Item)
    with pytest.raises(MediaError, match="changed while it was read"):
        item.load()


def test_a_link_to_nothing_is_unreadable(tmp_path: Path) -> None:
    make_folder(tmp_path, "b.png")
    (tmp_path / "a.png").symlink_to(tmp_path / "gone.png")

    bad, good = found(tmp_path)
    assert isinstance(bad, Unreadable)
    assert (bad.key, bad.reason) == ("a.png", "No such file or directory")
    assert isinstance(good, Item)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    make_folder(tmp_path, "a.png")
    (tmp_path / "a.png").rename(tmp_path / os.fsdecode(b"\xff.png"))

    (bad,) = found(tmp_path)
    assert isinstance(bad, Unreadable)
    assert bad.reason == "its name is not in UTF-8: rename it"


def test_looking_for_cuts_says_how_far_it_is(tmp_path: Path) -> None:
    make_film(tmp_path / "clip.mp4", moving("coffee", 120))
    seen = [
        item for item in found(tmp_path, replace(PLAIN, per_cut=True)) if isinstance(item, Seen)
    ]
    assert [(each.key, each.frames) for each in seen] == [("clip.mp4", 50), ("clip.mp4", 100)]


def test_a_video_that_the_journal_knows_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_film(tmp_path / "clip.mp4", moving("coffee", 7))
    journal, options = Journal(None, {}), replace(PLAIN, every=3)
    for item in found(tmp_path, options, journal):
        assert isinstance(item, Item)
        journal.record_survey(item.source.key, item.source.stamp, Survey(96, 64, ()))

    monkeypatch.setattr("ganfx.preprocess.inputs.read_upright_frames", None)
    again = found(tmp_path, options, journal)
    assert [item.source.frame for item in again if isinstance(item, Item)] == [0, 3, 6]


def test_the_same_frames_are_there_the_second_time(tmp_path: Path) -> None:
    film = make_film(tmp_path / "clip.mp4", moving("coffee", 9))
    make_folder(tmp_path, "a.png")
    stamp = stamp_of(film)
    wanted = [
        Source("a.png", tmp_path / "a.png", stamp_of(tmp_path / "a.png")),
        *(Source(f"clip.mp4#{n:06d}", film, stamp, n) for n in (2, 7)),
    ]
    items = list(reopen(wanted))
    first = {i.source.key: i.load().pixels for i in found(tmp_path) if isinstance(i, Item)}

    assert [item.source for item in items if isinstance(item, Item)] == wanted
    for item in items:
        assert isinstance(item, Item)
        assert np.array_equal(item.load().pixels, first[item.source.key])


def test_frames_that_are_not_there_any_more_are_unreadable_each(tmp_path: Path) -> None:
    film = make_film(tmp_path / "clip.mp4", moving("coffee", 3))
    wanted = [Source(f"clip.mp4#{n:06d}", film, stamp_of(film), n) for n in (1, 5)]

    first, second = reopen(wanted)
    assert isinstance(first, Item)
    assert isinstance(second, Unreadable)
    film.unlink()
    assert [type(item) for item in reopen(wanted)] == [Unreadable, Unreadable]
