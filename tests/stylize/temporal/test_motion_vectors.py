"""A renderer's motion vectors in place of estimated motion."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import MediaError, UsageError
from ganfx.media.flow_files import write_flow
from ganfx.media.frames import read_frame, read_picture, write_picture
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.stylize.events import FrameDone, Notice
from ganfx.stylize.temporal.motion_vectors import AWAY, find_vectors
from tests.stylize.conftest import of_kind, run

SIZE = (96, 160)
FRAMES = range(1001, 1008)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    """A shot, and its exact flow ahead and back."""
    made, folder = Scene(2, SIZE[1], SIZE[0]), tmp_path_factory.mktemp("rendered")
    for frame in FRAMES:
        write_picture(folder / f"shot/plate.{frame}.png", develop(made.render(frame)))
        write_flow(folder / f"flow/forward.{frame}.flo", made.flow(frame, frame + 1)[0])
        write_flow(folder / f"flow/backward.{frame}.flo", made.flow(frame, frame - 1)[0])
    return folder


@pytest.fixture
def shot(inked, rendered) -> None:
    """The same in the working folder, for the test to change."""
    shutil.copytree(rendered, Path(), dirs_exist_ok=True)


def pixels(folder: str, frame: int):
    return read_picture(Path(folder) / f"plate.{frame}.png").astype(int)


def test_known_motion_is_taken_instead_of_estimated(shot):
    run("shot", "inked.safetensors", out=Path("known"), grain=0.0, flow="flow")
    run("shot", "inked.safetensors", out=Path("found"), grain=0.0)
    known, found = pixels("known", 1004), pixels("found", 1004)
    assert not np.array_equal(known, found)
    assert np.abs(known - found).mean() < 6  # the estimate is near


def test_wrong_vectors_are_found_out_by_the_picture(shot):
    wrong = np.full((*SIZE, 2), 20, np.float32)
    for frame in FRAMES:
        write_flow(Path(f"wrong/forward.{frame}.flo"), wrong)
        write_flow(Path(f"wrong/backward.{frame}.flo"), wrong)
    run("shot", "inked.safetensors", out=Path("held"), grain=0.0, flow="wrong", cuts="none")
    run("shot", "inked.safetensors", out=Path("alone"), grain=0.0, consistency=0.0)
    difference = np.abs(pixels("held", 1004) - pixels("alone", 1004))
    assert difference.mean() < 4  # not a ghost of what is 20 pixels away: tone only


def test_a_change_of_the_vectors_redoes_what_depends_on_them(shot):
    run("shot", "inked.safetensors", out=Path("out"), flow="flow")
    assert of_kind(run("shot", "inked.safetensors", out=Path("out"), flow="flow"), FrameDone) == []
    write_flow(Path("flow/forward.1004.flo"), np.zeros((*SIZE, 2), np.float32))
    events = run("shot", "inked.safetensors", out=Path("out"), flow="flow")
    assert len(of_kind(events, FrameDone)) == 7


def test_vectors_of_no_use_are_told_and_no_frame_is_lost(shot):
    Path("flow/forward.1003.flo").write_bytes(b"torn")
    events = run("shot", "inked.safetensors", out=Path("out"), flow="flow")
    assert len(of_kind(events, FrameDone)) == 7
    (notice,) = of_kind(events, Notice)
    assert "motion of 1 frame estimated, --flow has none" in notice.message
    assert "forward.1003.flo: not a .flo file" in notice.message


def plate(path: Path, **channels: float):
    """An EXR of one colour, with further channels of one value each."""
    names = ["R", "G", "B", *channels]
    spec = oiio.ImageSpec(16, 16, len(names), "float")
    spec.channelnames = tuple(names)
    buffer = oiio.ImageBuf(spec)
    oiio.ImageBufAlgo.fill(buffer, (0.5, 0.5, 0.5, *channels.values()))
    buffer.write(str(path))
    return read_frame(path)


def test_vectors_come_from_channels_and_can_be_turned_round(tmp_path):
    frame = plate(tmp_path / "a.exr", fu=2.0, fv=3.0, bu=-2.0, bv=5.0)
    vectors = find_vectors("channel:fu,-fv,bu,bv")
    ahead, back = vectors.read(1001, frame, (16, 16))
    assert ahead[3, 4].tolist() == [2.0, -3.0]
    assert back[3, 4].tolist() == [-2.0, 5.0]
    ahead, back = find_vectors("channel:fu,fv").read(1001, frame, (8, 8))
    assert ahead.shape == (8, 8, 2)
    assert ahead[3, 4].tolist() == [1.0, 1.5]  # in pixels of the guide
    assert back is None
    with pytest.raises(MediaError, match=r"there is no channel motion\.x"):
        find_vectors("channel:motion.x,motion.y").read(1001, frame, (16, 16))


def test_unknown_motion_leads_out_of_the_frame(tmp_path):
    flow = np.ones((16, 16, 2), np.float32)
    flow[2, 3] = np.nan
    flow[8, 8] = 1e10  # Middlebury's mark
    write_flow(tmp_path / "f.1001.flo", flow)
    ahead, _ = find_vectors(str(tmp_path)).read(1001, plate(tmp_path / "a.exr"), (16, 16))
    assert ahead[2, 3].tolist() == ahead[8, 8].tolist() == [AWAY, AWAY]
    assert (ahead == AWAY).sum() == 4
    small, _ = find_vectors(str(tmp_path)).read(1001, plate(tmp_path / "a.exr"), (8, 8))
    assert small[1, 1, 0] == small[4, 4, 0] == AWAY
    assert small[0, 0].tolist() == [0.5, 0.5]


def test_vectors_of_another_size_are_refused(tmp_path):
    write_flow(tmp_path / "f.1001.flo", np.zeros((16, 20, 2), np.float32))
    with pytest.raises(MediaError, match="the vectors are 20x16 pixels, the frame 16x16"):
        find_vectors(str(tmp_path)).read(1001, plate(tmp_path / "a.exr"), (16, 16))
    with pytest.raises(MediaError, match="no motion vectors for frame 1002"):
        find_vectors(str(tmp_path)).read(1002, plate(tmp_path / "a.exr"), (16, 16))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("channel:u", "expected two names or four"),
        ("channel:u,", "expected two names or four"),
        ("channel:a,b,c", "expected two names or four"),
        ("nowhere", "no such folder"),
        (".", "no .flo or .exr file"),
    ],
)
def test_what_means_no_vectors_is_refused(places, text, words):
    with pytest.raises(UsageError, match=words):
        find_vectors(text)
    assert find_vectors("") is None


@pytest.mark.parametrize(
    "pattern",
    ["flow.{:04d}.flo", "flow-{:04d}.flo", "flow_{:05d}_.flo", "v002_{:04d}_L.flo", "f ({}).flo"],
)
def test_vectors_are_found_by_their_frame_numbers(tmp_path, pattern):
    for folder in ("", "back_"):
        for frame in (1, 2, 3):
            (tmp_path / f"{folder}{pattern.format(frame)}").touch()
    vectors = find_vectors(str(tmp_path))
    assert vectors is not None
    for frame in (1, 2, 3):
        assert vectors.next_files[frame].name == pattern.format(frame)
        assert vectors.back_files[frame].name == f"back_{pattern.format(frame)}"
    assert len(vectors.next_files) == len(vectors.back_files) == 3
