"""Sequences and videos through the temporal filter, from files to files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped
from ganfx.stylize.temporal.filter import HANDLES
from tests.stylize.conftest import of_kind, run

LOOK = "inked.safetensors"


def make_pan(folder: Path, frames: range) -> list[Path]:
    """A pan over a photograph, with noise so that every frame is another."""
    photo, rng = data.astronaut(), np.random.default_rng(2)
    files = []
    for step, frame in enumerate(frames):
        view = photo[40:88, 150 + 2 * step : 214 + 2 * step].astype(int)
        noisy = np.clip(view + rng.integers(-6, 7, view.shape), 0, 255)
        files.append(folder / f"plate.{frame}.png")
        write_picture(files[-1], noisy.astype(np.uint8))
    return files


@pytest.fixture
def shot(inked) -> list[Path]:
    return make_pan(Path("shot"), range(1001, 1019))


def pixels(folder: str, frame: int):
    return read_picture(Path(folder) / f"plate.{frame}.png")


@pytest.mark.parametrize("laid", [{}, {"hatch": 0.6}, {"dabs": 0.9}, {"washes": 1.0}])
def test_any_split_of_a_shot_gives_the_same_files(shot, contents, laid):
    run("shot", LOOK, out=Path("whole"), **laid)
    for frames in ("1001-1004", "1005", "1006-1018x3", "1007,1008,1010,1011,1013,1014,1016,1017"):
        run("shot", LOOK, out=Path("parts"), frames=frames, **laid)
    assert contents(Path("parts")) == contents(Path("whole"))
    run("shot", LOOK, out=Path("alone"), consistency=0.0)
    assert not np.array_equal(pixels("alone", 1008), pixels("whole", 1008))


def test_frames_are_nearer_to_each_other_than_one_by_one(shot):
    run("shot", LOOK, out=Path("held"), grain=0.0, consistency=1.0)
    run("shot", LOOK, out=Path("alone"), grain=0.0, consistency=0.0)

    def change(folder: str) -> float:
        first, second = pixels(folder, 1009).astype(int), pixels(folder, 1010).astype(int)
        return float(np.abs(first[:, 4:-4] - second[:, 2:-6]).mean())  # a pan of 2 pixels

    assert change("held") < 0.8 * change("alone")


@pytest.mark.parametrize("kind", ["hatch", "dabs"])
def test_lines_and_dabs_go_with_the_scene(shot, kind):
    """Of 1009 and 1010, between keys, and of a pan of 2 pixels a frame."""
    plain, lines = {"grain": 0.0, kind: 0.0}, {"grain": 0.0, kind: 0.8}
    for folder, consistency in (("held", 0.5), ("alone", 0.0)):
        run("shot", LOOK, out=Path(folder), consistency=consistency, **lines)
        run("shot", LOOK, out=Path(f"{folder}-bare"), consistency=consistency, **plain)

    def change(folder: str) -> float:
        first, second = (
            pixels(folder, frame).astype(int) - pixels(f"{folder}-bare", frame)
            for frame in (1009, 1010)
        )
        return float(np.abs(first[8:-8, 8:-8] - second[8:-8, 6:-10]).mean())

    assert change("held") < 0.7 * change("alone")


def test_a_change_of_one_frame_redoes_what_depends_on_it(shot):
    run("shot", LOOK, out=Path("out"))
    write_picture(shot[0], 255 - read_picture(shot[0]))
    events = run("shot", LOOK, out=Path("out"))
    assert [e.frame for e in of_kind(events, FrameDone)] == [*range(1001, 1002 + HANDLES)]
    assert len(of_kind(events, FrameSkipped)) == 18 - 1 - HANDLES


@pytest.mark.parametrize("change", [{"consistency": 0.7}, {"cuts": "none"}])
def test_other_options_of_the_filter_are_other_frames_of_a_shot_but_no_other_still(shot, change):
    write_picture(Path("stills/still.png"), read_picture(shot[0]))
    for source in ("shot", "stills"):
        run(source, LOOK, out=Path(f"out-{source}"))
    with pytest.raises(UsageError, match="made with other options"):
        run("shot", LOOK, out=Path("out-shot"), **change)
    events = run("shot", LOOK, out=Path("out-shot"), overwrite=True, **change)
    assert len(of_kind(events, FrameDone)) == 18


def test_a_stopped_run_goes_on_to_the_same_files(shot, contents):
    run("shot", LOOK, out=Path("whole"))
    with closing(stylize("shot", LOOK, Options(out=Path("out")))) as events:
        for event in events:
            if isinstance(event, FrameDone) and event.frame == 1003:
                break
    done = len(contents(Path("out")))
    assert 3 <= done < 18
    run("shot", LOOK, out=Path("out"))
    assert contents(Path("out")) == contents(Path("whole"))


def test_a_damaged_frame_fails_alone(shot):
    shot[8].write_bytes(shot[8].read_bytes()[:200])
    events = run("shot", LOOK, out=Path("out"))
    assert [e.frame for e in of_kind(events, FrameFailed)] == [1009]
    assert len(of_kind(events, FrameDone)) == 17


def test_a_frame_that_is_not_there_ends_the_window(shot, contents):
    for lost in (5, 12):
        shot[lost].unlink()  # two of 18 are too many gaps for a folder, not for a notation
    run("shot/plate.####.png", LOOK, out=Path("out"), missing="hold", grain=0.0)
    first = Path("first")
    for file in shot[:5]:
        write_picture(first / file.name, read_picture(file))
    run("first", LOOK, out=Path("alone"), grain=0.0)
    assert np.array_equal(pixels("out", 1004), pixels("alone", 1004))
    assert np.array_equal(pixels("out", 1006), pixels("out", 1005))  # held
    run("shot/plate.####.png", LOOK, out=Path("black"), missing="black", grain=0.0)
    assert pixels("black", 1006).max() == 0
    assert np.array_equal(pixels("black", 1007), pixels("out", 1007))


def test_cuts_can_be_told(shot):
    Path("cuts.txt").write_text("# reel 2\n1010   # the door\n\n", encoding="utf-8")
    run("shot", LOOK, out=Path("out"), cuts="cuts.txt", grain=0.0)
    second = Path("second")
    for file in shot[9:]:
        write_picture(second / file.name, read_picture(file))
    run("second", LOOK, out=Path("alone"), grain=0.0)
    assert np.array_equal(pixels("out", 1010), pixels("alone", 1010))


@pytest.mark.parametrize(
    ("text", "message"),
    [("1001\ndoor\n", r"cuts.txt, line 2: 'door' is no frame number"), (None, "cannot read")],
)
def test_cuts_that_make_no_sense_are_refused_at_once(shot, text, message):
    if text is not None:
        Path("cuts.txt").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        run("shot", LOOK, out=Path("out"), cuts="cuts.txt")
    assert not Path("out").exists()


def test_a_matte_is_each_frames_own(shot):
    for number, file in enumerate(shot):
        matte = np.zeros((48, 64, 3), np.uint8)
        matte[:, : 2 * number + 8] = 255
        write_picture(Path("matte") / file.name, matte)
    run("shot", LOOK, out=Path("out"), matte="matte/plate.####.png")
    for frame in (1003, 1012):
        edge = 2 * (frame - 1001) + 8
        source = read_picture(Path(f"shot/plate.{frame}.png"))
        assert np.array_equal(pixels("out", frame)[:, edge:], source[:, edge:])
        assert not np.array_equal(pixels("out", frame)[:, :edge], source[:, :edge])
