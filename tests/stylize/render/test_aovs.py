"""Renders with many channels: only their pictures are held while a shot is held still."""

from __future__ import annotations

import math
import weakref
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import MediaError
from ganfx.media.frame_reading import stored_channel
from ganfx.media.frames import read_frame
from ganfx.stylize import stylize
from ganfx.stylize.events import FrameDone
from ganfx.stylize.options import Options
from ganfx.stylize.render import aovs, picture_stages, pictures
from ganfx.stylize.render.aovs import drop_aovs, is_heavy, reload_aovs
from tests.stylize.conftest import of_kind, photo, run

LOOK = "inked.safetensors"
FRAMES = range(1001, 1019)
EXTRA = ("fu", "fv", "Mask.a", *(f"aov{n}.{c}" for n in range(8) for c in "XYZ"), "id")


def render(path: Path, frame: int) -> Path:
    """An EXR with half colour, and with motion, a matte, many passes and ids above 2**24."""
    rng = np.random.default_rng(frame)
    picture = np.roll(photo(24, 32), 2 * frame, axis=1) / np.float32(255)
    extra = rng.random((24, 32, len(EXTRA)), dtype=np.float32)
    pixels = np.concatenate([picture, extra], axis=-1).astype(np.float32)
    spec = oiio.ImageSpec(32, 24, pixels.shape[-1], "float")
    spec.channelnames = ("R", "G", "B", *EXTRA)
    spec.channelformats = ("half",) * 3 + ("float",) * (len(EXTRA) - 1) + ("uint",)
    path.parent.mkdir(parents=True, exist_ok=True)
    with_ids = oiio.ImageBuf(spec)
    with_ids.set_pixels(oiio.ROI.All, pixels)
    assert with_ids.write(str(path))
    return path


@pytest.fixture
def shot(inked: Path) -> list[Path]:
    return [render(Path(f"shot/beauty.{frame}.exr"), frame) for frame in FRAMES]


@pytest.mark.parametrize("options", [{}, {"flow": "channel:fu,-fv", "matte": "channel:mask.A"}])
def test_results_are_those_of_frames_that_were_held_whole(shot, contents, monkeypatch, options):
    run("shot", LOOK, out=Path("slim"), **options)
    monkeypatch.setattr(aovs, "HEAVY", math.inf)
    run("shot", LOOK, out=Path("whole"), **options)
    assert contents(Path("slim")) == contents(Path("whole"))

    for source in shot:
        before, after = read_frame(source), read_frame(Path("slim") / source.name)
        assert after.header.channels == before.header.channels
        one, other = (
            frame.stored.part.pixels[..., 3:].view(np.uint32) for frame in (before, after)
        )
        assert np.array_equal(one, other)
        assert not np.array_equal(before.rgb, after.rgb)


def test_few_frames_are_in_memory_with_all_their_channels(shot, monkeypatch):
    read = []

    def noted(path, *, max_pixels):
        frame = read_frame(path, max_pixels=max_pixels)
        read.append(weakref.ref(frame.stored.part.pixels))
        return frame

    monkeypatch.setattr(picture_stages, "read_frame", noted)
    monkeypatch.setattr(aovs, "read_frame", noted)
    most = done = 0
    for event in stylize("shot", LOOK, Options(out=Path("out"))):
        done += isinstance(event, FrameDone)
        most = max(most, sum(pixels() is not None for pixels in read))
    assert done == len(FRAMES)
    assert most <= 4  # two that are read, and two that are written


def test_frames_without_much_beside_their_picture_are_read_once(shot, monkeypatch):
    monkeypatch.setattr(aovs, "HEAVY", 1000)
    monkeypatch.setattr(pictures, "reload_aovs", None)
    assert len(of_kind(run("shot", LOOK, out=Path("out")), FrameDone)) == len(FRAMES)


def test_a_slim_frame_keeps_the_channels_that_are_named(tmp_path):
    path = render(tmp_path / "a.exr", 1)
    whole = read_frame(path)
    thin = drop_aovs(whole, ["FU", "mask.a", "not there"])
    assert is_heavy(whole)
    assert not is_heavy(thin)
    assert np.array_equal(stored_channel(thin, "fu"), stored_channel(whole, "fu"))
    assert np.array_equal(stored_channel(thin, "mask.A"), stored_channel(whole, "mask.A"))
    with pytest.raises(MediaError, match=r"there is no channel aov1\.X"):
        stored_channel(thin, "aov1.X")
    with pytest.raises(MediaError, match="ids"):
        stored_channel(drop_aovs(whole, ["ID"]), "id")


def test_a_file_that_changed_meanwhile_is_not_mixed_with_what_was_seen(tmp_path):
    path = render(tmp_path / "a.exr", 1)
    thin = drop_aovs(read_frame(path), [])
    again = reload_aovs(thin, path, max_pixels=10_000)
    assert sorted(again.header.channels) == sorted(("R", "G", "B", *EXTRA))
    render(path, 2)
    with pytest.raises(MediaError, match=r"a\.exr has changed meanwhile"):
        reload_aovs(thin, path, max_pixels=10_000)
