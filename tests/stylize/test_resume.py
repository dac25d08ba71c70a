"""The same command does only the rest, whatever stopped the run before."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.errors import UsageError
from ganfx.media.frames import read_frame, write_picture
from ganfx.stopping import Finish
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import (
    Event,
    FrameDone,
    FrameSkipped,
    ShotDone,
    ShotStarted,
    StylizeDone,
    StylizeStarted,
)
from ganfx.stylize.job.manifest import MANIFEST
from tests.stylize.conftest import (
    make_shot,
    of_kind,
    photo,
    random_generator,
    run,
    save_look,
    visible,
)

OUT = Path("shots-inked")


@pytest.fixture
def done(inked: Path) -> Path:
    """A finished run; the style."""
    make_shot(Path("shots"))
    run("shots", inked)
    return inked


def redone(style: Path, **options) -> list[int]:
    return [event.frame for event in of_kind(run("shots", style, **options), FrameDone)]


def test_finished_frames_are_left_alone(done, contents):
    before = contents(OUT)
    times = {path: path.stat().st_mtime_ns for path in OUT.glob("*.png")}
    events = run("shots", done)

    assert [event.frame for event in of_kind(events, FrameSkipped)] == [*range(1001, 1006)]
    assert (events[-1].done, events[-1].skipped, events[-1].failed) == (0, 5, 0)
    assert contents(OUT) == before
    assert times == {path: path.stat().st_mtime_ns for path in OUT.glob("*.png")}


def test_what_is_damaged_or_gone_is_redone(done, contents):
    before = contents(OUT)
    damaged, gone = OUT / "plate.1002.png", OUT / "plate.1004.png"
    damaged.write_bytes(damaged.read_bytes()[:-50])
    gone.unlink()

    assert redone(done) == [1002, 1004]
    assert contents(OUT) == before


@pytest.fixture
def moved(done):
    """The run's files as a copy without hidden ones leaves them."""
    (OUT / MANIFEST).unlink()
    return done


def test_files_that_were_copied_without_their_record_are_known_by_their_notes(moved, contents):
    before = contents(OUT)
    assert redone(moved) == []
    assert before.items() <= contents(OUT).items()  # beside a new record


def test_of_those_what_is_damaged_or_out_of_date_is_redone(moved):
    damaged = OUT / "plate.1002.png"
    damaged.write_bytes(damaged.read_bytes()[:-50])
    assert redone(moved) == [1002]
    (OUT / MANIFEST).unlink()
    assert len(redone(moved, strength=0.5)) == 5


def test_a_changed_source_is_redone(done):
    write_picture(Path("shots/plate.1003.png"), photo()[::-1].copy())
    assert redone(done) == [*range(1001, 1006)]  # all are neighbours of it
    redone(done, consistency=0.0, overwrite=True)
    write_picture(Path("shots/plate.1003.png"), photo())
    assert redone(done, consistency=0.0) == [1003]


def test_a_changed_style_redoes_everything(done):
    save_look(done.parent, "inked", random_generator(seed=8), grain=0.05)
    assert redone(done) == [*range(1001, 1006)]


def test_float32_by_name_is_what_some_cpus_compute_anyway(done, monkeypatch):
    computed = "ganfx.stylize.network.look.best_precision"  # of a CPU: GPUs compute in float32
    monkeypatch.setattr(computed, lambda device: torch.float32)
    redone(done, device="cpu")
    assert redone(done, device="cpu", precision="float32") == []  # as a farm's tasks say it
    monkeypatch.setattr(computed, lambda device: torch.bfloat16)
    assert redone(done, device="cpu", precision="float32") == []
    assert redone(done, device="cpu") == []  # what is more exact will do


@pytest.mark.parametrize(
    "options",
    [
        *({"strength": 0.5}, {"grain": 0.0}, {"hatch": 0.4}, {"dabs": 0.4}),
        *({"seed": 1}, {"precision": "bfloat16"}),
    ],
)
def test_an_option_that_changes_pixels_redoes_everything_that_may_be_redone(done, options):
    asked = {} if "precision" in options else {"overwrite": True}
    assert len(redone(done, **options, **asked)) == 5
    assert redone(done, **options) == []


def test_records_of_earlier_versions_know_no_options_and_count_by_their_fingerprint(done):
    record = OUT / MANIFEST
    lines = [json.loads(line) for line in record.read_text().splitlines() if line]
    for line in lines:
        line.pop("settings", None)
    record.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert redone(done) == []
    assert redone(done, strength=0.5) == [*range(1001, 1006)]


@pytest.mark.parametrize("options", [{"tile": 16}, {"threads": 1}, {"on_error": "stop"}])
def test_an_option_that_changes_no_pixel_redoes_nothing(done, options):
    assert redone(done, **options) == []


def test_overwrite_redoes_everything(done):
    assert len(redone(done, overwrite=True)) == 5


