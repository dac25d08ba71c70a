"""Options that change over a shot: each frame is made with its own values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.stylize import Options
from ganfx.stylize.events import FrameDone, FrameSkipped, Notice
from tests.stylize.conftest import make_shot, of_kind, run

LOOK = "inked.safetensors"
ARRIVES = "1001:0,1005:1,linear"


@pytest.fixture
def shot(inked) -> list[Path]:
    return make_shot(Path("shot"), range(1001, 1006))


def bytes_of(folder: str, frame: int, *, name: str = "plate") -> bytes:
    return (Path(folder) / f"{name}.{frame}.png").read_bytes()


def records(folder: str) -> dict[str, dict]:
    lines = (Path(folder) / ".ganfx.jsonl").read_text().splitlines()
    found = (json.loads(line) for line in lines if line)
    return {each["file"]: each["settings"] for each in found if "file" in each}


def test_each_frame_is_made_with_its_own_value(shot):
    run("shot", LOOK, out=Path("arrives"), strength=ARRIVES)
    assert bytes_of("arrives", 1001) == bytes_of("shot", 1001)
    run("shot", LOOK, out=Path("half"), strength=0.5)
    assert bytes_of("arrives", 1003) == bytes_of("half", 1003)
    run("shot", LOOK, out=Path("whole"))
    assert bytes_of("arrives", 1005) == bytes_of("whole", 1005)


@pytest.mark.parametrize(
    "changing",
    [
        {"strength": ARRIVES},
        {"grain": "1001:0,1004:0.2"},
        {"consistency": "1001:0,1003:1"},
        {"strokes": "1001:0,1005:1", "stroke_length": "1001:2,1005:8"},
        {"washes": "1002:0,1003:1", "lines": "1001:0.5,1005:0", "hatch": "1001:0,1005:1"},
    ],
)
def test_any_split_gives_the_same_files(shot, contents, changing):
    run("shot", LOOK, out=Path("whole"), **changing)
    for frames in ("1004", "1001-1005x2", "1002"):
        run("shot", LOOK, out=Path("parts"), frames=frames, **changing)
    assert contents(Path("parts")) == contents(Path("whole"))


def test_the_record_has_the_value_of_the_frame(shot):
    run("shot", LOOK, out=Path("out"), strength=ARRIVES, frames="1002,1005")
    settings = records("out")
    assert settings["plate.1002.png"]["strength"] == 0.25
    assert settings["plate.1005.png"]["strength"] == 1.0
    assert settings["plate.1002.png"]["keyed"] == ["strength"]


def test_only_frames_whose_value_changed_are_done_again(shot):
    run("shot", LOOK, out=Path("out"), strength="1001:0,1003:0.5,1005:1,linear")
    events = run("shot", LOOK, out=Path("out"), strength="1001:0,1003:0.5,1005:0.5,linear")
    assert [e.frame for e in of_kind(events, FrameSkipped)] == [1001, 1002, 1003]
    assert [e.frame for e in of_kind(events, FrameDone)] == [1004, 1005]


def test_a_value_that_stays_makes_the_same_frames_as_without_keys(shot):
    run("shot", LOOK, out=Path("out"), strokes=0.5)
    events = run("shot", LOOK, out=Path("copy"), strokes="1:0.5")
    assert len(of_kind(events, FrameDone)) == 5
    for frame in range(1001, 1006):
        assert bytes_of("copy", frame) == bytes_of("out", frame)


def test_a_still_is_as_in_its_sequence(shot):
    run("shot", LOOK, out=Path("all"), strength=ARRIVES, consistency=0.0)
    events = run(shot[2], LOOK, out=Path("one.png"), strength=ARRIVES)
    assert Path("one.png").read_bytes() == bytes_of("all", 1003)
    assert not of_kind(events, Notice)


def test_a_still_without_a_number_is_frame_0(shot):
    shot[0].rename("logo.png")
    events = run("logo.png", LOOK, out=Path("out.png"), strength="0:0,10:1")
    assert Path("out.png").read_bytes() == Path("logo.png").read_bytes()
    assert any("logo.png" in e.message and "frame 0" in e.message for e in of_kind(events, Notice))


@pytest.mark.parametrize(
    ("option", "text", "told"),
    [
        ("strength", "1001:0,1040:1.5", "--strength 1040:1.5: expected a number from 0 to 1"),
        ("strength", "1040:0,1001:1", "--strength 1040:0,1001:1: frame 1001 is after 1040"),
        ("grain", "none.csv", "--grain cannot read the curve none.csv"),
        ("scale", "1001:1,1040:2", "--scale 1001:1,1040:2: it has one value for all frames"),
        ("stroke_size", "1001:9,1040:12", "--stroke-size .*: it has one value for all frames"),
        ("seed", "1001:9,1040:12", "--seed .*: it has one value for all frames"),
    ],
)
def test_what_cannot_be_is_told_with_the_option(option, text, told):
    with pytest.raises(UsageError, match=told):
        Options(**{option: text})
