"""Pictures in memory become what their files become."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_frame, read_picture, write_picture
from ganfx.stylize import Options, stylize_array
from ganfx.stylize.network.look import open_look
from tests.stylize.conftest import photo, run, write_float


def test_8_bits_become_what_the_file_becomes(inked: Path) -> None:
    write_picture(Path("photo.png"), photo())
    run("photo.png", inked, grain=0.0)
    made = stylize_array(photo(), inked, Options(grain=0.0))
    assert made.dtype == np.uint8
    assert (made == read_picture(Path("photo-inked.png"))).all()


@pytest.mark.parametrize("space", ["auto", "srgb"])
def test_floats_are_scene_linear_as_files_are_unless_told(inked: Path, space: str) -> None:
    light = photo().astype(np.float16).astype(np.float32) / 64  # up to 4
    light = light.astype(np.float16).astype(np.float32)
    write_float(Path("light.exr"), light)
    run("light.exr", inked, grain=0.0, colorspace=space, precision="float32")
    file = read_frame(Path("light-inked.exr")).rgb
    made = stylize_array(light, inked, Options(grain=0.0, colorspace=space, precision="float32"))
    assert made.dtype == np.float32
    assert np.abs(made - file).max() <= 0.002 * max(1.0, float(np.abs(file).max()))


def test_alpha_and_the_given_array_stay(inked: Path) -> None:
    given = np.dstack([photo(), np.arange(48 * 64, dtype=np.uint8).reshape(48, 64)])
    before = given.copy()
    made = stylize_array(given, open_look(inked), Options(grain=0.0))
    assert (given == before).all()
    assert (made[..., 3] == given[..., 3]).all()
    clear = given[..., 3] == 0
    assert (made[clear] == given[clear]).all()
    assert (stylize_array(given, inked, Options(strength=0.0)) == given).all()


def test_grain_goes_by_the_number(inked: Path) -> None:
    look = open_look(inked)
    first, second = (stylize_array(photo(), look, number=number) for number in (1, 2))
    assert (first != second).any()
    assert (first == stylize_array(photo(), look, number=1)).all()


@pytest.mark.parametrize(
    ("image", "options", "told"),
    [
        (np.zeros((8, 8), np.uint8), {}, r"shape \(8, 8\) is no picture"),
        (np.zeros((8, 8, 3)), {}, "float64 is not taken"),
        (np.zeros((8, 8, 3), np.uint16), {}, "uint16 is not taken"),
        (photo(), {"out": "x"}, "out has no meaning for a picture in memory"),
        (photo(), {"depth": "half"}, "depth has no meaning"),
    ],
)
def test_what_is_no_picture_in_memory_is_refused(inked, image, options, told) -> None:
    with pytest.raises(UsageError, match=told):
        stylize_array(image, inked, Options(**options))


def test_paths_may_be_texts() -> None:
    assert Options(out="frames").out == Path("frames")
    assert Options(out="frames") == Options(out=Path("frames"))
