"""Scans: read as one sees them, at their own depth; written as sRGB and nothing else."""

import subprocess
import sys

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from icc_profiles import DISPLAY_P3, SRGB, matrix_profile
from picture_files import metadata, noise, save, stored
from PIL import Image
from skimage import data

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import read_picture
from ganfx.media.scans import quantized, read_scan, write_scan

PHOTO = data.astronaut()[:48, :64]
DEPTHS = {"uint8": np.uint8, "uint16": np.uint16}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.png", "uint8"), ("a.png", "uint16"), ("a.tif", "uint8"), ("a.tif", "uint16")],
)
def test_integers_come_as_they_are_stored(tmp_path, name, kind):
    pixels = noise((5, 7, 3), kind)
    scan = read_scan(save(tmp_path / name, pixels))
    assert scan.pixels.dtype == pixels.dtype
    assert np.array_equal(scan.pixels, pixels)
    assert (scan.profile, scan.problem) == (None, "")


def test_samples_of_10_bits_fill_16(tmp_path):
    codes = np.array([0, 1, 512, 1023], np.uint16)
    pixels = np.repeat((codes << 6 | codes >> 4)[np.newaxis, :, np.newaxis], 3, axis=-1)
    scan = read_scan(save(tmp_path / "a.dpx", pixels, oiio__BitsPerSample=10))
    assert scan.pixels[0, :, 0].tolist() == [0, 64, 32800, 65535]


def test_light_is_encoded_and_clipped_and_what_is_no_number_repaired(tmp_path):
    light = np.float32([[[0.18, 0.5, 4.0], [-1.0, np.nan, np.inf]]])
    scan = read_scan(save(tmp_path / "a.exr", light))
    assert scan.pixels.dtype == np.float32
    assert scan.pixels[0, 0] == pytest.approx([0.4614, 0.7354, 1.0], abs=1e-4)
    assert scan.pixels[0, 1].tolist() == [0, 0, 1]


def test_gray_becomes_three_equal_channels(tmp_path):
    scan = read_scan(save(tmp_path / "a.png", np.uint8([[[7], [200]]])))
    assert scan.pixels.tolist() == [[[7] * 3, [200] * 3]]


def test_a_palette_becomes_its_colors(tmp_path):
    flat = Image.fromarray(np.uint8([[[250, 10, 10], [10, 250, 10]]]))
    flat.quantize(2).save(tmp_path / "a.png")
    assert np.array_equal(read_scan(tmp_path / "a.png").pixels, np.asarray(flat))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_come_upright(tmp_path, orientation):
    path = save(tmp_path / "a.png", PHOTO[:3, :5], Orientation=orientation)
    assert np.array_equal(read_scan(path).pixels, read_picture(path))
    gray = save(tmp_path / "b.png", PHOTO[:3, :5, :1], Orientation=orientation)
    assert np.array_equal(read_scan(gray).pixels, read_picture(gray))


def test_color_is_not_multiplied_by_alpha(tmp_path):
    straight = np.uint8([[[200, 100, 50, 0], [200, 100, 50, 128]]])
    path = save(tmp_path / "a.png", straight, oiio__UnassociatedAlpha=1)
    assert read_scan(path).pixels.tolist() == [[[200, 100, 50]] * 2]

    light = np.float16([[[0.25, 0.125, 0.0625, 0.5]]])
    path = save(tmp_path / "a.exr", light, names=("R", "G", "B", "A"))
    assert read_scan(path).pixels[0, 0] == pytest.approx([0.7354, 0.5371, 0.3885], abs=1e-3)


def test_associated_color_of_integers_is_divided_and_rounded(tmp_path):
    path = tmp_path / "a.tif"
    spec = oiio.ImageSpec(2, 1, 4, "uint16")  # without the hint, associated
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    output.write_image(np.uint16([[[20000, 5000, 1, 32768], [9, 0, 0, 0]]]))
    output.close()
    output.geterror()
    # 20000 * 65535 / 32768 = 39999.39, and so on; under alpha 0 colour is as stored.
    assert read_scan(path).pixels.tolist() == [[[39999, 10000, 2], [9, 0, 0]]]


def test_of_layers_only_the_picture_is_read(tmp_path):
    light = noise((4, 4, 7), "half", 1)
    names = ("Z", "N.x", "N.y", "N.z", "beauty.R", "beauty.G", "beauty.B")
    path = save(tmp_path / "a.exr", light, names=names)
    assert read_scan(path).pixels.shape == (4, 4, 3)
    assert np.abs(read_scan(path).pixels * 255 - read_picture(path)).max() <= 0.51


def test_a_profile_comes_along_where_it_matters(tmp_path):
    wide, plain = matrix_profile(DISPLAY_P3), matrix_profile(SRGB)
    for name, profile in (("wide.png", wide), ("wide.jpg", wide), ("plain.tif", plain)):
        Image.fromarray(PHOTO).save(tmp_path / name, icc_profile=profile)

    assert read_scan(tmp_path / "wide.png").profile == wide
    assert read_scan(tmp_path / "wide.jpg").profile == wide
    assert read_scan(tmp_path / "plain.tif").profile is None


