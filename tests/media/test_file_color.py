"""What files declare of their colour, and what they are taken for."""

import struct
import zlib

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest
import tifffile
from color_files import PATCH, color_of, converted, exr, film, flat, linear, srgb, wide
from icc_profiles import DISPLAY_P3, matrix_profile
from picture_files import metadata, noise, save, stored
from PIL import Image

from ganfx.errors import MediaError
from ganfx.media.cicp import space_of_cicp
from ganfx.media.file_color import ColorSettings, file_color, video_color
from ganfx.media.frames import read_frame, read_header, read_picture, write_frame
from ganfx.media.png_color import read_png_color
from ganfx.media.scans import read_scan

LIGHT = (0.6, 0.3, 0.1)  # of linear Rec. 709
SHOWN = (0.7970, 0.5838, 0.3491)  # as sRGB: IEC 61966-2-1
AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
REC709 = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)
P3 = (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329)
REC2020 = (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329)
V5 = "ocio://studio-config-v5.0.0_aces-v2.1_ocio-v2.6"


def tagged(path, color, *, kind=np.float32, **attributes):
    return save(path, np.ascontiguousarray(flat(*color).astype(kind)), **attributes)


def picture(path):
    """A flat picture as an sRGB display shows it, 0 to 1."""
    return read_picture(path)[2, 2] / 255


def taken_for(path, **settings):
    return file_color(read_header(path), ColorSettings(**settings))


def png(path, *chunks, code=128):
    """A PNG as other programs write it, with these chunks before its pixels."""

    def chunk(name, content):
        end = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + end

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    codes = bytes(code) if isinstance(code, tuple) else bytes([code] * 3)
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + codes * 8) * 8))
    middle = b"".join(chunk(name, content) for name, content in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + middle + pixels + chunk(b"IEND", b""))
    return path


def gama(value):
    return b"gAMA", struct.pack(">I", value)


def chrm(primaries):
    white_first = (*primaries[6:], *primaries[:6])
    return b"cHRM", struct.pack(">8I", *(round(v * 100_000) for v in white_first))


@pytest.mark.parametrize(
    ("interop_id", "stored_color"),
    [
        ("lin_rec709_scene", LIGHT),
        ("lin_ap1_scene", (0.4742, 0.3184, 0.1320)),
        ("lin_rec2020_scene", (0.4794, 0.3187, 0.1255)),
        ("srgb_rec709_scene", SHOWN),
        ("srgb_rec709_display", SHOWN),
        ("studio:lin_ap1_scene", (0.4742, 0.3184, 0.1320)),
        ("g22_rec709_scene", tuple(np.array(LIGHT) ** (1 / 2.2))),
        ("unknown", LIGHT),
        ("", LIGHT),
    ],
)
def test_an_exr_is_what_its_interop_id_says(tmp_path, interop_id, stored_color):
    path = tagged(tmp_path / "a.exr", stored_color, colorInteropID=interop_id)
    np.testing.assert_allclose(picture(path), SHOWN, atol=0.003)
    np.testing.assert_allclose(read_scan(path).pixels[2, 2], SHOWN, atol=0.001)
    np.testing.assert_allclose(color_of(converted(path, "png", depth="uint16")), SHOWN, atol=1e-3)


def test_ids_of_cameras_are_known(tmp_path):
    path = tagged(tmp_path / "a.exr", (0.5, 0.5, 0.5), colorInteropID="ocio:arrilogc4_awg4_scene")
    assert taken_for(path).name == "ARRI LogC4"


def test_an_id_that_nobody_knows_is_told(tmp_path):
    path = tagged(tmp_path / "a.exr", LIGHT, colorInteropID="studio:plates")
    color = taken_for(path)
    assert color.space is None
    assert color.problem == "no configuration knows its colorInteropID studio:plates"
    assert str(color) == "linear Rec.709 (by default: nothing is declared)"


def test_an_id_that_the_studios_configuration_lacks_names_it(tmp_path):
    path = tagged(tmp_path / "a.exr", LIGHT, colorInteropID="studio:plates")
    says = taken_for(path, config=V5).problem
    assert says.endswith("studio:plates, studio-config-v5.0.0_aces-v2.1_ocio-v2.6 neither")


