"""What belongs to what: by folder, name and frame, or by the records."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.video.proxy import write_proxy
from ganfx.review.footage import Where
from ganfx.review.matching import Tree, match
from tests.review.made import BLUE, RED, recorded, sequence


def test_frames_match_by_folder_name_and_number(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        sequence(tmp_path / "in" / folder, RED)
        sequence(tmp_path / "out" / folder, BLUE)
    shots = list(match(Tree(tmp_path / "out"), [], Tree(tmp_path / "in")))

    assert [shot.name for shot in shots] == ["a/plate.1001-1004#.png", "b/plate.1001-1004#.png"]
    assert shots[1].source[1003] == Where(tmp_path / "in" / "b" / "plate.1003.png")
    assert shots[0].remarks == ()


def test_frames_without_a_source_or_another_look_are_named(tmp_path: Path) -> None:
    sequence(tmp_path / "out", BLUE, 6)
    sequence(tmp_path / "in", RED, 6)
    sequence(tmp_path / "more", RED, 4)
    (tmp_path / "in" / "plate.1002.png").unlink()
    (shot,) = match(Tree(tmp_path / "out"), [Tree(tmp_path / "more")], Tree(tmp_path / "in"))

    assert 1002 not in shot.source
    assert shot.remarks == (
        f"1 of 6 pictures: no source in {tmp_path / 'in'} (1002)",
        f"2 of 6 pictures: not in {tmp_path / 'more'} (1005-1006)",
    )


def test_nothing_alike_is_refused_with_names_of_both(tmp_path: Path) -> None:
    sequence(tmp_path / "out", BLUE)
    sequence(tmp_path / "in", RED, name="other")
    with pytest.raises(UsageError, match=r"other\.1001\.png.*plate\.1001\.png") as told:
        list(match(Tree(tmp_path / "out"), [], Tree(tmp_path / "in")))
    assert told.value.hint == "name the SRC that it was made from"
    with pytest.raises(UsageError, match="nothing in"):
        list(match(Tree(tmp_path / "out"), [Tree(tmp_path / "in")], None))


def test_records_name_the_source_and_whether_it_is_gone(tmp_path: Path) -> None:
    source = sequence(tmp_path / "in", RED)
    output = recorded(sequence(tmp_path / "out", BLUE), source)
    (shot,) = match(Tree(output), [], None)
    assert shot.source[1001].path.resolve() == (source / "plate.1001.png").resolve()

    for path in source.iterdir():
        path.unlink()
    (shot,) = match(Tree(output), [], None)
    assert not shot.source
    assert "not there any more" in shot.remarks[0]
    assert "plate.1001.png" in shot.remarks[0]

    (output / ".ganfx.jsonl").unlink()
    (shot,) = match(Tree(output), [], None)
    assert "give --source" in shot.remarks[0]


def test_frames_of_a_video_match_its_frames_and_a_file_matches_a_file(tmp_path: Path) -> None:
    frames = [np.full((48, 64, 3), level, np.float32) for level in (0.2, 0.4, 0.6)]
    video = tmp_path / "in" / "clip.mp4"
    video.parent.mkdir()
    assert write_proxy(video, frames, Fraction(24)) == 3
    for number in range(4):
        sequence(tmp_path / "out", BLUE, 1, name="x")
        (tmp_path / "out" / "x.1001.png").rename(tmp_path / "out" / f"clip.{number:04d}.png")
    (shot,) = match(Tree(tmp_path / "out"), [], Tree(video.parent))
    assert dict(shot.source) == {number: Where(video, number) for number in range(3)}
    assert "1 of 4 pictures" in shot.remarks[0]

    look = tmp_path / "look.mp4"
    write_proxy(look, frames, Fraction(24))
    (shot,) = match(Tree(look), [], Tree(video))
    assert dict(shot.source) == {number: Where(video, number) for number in range(3)}
    assert shot.rate == 24

    write_proxy(look, frames[:2], Fraction(24))
    (shot,) = match(Tree(look), [], Tree(video))
    words = "clip.mp4 has 3 frames, look.mp4 has 2: they are compared from the first on"
    assert shot.remarks == (words,)


def _video(path: Path, count: int) -> Path:
    path.parent.mkdir(exist_ok=True)
    write_proxy(path, [np.full((48, 64, 3), 0.5, np.float32)] * count, Fraction(24))
    return path


def test_a_part_of_a_video_is_beside_its_own_frames(tmp_path: Path) -> None:
    whole = _video(tmp_path / "in" / "reel.mp4", 6)
    part = _video(tmp_path / "out" / "reel.000002-000004.mp4", 3)
    beside = {number: Where(whole, number + 2) for number in range(3)}

    (shot,) = match(Tree(part.parent), [], Tree(whole.parent))  # by its name
    assert dict(shot.source) == beside
    assert "compared from its frame 2 on" in shot.remarks[0]

    part = part.rename(part.with_name("reel.mp4"))
    origin = {"source": {"file": "../in/reel.mp4"}, "frames": [3, 6]}
    line = {"file": part.name, "fingerprint": "f", "size": 1, "sha256": "", "origin": origin}
    (part.parent / ".ganfx.jsonl").write_text(json.dumps(line) + "\n")
    for source in (None, Tree(whole.parent), Tree(whole)):  # by its record
        (shot,) = match(Tree(part), [], source)
        assert [(n, where.frame) for n, where in shot.source.items()] == [(0, 3), (1, 4), (2, 5)]
        assert all(where.path.samefile(whole) for where in shot.source.values())


def test_parts_of_one_video_meet_on_the_frames_that_both_have(tmp_path: Path) -> None:
    one = _video(tmp_path / "a" / "reel.000002-000004.mp4", 3)
    other = _video(tmp_path / "b" / "reel.000003-000005.mp4", 3)

    (shot,) = match(Tree(one), [Tree(other)], None)

    assert dict(shot.looks[1]) == {1: Where(other, 0), 2: Where(other, 1)}


def test_a_plate_as_long_as_a_part_is_that_part(tmp_path: Path) -> None:
    part = _video(tmp_path / "out" / "reel.000002-000004.mp4", 3)
    plate = _video(tmp_path / "in" / "reel.mp4", 3)

    (shot,) = match(Tree(part.parent), [], Tree(plate.parent))

    assert dict(shot.source) == {number: Where(plate, number) for number in range(3)}
