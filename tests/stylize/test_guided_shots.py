"""Shots whose marks go by depth and normals: the same however they are split."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_frame
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped, Notice
from ganfx.stylize.job.manifest import MANIFEST
from ganfx.stylize.redo import redo
from tests.stylize.conftest import make_shot, of_kind, photo, run
from tests.stylize.job.test_guides import write_passes

MARKS = {"strokes": 1.0, "stroke_size": 160.0, "lines": 0.3, "line_spacing": 64.0, "grain": 0.0}
"""Of which some are wider than a pixel in so small a picture."""
SIZE = (48, 64)


def light() -> np.ndarray:
    return (photo(*SIZE).astype(np.float32) / 255) ** 2.2


def read(path: Path) -> np.ndarray:
    return read_frame(path).rgb


def ramp(first: float, last: float) -> np.ndarray:
    return np.broadcast_to(np.linspace(first, last, SIZE[1], dtype=np.float32), SIZE)


@pytest.fixture
def shot(inked: Path) -> Path:
    """Five frames that move away from 4 to 16, in a scene from left to right."""
    Path("shot").mkdir()
    for number in range(5):
        depth = ramp(4 + number, 12 + number)
        moved = np.roll(light(), 2 * number, axis=1)
        write_passes(Path(f"shot/plate.{1001 + number}.exr"), moved, "half", Z=depth)
    return Path("shot")


def test_marks_of_a_scene_at_the_reference_are_those_without_depth(inked):
    write_passes(Path("a.exr"), light(), Z=10.0)
    run("a.exr", inked, out=Path("plain.exr"), **MARKS)
    plain = read(Path("plain.exr"))
    for name, text in (("given", "depth=Z@10"), ("own", "depth=Z")):
        run("a.exr", inked, out=Path(f"{name}.exr"), guide=(text,), **MARKS)
        np.testing.assert_array_equal(read(Path(f"{name}.exr")), plain)
    run("a.exr", inked, out=Path("near.exr"), guide=("depth=Z@20",), **MARKS)
    assert (read(Path("near.exr")) != plain).any()


def test_any_part_of_a_shot_goes_by_its_first_frame(inked, shot):
    events = run(shot, inked, out=Path("whole"), guide=("depth=Z",), **MARKS)
    (told,) = [each.message for each in of_kind(events, Notice) if "own size" in each.message]
    assert "at a depth of 8, the median of plate.1001.exr" in told
    run(shot, inked, out=Path("part"), frames="1004", guide=("depth=Z",), **MARKS)
    name = "plate.1004.exr"
    assert Path("part", name).read_bytes() == Path("whole", name).read_bytes()
    run(shot, inked, out=Path("said"), frames="1004", guide=("depth=Z@8",), **MARKS)
    np.testing.assert_array_equal(read(Path("said", name)), read(Path("whole", name)))
    run(shot, inked, out=Path("plain"), frames="1004", **MARKS)
    assert (read(Path("plain", name)) != read(Path("whole", name))).any()


def test_held_drawings_have_their_own_frames_depth(inked, shot):
    options = {**MARKS, "hold": "2", "guide": ("depth=Z",)}
    run(shot, inked, out=Path("whole"), **options)
    run(shot, inked, out=Path("part"), frames="1003", **options)
    name = "plate.1003.exr"
    assert Path("part", name).read_bytes() == Path("whole", name).read_bytes()


def test_another_first_frame_is_another_size_and_frames_are_made_again(inked, shot):
    told = {"guide": ("depth=Z",), "consistency": 0.0, **MARKS}
    run(shot, inked, out=Path("out"), frames="1005", **told)
    assert of_kind(run(shot, inked, out=Path("out"), frames="1005", **told), FrameSkipped)
    write_passes(Path("shot/plate.1001.exr"), light(), "half", Z=ramp(20, 40))
    assert of_kind(run(shot, inked, out=Path("out"), frames="1005", **told), FrameDone)


def test_another_guide_into_the_same_folder_is_told_as_it_is_typed(inked, shot):
    told = {"frames": "1005", "consistency": 0.0, **MARKS}
    run(shot, inked, out=Path("out"), guide=("depth=Z",), **told)
    with pytest.raises(UsageError, match="--guide depth=Z, now depth=Z@3"):
        run(shot, inked, out=Path("out"), guide=("depth=Z@3",), **told)


def test_a_guided_frame_is_made_again_by_its_record(inked, shot):
    told = {"guide": ("depth=Z",), "consistency": 0.0, **MARKS}
    run(shot, inked, out=Path("out"), **told)
    shutil.move("shot/plate.1001.exr", "elsewhere.exr")  # its median is on record
    redo(Path("out/plate.1004.exr"))
    last = Path("out", MANIFEST).read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["origin"]["distance"] == 8


def test_normals_lead_marks_as_their_level_lines_do(inked):
    rng = np.random.RandomState(5)
    x, y = rng.uniform(0.3, 0.6, (2, *SIZE)).astype(np.float32)
    write_passes(Path("a.exr"), light(), N_X=x, N_Y=y, N_Z=np.sqrt(1 - x * x - y * y))
    run("a.exr", inked, out=Path("guided.exr"), guide=("normal=N.X,N.Y,N.Z",), **MARKS)
    run("a.exr", inked, out=Path("led.exr"), direction="channel:N.Y,N.X", **MARKS)
    run("a.exr", inked, out=Path("plain.exr"), **MARKS)
    np.testing.assert_array_equal(read(Path("guided.exr")), read(Path("led.exr")))
    assert (read(Path("guided.exr")) != read(Path("plain.exr"))).any()


def test_a_scene_without_depth_is_refused_before_anything_is_made(inked):
    write_passes(Path("a.exr"), light(), Z=-10.0)
    with pytest.raises(UsageError, match="its depth is nowhere above 0") as caught:
        run("a.exr", inked, out=Path("out.exr"), guide=("depth=Z",), **MARKS)
    assert caught.value.hint.startswith("where it counts below 0, depth=-Z")
    assert not Path("out.exr").exists()


def test_a_plate_without_the_channel_fails(inked):
    make_shot(Path(), [1001])
    (failed,) = of_kind(
        run("plate.1001.png", inked, out=Path("a.png"), guide=("depth=Z",)), FrameFailed
    )
    assert "there is no channel Z" in failed.reason


def test_tiles_of_a_set_go_by_its_first(inked):
    Path("in").mkdir()
    for number, first in ((1001, 4.0), (1002, 20.0)):
        write_passes(Path(f"in/wood.{number}.exr"), light(), "half", Z=ramp(first, first + 8))
    events = run("in/wood.<UDIM>.exr", inked, out=Path("out"), guide=("depth=Z",), **MARKS)
    (told,) = [each.message for each in of_kind(events, Notice) if "own size" in each.message]
    assert "at a depth of 8, the median of wood.1001.exr" in told
    run("in/wood.<UDIM>.exr", inked, out=Path("said"), guide=("depth=Z@8",), **MARKS)
    run("in/wood.<UDIM>.exr", inked, out=Path("plain"), **MARKS)
    own, said, plain = (read(Path(f, "wood.1002.exr")) for f in ("out", "said", "plain"))
    np.testing.assert_array_equal(own, said)
    assert (own != plain).any()
