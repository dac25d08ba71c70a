from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.preprocess.crops import center_corner, grid_corners, random_corner, smart_corner

sides = st.integers(1, 200)
rooms = st.integers(0, 300)
chances = st.floats(0, 1, exclude_max=True)


def test_a_center_crop_lies_in_the_middle():
    assert center_corner(100, 50, 40, 50) == (30, 0)
    assert center_corner(101, 51, 40, 50) == (30, 0)


@given(sides, sides, rooms, rooms, chances, chances)
def test_a_random_crop_lies_in_the_picture(wide, high, room, height_room, across, down):
    x, y = random_corner(wide + room, high + height_room, wide, high, across, down)
    assert 0 <= x <= room
    assert 0 <= y <= height_room


def test_a_random_crop_can_lie_at_every_place():
    found = {random_corner(12, 10, 10, 10, chance, 0)[0] for chance in (0, 0.34, 0.67, 0.999)}
    assert found == {0, 1, 2}


def test_tiles_have_the_known_places():
    assert grid_corners(10, 10, 10, 10, 0.5) == [(0, 0)]
    assert grid_corners(20, 10, 10, 10, 0) == [(0, 0), (10, 0)]
    assert grid_corners(25, 10, 10, 10, 0) == [(0, 0), (7, 0), (15, 0)]
    assert grid_corners(20, 15, 10, 10, 0.5) == [(0, 0), (5, 0), (10, 0), (0, 5), (5, 5), (10, 5)]
    assert grid_corners(12, 10, 10, 10, 0.9) == [(0, 0), (1, 0), (2, 0)]


@given(sides, sides, rooms, rooms, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]))
@settings(max_examples=50)
def test_tiles_cover_every_pixel_and_neighbors_overlap_as_asked(
    wide, high, room, height_room, overlap
):
    width, height = wide + room, high + height_room
    corners = grid_corners(width, height, wide, high, overlap)
    covered = np.zeros((height, width), bool)
    for x, y in corners:
        assert x + wide <= width
        assert y + high <= height
        covered[y : y + high, x : x + wide] = True
    assert covered.all()
    assert corners[0] == (0, 0)
    assert corners[-1] == (room, height_room)
    assert len(set(corners)) == len(corners)
    columns = sorted({x for x, _ in corners})
    assert all(b - a <= max(1, wide * (1 - overlap) + 1e-6) for a, b in pairwise(columns))


def noise(height, width, dtype=np.uint8, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_smart_crop_finds_the_one_field_of_texture(dtype):
    field = noise(40, 50)
    eight = np.full((200, 300, 3), 128, np.uint8)
    eight[101:141, 203:253] = field
    pixels = {
        np.uint8: eight,
        np.uint16: eight.astype(np.uint16) * 257,
        np.float32: eight.astype(np.float32) / 255,
    }[dtype]
    x, y = smart_corner(pixels, 50, 40)
    assert abs(x - 203) <= 1
    assert abs(y - 101) <= 1


def test_one_hard_edge_does_not_outweigh_a_field_of_texture():
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[:, :150] = 0  # the hardest edge there is
    pixels[80:140, 200:260] -= noise(60, 60) // 4
    x, y = smart_corner(pixels, 60, 60)
    assert abs(x - 200) <= 1
    assert abs(y - 80) <= 1


def test_a_margin_stays_outside_a_smart_crop():
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[20:180, 40:280] = noise(160, 240) // 2
    x, y = smart_corner(pixels, 160, 140)
    assert 40 <= x <= 280 - 160 + 1
    assert 20 <= y <= 180 - 140 + 1


def test_of_equal_windows_the_middle_one_is_taken():
    flat = np.full((101, 201, 3), 90, np.uint8)
    assert smart_corner(flat, 51, 31) == (75, 35)


def test_a_large_picture_is_searched_from_edge_to_edge():
    pixels = np.full((700, 1500, 3), 128, np.uint8)
    pixels[-100:, -200:] = noise(100, 200)
    # Found in a third of the size, so to three pixels.
    assert smart_corner(pixels, 200, 100) == (1300, 600)
    assert max(smart_corner(pixels[::-1, ::-1], 200, 100)) <= 3


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 900), st.integers(0, 60))
@settings(max_examples=50)
def test_a_smart_crop_lies_in_the_picture(wide, high, room, height_room):
    pixels = noise(high + height_room, wide + room)
    x, y = smart_corner(pixels, wide, high)
    assert 0 <= x <= room
    assert 0 <= y <= height_room
