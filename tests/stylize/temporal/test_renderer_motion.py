"""Motion passes by the renderer's name, and signs that are found out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import read_frame
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.stylize.events import FrameDone, FramePlanned, Notice
from ganfx.stylize.temporal.motion_check import wrong_sign
from ganfx.stylize.temporal.motion_vectors import find_vectors
from tests.stylize.conftest import of_kind, run

SIZE = (96, 160)


def write_plate(path: Path, rgb: np.ndarray, **channels: np.ndarray | float) -> Path:
    names = tuple(name.replace("__", ".") for name in channels)
    planes = [np.broadcast_to(np.float32(value), rgb.shape[:2]) for value in channels.values()]
    pixels = np.concatenate([rgb, np.stack(planes, -1)], -1).astype(np.float32)
    spec = oiio.ImageSpec(rgb.shape[1], rgb.shape[0], pixels.shape[-1], "float")
    spec.channelnames = ("R", "G", "B", *names)
    path.parent.mkdir(exist_ok=True)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(np.ascontiguousarray(pixels))
    assert output.close()
    return path


@pytest.mark.parametrize(
    ("option", "channels", "ahead", "back"),
    [
        # The point was 3 left and 1 above, y up (-3, 1), and goes on by 5 right and 2 up: the
        # current position less the next is (-5, -2).
        (
            "blender",
            {
                "ViewLayer__Vector__X": -3.0,
                "ViewLayer__Vector__Y": 1.0,
                "ViewLayer__Vector__Z": -5.0,
                "ViewLayer__Vector__W": -2.0,
            },
            [5.0, -2.0],
            [-3.0, -1.0],
        ),
        ("arnold", {"motionvector__R": 5.0, "motionvector__G": 2.0}, [5.0, -2.0], None),
        ("Arnold", {"motion_vector__X": 5.0, "motion_vector__Y": 2.0}, [5.0, -2.0], None),
        (
            "nuke",
            {"forward__u": 5.0, "forward__v": 2.0, "backward__u": -3.0, "backward__v": 1.0},
            [5.0, -2.0],
            [-3.0, -1.0],
        ),
        # 0.5 is still, 1 is 20 pixels right, 0 as many down.
        ("vray:20", {"velocity__R": 0.625, "velocity__G": 0.55}, [5.0, -2.0], None),
    ],
)
def test_a_pass_by_its_renderers_name_is_motion_right_and_down(
    tmp_path, option, channels, ahead, back
):
    frame = read_frame(write_plate(tmp_path / "a.exr", np.zeros((16, 16, 3)), **channels))
    vectors = find_vectors(option)
    assert sorted(vectors.kept(frame)) == sorted(name.replace("__", ".") for name in channels)
    found_ahead, found_back = vectors.read(1001, frame, (16, 16))
    np.testing.assert_allclose(found_ahead[3, 4], ahead, atol=1e-5)
    assert (found_back is None) == (back is None)
    if back is not None:
        np.testing.assert_allclose(found_back[3, 4], back)


def test_a_plate_without_the_pass_says_what_it_has(tmp_path):
    frame = read_frame(write_plate(tmp_path / "a.exr", np.zeros((16, 16, 3)), Z=1.0))
    vectors = find_vectors("blender")
    with pytest.raises(MediaError, match=r"no motion of blender: no channels that end in Vector"):
        vectors.read(1001, frame, (16, 16))
    assert list(vectors.kept(frame)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vray", "expected the element's Max Velocity"),
        ("vray:fast", "expected the element's Max Velocity"),
        ("vray:-2", "expected the element's Max Velocity"),
        ("nuke:24", "has its motion in pixels: leave out 24"),
        ("blendr", "no such folder, nor a renderer"),
    ],
)
def test_what_means_no_pass_is_refused(places, text, words):
    with pytest.raises(UsageError, match=words):
        find_vectors(text)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(2, SIZE[1], SIZE[0])


@pytest.mark.parametrize("sign", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
def test_the_right_sign_is_named(scene, sign):
    here, there = (develop(scene.render(frame)) for frame in (1001, 1004))
    flow = scene.flow(1001, 1004)[0] * np.array(sign, np.float32)
    found = wrong_sign(here, there, flow.astype(np.float32))
    if sign == (1, 1):
        assert found is None
    elif np.abs(flow[..., 1]).mean() > 1 or sign[0] < 0:
        assert found is not None
        assert found.sign[0] == sign[0]
        assert found.better < found.given


def test_nothing_is_said_of_noise_nor_of_a_still(scene):
    here = develop(scene.render(1001))
    noise = np.random.default_rng(0).normal(0, 4, here.shape)
    there = np.clip(here + noise, 0, 255).astype(np.uint8)
    assert wrong_sign(here, there, np.zeros((*SIZE, 2), np.float32)) is None
    unlike = np.random.default_rng(1).integers(0, 255, here.shape, dtype=np.uint8)
    assert wrong_sign(here, unlike, np.full((*SIZE, 2), 3, np.float32)) is None


def write_shot(folder: str, scene: Scene, *, side: float = 1) -> None:
    """Plates with the motion to the next frame, y up."""
    for frame in range(1001, 1006):
        rgb = (develop(scene.render(3 * frame)).astype(np.float32) / 255) ** 2.2
        flow = scene.flow(3 * frame, 3 * frame + 3)[0]
        moved = {"forward__u": side * flow[..., 0], "forward__v": -side * flow[..., 1]}
        write_plate(Path(folder) / f"plate.{frame}.exr", rgb, **moved)


def test_a_shot_whose_motion_leads_the_wrong_way_is_refused_before_anything_is_made(inked, scene):
    write_shot("shot", scene)
    assert len(of_kind(run("shot", inked, flow="nuke", out=Path("out")), FrameDone)) == 5
    write_shot("wrong", scene, side=-1)
    for options in ({"flow": "nuke"}, {"flow": "channel:forward.u,-forward.v", "frames": "1001"}):
        with pytest.raises(UsageError, match=r"the motion in plate\.1003\.exr fits") as error:
            run("wrong", inked, out=Path("bad"), **options)
        assert "it leads to the frame before" in error.value.message
    assert error.value.hint == "give --flow channel:-forward.u,forward.v"
    assert not Path("bad").exists()
    events = run("wrong", inked, out=Path("out2"), flow="channel:-forward.u,forward.v")
    assert len(of_kind(events, FrameDone)) == 5
    assert of_kind(events, (FramePlanned, Notice)) == []
