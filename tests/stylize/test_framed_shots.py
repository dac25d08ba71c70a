"""The framed area is stylised, and what lies outside comes out as it went in."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from ganfx.errors import GanfxError, UsageError
from ganfx.media.frames import read_frame, write_picture
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped
from ganfx.stylize.job.history import history_of, inputs_of
from ganfx.stylize.redo import redo
from tests.media.framing_files import canvas, decision, write_fdl
from tests.stylize.conftest import make_shot, of_kind, photo, run, write_float
from tests.stylize.render.test_videos import noise_clip, planes_of

pytest.importorskip("fdl")

FRAMED = (slice(10, 30), slice(12, 52))
"""Of `SHOW`."""


@pytest.fixture
def show(places: Path) -> Path:
    wide = decision("C1", (12, 10, 40, 20), (4, 6, 56, 28))
    return write_fdl(Path("show.fdl"), canvas("C1", 64, 48, wide))


def stored(path: str) -> np.ndarray:
    return read_frame(Path(path)).rgb


def test_only_what_is_framed_changes(inked, show):
    write_picture(Path("plate.png"), photo())
    run("plate.png", inked, out=Path("whole.png"), grain=0.0)
    run("plate.png", inked, out=Path("framed.png"), grain=0.0, fdl=show)
    whole, framed, plate = (stored(f"{name}.png") for name in ("whole", "framed", "plate"))
    np.testing.assert_array_equal(framed[FRAMED], whole[FRAMED])  # which has seen what is around
    framed[FRAMED] = plate[FRAMED]
    np.testing.assert_array_equal(framed, plate)


def test_its_protection_too_where_that_is_asked_for(inked, show):
    write_picture(Path("plate.png"), photo())
    run("plate.png", inked, out=Path("a.png"), grain=0.0, fdl=show, fdl_area="protection")
    changed = (stored("a.png") != stored("plate.png")).any(axis=-1)
    assert changed[6:34, 4:60].mean() > 0.9
    changed[6:34, 4:60] = False
    assert not changed.any()


def test_a_matte_counts_within_the_frame(inked, show):
    write_picture(Path("plate.png"), photo())
    matte = np.zeros((48, 64, 3), np.uint8)
    matte[:, :20] = 255
    write_picture(Path("matte.png"), matte)
    run("plate.png", inked, out=Path("a.png"), grain=0.0, fdl=show, matte="matte.png")
    changed = (stored("a.png") != stored("plate.png")).any(axis=-1)
    assert changed[10:30, 12:20].mean() > 0.9
    changed[10:30, 12:20] = False
    assert not changed.any()


def test_light_and_values_outside_of_the_frame_stay_bit_for_bit(inked, show):
    rgb = np.linspace(-0.25, 9, 48 * 64 * 3, dtype=np.float32).reshape(48, 64, 3)
    write_float(Path("plate.exr"), rgb)
    run("plate.exr", inked, out=Path("a.exr"), grain=0.0, fdl=show)
    plate, framed = stored("plate.exr"), stored("a.exr")
    assert (framed[FRAMED] != plate[FRAMED]).any()
    framed[FRAMED] = plate[FRAMED]
    np.testing.assert_array_equal(framed, plate)


def test_any_part_of_a_shot_is_as_in_the_whole(inked, show):
    make_shot(Path())
    run("plate.####.png", inked, out=Path("whole"), fdl=show)
    run("plate.####.png", inked, out=Path("part"), fdl=show, frames="1003")
    name = "plate.1003.png"
    assert Path("part", name).read_bytes() == Path("whole", name).read_bytes()
    changed = (stored(f"whole/{name}") != stored(name)).any(axis=-1)
    assert changed[FRAMED].mean() > 0.9
    changed[FRAMED] = False
    assert not changed.any()


def test_samples_of_a_video_outside_of_the_frame_stay(inked, show):
    before = noise_clip(Path("clip.mkv"), "yuv420p")
    run("clip.mkv", inked, out=Path("out.mkv"), fdl=show)
    with av.open("out.mkv") as container:
        after = [planes_of(frame) for frame in container.decode(video=0)]
    for ours, theirs in zip(after, before, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            factor = 48 // len(a)  # of chroma, half as many samples
            inside = tuple(slice(s.start // factor, s.stop // factor) for s in FRAMED)
            assert (a[inside] != b[inside]).mean() > 0.8
            a[inside] = b[inside]
            np.testing.assert_array_equal(a, b)


def test_a_list_without_a_canvas_of_the_size_stops_the_run(inked, show):
    write_picture(Path("plate.png"), photo(40, 64))
    with pytest.raises(UsageError, match=r"plate.png: show.fdl has no canvas of 64x40"):
        run("plate.png", inked, out=Path("a.png"), fdl=show)
    assert not Path("a.png").exists()


def test_a_video_of_another_size_is_refused_by_its_header(inked, places):
    noise_clip(Path("clip.mkv"), "yuv420p", count=1)
    show = write_fdl(Path("show.fdl"), canvas("C1", 32, 24, decision("C1", (2, 2, 8, 8))))
    with pytest.raises(UsageError, match=r"clip.mkv: show.fdl has no canvas of 64x48"):
        run("clip.mkv", inked, out=Path("out.mkv"), fdl=show)


def test_a_shot_that_is_not_framed_fails_and_others_are_done(inked, show):
    Path("in").mkdir()
    write_picture(Path("in/a.png"), photo())
    write_picture(Path("in/b.png"), photo(40, 64))
    events = run("in", inked, out=Path("out"), fdl=show)
    (failed,) = of_kind(events, FrameFailed)
    assert failed.source.name == "b.png"
    assert "it has 64x48 (canvas C1)" in failed.reason
    assert [each.source.name for each in of_kind(events, FrameDone)] == ["a.png"]


def test_a_frame_is_done_again_where_its_framing_changes(inked, show):
    write_picture(Path("plate.png"), photo())
    run("plate.png", inked, out=Path("a.png"), fdl=show)
    values = json.loads(show.read_text(encoding="utf-8"))
    values["fdl_creator"] = "somebody else"
    show.write_text(json.dumps(values), encoding="utf-8")
    assert of_kind(run("plate.png", inked, out=Path("a.png"), fdl=show), FrameSkipped)
    wide = decision("C1", (12, 10, 40, 21))
    write_fdl(show, canvas("C1", 64, 48, wide))
    assert of_kind(run("plate.png", inked, out=Path("a.png"), fdl=show), FrameDone)


def test_a_framed_picture_is_made_again_by_its_record(inked, show):
    write_picture(Path("plate.png"), photo())
    run("plate.png", inked, out=Path("a.png"), fdl=show, fdl_decision="2.39-1")
    redo(Path("a.png"))
    states = {Path(each.path).name: each.state for each in inputs_of(history_of(Path("a.png")))}
    assert states["show.fdl"] == "as it was"
    write_fdl(show)
    with pytest.raises(GanfxError, match=r"file .*show.fdl has changed"):
        redo(Path("a.png"))
