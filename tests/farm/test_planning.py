"""Forecasts of jobs: what follows from what was measured."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import GanfxError, UsageError
from ganfx.farm import planning
from ganfx.farm.planning import forecast
from ganfx.media.frames import write_picture
from ganfx.stylize import Options


@pytest.fixture
def plates(tmp_path: Path, style: Path) -> Path:
    rng = np.random.default_rng(0)
    for frame in range(1, 41):
        picture = rng.integers(0, 200, (24, 32, 3), dtype=np.uint8)
        write_picture(tmp_path / "in" / f"plate.{frame:04d}.png", picture)
    write_picture(tmp_path / "in" / "ref" / "big.png", rng.integers(0, 200, (48, 64, 3), np.uint8))
    return tmp_path / "in"


def test_a_forecast_counts_every_picture_by_its_pixels(plates, style, monkeypatch):
    monkeypatch.setattr(planning, "_timed", lambda shot, *_: (8.0, 1000.0, 12))
    found = forecast(plates, style)
    assert [(s.name, s.frames, s.size) for s in found.shots] == [
        ("plate.0001-0040#.png", 40, "32x24 png uint8"),
        ("ref (1 still)", 1, "64x48 png uint8"),
    ]
    # The still is the largest: 8 s and 1,000 bytes are its; a plate has a quarter of the pixels.
    assert found.frames == 41
    assert found.seconds * 41 == pytest.approx(8.0 * (1 + 40 / 4))
    assert found.disk == 11_000
    assert found.chunk == 40  # a quarter of an hour would be more than the shot
    assert found.tasks == 2
    assert found.machine_hours == pytest.approx((41 + 2 * 12) * found.seconds / 3600)


@pytest.mark.parametrize(
    ("seconds", "handles", "longest", "chunk"),
    [
        (9.0, 12, 1000, 88),  # 100 frames in a quarter of an hour, less the handles
        (100.0, 12, 1000, 36),  # then handles are a quarter of the task
        (9.0, 0, 1000, 100),
        (9.0, 12, 20, 20),
        (2000.0, 0, 10, 1),
    ],
)
def test_chunks_are_long_enough_and_not_too_long(seconds, handles, longest, chunk):
    assert planning._chunk(seconds, handles, longest) == chunk


def test_two_frames_are_really_done(plates, style, monkeypatch):
    clock = count(100.0, 7.0)  # is looked at before and after
    monkeypatch.setattr(planning, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    found = forecast(plates / "plate.####.png", style, Options(frames="11-40"))
    assert found.frames == 30
    assert found.handles == 12
    assert found.seconds == pytest.approx(7.0 / 14)  # two frames, and their neighbours' looks
    assert 24 * 32 < found.disk / 30 < 10_000  # random pixels hardly compress
    assert found.memory is None or found.memory > 2**26
    assert forecast(plates / "plate.####.png", style, Options(consistency=0.0)).handles == 0
    assert not list(plates.parent.glob("ganfx-plan-*"))


def render(path: Path, channels: int) -> None:
    spec = oiio.ImageSpec(32, 24, channels, "float")
    spec.channelnames = ("R", "G", "B", *(f"aov{n}" for n in range(3, channels)))
    buffer = oiio.ImageBuf(spec)
    oiio.ImageBufAlgo.fill(buffer, (0.5,) * channels)
    path.parent.mkdir(exist_ok=True)
    assert buffer.write(str(path))


@pytest.mark.parametrize(
    ("frames", "channels", "consistency", "pictures", "complete"),
    [
        (40, 3, 0.8, 10, 10),  # a window, and what is on its way beside it
        (40, 94, 0.8, 10, 2),  # whose other channels are not held
        (40, 94, 0.0, 4, 4),
        (5, 94, 0.8, 3, 2),
        (2, 94, 0.8, 0, 0),  # all that there are were timed
        (1, 94, 0.8, 0, 0),
    ],
)
def test_memory_is_that_of_a_long_task_not_of_the_frames_that_were_timed(
    tmp_path, style, monkeypatch, frames, channels, consistency, pictures, complete
):
    monkeypatch.setattr(planning, "_timed", lambda shot, *_: (8.0, 1000.0, 12))
    for frame in range(frames):
        render(tmp_path / "in" / f"plate.{frame:04d}.exr", channels)
    options = Options(consistency=consistency)

    monkeypatch.setattr(planning, "peak_memory", lambda device: 1_000_000)
    plane = 24 * 32 * 4
    found = forecast(tmp_path / "in", style, options).memory
    assert found == 1_000_000 + plane * (12 * pictures + channels * complete)
    monkeypatch.setattr(planning, "peak_memory", lambda device: None)
    assert forecast(tmp_path / "in", style, options).memory is None


def test_pictures_that_are_done_in_strips_are_not_held(tmp_path, style, monkeypatch):
    monkeypatch.setattr(planning, "_timed", lambda shot, *_: (8.0, 1000.0, 0))
    monkeypatch.setattr(planning, "peak_memory", lambda device: 1_000_000)
    for name in ("one", "two", "three"):
        render(tmp_path / "in" / f"{name}.exr", 3)
    assert forecast(tmp_path / "in", style).memory == 1_000_000 + 24 * 32 * 4 * (12 + 3)
    monkeypatch.setattr(planning, "LARGEST", 24 * 32 - 1)
    assert forecast(tmp_path / "in", style).memory == 1_000_000


def test_what_cannot_be_planned_is_told(plates, style):
    (plates / "plate.0020.png").write_bytes(b"torn")
    with pytest.raises(GanfxError, match=r"plate\.0020\.png"):
        forecast(plates / "plate.####.png", style)
    (plates.parent / "clip.mov").write_bytes(b"")
    with pytest.raises(UsageError, match="videos only"):
        forecast(plates.parent / "clip.mov", style)
