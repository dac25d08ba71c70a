"""Pages: what is on them, within their size, whatever they are given."""

from __future__ import annotations

import base64
import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import new_frame, read_picture, write_frame, write_picture
from ganfx.media.video import read_video, read_video_info
from ganfx.media.video.proxy import write_proxy
from ganfx.review import Options, review
from ganfx.review.events import FrameShown, Notice, ReviewDone, ReviewStarted
from ganfx.review.wipe_video import wiped
from tests.review.made import BLUE, RED, plain, recorded, sequence


class Page(HTMLParser):
    """A page that was made: its text, tags, data and pictures."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, words: str) -> None:
        self.texts.append(words)

    @property
    def shots(self) -> list[dict[str, Any]]:
        held = re.search(r'id="data">(.*?)</script>', self.source, re.DOTALL)
        assert held
        data = json.loads(held[1])
        self.pictures = self.path.parent / data["pictures"]
        shots: list[dict[str, Any]] = data["shots"]
        return shots

    def frames(self, name: str) -> list[dict[str, list[str | None]]]:
        _ = self.shots
        script = (self.pictures / f"{name}.js").read_text(encoding="utf-8")
        held = re.fullmatch(r'picturesCame\("(.*?)", (.*)\);\n', script)
        assert held
        assert held[1] == name
        frames: list[dict[str, list[str | None]]] = json.loads(held[2])
        return frames


def decoded(code: str | None) -> np.ndarray:
    assert code
    bgr = cv2.imdecode(np.frombuffer(base64.b64decode(code), np.uint8), cv2.IMREAD_COLOR)
    return bgr[..., ::-1]


def made(output: Path, **options: Any) -> tuple[Page, list[Any]]:
    events = list(review(output, Options(**options)))
    done = events[-1]
    assert isinstance(done, ReviewDone)
    return Page(done.page), events


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    source = sequence(tmp_path / "in", RED)
    return recorded(sequence(tmp_path / "out", BLUE), source, strength=0.5)


def test_a_page_holds_every_frame_before_and_after(shots: Path) -> None:
    page, events = made(shots)

    assert page.path == shots / "review" / "index.html"
    started = events[0]
    assert started == ReviewStarted(shots, 1, 4, ("noir --strength 0.5",), "")
    assert [event.frame for event in events if isinstance(event, FrameShown)] == [
        *range(1001, 1005)
    ]
    (shot,) = page.shots
    assert shot["numbers"] == [1001, 1002, 1003, 1004]
    assert shot["sides"] == ["source", "noir --strength 0.5"]
    frames = page.frames("0-0")
    assert len(frames) == 4
    before, after = (decoded(side)[20, 30].astype(int) for side in frames[2]["sides"])
    assert np.abs(before - (206, 46, 36)).max() <= 4  # JPEG
    assert np.abs(after - (36, 66, 216)).max() <= 4
    assert shot["flicker"][0] == [None, None]
    assert shot["flicker"][1][0] == pytest.approx(100 * 3 / 255, rel=0.05)
    total = sum(path.stat().st_size for path in page.path.parent.rglob("*") if path.is_file())
    assert events[-1].size == total


def test_a_page_needs_nothing_but_its_folder(shots: Path) -> None:
    page, _ = made(shots)

    assert set(re.findall(r"https?:", page.source)) == set()
    assert "link" not in page.tags
    assert {path.name for path in page.path.parent.iterdir()} == {"index.html", "pictures"}


def test_looks_become_letters_and_are_called_apart(tmp_path: Path, shots: Path) -> None:
    again = recorded(sequence(tmp_path / "v2", RED, 3), tmp_path / "in", strength=0.5)
    other = sequence(tmp_path / "other", RED)
    page, events = made(shots, also=(again, other))

    names = ["A noir --strength 0.5 (out)", "B noir --strength 0.5 (v2)", "C other"]
    assert page.shots[0]["sides"] == ["source", *names]
    assert page.frames("0-0")[3]["sides"][2] is None
    notices = [event.message for event in events if isinstance(event, Notice)]
    assert any("not in" in message and "(1004)" in message for message in notices)
    assert any("not in" in words for words in page.texts)


def test_a_look_is_not_beside_itself(shots: Path) -> None:
    with pytest.raises(UsageError, match="beside itself"):
        made(shots, also=(shots.parent / "in" / ".." / "out",))


def test_a_page_stays_within_its_size(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    for folder in ("in", "out"):
        for number in range(10):
            picture = noise.integers(0, 255, (240, 320, 3)).astype(np.uint8)
            write_picture(tmp_path / folder / f"plate.{number:04d}.png", picture)
    page, events = made(tmp_path / "out", source=tmp_path / "in", megabytes=1.0)

    assert events[-1].size < 1_000_000
    (shot,) = page.shots
    assert shot["played"][0] < 320
    assert shot["size"] == [320, 240]


def test_frames_in_their_own_size_fill_the_room_that_is_left(tmp_path: Path) -> None:
    sequence(tmp_path / "in", RED, width=320, height=240)
    sequence(tmp_path / "out", BLUE, width=320, height=240)
    page, _ = made(tmp_path / "out", source=tmp_path / "in", width=160)

    assert page.shots[0]["whole"] == [0, 1, 2, 3]
    assert page.shots[0]["played"] == [160, 120]
    assert decoded(page.frames("0-whole-2")[0]["sides"][1]).shape == (240, 320, 3)


def test_of_many_frames_some_are_shown_and_it_says_so(shots: Path) -> None:
    page, events = made(shots, frames=2)

    assert page.shots[0]["numbers"] == [1001, 1004]
    assert page.shots[0]["flicker"][1][0] is not None  # from the frame before, which is not shown
    assert any("2 of 4 frames are shown" in words for words in page.texts)
    assert any("2 of 4 frames" in e.message for e in events if isinstance(e, Notice))


def test_other_sizes_are_told(tmp_path: Path) -> None:
    sequence(tmp_path / "in", RED, width=128, height=48)
    sequence(tmp_path / "out", BLUE)
    page, _ = made(tmp_path / "out", source=tmp_path / "in")

    words = "sizes differ: source is 128x48, A is 64x48; source is shown at A's size"
    assert f"{words}, and of another shape" in page.texts
    assert decoded(page.frames("0-0")[0]["sides"][0]).shape == (48, 64, 3)


def test_without_a_source_there_is_a_page_that_says_why(tmp_path: Path) -> None:
    page, _ = made(sequence(tmp_path / "out", BLUE))

    assert page.shots[0]["hasSource"] is False
    assert page.shots[0]["sides"] == ["out"]
    assert any("there is no wipe: give --source" in words for words in page.texts)


def test_one_picture_is_a_page_beside_it(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", plain(RED))
    write_picture(tmp_path / "a-noir.png", plain(BLUE))
    page, _ = made(tmp_path / "a-noir.png", source=tmp_path / "a.png")

    assert page.path == tmp_path / "a-noir-review" / "index.html"
    assert page.shots[0]["sides"] == ["source", "a-noir.png"]
    assert page.shots[0]["labels"] == ["a-noir.png"]
    assert page.shots[0]["flicker"] is None


def test_a_video_is_a_page_beside_it_at_its_own_rate(tmp_path: Path) -> None:
    for name, color in (("a", RED), ("a-noir", BLUE)):
        frames = [plain(color).astype(np.float32) / 255] * 3
        write_proxy(tmp_path / f"{name}.mp4", frames, Fraction(25))
    page, _ = made(tmp_path / "a-noir.mp4", source=tmp_path / "a.mp4")

    assert page.path == tmp_path / "a-noir-review" / "index.html"
    (shot,) = page.shots
    assert (shot["fps"], shot["numbers"], shot["labels"]) == (25, [0, 1, 2], None)
    before, after = (decoded(side)[20, 30].argmax() for side in page.frames("0-0")[2]["sides"])
    assert (before, after) == (0, 2)


def test_names_with_markup_are_text(tmp_path: Path) -> None:
    name = "<b>plate & 'co'"
    sequence(tmp_path / "in", RED, 2, name=name)
    page, _ = made(sequence(tmp_path / "out <i>", BLUE, 2, name=name), source=tmp_path / "in")

    assert "b" not in page.tags
    assert "i" not in page.tags
    assert any("<b>plate & 'co'" in words for words in page.texts)
    assert "<b>plate" in page.shots[0]["labels"][0]


def test_light_goes_through_a_view_that_is_named(tmp_path: Path) -> None:
    light = np.full((48, 64, 3), 0.18, np.float32)
    for folder, gain in (("in", 1.0), ("out", 10.0)):
        for number in range(1, 4):
            frame = light * np.float32(gain)
            path = tmp_path / folder / f"p.{number:04d}.exr"
            write_frame(path, frame, new_frame(frame, depth="half"))
    page, events = made(tmp_path / "out", source=tmp_path / "in")

    assert "ACES 2.0 - SDR 100 nits (Rec.709)" in events[0].view
    assert any("ACES 2.0" in words for words in page.texts)
    before, after = (decoded(side)[20, 30].astype(int) for side in page.frames("0-0")[0]["sides"])
    assert np.abs(before - 89).max() <= 2  # OpenColorIO: 0.3492 of 255
    assert 150 < after.min() < 245  # brighter, but no clipping at white


def test_a_damaged_frame_is_left_out_and_told(shots: Path) -> None:
    (shots / "plate.1002.png").write_bytes((shots / "plate.1002.png").read_bytes()[:90])
    page, _ = made(shots, source=shots.parent / "in")

    named = [words for words in page.texts if "1002" in words]
    assert named
    sides = [frame["sides"][1] is None for shot in page.shots for frame in page.frames("0-0")]
    assert sum(sides) <= 1


def test_a_sheet_and_a_video_of_the_wipe(shots: Path, tmp_path: Path) -> None:
    _, events = made(shots, sheet=tmp_path / "s.png", video=tmp_path / "w.mp4", fps=12.0)

    assert (events[-1].sheet, events[-1].video) == (tmp_path / "s.png", tmp_path / "w.mp4")
    assert read_picture(tmp_path / "s.png").shape[1] > 64
    assert read_video_info(tmp_path / "w.mp4").rate == 12
    frames = list(read_video(tmp_path / "w.mp4"))
    assert len(frames) == 4
    assert frames[0][24, 5].argmax() == 2  # the edge begins at the left: after


def test_before_is_on_the_left_of_the_edge_and_after_on_its_right() -> None:
    frame = wiped(plain(RED), plain(BLUE), 0.25)

    assert frame[5, :15].tolist() == [list(RED)] * 15
    assert frame[5, 17:].tolist() == [list(BLUE)] * 47
    assert frame[5, 15:17].tolist() == [[230] * 3] * 2


def test_what_cannot_be_written_is_told_before_work(shots: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot write to"):
        list(review(shots, Options(out=tmp_path / "file")))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine")
    with pytest.raises(UsageError, match="ganfx review did not make it"):
        list(review(shots, Options(out=tmp_path / "site")))
    assert (tmp_path / "site" / "index.html").read_text() == "mine"
    with pytest.raises(UsageError, match="is not known"):
        list(review(sequence(tmp_path / "alone", RED), Options(video=tmp_path / "w.mp4")))
    with pytest.raises(UsageError, match="--sheet"):
        Options(sheet=tmp_path / "s.txt")


def test_a_folder_without_permission_is_told(
    shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganfx.review.store.os.access", lambda *_: False)  # root may do anything
    with pytest.raises(UsageError, match="no permission to write") as told:
        list(review(shots, Options(out=tmp_path / "closed")))
    assert told.value.hint == "choose another folder with --out"


def test_a_review_that_is_stopped_leaves_the_page_before_it(shots: Path) -> None:
    page, _ = made(shots)
    before = page.path.read_bytes()
    events = review(shots, Options(video=shots.parent / "w.mp4"))
    next(event for event in events if isinstance(event, FrameShown))
    events.close()

    assert page.path.read_bytes() == before
    assert page.frames("0-0")
    assert not list(shots.parent.glob("*w.mp4*"))
    assert not list(shots.parent.glob(".*"))
    assert {path.name for path in page.path.parent.iterdir()} == {"index.html", "pictures"}


def test_a_page_that_is_made_again_leaves_nothing_of_the_one_before(shots: Path) -> None:
    made(shots)
    page, _ = made(shots)

    assert len(page.frames("0-0")) == 4
    assert {path.name for path in page.path.parent.iterdir()} == {"index.html", "pictures-2"}