def test_a_profile_of_no_use_is_left_out_and_named(tmp_path):
    Image.fromarray(PHOTO).save(tmp_path / "a.tif", icc_profile=b"no profile at all" * 20)
    scan = read_scan(tmp_path / "a.tif")
    assert scan.profile is None
    assert scan.problem == "the colour profile is damaged"
    assert np.array_equal(scan.pixels, PHOTO)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.exr", "a.dpx", "a.webp"])
def test_a_file_that_is_cut_short_is_refused(tmp_path, name):
    pixels = PHOTO.astype(np.float32) / 255 if name == "a.exr" else PHOTO
    path = save(tmp_path / name, pixels)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(MediaError, match=name):
        read_scan(path)


def test_files_that_are_missing_empty_or_animated_are_refused(tmp_path):
    (tmp_path / "empty.png").touch()
    moving = [Image.fromarray(PHOTO), Image.fromarray(PHOTO[::-1].copy())]
    moving[0].save(tmp_path / "moving.webp", save_all=True, append_images=moving[1:])
    for name, reason in (("no.png", "No such"), ("empty.png", "empty"), ("moving.webp", "anim")):
        with pytest.raises(MediaError, match=reason):
            read_scan(tmp_path / name)


def test_a_scan_needs_hardly_more_than_twice_its_own_bytes(tmp_path):
    side = 4000
    path = save(tmp_path / "a.tif", np.full((side, side, 3), 128, np.uint8), Orientation=6)
    code = (
        "import sys, resource, pathlib, OpenImageIO, cv2, ganfx.media.scans as scans\n"
        # Linux counts what this process had when it started that one; another has none of it.
        "status = pathlib.Path('/proc/self/status')\n"
        "def peak():\n"
        "    if status.exists():\n"
        "        return int(status.read_text().partition('VmHWM:')[2].split()[0])\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak(); scans.read_scan(pathlib.Path(sys.argv[1])); print(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    scale = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * scale <= 2.3 * side * side * 3


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
@pytest.mark.parametrize("depth", ["uint8", "uint16"])
def test_what_is_written_is_read_again(tmp_path, name, depth):
    pixels = noise((5, 7, 3), depth)
    write_scan(tmp_path / name, pixels, depth)
    assert np.array_equal(read_scan(tmp_path / name).pixels, pixels)


def test_a_jpeg_is_close_and_keeps_its_color_resolution(tmp_path):
    write_scan(tmp_path / "a.jpg", PHOTO, "uint8")
    spec, pixels = stored(tmp_path / "a.jpg")
    assert np.abs(pixels.astype(int) - PHOTO).mean() < 2
    assert spec.get_string_attribute("jpeg:subsampling") == "4:4:4"


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg"])
def test_a_written_file_says_srgb_and_its_bytes_depend_on_the_picture_alone(tmp_path, name):
    first, second = tmp_path / name, tmp_path / "folder" / name
    for path in (first, second):
        write_scan(path, PHOTO, "uint8")
    assert first.read_bytes() == second.read_bytes()
    assert [path.name for path in second.parent.iterdir()] == [name]  # and nothing temporary

    said = metadata(stored(first)[0])
    assert "srgb" in said["oiio:ColorSpace"]
    assert not {"Software", "Artist", "Make", "ICCProfile", "ImageHistory"} & said.keys()


@given(hnp.arrays(np.uint16, (3, 5, 3)))
def test_16_bits_become_8_by_rounding_half_up(pixels):
    exact = np.floor(pixels.astype(np.float64) * 255 / 65535 + 0.5)
    assert np.array_equal(quantized(pixels, "uint8"), exact)


@given(st.sampled_from(["uint8", "uint16"]), st.integers(0, 65535))
def test_every_code_survives_as_a_float(depth, code):
    most = np.iinfo(depth).max
    value = np.full((1, 1, 3), min(code, most) / most, np.float32)
    assert quantized(value, depth)[0, 0, 0] == min(code, most)


def test_values_are_clipped_rounded_half_up_and_spread():
    values = np.float32([[[-1, 0.5 / 255, 2]]])
    assert quantized(values, "uint8").tolist() == [[[0, 1, 255]]]
    assert quantized(np.uint8([[[0, 1, 255]]]), "uint16").tolist() == [[[0, 257, 65535]]]


def test_what_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(UsageError, match="jpeg files cannot hold uint16"):
        write_scan(tmp_path / "a.jpg", PHOTO, "uint16")
    with pytest.raises(UsageError, match="not a picture format"):
        write_scan(tmp_path / "a.xyz", PHOTO, "uint8")
    with pytest.raises(MediaError, match="not a number"):
        write_scan(tmp_path / "a.png", np.full((2, 2, 3), np.nan, np.float32), "uint8")
    assert list(tmp_path.iterdir()) == []