def test_an_id_counts_before_chromaticities_that_contradict_it(tmp_path):
    chromaticities = ("float[8]", REC709)
    path = tagged(
        tmp_path / "a.exr", LIGHT, colorInteropID="lin_ap1_scene", chromaticities=chromaticities
    )
    color = taken_for(path)
    assert color.name == "ACEScg"
    assert "chromaticities contradict its colorInteropID lin_ap1_scene" in color.problem
    agreeing = tagged(
        tmp_path / "b.exr", LIGHT, colorInteropID="lin_rec709_scene", chromaticities=chromaticities
    )
    assert taken_for(agreeing).problem == ""


def test_data_is_no_colour(tmp_path):
    path = tagged(tmp_path / "a.exr", LIGHT, colorInteropID="data")
    for reading in (taken_for, read_scan):
        with pytest.raises(MediaError, match="data, not colour"):
            reading(path)


def test_an_aces_container_is_aces(tmp_path):
    path = tagged(
        tmp_path / "a.exr",
        LIGHT,
        kind=np.float16,
        compression="none",
        acesImageContainerFlag=1,
        chromaticities=("float[8]", AP0),
    )
    header = read_header(path)
    assert header.tags.aces_container
    assert taken_for(path).name == "ACES2065-1"


def test_any_primaries_of_an_exr_count(tmp_path):
    # Red of P3-D65 and of Rec. 2020 in Rec. 709 light: the first columns of their matrices.
    for name, primaries, red in (
        ("linear P3-D65", P3, (1.2249, -0.0421, -0.0196)),
        ("linear Rec.2020", REC2020, (1.6605, -0.1246, -0.0182)),
    ):
        color = taken_for(exr(tmp_path / "a.exr", primaries))
        assert color.name == name
        np.testing.assert_allclose(color.space.to_linear(flat(1, 0, 0))[0, 0], red, atol=2e-4)
    broken = taken_for(exr(tmp_path / "b.exr", (0.0,) * 8))
    assert broken.space is None
    assert "no primaries" in broken.problem


@pytest.mark.parametrize(
    ("chunks", "light"),
    [
        ([], linear(128 / 255)),
        ([gama(45455)], linear(128 / 255)),  # what writers call sRGB
        ([gama(55556)], (128 / 255) ** 1.8),
        ([gama(100_000)], 128 / 255),
        ([(b"sRGB", b"\0"), gama(55556)], linear(128 / 255)),  # sRGB makes it void
        ([(b"cICP", bytes([1, 8, 0, 1]))], 128 / 255),
        ([(b"cICP", bytes([1, 13, 0, 1]))], linear(128 / 255)),
        ([gama(0)], linear(128 / 255)),
    ],
)
def test_a_png_is_what_its_chunks_say(tmp_path, chunks, light):
    path = png(tmp_path / "a.png", *chunks)
    assert picture(path) == pytest.approx(srgb(light), abs=0.003)
    np.testing.assert_array_equal(read_scan(path).pixels[2, 2] / 255, picture(path))


def test_primaries_of_a_png_are_those_of_a_profile(tmp_path):
    profiled = wide(tmp_path / "icc.png", (204, 51, 26))
    chunks = ([chrm(P3)], [gama(45455), chrm(P3)], [(b"cICP", bytes([12, 13, 0, 1]))])
    for chunk in chunks:
        path = png(tmp_path / "a.png", *chunk, code=(204, 51, 26))
        scan = read_scan(profiled)
        assert scan.profile == matrix_profile(DISPLAY_P3)
        np.testing.assert_allclose(picture(path), picture(profiled), atol=1.01 / 255)
    assert picture(profiled)[0] > 204 / 255 + 0.03  # a red that is purer than sRGB's


def test_a_cicp_of_no_rgb_is_told(tmp_path):
    path = png(tmp_path / "a.png", (b"cICP", bytes([9, 16, 9, 1])))
    color = taken_for(path)
    assert color.name == "Rec.2100-PQ - Display"  # the matrix is the only mistake
    assert "matrix 9" in color.problem
    out = taken_for(converted(path, "png"))
    assert (out.name, out.problem) == (color.name, "")