def test_stopping_early_leaves_whole_files_and_the_rest_is_done_later(inked, contents):
    make_shot(Path("shots"), range(1, 31))
    run("shots", inked, out=Path("whole"))
    events = stylize("shots", inked)
    shown = [event for event in islice(events, 10) if isinstance(event, FrameDone)]
    events.close()
    partial = contents(OUT)

    assert [t for t in threading.enumerate() if t.name.startswith("ganfx-")] == []
    assert len(shown) <= len(partial) < 30
    assert all(data == (Path("whole") / name).read_bytes() for name, data in partial.items())
    assert [path for path in OUT.glob(".*") if path.suffix == ".png"] == []
    after = run("shots", inked)
    assert after[-1].skipped == len(partial)
    assert contents(OUT) == contents(Path("whole"))


@pytest.mark.parametrize("stopped", [False, True])
def test_a_name_under_which_nothing_was_written_is_the_users_again(inked, stopped):
    make_shot(Path("shots"), range(1, 31))
    Path("shots/plate.30.png").write_bytes(b"torn")
    if stopped:
        with closing(stylize("shots", inked, Options(consistency=0.0))) as events:
            assert any(isinstance(event, FrameDone) for event in events)
    else:
        assert run("shots", inked, consistency=0.0)[-1].failed == 1
    own = OUT / "plate.30.png"
    assert not own.exists()
    write_picture(own, photo())
    before = own.read_bytes()

    with pytest.raises(UsageError, match=r"plate\.30\.png: there already, and not written by"):
        run("shots", inked, consistency=0.0)
    assert own.read_bytes() == before
    own.unlink()
    assert run("shots", inked, consistency=0.0)[-1].failed == 1


@pytest.mark.parametrize("consistency", [0.0, 0.8])
def test_asked_to_finish_a_run_tells_every_file_that_it_wrote(inked, contents, consistency):
    make_shot(Path("shots"), range(1, 31))
    make_shot(Path("shots"), range(1, 31), name="second")
    options = Options(consistency=consistency)
    events = stylize("shots", inked, options)
    told: list[Event] = []
    for event in events:
        told.append(event)
        if len(of_kind(told, FrameDone)) == 3:
            break
    with suppress(StopIteration):  # nothing was in hand
        told.append(events.throw(Finish()))
    told += events
    done = of_kind(told, FrameDone)

    assert 3 <= len(done) < 30
    assert sorted(event.output.name for event in done) == visible(OUT)
    assert not of_kind(told, ShotDone) + of_kind(told, StylizeDone)
    assert [t for t in threading.enumerate() if t.name.startswith("ganfx-")] == []
    assert run("shots", inked, consistency=consistency)[-1].skipped == len(done)


@pytest.mark.parametrize("kind", [StylizeStarted, ShotStarted])
def test_asked_to_finish_before_its_first_frame_a_run_does_none(inked, kind):
    make_shot(Path("shots"))
    events = stylize("shots", inked)
    assert any(isinstance(event, kind) for event in events)
    with pytest.raises((Finish, StopIteration)):
        events.throw(Finish())
    assert visible(OUT) == []


def test_two_runs_into_one_folder_share_it(inked, contents):
    make_shot(Path("shots"), range(1, 11))
    run("shots", inked, out=Path("whole"))
    first = stylize("shots", inked, Options(frames="1-5"))
    second = stylize("shots", inked, Options(frames="6-10"))
    for pair in zip(first, second, strict=True):
        assert type(pair[0]) is type(pair[1])

    assert run("shots", inked)[-1].skipped == 10
    assert contents(OUT) == contents(Path("whole"))


KILLED = """
import os, signal
from ganfx.stylize import stylize
from ganfx.stylize.events import FrameDone
done = 0
for event in stylize("shots", "inked.safetensors"):
    done += isinstance(event, FrameDone)
    if done == 5:
        os.kill(os.getpid(), signal.SIGKILL)  # by itself: in the midst on any machine
"""


def test_a_killed_run_leaves_whole_frames_and_the_same_command_finishes(inked, contents):
    picture = np.tile(photo(), (2, 2, 1))
    for frame in range(1, 41):
        write_picture(Path(f"shots/plate.{frame:04d}.png"), np.roll(picture, frame, axis=1))
    killed = subprocess.run([sys.executable, "-c", KILLED], check=False)
    assert killed.returncode == -signal.SIGKILL
    survived = visible(OUT)
    assert 5 <= len(survived) < 40
    for name in survived:
        assert read_frame(OUT / name).rgb.shape == picture.shape
    events = run("shots", inked)

    assert events[-1].done + events[-1].skipped == 40
    assert 5 <= events[-1].skipped <= len(survived)
    run("shots", inked, out=Path("whole"))
    assert contents(OUT) == contents(Path("whole"))
    assert [path.name for path in OUT.glob(".*")] == [".ganfx.jsonl"]
