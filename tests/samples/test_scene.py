import cv2
import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.color import linear_to_display
from ganfx.samples import FIRST_FRAME, Move, Scene, develop, still
from ganfx.samples.kinds import KINDS, kind_of

ALL_KINDS = range(len(KINDS))
SIZE = (240, 135)
QUARTER = FIRST_FRAME + 60  # the camera is farthest


def display(light):
    return linear_to_display(np.clip(light, 0.0, 1.0))


def warped(picture, flow):
    """What ``picture`` shows at ``p + flow``, at each pixel ``p``."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(
        picture,
        x + flow[..., 0],
        y + flow[..., 1],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )


@pytest.mark.parametrize("seed", ALL_KINDS)
def test_following_the_flow_finds_the_same_colour_where_nothing_hides_it(seed):
    scene = Scene(seed, *SIZE)
    here, there = display(scene.render(1003)), display(scene.render(1008))

    flow, occluded = scene.flow(1003, 1008)

    difference = np.abs(warped(there, flow) - here).mean(axis=-1)
    assert difference[~occluded].mean() < 0.01  # of the display range: resampling alone costs this
    assert difference[~occluded].mean() < 0.5 * np.abs(there - here).mean()
    assert occluded.mean() < 0.2


def test_a_pan_shifts_every_pixel_by_the_pan():
    scene = Scene(1, 160, 100, move=Move(pan=(0.1, 0.0)))

    flow, occluded = scene.flow(FIRST_FRAME, QUARTER)

    assert flow[..., 0] == pytest.approx(np.full((100, 160), -10.0), abs=1e-4)
    assert flow[..., 1] == pytest.approx(np.zeros((100, 160)), abs=1e-4)
    assert occluded[:, :9].all()  # these leave the picture on the left
    assert not occluded[:, 11:].any()


def test_a_pan_by_whole_pixels_shifts_the_picture():
    scene = Scene(1, 160, 100, move=Move(pan=(0.1, 0.0)))

    before, after = scene.render(FIRST_FRAME), scene.render(QUARTER)

    assert after[:, :-10] == pytest.approx(before[:, 10:], abs=1e-3)


def test_a_step_aside_moves_near_things_more_and_the_sky_not_at_all():
    scene = Scene(3, *SIZE, move=Move(truck=0.8))

    flow, _ = scene.flow(FIRST_FRAME, QUARTER)

    assert np.abs(flow[:10]).max() == 0.0
    rows = np.abs(flow[..., 0]).mean(axis=1)
    assert rows[-1] > rows[100] > rows[85] > 0.0


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_a_frame_does_not_flow_to_itself(seed):
    flow, occluded = Scene(seed, *SIZE).flow(1010, 1010)

    assert np.abs(flow).max() < 1e-4
    assert not occluded.any()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_there_and_back_is_no_way_at_all(seed):
    scene = Scene(seed, *SIZE)
    forward, occluded = scene.flow(1001, 1011)
    backward, _ = scene.flow(1011, 1001)

    rest = forward + warped(backward, forward)

    assert np.median(np.abs(rest[~occluded])) < 0.01
    assert np.abs(rest[~occluded]).mean() < 0.1  # edges mix two layers' flows


def test_equal_seeds_give_equal_pixels():
    first, second = Scene(4, 96, 54).render(1007), Scene(4, 96, 54).render(1007)

    assert np.array_equal(first, second)


def test_a_frame_does_not_depend_on_the_frames_rendered_before():
    scene = Scene(6, 96, 54)
    scene.render(1002)
    scene.flow(1003, 1004)

    assert np.array_equal(scene.render(1010), Scene(6, 96, 54).render(1010))


def test_changing_a_frame_in_place_does_not_change_the_next_one():
    scene = Scene(6, 96, 54)
    scene.render(1001)[:] = 0.0

    assert scene.render(1001).max() > 0.0


@pytest.mark.parametrize("seed", ALL_KINDS)
def test_seeds_of_one_kind_still_differ(seed):
    first = still(seed, 96, 54).astype(float)
    second = still(seed + len(KINDS), 96, 54).astype(float)

    assert kind_of(seed).name == kind_of(seed + len(KINDS)).name
    assert np.abs(first - second).mean() > 3.0


def test_the_kinds_of_scenes_look_different():
    pictures = [still(seed, 96, 54).astype(float) for seed in ALL_KINDS]

    apart = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(apart) > 8.0


@pytest.mark.parametrize("seed", ALL_KINDS)
def test_every_frame_is_finite_light(seed):
    light = Scene(seed, 96, 54).render(990)

    assert light.dtype == np.float32
    assert np.isfinite(light).all()
    assert light.min() >= 0.0


def test_sun_and_lamps_are_brighter_than_white():
    assert Scene(0, *SIZE).render(FIRST_FRAME).max() > 5.0  # the sun over the lake
    assert Scene(2, *SIZE).render(FIRST_FRAME).max() > 5.0  # street lamps


def test_a_larger_picture_shows_the_same_scene():
    small, large = still(1, 160, 90), still(1, 320, 180)

    reduced = cv2.resize(large, (160, 90), interpolation=cv2.INTER_AREA)
    assert np.abs(reduced.astype(float) - small).mean() < 4.0


@pytest.mark.parametrize("size", [(16, 16), (17, 300), (300, 17)])
@pytest.mark.parametrize("seed", [0, 2, 3, -5, 2**70])
def test_any_seed_renders_at_any_shape(size, seed):
    assert still(seed, *size).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("size", [(15, 100), (100, 0), (9000, 100)])
def test_a_size_that_cannot_be_rendered_is_refused(size):
    with pytest.raises(UsageError, match=f"{size[0]}x{size[1]}"):
        Scene(1, *size)


def test_developing_keeps_black_and_grey_order_and_makes_the_sun_white():
    light = np.zeros((32, 32, 3), dtype=np.float32)
    light[:, 8:16], light[:, 16:24], light[:, 24:] = 0.2, 0.8, 20.0

    picture = develop(light)

    steps = picture[16, [2, 12, 20, 30]].mean(axis=-1)
    assert (np.diff(steps) > 20).all()
    assert steps[-1] == 255