def test_white_of_hdr_is_203_nits():
    for code, space in ((0.58069, space_of_cicp(9, 16)), (0.75, space_of_cicp(9, 18))):
        white = space.to_linear(flat(code, code, code))
        np.testing.assert_allclose(white, 1.0, atol=2e-3)  # ITU-R BT.2408, table 1
        np.testing.assert_allclose(space.from_linear(white)[0, 0], code, atol=1e-4)


@pytest.mark.parametrize("codes", [(1, 16), (12, 18), (9, 17), (10, 8)])
def test_tags_that_cannot_be_converted_are_refused(tmp_path, codes):
    with pytest.raises(MediaError, match=r"a\.mov: its colour tags .*--colorspace NAME"):
        video_color(tmp_path / "a.mov", codes)


@pytest.mark.parametrize("codes", [(2, 2), (1, 1), (5, 6), (6, 6), (1, 13), (0, 0)])
def test_plain_video_is_srgb(tmp_path, codes):
    color = video_color(tmp_path / "a.mov", codes)
    assert color.space is None
    assert color.fingerprint == ""


def test_wide_video_has_its_primaries(tmp_path):
    light = video_color(tmp_path / "a.mov", (9, 1)).space.to_linear(flat(1, 0, 0))
    np.testing.assert_allclose(light[0, 0], (1.6605, -0.1246, -0.0182), atol=2e-4)


def test_film_densities_are_shown_as_light(tmp_path):
    path = film(tmp_path / "a.dpx", 685 - 90)
    black = 10 ** (-590 / 300)
    light = (10 ** (-90 / 300) - black) / (1 - black)
    assert picture(path) == pytest.approx(srgb(light), abs=0.004)
    pixels = read_scan(path).pixels
    assert pixels.dtype == np.uint16
    np.testing.assert_allclose(pixels[2, 2] / 65535, srgb(light), atol=1e-3)


def test_a_profile_counts_where_pictures_are_shown(tmp_path):
    path = wide(tmp_path / "a.jpg", (204, 51, 26))
    assert picture(path)[0] > 204 / 255 + 0.03
    assert taken_for(path).by == "ICC profile"


@pytest.mark.parametrize("photometric", ["cielab", "separated"])
def test_a_tiff_that_is_no_rgb_is_refused_or_converted(tmp_path, photometric):
    path = tmp_path / "a.tif"
    inks = 4 if photometric == "separated" else 3
    tifffile.imwrite(path, np.full((16, 16, inks), 90, np.uint8), photometric=photometric)
    if photometric == "separated":
        # Cyan and black of 90: what is left of light is (1 - c) (1 - k).
        assert picture(path)[0] == pytest.approx((1 - 90 / 255) ** 2, abs=0.01)
        return
    with pytest.raises(MediaError, match=r"TIFF of CIE L\*a\*b\*") as caught:
        read_frame(path)
    assert "convert it to RGB" in str(caught.value.hint)


def test_what_is_converted_has_no_stale_tag(tmp_path):
    path = tagged(
        tmp_path / "a.exr",
        LIGHT,
        colorInteropID="lin_ap1_scene",
        chromaticities=("float[8]", (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)),
    )
    out = converted(path, "png")
    assert "colorInteropID" not in metadata(stored(out)[0])
    assert b"lin_ap1" not in out.read_bytes()
    assert read_header(converted(path, "hdr")).tags.interop_id == ""


def test_what_the_user_says_is_what_is_written(tmp_path):
    path = tagged(tmp_path / "a.exr", PATCH, colorInteropID="lin_rec709_scene")
    header = read_header(converted(path, "exr", space="ACEScg"))
    assert header.tags.interop_id == "lin_ap1_scene"
    assert file_color(header).name == "ACEScg"
    kept = read_header(converted(path, "exr"))
    assert kept.tags.interop_id == "lin_rec709_scene"


