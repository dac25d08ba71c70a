"""A matte lies over its plate as viewers show the two, however each is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from PIL import Image, ImageOps

from ganfx.errors import MediaError
from ganfx.media.frames import read_frame
from ganfx.stylize import Options, rehearse
from ganfx.stylize.events import FrameFailed
from ganfx.stylize.job.mattes import find_mattes
from tests.stylize.conftest import of_kind, photo, run


def save(path: str, pixels: np.ndarray, orientation: int) -> None:
    """A picture that viewers show as ``pixels``, however it has to be stored for that."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = Image.fromarray(pixels)
    for stored in (picture, *map(picture.transpose, Image.Transpose)):
        stored.save(path, exif=exif)
        if np.array_equal(shown(Path(path)), pixels):
            return
    raise AssertionError("there is no such orientation")


def shown(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image)).astype(int)


@pytest.mark.parametrize("matte_tag", [1, 6, 3])
@pytest.mark.parametrize("plate_tag", range(1, 9))
def test_a_matte_shows_the_look_where_it_is_painted(
    places: Path, inked: Path, plate_tag: int, matte_tag: int
) -> None:
    plate, matte = photo(40, 64), np.zeros((40, 64, 3), np.uint8)
    matte[:16, :24] = 255  # top left, as a viewer shows both
    save("plate.png", plate, plate_tag)
    save("matte.png", matte, matte_tag)
    run("plate.png", inked, out=Path("out"), matte="matte.png", grain=0.0)
    changed = (shown(Path("out/plate.png")) != plate).any(axis=-1)

    assert changed[:16, :24].mean() > 0.9
    changed[:16, :24] = False
    assert not changed.any()


def test_a_matte_without_alpha_is_its_luma_to_the_last_bit(places: Path) -> None:
    save("matte.png", photo(40, 64), 1)
    mattes = find_mattes("matte.png")
    assert mattes is not None
    red, green, blue = np.moveaxis(read_frame(Path("matte.png")).rgb, -1, 0)
    # Added up in this order, which a matrix product leaves to the CPU.
    luma = red * np.float32(0.2126) + green * np.float32(0.7152) + blue * np.float32(0.0722)
    np.testing.assert_array_equal(mattes.read((40, 64), None, None), luma)


def test_a_channel_of_the_plate_lies_as_the_plate_is_stored(places: Path) -> None:
    save("plate.png", photo(40, 64), 6)
    frame, mattes = read_frame(Path("plate.png")), find_mattes("channel:g")
    assert mattes is not None
    matte = mattes.read(frame.rgb.shape[:2], None, frame)
    np.testing.assert_array_equal(matte, frame.rgb[..., 1])


def test_a_channel_of_a_part_lies_by_its_data_window(places: Path) -> None:
    specs = [oiio.ImageSpec(8, 6, 3, "half"), oiio.ImageSpec(4, 3, 1, "half")]
    specs[1].channelnames = ("mask",)
    specs[1].x, specs[1].y = 3, 2
    specs[1].roi_full = specs[0].roi_full  # of one display window, as all parts have to be
    for spec, name in zip(specs, ("beauty", "mask"), strict=True):
        spec.attribute("oiio:subimagename", name)
    output = oiio.ImageOutput.create("plate.exr")
    assert output.open("plate.exr", tuple(specs))
    assert output.write_image(np.zeros((6, 8, 3), np.float16))
    assert output.open("plate.exr", specs[1], "AppendSubimage")
    assert output.write_image(np.ones((3, 4, 1), np.float16))
    assert output.close()
    frame, mattes = read_frame(Path("plate.exr")), find_mattes("channel:mask")
    assert mattes is not None
    expected = np.zeros((6, 8))
    expected[2:5, 3:7] = 1
    np.testing.assert_array_equal(mattes.read((6, 8), None, frame), expected)


def windowed(path: str, pixels: np.ndarray, x: int, y: int, names: str, tag: int = 1) -> None:
    """An EXR of a 32x24 display window whose data window begins at (x, y)."""
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], len(names), "half")
    spec.channelnames = tuple(names)
    spec.x, spec.y, spec.full_width, spec.full_height = x, y, 32, 24
    spec.attribute("Orientation", tag)
    output = oiio.ImageOutput.create(path)
    assert output.open(path, spec)
    assert output.write_image(np.ascontiguousarray(pixels.astype(np.float16)))
    assert output.close()


