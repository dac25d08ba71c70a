"""What passes of a render say of its marks: which way they run, and how large they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import Frame, read_frame
from ganfx.media.headers import read_header
from ganfx.stylize import Options
from ganfx.stylize.job.guides import Depth, Normals, find_guides
from ganfx.stylize.job.planes import find_planes

NAN, INF = float("nan"), float("inf")


def write_passes(path: Path, rgb: np.ndarray, depth: str = "float", **passes: Any) -> Path:
    """An EXR with further channels, whose names have ``_`` for ``.``."""
    names = [name.replace("_", ".") for name in passes]
    planes = [np.broadcast_to(np.float32(each), rgb.shape[:2]) for each in passes.values()]
    spec = oiio.ImageSpec(rgb.shape[1], rgb.shape[0], 3 + len(planes), depth)
    spec.channelnames = ("R", "G", "B", *names)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    pixels = np.concatenate([rgb, np.stack(planes, axis=-1)], axis=-1)
    assert output.write_image(np.ascontiguousarray(pixels, np.float32))
    assert output.close()
    return path


def plate(folder: Path, **passes: Any) -> Frame:
    width = max(np.size(each) for each in passes.values())
    black = np.zeros((1, width, 3), np.float32)
    return read_frame(write_passes(folder / "plate.exr", black, **passes))


def test_marks_go_by_the_inverse_of_the_distance_within_their_limits(tmp_path):
    frame = plate(tmp_path, Z=[5, 10, 12.5, 20, 40, 2, INF, NAN, 0, -3, 1e10, 65504])
    depth = Depth("Z", reference=10.0)
    sizes = depth.sizes(depth.read((1, 12), None, frame), None)
    expected = [[2, 1, 0.8, 0.5, 0.5, 2, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]]
    np.testing.assert_allclose(sizes, expected, rtol=1e-6)
    assert sizes.dtype == np.float32


def test_inverse_depth_and_depth_below_0_are_read(tmp_path):
    frame = plate(tmp_path, Z=[0.2, 0.1, 0.08, INF, 0, NAN, -1], P_z=[-5, -10, -12.5, 5, 0, NAN, 1])
    for depth in (Depth("Z", inverse=True, reference=10.0), Depth("-P.z", reference=10.0)):
        sizes = depth.sizes(depth.read((1, 7), None, frame), None)
        np.testing.assert_allclose(sizes[0, :3], [2, 1, 0.8], rtol=1e-6)
        np.testing.assert_array_equal(sizes[0, 4:6], [0.5, 0.5])
    assert Depth("Z", inverse=True, reference=10.0).read((1, 7), None, frame)[0, 3] == INF


def test_the_middle_of_a_picture_is_that_of_what_it_shows(tmp_path):
    frame = plate(tmp_path, Z=[2, 4, 7, 1e10, 65504, NAN, INF, 0])
    assert Depth("Z").middle(frame) == 4.0
    frame = plate(tmp_path, Z=[0.5, 0.25, 1 / 7, 0, NAN, INF])
    assert Depth("Z", inverse=True).middle(frame) == 4.0
    assert Depth("Z").middle(plate(tmp_path, Z=[0, -1, NAN, 1e10])) is None
    assert Depth("Z").middle(plate(tmp_path, Z=[1.23456])) == 1.235


def test_without_a_reference_the_shots_counts(tmp_path):
    nearness = np.float32([[0.1]])
    np.testing.assert_allclose(Depth("Z").sizes(nearness, 8.0), [[0.8]])
    with pytest.raises(MediaError, match=r"--guide depth=1/Z@DISTANCE"):
        Depth("Z", inverse=True).sizes(nearness, None)


def test_marks_run_along_level_lines_of_surfaces(tmp_path):
    slanted = np.sqrt(0.5)
    # To the right, up, both, to the camera, nearly so, and none.
    frame = plate(
        tmp_path,
        N_X=[slanted, 0, 0.6, 0, 0.05, 0, NAN],
        N_Y=[0, slanted, 0.6, 0, 0, 0, NAN],
        N_Z=[slanted, slanted, 0.53, 1, 0.9987, 0, NAN],
    )
    found = Normals(("N.X", "N.Y", "N.Z")).read((1, 7), None, frame)[0]
    # Right and down: upright lines where it slopes to the side, level ones where it slopes up.
    expected = [[0, slanted], [slanted, 0], [0.6, 0.6], [0, 0], [0, 0], [0, 0], [0, 0]]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    turned = Normals(("N.X", "-N.Y", "N.Z")).read((1, 7), None, frame)[0]
    np.testing.assert_allclose(turned[2], [-0.6, 0.6], atol=1e-6)


def test_guides_are_read_as_they_are_typed():
    normals, depth = find_guides(("normal=N.X,-N.Y,N.Z", "depth=1/Layer.Z@12.5"))
    assert normals == Normals(("N.X", "-N.Y", "N.Z"))
    assert depth == Depth("Layer.Z", inverse=True, reference=12.5)
    assert depth.told == "1/Layer.Z"
    assert find_guides(("depth=-Z",))[1] == Depth("-Z")
    assert find_guides(()) == (None, None)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["depht=Z"], "expected normal=X,Y,Z or depth=CHANNEL"),
        (["Z"], "expected normal=X,Y,Z or depth=CHANNEL"),
        (["depth="], "expected normal=X,Y,Z or depth=CHANNEL"),
        (["depth=Z", "depth=z"], "there is depth=Z already"),
        (["normal=N.X,N.Y"], "expected three names"),
        (["normal=N.X,-,N.Z"], "expected three names"),
        (["depth=Z@"], "nothing is no distance"),
        (["depth=Z@0"], "0 is no distance"),
        (["depth=Z@near"], "near is no distance"),
        (["depth=depth/depth.####.exr@3"], "guides are channels of the plates"),
        (["depth=1/@3"], "expected a channel"),
    ],
)
def test_what_is_no_guide_is_refused(texts, told):
    with pytest.raises(UsageError) as caught:
        find_planes(Options(guide=tuple(texts)))
    assert told in caught.value.message


def test_a_misspelt_guide_gets_a_suggestion():
    with pytest.raises(UsageError) as caught:
        find_guides(("depht=Z",))
    assert caught.value.hint == "did you mean depth=?"


def test_two_options_do_not_say_which_way_marks_run():
    with pytest.raises(UsageError, match="--guide normal says which way"):
        find_planes(Options(guide=("normal=R,G,B",), direction="channel:R,G"))


def test_a_channel_that_is_not_there_is_told(tmp_path):
    frame = plate(tmp_path, Z=[1, 2])
    planes = find_planes(Options(guide=("depth=Q", "normal=R,G,N.Z")))
    for each in (planes.depth, planes.direction):
        with pytest.raises(MediaError, match="there is no channel"):
            each.check(tmp_path / "plate.exr", read_header(tmp_path / "plate.exr"), None)
        with pytest.raises(MediaError, match="there is no channel"):
            each.read((1, 2), None, frame)
        with pytest.raises(MediaError, match="a video has no channels"):
            each.read((1, 2), None, None)
    assert planes.channels(frame) == ["R", "G", "N.Z", "Q"]
