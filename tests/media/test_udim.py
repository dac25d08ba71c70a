import pytest

from ganfx.media.udim import tiling


@pytest.mark.parametrize(
    ("numbers", "stem", "size", "told"),
    [
        ([*range(1001, 1005), *range(1011, 1015)], "wood.1001", (64, 48), "tiles"),  # rows of four
        (range(1001, 1013), "body_basecolor.1001", (512, 512), "tiles"),
        (range(1001, 1013), "body.1001", (512, 512), "tiles"),
        (range(1001, 1013), "plate.1001", (512, 512), "either"),
        (range(1001, 1013), "sh010.1001", (512, 512), "either"),
        (range(1001, 1060), "frame_1001", (512, 512), "either"),  # six rows, or two seconds
        (range(1001, 1011), "plate.1001", (64, 48), "either"),  # a row, or ten frames
        (range(1001, 1101), "plate.1001", (1920, 1080), ""),
        (range(1001, 1005), "plate.1001", (1920, 1080), ""),
        (range(1001, 1005), "plate_diffuse.1001", (1920, 1080), "either"),
        (range(1001, 1101), "beauty_diffuse.1001", (1920, 1080), ""),  # a pass of a render
        ([*range(1001, 1010), 1011], "plate.1001", (64, 48), ""),  # a shot that lacks a frame
        ([*range(1001, 1010), *range(1011, 1020)], "wood_albedo.1001", (64, 64), "tiles"),
        (range(1, 13), "wood_albedo.0001", (512, 512), ""),
        (range(997, 1005), "wood_albedo.0997", (512, 512), ""),
    ],
)
def test_tiles_and_frames_are_told_apart(numbers, stem, size, told):
    assert tiling(list(numbers), stem, [size]) == told
