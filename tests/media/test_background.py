"""Transparent pictures on a background, and pictures whose alpha is 0 everywhere."""

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from picture_files import save, stored, write

from ganfx.errors import UsageError
from ganfx.media.background import WHITE, parse_color
from ganfx.media.frames import read_frame, read_picture, write_frame

RED = (1.0, 0.0, 0.0)


def test_colours_by_name_and_by_number():
    assert parse_color("white", "--background") == WHITE
    assert parse_color("#ff0000", "--background") == RED
    with pytest.raises(UsageError, match="--background wite: not a colour"):
        parse_color("wite", "--background")


def test_what_is_transparent_shows_the_background(tmp_path):
    pixels = np.uint8([[[255, 0, 255, 0], [0, 0, 0, 51], [10, 20, 30, 255]]])
    path = save(tmp_path / "a.png", pixels, oiio__UnassociatedAlpha=1)

    assert read_picture(path, background=WHITE).tolist() == [
        [[255, 255, 255], [204, 204, 204], [10, 20, 30]]
    ]
    assert read_picture(path, background=RED)[0, 0].tolist() == [255, 0, 0]
    assert read_picture(path)[0, 0].tolist() == [255, 0, 255]


def test_light_is_put_on_a_background_as_light(tmp_path):
    """Half of white over black is 0.5 of light: 188 of sRGB, not 128."""
    pixels = np.float16([[[0.5, 0.5, 0.5, 0.5], [0.25, 0, 0, 0]]])  # the second only adds
    path = save(tmp_path / "a.exr", pixels, names=("R", "G", "B", "A"))

    assert read_picture(path, background=(0.0, 0.0, 0.0)).tolist() == [
        [[188, 188, 188], [137, 0, 0]]
    ]


def test_the_picture_is_what_the_display_window_shows(tmp_path):
    spec = oiio.ImageSpec(3, 2, 3, "half")
    spec.x, spec.y, spec.full_width, spec.full_height = -1, 1, 4, 5
    write(tmp_path / "a.exr", spec, np.ones((2, 3, 3), np.float16))

    picture = read_picture(tmp_path / "a.exr")

    assert picture.shape == (5, 4, 3)
    lit = picture[..., 0] == 255
    assert lit[1:3, :2].all()
    assert lit.sum() == 4


def test_around_a_transparent_element_there_is_background(tmp_path):
    spec = oiio.ImageSpec(2, 2, 4, "half")
    spec.channelnames = ("R", "G", "B", "A")
    spec.full_width = spec.full_height = 3
    write(tmp_path / "a.exr", spec, np.ones((2, 2, 4), np.float16))
    assert read_picture(tmp_path / "a.exr", background=RED)[2, 2].tolist() == [255, 0, 0]


@pytest.mark.parametrize("suffix", [".png", ".exr"])
@pytest.mark.parametrize("out", [".png", ".exr"])
def test_colour_survives_an_alpha_that_is_0_everywhere(tmp_path, suffix, out):
    if suffix == ".png":
        pixels = np.full((2, 2, 4), 188, np.uint8)
        extra = {"oiio__UnassociatedAlpha": 1}
    else:
        pixels, extra = np.full((2, 2, 4), 0.5, np.float16), {"names": ("R", "G", "B", "A")}
    pixels[..., 3] = 0
    frame = read_frame(save(tmp_path / f"a{suffix}", pixels, **extra))
    depth = "uint8" if out == ".png" else "half"
    write_frame(tmp_path / f"b{out}", frame.rgb, frame, depth=depth)
    result = stored(tmp_path / f"b{out}")[1]

    assert frame.additive
    assert frame.cover is None
    assert (result[..., 3] == 0).all()
    expected = 188 if out == ".png" else 0.5
    assert np.allclose(result[..., :3], expected, atol=0.003)


def test_an_empty_frame_is_not_additive(tmp_path):
    pixels = np.zeros((2, 2, 4), np.float16)
    assert not read_frame(save(tmp_path / "a.exr", pixels, names=("R", "G", "B", "A"))).additive
