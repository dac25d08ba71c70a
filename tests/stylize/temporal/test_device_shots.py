"""Shots held still by torch, from files to files: here torch's CPU is the device."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.media.flow_files import write_flow
from ganfx.media.frames import read_picture
from ganfx.stylize.events import FrameDone, FrameSkipped, Notice
from ganfx.stylize.temporal import device_filter
from tests.stylize.conftest import of_kind, run
from tests.stylize.temporal.test_stabilized_shots import LOOK, make_pan


@pytest.fixture
def shot(inked) -> list[Path]:
    return make_pan(Path("shot"), range(1001, 1010))


def pixels(folder: str) -> np.ndarray:
    return np.stack([read_picture(path) for path in sorted(Path(folder).glob("*.png"))]).astype(int)


@pytest.mark.parametrize("laid", [{}, {"hatch": 0.6}])
def test_any_split_of_a_shot_gives_the_same_files(shot, contents, laid):
    run("shot", LOOK, out=Path("whole"), motion="torch", **laid)
    for frames in ("1001-1003", "1004", "1005-1009x2", "1006,1008"):
        run("shot", LOOK, out=Path("parts"), motion="torch", frames=frames, **laid)
    assert contents(Path("parts")) == contents(Path("whole"))


def test_it_is_near_what_opencv_makes_and_recorded_as_another(shot):
    run("shot", LOOK, out=Path("opencv"), grain=0.0)
    run("shot", LOOK, out=Path("torch"), grain=0.0, motion="torch")
    run("shot", LOOK, out=Path("alone"), grain=0.0, consistency=0.0)
    ours, theirs, alone = (pixels(folder) for folder in ("torch", "opencv", "alone"))
    assert np.abs(ours - theirs).mean() < 0.25 * np.abs(alone - theirs).mean()
    for folder, motion in (("opencv", "torch"), ("torch", "auto")):
        events = run("shot", LOOK, out=Path(folder), grain=0.0, motion=motion)
        assert len(of_kind(events, FrameDone)) == 9
    events = run("shot", LOOK, out=Path("opencv"), grain=0.0, motion="torch")
    assert len(of_kind(events, FrameSkipped)) == 9


def test_known_motion_is_taken(shot, contents):
    still = np.zeros((48, 64, 2), np.float32)
    moved = still - np.float32((2, 0))
    for frame in range(1001, 1010):
        for name, flow in (("next", moved), ("back", -moved)):
            write_flow(Path(f"flow/{name}.{frame}.flo"), flow)
    run("shot", LOOK, out=Path("known"), motion="torch", flow="flow", grain=0.0)
    run("shot", LOOK, out=Path("opencv"), motion="opencv", flow="flow", grain=0.0)
    assert np.abs(pixels("known") - pixels("opencv")).max() <= 1


def test_a_device_short_of_memory_makes_the_same_files_and_says_so_once(
    shot, contents, monkeypatch
):
    run("shot", LOOK, out=Path("whole"), motion="torch")
    errors = [torch.OutOfMemoryError("CUDA out of memory.")] * 2

    def sampled(*args, sample=device_filter.sample_at, **named):
        if errors:
            raise errors.pop()
        return sample(*args, **named)

    monkeypatch.setattr(device_filter, "sample_at", sampled)
    events = run("shot", LOOK, out=Path("short"), motion="torch")
    assert contents(Path("short")) == contents(Path("whole"))
    told = [event.message for event in of_kind(events, Notice) if "memory" in event.message]
    assert told == [
        "the temporal filter goes on in smaller bands, to the same pixels: CUDA out of memory."
    ]
