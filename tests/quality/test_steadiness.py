"""Scores of finished shots, worked out by hand on shots that stand still."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from skimage import data

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.quality.steadiness import (
    SHOWN,
    Hottest,
    ShotScore,
    StepScore,
    Strip,
    evaluate_flicker,
    heat_strip,
)

PHOTO = np.ascontiguousarray(data.astronaut()[20:116, 160:288])


def write_shot(folder: Path, frames, first: int = 1001, suffix: str = ".png") -> Path:
    for number, frame in enumerate(frames, start=first):
        write_picture(folder / f"plate.{number}{suffix}", frame)
    return folder


def lit(*levels: int):
    """Flat frames of these codes."""
    return [np.full((64, 96, 3), level, np.uint8) for level in levels]


def scores(*args, **kwargs) -> tuple[list[StepScore], list[ShotScore]]:
    found = list(evaluate_flicker(*args, **kwargs))
    return (
        [score for score in found if isinstance(score, StepScore)],
        [score for score in found if isinstance(score, ShotScore)],
    )


def test_every_step_and_every_shot_has_its_numbers(tmp_path):
    source = write_shot(tmp_path / "in", lit(100, 100, 100))
    output = write_shot(tmp_path / "out", lit(51, 102, 0))
    steps, (shot,) = scores(source, output)
    assert [(step.frame, step.output) for step in steps] == [
        (1001, pytest.approx(0.2**2)),
        (1002, pytest.approx(0.4**2)),
    ]
    assert [step.output_tone for step in steps] == pytest.approx([0.2, -0.4])
    assert (shot.frames, shot.source, shot.ratio) == (3, 0.0, None)
    assert shot.output == pytest.approx((0.04 + 0.16) / 2)
    assert shot.output_tone == pytest.approx(0.3)  # of 0.2 and -0.4
    assert shot.source_tone == 0.0
    assert (shot.unfiltered, shot.detail, shot.ghost) == (None, None, None)


def test_the_ratio_is_to_the_sources_own(tmp_path):
    rng = np.random.default_rng(0)
    noise = rng.integers(-6, 7, (3, *PHOTO.shape))
    source = write_shot(
        tmp_path / "in", [np.clip(PHOTO // 2 + 30 + n, 0, 255).astype(np.uint8) for n in noise]
    )
    output = write_shot(
        tmp_path / "out", [np.clip(PHOTO // 2 + 30 + 2 * n, 0, 255).astype(np.uint8) for n in noise]
    )
    _, (shot,) = scores(source, output)
    assert shot.ratio == pytest.approx(4.0, rel=0.1)  # of twice the noise, squared


def test_the_filter_is_judged_beside_what_was_before_it(tmp_path):
    source = write_shot(tmp_path / "in", [PHOTO] * 3)
    before = write_shot(tmp_path / "before", [PHOTO, PHOTO // 2, PHOTO])
    soft = PHOTO // 4 * 3
    output = write_shot(tmp_path / "out", [soft, soft, soft])
    steps, (shot,) = scores(source, output, unfiltered=before)
    assert shot.output == 0.0
    assert shot.steadied == 0.0
    assert steps[0].detail == pytest.approx(0.75, abs=0.02)
    assert steps[1].detail == pytest.approx(1.5, abs=0.04)
    assert steps[0].unfiltered_tone == pytest.approx(-steps[1].unfiltered_tone)


def test_what_the_filter_leaves_behind_is_seen_where_the_scene_is_hidden(tmp_path):
    # A disc goes over still ground; the output keeps a faint trail of it.
    y, x = np.mgrid[:96, :128]
    frames = []
    for t in range(4):
        frame = PHOTO // 3
        frame[(x - 30 - 14 * t) ** 2 + (y - 48) ** 2 < 18**2] = 240
        frames.append(frame)
    source = write_shot(tmp_path / "in", frames)
    trails = [np.maximum(a, b // 2) for a, b in zip(frames, frames[:1] + frames[:-1], strict=True)]
    _, (clean,) = scores(source, source, unfiltered=source)
    _, (trail,) = scores(source, write_shot(tmp_path / "out", trails), unfiltered=source)
    assert clean.ghost == 0.0
    assert trail.ghost is not None
    assert trail.ghost > 0.01


def test_steps_are_between_neighbours_only(tmp_path):
    source = write_shot(tmp_path / "in", lit(*[90] * 24))
    (source / "plate.1011.png").unlink()
    steps, _ = scores(source, source)
    assert [step.frame for step in steps] == [n for n in range(1001, 1024) if n not in (1010, 1011)]


def test_outputs_of_another_format_and_of_subfolders_are_found(tmp_path):
    write_shot(tmp_path / "in" / "sh010", lit(90, 90, 90))
    write_shot(tmp_path / "out" / "sh010", lit(80, 80, 80), suffix=".tif")
    _, (shot,) = scores(tmp_path / "in", tmp_path / "out")
    assert shot.shot == "sh010/plate.1001-1003#.png"


def test_a_heat_strip_is_hot_where_it_flickers(tmp_path):
    source = write_shot(tmp_path / "in", [PHOTO] * 3)
    other = PHOTO.copy()
    other[:, :64] = 255 - other[:, :64]
    strip: Strip = []
    list(evaluate_flicker(source, write_shot(tmp_path / "out", [PHOTO, other, PHOTO]), strip=strip))
    frames, heats = heat_strip(strip)
    assert len(frames) == len(heats) == 2
    width = heats[0].shape[1]
    assert heats[0][:, : width // 2 - 8].mean() > 100
    assert heats[0][:, width // 2 + 8 :].max() == 0
    assert len(heat_strip(strip * 20)[0]) == SHOWN


def test_what_cannot_be_judged_is_told(tmp_path):
    source = write_shot(tmp_path / "in", lit(90, 90, 90))
    output = write_shot(tmp_path / "out", lit(90, 90))
    with pytest.raises(UsageError, match=r"plate\.1003\.png: nothing became of it in"):
        list(evaluate_flicker(source, output))
    write_picture(output / "plate.1003.png", np.zeros((64, 90, 3), np.uint8))
    with pytest.raises(MediaError, match="96x64, and 90x64 after the look"):
        list(evaluate_flicker(source, output))
    with pytest.raises(UsageError, match="cannot find"):
        list(evaluate_flicker(source, tmp_path / "nowhere"))
    still = tmp_path / "still"
    write_picture(still / "a.png", read_picture(source / "plate.1001.png"))
    with pytest.raises(UsageError, match="stills only"):
        list(evaluate_flicker(still, still))


def test_the_hottest_steps_are_kept_and_no_more() -> None:
    hottest = Hottest(2)
    for heat in (10, 40, 20, 30):
        hottest.append((PHOTO, np.full((4, 4, 3), heat, np.uint8)))
    assert hottest.hottest_first() == [1, 3]
    assert sorted(hottest.pictures) == [1, 3]


def test_an_output_that_is_not_there_or_one_picture_is_told_as_it_was_typed(tmp_path):
    source = write_shot(tmp_path / "in", lit(100, 100, 100))
    with pytest.raises(UsageError, match=r"cannot find .*nowhere$"):
        scores(source, tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"plate\.1001\.png is one picture"):
        scores(source, source / "plate.1001.png")