def test_a_png_that_stays_one_keeps_its_chunks(tmp_path):
    path = png(tmp_path / "a.png", gama(55556), chrm(P3), code=(204, 51, 26))
    out = converted(path, "png")
    assert read_png_color(out) == read_png_color(path)
    np.testing.assert_array_equal(picture(out), picture(path))
    with Image.open(out) as opened:
        assert opened.info["gamma"] == pytest.approx(0.55556)
    jpeg = converted(path, "jpg")
    np.testing.assert_allclose(picture(jpeg), picture(path), atol=0.02)


@pytest.fixture
def studio(tmp_path):
    """A configuration with a space of its own, and a rule for the folder of plates."""
    config = ocio.Config.CreateFromBuiltinConfig("cg-config-v2.2.0_aces-v1.3_ocio-v2.4")
    half = ocio.ColorSpace(name="plates")
    twice = ocio.MatrixTransform(matrix=np.diag([2.0, 2.0, 2.0, 1.0]).ravel().tolist())
    to_aces = ocio.ColorSpaceTransform(src="lin_rec709", dst="ACES2065-1")
    half.setTransform(ocio.GroupTransform([twice, to_aces]), ocio.COLORSPACE_DIR_TO_REFERENCE)
    config.addColorSpace(half)
    rules = ocio.FileRules()
    rules.insertRule(0, "plates", "plates", "*plates*", "exr")
    rules.insertRule(1, "masks", "Raw", "*masks*", "exr")
    rules.setDefaultRuleColorSpace("ACEScg")
    config.setFileRules(rules)
    config.setName("show")
    path = tmp_path / "show.ocio"
    path.write_text(config.serialize())
    return path


def test_rules_of_a_configuration_count_for_what_declares_nothing(tmp_path, studio, monkeypatch):
    monkeypatch.setenv("OCIO", str(studio))
    half = tuple(np.array(LIGHT) / 2)
    plain = exr(tmp_path / "plates.exr", None, half)
    np.testing.assert_allclose(picture(plain), SHOWN, atol=0.003)
    assert file_color(read_header(plain)).by == "file rules of show"
    tagged(tmp_path / "plates2.exr", LIGHT, colorInteropID="lin_rec709_scene")
    np.testing.assert_allclose(picture(tmp_path / "plates2.exr"), SHOWN, atol=0.003)
    other = exr(tmp_path / "other.exr", None, LIGHT)  # the rule for everything is no rule
    np.testing.assert_allclose(picture(other), SHOWN, atol=0.003)
    assert file_color(read_header(exr(tmp_path / "masks.exr", None))).is_data


def test_ids_of_a_studio_are_those_of_its_configuration(tmp_path, studio):
    half = tuple(np.array(LIGHT) / 2)
    path = tagged(tmp_path / "a.exr", half, colorInteropID="show:plates")
    color = taken_for(path, config=str(studio))
    np.testing.assert_allclose(color.space.to_linear(flat(*half))[0, 0], LIGHT, atol=1e-5)
    frame = read_frame(path)
    write_frame(tmp_path / "b.exr", frame.rgb, frame, space=color.space)
    assert read_header(tmp_path / "b.exr").tags.interop_id == "show:plates"
    before = color.fingerprint
    assert "show" in before
    studio.write_text(studio.read_text() + "\n# changed\n")
    from ganfx.media.ocio_configs import config_hash

    config_hash.cache_clear()
    assert taken_for(path, config=str(studio)).fingerprint != before


def test_a_built_in_configuration_can_be_the_studios(monkeypatch, tmp_path):
    monkeypatch.setenv("OCIO", V5)
    path = exr(tmp_path / "a.exr", None)
    assert str(file_color(read_header(path))).startswith("ACES2065-1 (file rules of studio-config")


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "exr", "dpx", "webp", "bmp", "jxl"])
def test_records_of_what_declares_nothing_stay_valid(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    kind = "half" if suffix == "exr" else "uint8"
    save(path, noise((64, 64, 3), kind))  # a smaller JPEG XL would not be known for one
    assert taken_for(path).fingerprint == ""
    assert taken_for(path).space is None
