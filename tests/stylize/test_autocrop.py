"""Autocropped frames are one shot, and come out as uncropped ones do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from numpy.typing import NDArray

from ganfx.media.frames import write_picture
from ganfx.media.sequences import find_shots
from tests.stylize.conftest import photo, run

HEIGHT, WIDTH = 48, 64
WINDOWS = [(20, 12, 30, 24), (20, 8, 30, 28), (16, 4, 40, 32), (20, 8, 30, 28), (20, 12, 30, 24)]
"""Left, top, width and height of what each frame stores."""


def write_part(path: Path, pixels: NDArray[np.float32], x: int, y: int) -> None:
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], 4, "half")
    spec.x, spec.y, spec.full_width, spec.full_height = x, y, WIDTH, HEIGHT
    path.parent.mkdir(exist_ok=True)
    output = oiio.ImageOutput.create(str(path))
    output.open(str(path), spec)
    output.write_image(np.ascontiguousarray(pixels))
    output.close()


def pixels_of(path: Path) -> tuple[NDArray[np.float32], tuple[int, int, int, int]]:
    source = oiio.ImageInput.open(str(path))
    spec = source.spec()
    pixels = source.read_image(0, 0, 0, 4, "float")
    source.close()
    return pixels, (spec.x, spec.y, spec.width, spec.height)


@pytest.fixture
def shot(inked: Path) -> Path:
    """``full`` and ``crop``: the same five frames, as they are and autocropped."""
    for number, (x, y, width, height) in enumerate(WINDOWS, start=1):
        full = np.zeros((HEIGHT, WIDTH, 4), np.float32)
        part = full[y : y + height, x : x + width]
        part[..., :3] = photo(HEIGHT, WIDTH)[y : y + height, x : x + width] / 255.0
        part[..., 3] = 1.0
        write_part(Path(f"full/char.{number:04d}.exr"), full, 0, 0)
        write_part(Path(f"crop/char.{number:04d}.exr"), part, x, y)
    return inked


def assert_equal_where_stored(full: str, crop: str) -> None:
    for number, window in enumerate(WINDOWS, start=1):
        whole, _ = pixels_of(Path(f"{full}/char.{number:04d}.exr"))
        part, stored = pixels_of(Path(f"{crop}/char.{number:04d}.exr"))
        assert stored == window
        x, y, width, height = window
        np.testing.assert_array_equal(part, whole[y : y + height, x : x + width])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"consistency": 0.0},
        {"dabs": 1.0, "hatch": 1.0, "scale": 2.0},
        {"matte": "matte.png"},
        {"missing": "hold"},
    ],
)
def test_what_is_stored_is_that_of_uncropped_frames(shot: Path, options: dict[str, Any]) -> None:
    write_picture(Path("matte.png"), photo(HEIGHT, WIDTH))
    for folder in ("full", "crop"):
        run(folder, shot, out=Path(f"{folder}-out"), **options)
    assert_equal_where_stored("full-out", "crop-out")


def test_any_chunk_has_the_pixels_of_the_whole(shot: Path) -> None:
    run("crop", shot, out=Path("whole"))
    for frames in ("4-5", "1", "2-3"):
        run("crop/char.#.exr", shot, out=Path("parts"), frames=frames)
    for number in range(1, 6):
        name = f"char.{number:04d}.exr"
        assert Path("parts", name).read_bytes() == Path("whole", name).read_bytes()


def test_a_still_has_the_marks_of_the_uncropped_one(shot: Path) -> None:
    for folder in ("full", "crop"):
        run(f"{folder}/char.0003.exr", shot, out=Path(f"{folder}.exr"), hatch=1.0)
    (whole, _), (part, (x, y, width, height)) = map(pixels_of, (Path("full.exr"), Path("crop.exr")))
    np.testing.assert_array_equal(part, whole[y : y + height, x : x + width])


def test_windows_that_differ_are_one_sequence_and_sizes_that_differ_are_not(shot: Path) -> None:
    (found,) = find_shots(Path("crop"))
    assert (found.kind, found.canvas and found.canvas[:4]) == ("sequence", (0, 0, WIDTH, HEIGHT))
    (plain,) = find_shots(Path("full"))
    assert plain.canvas is None
