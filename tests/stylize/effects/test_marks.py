"""Marks over time: carried with the scene, left with the picture, or drawn anew in each frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.stylize.chunk_check import prove_chunks
from ganfx.stylize.effects import Effects, Place
from ganfx.stylize.network import brush_scale
from ganfx.stylize.network.look import open_look
from ganfx.stylize.options import Options
from ganfx.stylize.render import strips
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp
from tests.stylize.conftest import make_shot, photo, run

LOOK = "inked.safetensors"
KINDS = ("strokes", "dabs", "hatch", "lines", "washes")
MODES = ("carried", "paper", "per-frame")
GREY = np.full((72, 96, 3), 0.4, np.float32)


def marked(number: int = 0, warp: KeyframeWarp | None = None, **options: object) -> np.ndarray:
    """Grey under the marks alone, as a look without grain lays them."""
    chosen = Options(grain=0.0, **options)
    place = Place(72, number=number, warp=warp, seed=chosen.seed)
    return Effects(open_look(LOOK).headers, chosen).apply(GREY, place)


def moved(right: float) -> KeyframeWarp:
    flow = np.zeros((72, 96, 2), np.float32)
    flow[..., 0] = right
    return KeyframeWarp(flow, flow, np.zeros((72, 96), np.float32))


@pytest.mark.parametrize("kind", KINDS)
def test_carried_marks_go_with_the_scene_and_those_of_paper_do_not(inked, kind):
    carried, paper = (
        [marked(warp=moved(right), marks=marks, **{kind: 1.0}) for right in (0, 5)]
        for marks in ("carried", "paper")
    )
    assert np.abs(carried[0] - carried[1]).mean() > 0.002
    np.testing.assert_array_equal(paper[0], paper[1])
    np.testing.assert_array_equal(paper[0], marked(**{kind: 1.0}))


@pytest.mark.parametrize("kind", KINDS)
def test_marks_of_each_frame_are_others_and_the_same_again(inked, kind):
    frames = [marked(n, marks="per-frame", **{kind: 1.0}) for n in (1001, 1002, 1003, 1001)]
    for one, two in ((0, 1), (1, 2), (0, 2)):
        assert np.abs(frames[one] - frames[two]).mean() > 0.002
    np.testing.assert_array_equal(frames[0], frames[3])
    other = marked(1001, marks="per-frame", seed=1, **{kind: 1.0})
    assert np.abs(frames[0] - other).mean() > 0.002


@pytest.mark.parametrize("kind", KINDS)
def test_carried_and_paper_do_not_go_by_the_frame(inked, kind):
    for marks in ("carried", "paper"):
        one, two = (marked(n, marks=marks, **{kind: 1.0}) for n in (1001, 1002))
        np.testing.assert_array_equal(one, two)


def test_what_is_no_mark_keeps_its_seed(inked):
    """The grain of a frame is the same whether marks are drawn anew or not."""
    effects = [Effects(open_look(LOOK).headers, Options(marks=marks)) for marks in MODES]
    grained = [each.apply(GREY, Place(72, number=1001)) for each in effects]
    assert all(np.array_equal(grained[0], each) for each in grained)


@pytest.mark.parametrize("marks", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_any_split_of_a_shot_makes_the_same_files(inked, kind, marks):
    make_shot(Path("shots"), range(1001, 1009))
    options = Options(marks=marks, **{kind: 1.0})
    (split,) = prove_chunks("shots", LOOK, options, splits=1)
    assert split.different == ()
    assert split.files == 8


def test_a_still_shot_keeps_its_marks_on_paper_and_boils_per_frame(plain):
    for frame in range(1001, 1006):
        write_picture(Path(f"shot/a.{frame}.png"), np.full((48, 64, 3), 120, np.uint8))
    for marks in MODES:
        run("shot", "plain.safetensors", out=Path(marks), strokes=1.0, marks=marks, device="cpu")
    paper, boiling = (
        [read_picture(Path(f"{marks}/a.{frame}.png")).astype(int) for frame in (1002, 1003, 1004)]
        for marks in ("paper", "per-frame")
    )
    assert paper[0].std() > 0.5
    assert all(np.array_equal(paper[0], each) for each in paper)
    assert all(np.abs(boiling[0] - each).mean() > 0.5 for each in boiling[1:])


def test_frames_are_done_again_where_marks_change_and_not_otherwise(inked):
    make_shot(Path("shot"), range(1001, 1004))
    options = {"out": Path("out"), "strokes": 1.0, "device": "cpu"}
    run("shot", LOOK, **options)
    again = [type(event).__name__ for event in run("shot", LOOK, marks="carried", **options)]
    assert "FrameDone" not in again
    with pytest.raises(UsageError, match="--marks"):
        run("shot", LOOK, marks="paper", **options)


def test_a_word_that_is_none_is_refused():
    with pytest.raises(UsageError, match="expected carried, paper or per-frame"):
        Options(marks="boiling")


@pytest.mark.parametrize("kind", KINDS)
def test_strips_of_a_still_make_the_same_file(inked, monkeypatch, kind):
    write_picture(Path("still.png"), photo(480, 64))
    options = {kind: 1.0, "stroke_size": 14.0, "device": "cpu"}
    run("still.png", LOOK, out=Path("whole.png"), **options)
    monkeypatch.setattr(brush_scale, "LARGEST", 0)
    monkeypatch.setattr(strips, "ROWS", 64)
    run("still.png", LOOK, out=Path("strips.png"), **options)
    assert Path("whole.png").read_bytes() == Path("strips.png").read_bytes()


@pytest.mark.parametrize("wrap", ["", "xy"])
@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 3), (2, 2)])
@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_any_shape_are_marked(inked, kind, shape, wrap):
    rgb = np.random.default_rng(1).random((*shape, 3), np.float32)
    effects = Effects(open_look(LOOK).headers, Options(grain=0.0, **{kind: 1.0}))
    made = effects.apply(rgb, Place(shape[0], wrap=wrap))
    assert made.shape == rgb.shape
    assert np.isfinite(made).all()
    assert 0 <= made.min() <= made.max() <= 1


@pytest.mark.parametrize("kind", ["strokes", "lines", "washes"])
def test_another_seed_lays_other_marks(inked, kind):
    one, two = (marked(seed=seed, **{kind: 1.0}) for seed in (0, 1))
    assert np.abs(one - two).mean() > 0.002


@pytest.mark.parametrize("kind", [*KINDS, "grain"])
def test_a_part_of_a_plane_is_that_part_of_the_whole(inked, kind):
    """As a tile with what lies around it is of the plane of all tiles: in rows and in columns."""
    rgb = photo(400, 440).astype(np.float32) / np.float32(255)
    options = Options(stroke_size=14.0, **{"grain": 0.0, kind: 0.5})
    effects, whole = Effects(open_look(LOOK).headers, options), Place(96)
    reach = effects.reach(whole)
    top, left = 16, 40
    part = np.ascontiguousarray(rgb[top:376, left:424])
    seen = effects.apply(part, Place(96, first=top, left=left))
    expected = effects.apply(rgb, whole)[top:376, left:424]
    inner = (slice(reach, -reach or None),) * 2
    assert seen[inner].size > 0
    np.testing.assert_allclose(seen[inner], expected[inner], atol=2e-6)