MARKED = np.arange(1, 7).reshape(2, 3, 1) / 8  # a matte of 3x2 pixels, all different


@pytest.mark.parametrize("autocropped", [True, False])
def test_a_matte_lies_by_its_window_on_a_plate_with_overscan(
    places: Path, autocropped: bool
) -> None:
    windowed("plate.exr", np.zeros((28, 40, 3)), -4, -2, "RGB")
    whole = np.zeros((24, 32, 1))
    whole[5:7, 10:13] = MARKED
    matte = (MARKED, 10, 5) if autocropped else (whole, 0, 0)
    windowed("matte.exr", *matte, "A")
    frame, mattes = read_frame(Path("plate.exr")), find_mattes("matte.exr")
    assert mattes is not None
    expected = np.zeros((28, 40))
    expected[7:9, 14:17] = MARKED[..., 0]
    np.testing.assert_array_equal(mattes.read((28, 40), None, frame), expected)
    mattes.check(Path("plate.exr"), frame.header, None)


def test_a_matte_lies_by_its_window_on_a_plate_that_is_turned(places: Path) -> None:
    """Rotated by 180 degrees, the plate shows its first pixel at the bottom right."""
    windowed("plate.exr", np.zeros((20, 30, 3)), 1, 3, "RGB", tag=3)
    windowed("matte.exr", MARKED, 10, 5, "A")
    frame, mattes = read_frame(Path("plate.exr")), find_mattes("matte.exr")
    assert mattes is not None
    shown = np.zeros((24, 32))
    shown[5:7, 10:13] = MARKED[..., 0]
    expected = shown[::-1, ::-1][3:23, 1:31]
    np.testing.assert_array_equal(mattes.read((20, 30), None, frame), expected)


def test_a_matte_of_what_a_plate_stores_still_fits(places: Path) -> None:
    """A picture without windows, of the size of a plate's data window."""
    windowed("plate.exr", np.zeros((20, 30, 3)), 1, 3, "RGB")
    save("matte.png", photo(20, 30), 1)
    frame, mattes = read_frame(Path("plate.exr")), find_mattes("matte.png")
    assert mattes is not None
    assert mattes.read((20, 30), None, frame).any(axis=1).all()


def test_a_matte_of_another_display_window_is_refused(places: Path) -> None:
    windowed("matte.exr", MARKED, 10, 5, "A")
    save("plate.png", photo(24, 40), 1)
    frame, mattes = read_frame(Path("plate.png")), find_mattes("matte.exr")
    assert mattes is not None
    told = r"the matte is 32x24 \(3x2 stored\) pixels, the frame 40x24"
    with pytest.raises(MediaError, match=told):
        mattes.read((24, 40), None, frame)
    with pytest.raises(MediaError, match=told):
        mattes.check(Path("plate.png"), frame.header, None)


def test_sizes_are_told_as_viewers_show_them(places: Path) -> None:
    save("plate.png", photo(40, 64), 6)
    save("matte.png", photo(64, 40), 1)
    frame, mattes = read_frame(Path("plate.png")), find_mattes("matte.png")
    assert mattes is not None
    with pytest.raises(MediaError, match="the matte is 40x64 pixels, the frame 64x40"):
        mattes.read(frame.rgb.shape[:2], None, frame)


@pytest.mark.parametrize(
    ("matte", "says"),
    [
        ("matte.png", "the matte is 64x40 pixels, the frame 40x64"),
        ("channel:mask", "there is no channel mask"),
        ("channel:G", ""),
        ("fits.png", ""),
    ],
)
def test_a_rehearsal_sees_what_is_wrong_with_a_matte(
    places: Path, inked: Path, matte: str, says: str
) -> None:
    save("plate.png", photo(64, 40), 6)
    save("matte.png", photo(40, 64), 1)
    save("fits.png", photo(64, 40), 3)
    rehearsed = list(rehearse("plate.png", inked, Options(matte=matte, out=Path("out"))))
    happened = run("plate.png", inked, matte=matte, out=Path("out"))

    told = [[each.reason for each in of_kind(e, FrameFailed)] for e in (rehearsed, happened)]
    assert told[0] == told[1]
    assert len(told[0]) == bool(says)
    assert all(says in reason for reason in told[0])
