"""A file of another format holds the colours that it says it holds."""

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from color_files import (
    PATCH,
    cineon,
    color_of,
    converted,
    exr,
    film,
    flat,
    linear,
    says,
    srgb,
    wide,
)
from icc_profiles import (
    DISPLAY_P3,
    SRGB,
    gamma_curve,
    gray_profile,
    matrix_profile,
    primaries_to_xyz,
    table_profile,
)
from picture_files import save, stored, write
from PIL import Image

from ganfx.errors import MediaError
from ganfx.media.color_spaces import find_space
from ganfx.media.file_color import declared_space
from ganfx.media.frame_writing import changed_part
from ganfx.media.frames import new_frame, read_frame, read_header, write_frame
from ganfx.media.strips import StripWriter, cut, open_strips
from ganfx.stylize import Options, stylize

ACESCG = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
REC2020 = (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329)
REC709 = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)

# Published matrices to Rec. 709 light: ACEScg by Bradford, Rec. 2020 of ITU-R BT.2087.
ACESCG_TO_REC709 = np.array(
    [[1.70505, -0.62179, -0.08326], [-0.13026, 1.14080, -0.01055], [-0.02400, -0.12897, 1.15297]]
)
REC2020_TO_REC709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
)
DISPLAY_FORMATS = [("png", 1), ("tif", 1), ("tga", 1), ("bmp", 1), ("webp", 1), ("jpg", 5)]


# --- film scans


@pytest.mark.parametrize("suffix", ["exr", "hdr"])
@pytest.mark.parametrize(
    ("code", "light"), [(95, 0), (300, 0.0417), (500, 0.2336), (685, 1), (800, 2.433)]
)
def test_film_becomes_light(tmp_path, code, light, suffix):
    out = converted(film(tmp_path / "a.dpx", code), suffix)
    assert cineon(code) == pytest.approx(light, abs=1e-3)
    assert color_of(out) == pytest.approx(cineon(code), rel=8e-3, abs=1e-5)  # of RGBE
    assert says(out) == "lin_rec709_scene"


@pytest.mark.parametrize(("suffix", "off"), [*DISPLAY_FORMATS, ("jxl", 1)])
@pytest.mark.parametrize("code", [300, 500, 685, 800])
def test_film_becomes_what_a_display_shows(tmp_path, code, suffix, off):
    out = converted(film(tmp_path / "a.dpx", code), suffix)
    assert color_of(out) * 255 == pytest.approx([255 * srgb(cineon(code))] * 3, abs=off)


def test_film_stays_film_in_a_dpx_of_any_depth(tmp_path):
    path = film(tmp_path / "a.dpx", 500)
    assert color_of(converted(path, "dpx", depth="uint8")) == pytest.approx(500 / 1023, abs=2e-3)
    assert read_header(tmp_path / "out-a.dpx").film_log
    assert np.array_equal(stored(converted(path, "dpx"))[1], stored(path)[1])


def test_a_user_knows_better_than_a_header(tmp_path):
    unsaid = film(tmp_path / "a.dpx", 500, says="")
    assert color_of(converted(unsaid, "exr", space="cineon")) == pytest.approx(
        cineon(500), rel=1e-3
    )
    assert color_of(converted(unsaid, "exr")) == pytest.approx(linear(500 / 1023), rel=1e-3)
    said = film(tmp_path / "b.dpx", 500)
    png = converted(said, "png", space="srgb")
    assert color_of(png) == pytest.approx(500 / 1023, abs=1e-3)
    assert says(png) == "srgb_rec709_scene"


# --- light of other primaries


@pytest.mark.parametrize(
    ("primaries", "matrix"), [(ACESCG, ACESCG_TO_REC709), (REC2020, REC2020_TO_REC709)]
)
def test_light_of_wide_primaries_becomes_srgb(tmp_path, primaries, matrix):
    path = exr(tmp_path / "a.exr", primaries)
    for suffix, off in [*DISPLAY_FORMATS, ("dpx", 1)]:
        depth = "uint16" if suffix == "tif" else None
        found = color_of(converted(path, suffix, depth=depth)) * 255
        assert found == pytest.approx(255 * srgb(matrix @ PATCH), abs=off), suffix


def test_acescg_is_the_color_that_it_should_be(tmp_path):
    png = converted(exr(tmp_path / "a.exr", ACESCG), "png")
    assert color_of(png) == pytest.approx((0.899, 0.244, 0.199), abs=1e-3)
    assert says(png) == "srgb_rec709_scene"


@pytest.mark.parametrize(("suffix", "off"), [("hdr", 4e-3), ("jxl", 5e-4)])
@pytest.mark.parametrize(
    ("primaries", "matrix"), [(ACESCG, ACESCG_TO_REC709), (REC2020, REC2020_TO_REC709)]
)
def test_formats_of_rec709_light_hold_that(tmp_path, primaries, matrix, suffix, off):
    out = converted(exr(tmp_path / "a.exr", primaries), suffix)
    assert color_of(out) == pytest.approx(matrix @ PATCH, abs=off)
    assert says(out) == "lin_rec709_scene"


def test_acescg_stays_acescg_where_light_of_any_primaries_is_at_home(tmp_path):
    path = exr(tmp_path / "a.exr", ACESCG)
    half = converted(path, "exr", depth="half")
    assert stored(half)[1][0, 0].tolist() == np.float16(PATCH).tolist()
    assert read_header(half).chromaticities == pytest.approx(ACESCG)
    assert color_of(converted(path, "tif")).tolist() == np.float32(PATCH).tolist()


@pytest.mark.parametrize("name", ["ACEScg", "acescg", "lin_ap1"])
def test_an_exr_says_the_primaries_that_a_user_knows(tmp_path, name):
    path = save(tmp_path / "a.tif", np.ascontiguousarray(flat(*PATCH)))
    out = converted(path, "exr", space=name)
    assert color_of(out).tolist() == np.float32(PATCH).tolist()
    assert read_header(out).chromaticities == pytest.approx(ACESCG)
    light = tmp_path / "b.hdr"
    write_frame(light, flat(*PATCH), new_frame(flat(*PATCH), depth="float"))
    # no longer lin_rec709
    assert says(converted(light, "exr", space="ARRI LogC4")) == "ocio:arrilogc4_awg4_scene"


@pytest.mark.parametrize("primaries", [None, REC709, (0.0,) * 8, (0.3, 0.3) * 4])
def test_rec709_and_nonsense_are_plain_light(tmp_path, primaries):
    path = exr(tmp_path / "a.exr", primaries)
    assert declared_space(read_header(path)) is None
    assert color_of(converted(path, "png")) == pytest.approx(srgb(np.array(PATCH)), abs=2e-5)


def test_primaries_are_adapted_as_acescg_is(tmp_path):
    nearly = (*ACESCG[:6], 0.3, 0.3)  # no space that has a name
    space = declared_space(read_header(exr(tmp_path / "a.exr", nearly)))
    light = space.to_linear(flat(0.5, 0.5, 0.5))
    np.testing.assert_allclose(light, 0.5, atol=1e-5)  # white stays white
    np.testing.assert_allclose(space.from_linear(light), 0.5, atol=1e-5)


# --- log of cameras


def test_a_log_exr_becomes_what_a_display_shows(tmp_path):
    gray = (np.log2((2**18 - 16) / 117.45 * 0.18 + 64) - 6) / 14 * 928 / 1023 + 95 / 1023
    assert gray == pytest.approx(0.2784, abs=1e-4)  # ARRI LogC4 specification
    path = exr(tmp_path / "a.exr", None, (gray,) * 3)
    png = converted(path, "png", space="ARRI LogC4")
    assert color_of(png) == pytest.approx([0.4614] * 3, abs=1e-3)  # 0.18, encoded
    assert color_of(converted(path, "hdr", space="ARRI LogC4")) == pytest.approx(0.18, rel=5e-3)
    assert color_of(converted(path, "exr", space="ARRI LogC4")).tolist() == [np.float32(gray)] * 3


def test_log_integers_become_light(tmp_path):
    code = (np.log2(0.18) + 9.72) / 17.52  # ACEScct, S-2016-001
    pixels = np.full((8, 8, 3), round(code * 65535), np.uint16)
    path = save(tmp_path / "a.png", pixels)
    assert color_of(converted(path, "exr", space="ACEScct")) == pytest.approx(0.18, rel=1e-3)
    assert color_of(converted(path, "tif", space="ACEScct")) == pytest.approx(0.4614, abs=1e-3)
    assert np.array_equal(stored(converted(path, "png", space="ACEScct"))[1], pixels)


def test_a_display_exr_is_not_encoded_once_more(tmp_path):
    path = exr(tmp_path / "a.exr", None)
    assert color_of(converted(path, "png", space="srgb")) == pytest.approx(PATCH, abs=1e-5)
    assert color_of(converted(path, "hdr", space="srgb")) == pytest.approx(linear(PATCH), abs=1e-3)


def test_logarithms_of_what_is_no_color_are_refused(tmp_path):
    path = exr(tmp_path / "a.exr", None, (65504.0, 1.0, 1.0))
    with pytest.raises(MediaError, match="64 pixels are infinite or not a number"):
        converted(path, "png", space="ARRI LogC4")
    assert sorted(tmp_path.iterdir()) == [path]


# --- profiles


def p3_light(codes):
    matrix = np.linalg.solve(primaries_to_xyz(SRGB), primaries_to_xyz(DISPLAY_P3))
    return matrix @ linear(np.array(codes) / 255)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg"])
def test_display_p3_becomes_light_with_what_rec709_does_not_reach(tmp_path, name):
    path = wide(tmp_path / name)
    codes = stored(path)[1][2, 2]
    light = p3_light(codes)
    if name != "a.jpg":
        assert light == pytest.approx((0.732, 0.009, -0.003), abs=1e-3)
    assert color_of(converted(path, "exr", depth="float")) == pytest.approx(light, abs=2e-4)


def test_an_hdr_has_no_light_below_nothing(tmp_path):
    out = converted(wide(tmp_path / "a.png"), "hdr")
    assert color_of(out) == pytest.approx((0.732, 0.009, 0.0), abs=4e-3)


def test_a_tiff_of_light_has_no_profile_of_a_display(tmp_path):
    path = wide(tmp_path / "a.tif")
    out = converted(path, "tif", depth="float")
    assert color_of(out) == pytest.approx(p3_light((204, 51, 26)), abs=2e-4)
    assert read_header(out).profile is None


@pytest.mark.parametrize("suffix", ["jpg", "tif", "webp", "jxl", "png"])
def test_a_profile_goes_with_its_codes(tmp_path, suffix):
    path = wide(tmp_path / "a.png")
    out = converted(path, suffix)
    assert color_of(out) * 255 == pytest.approx((204, 51, 26), abs=2 if suffix == "jpg" else 0.01)
    if suffix != "jxl":  # whose reader writes the profile anew
        assert read_header(out).profile == matrix_profile(DISPLAY_P3)


@pytest.mark.parametrize("suffix", ["dpx", "tga", "bmp"])
def test_where_there_is_no_profile_it_is_applied(tmp_path, suffix):
    found = color_of(converted(wide(tmp_path / "a.png"), suffix)) * 255
    assert found == pytest.approx(255 * srgb(p3_light((204, 51, 26))), abs=1)


def test_a_scanners_table_is_applied(tmp_path):
    path = wide(tmp_path / "a.png", (128, 128, 128), table_profile())
    assert color_of(converted(path, "exr")) == pytest.approx(0.1842, abs=0.01)  # L* 50


def test_a_user_may_leave_a_profile_out_of_account(tmp_path):
    path = wide(tmp_path / "a.png")
    out = converted(path, "exr", space="srgb")
    assert color_of(out) == pytest.approx(linear(np.array((204, 51, 26)) / 255), rel=1e-3)
    jpg = converted(path, "jpg", space="srgb")
    assert read_header(jpg).profile is None


def test_a_log_space_wins_over_a_profile(tmp_path):
    out = converted(wide(tmp_path / "a.png", (106, 106, 106)), "jpg", space="ACEScct")
    assert color_of(out) == pytest.approx(srgb(2 ** (106 / 255 * 17.52 - 9.72)), abs=0.01)
    assert read_header(out).profile is None


def test_a_gray_profile_is_applied_where_gray_becomes_rgb(tmp_path):
    path = tmp_path / "a.png"
    Image.new("L", (8, 8), 128).save(path, icc_profile=gray_profile(1.8))
    light = (128 / 255) ** 1.8
    assert color_of(converted(path, "webp")) == pytest.approx([srgb(light)] * 3, abs=0.005)
    assert color_of(converted(path, "exr")) == pytest.approx([light] * 3, abs=0.005)
    kept = converted(path, "tif")
    assert color_of(kept)[0] == np.float32(128 / 255)
    assert read_header(kept).profile == gray_profile(1.8)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
def test_gray_that_gets_color_leaves_its_profile_by_way_of_srgb(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.new("L", (8, 8), 128).save(path, icc_profile=gray_profile(1.8))
    frame = read_frame(path)
    code = float(frame.rgb[0, 0, 0])
    write_frame(tmp_path / f"b.{suffix}", frame.rgb * np.float32([1, 1, 0.5]), frame)
    write_frame(tmp_path / f"c.{suffix}", frame.rgb * np.float32(0.5), frame)

    tinted, gray = tmp_path / f"b.{suffix}", tmp_path / f"c.{suffix}"
    assert read_header(tinted).profile is None
    expected = [srgb(value**1.8) for value in (code, code, code / 2)]
    assert color_of(tinted) == pytest.approx(expected, abs=0.01)
    assert read_header(gray).profile == gray_profile(1.8)
    assert color_of(gray) == pytest.approx([code / 2] * 3, abs=0.005)


def test_gray_light_of_wide_primaries_stays_gray(tmp_path):
    spec = oiio.ImageSpec(8, 8, 1, "half")
    spec.channelnames = ("Y",)
    spec.attribute("chromaticities", "float[8]", ACESCG)
    write(tmp_path / "a.exr", spec, np.full((8, 8, 1), 0.18, np.float16))
    out = converted(tmp_path / "a.exr", "png")
    assert read_header(out).color == "gray"
    assert color_of(out) == pytest.approx(0.4614, abs=1e-3)


def test_a_profile_of_cmyk_is_not_left_on_rgb(tmp_path):
    profile = matrix_profile(SRGB).replace(b"RGB XYZ", b"CMYKXYZ", 1)
    Image.new("CMYK", (8, 8), (60,) * 4).save(tmp_path / "a.tif", icc_profile=profile)
    assert read_header(tmp_path / "a.tif").color == "cmyk"
    assert read_header(converted(tmp_path / "a.tif", "tif")).profile is None


def test_alpha_does_not_change_the_color_that_it_covers(tmp_path):
    spec = oiio.ImageSpec(8, 8, 4, "float")
    spec.channelnames = ("R", "G", "B", "A")
    spec.attribute("chromaticities", "float[8]", ACESCG)
    write(tmp_path / "a.exr", spec, flat(0.25, 0.05, 0.025, 0.5))
    pixel = stored(converted(tmp_path / "a.exr", "png"))[1][0, 0] / 65535
    assert pixel == pytest.approx((0.899, 0.244, 0.199, 0.5), abs=1e-3)


# --- by rows, and by command


@pytest.mark.parametrize(
    ("name", "suffix", "space"),
    [
        ("a.png", "exr", None),
        ("a.png", "exr", "ACEScct"),
        ("a.png", "tif", "cineon"),
        ("a.exr", "png", None),
        ("a.exr", "png", "ARRI LogC4"),
    ],
)
def test_rows_are_written_as_the_whole_is(tmp_path, name, suffix, space):
    path, rng = tmp_path / name, np.random.default_rng(5)
    if name == "a.png":
        pixels = rng.integers(0, 65535, (37, 29, 3), np.uint16, endpoint=True)
        icc = np.frombuffer(matrix_profile(DISPLAY_P3, curve=gamma_curve(2.2)), np.uint8)
        save(path, pixels, ICCProfile=(f"uint8[{len(icc)}]", icc))
    else:
        spec = oiio.ImageSpec(29, 37, 3, "half")
        spec.attribute("chromaticities", "float[8]", ACESCG)
        write(path, spec, rng.random((37, 29, 3)).astype(np.float16))
    whole = converted(path, suffix, space=space)
    rows = tmp_path / f"rows.{suffix}"
    with open_strips(path, max_pixels=10_000) as reader:
        writer = StripWriter(rows, rows, reader.header)
        for first in range(0, 37, 5):
            frame = reader.read(first, min(first + 5, 37))
            like = cut(frame, slice(0, 5), path=rows)
            known = find_space(space) if space else None
            writer.write(changed_part(rows, like.rgb, like, space=known))
        writer.close()
    assert rows.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(("colorspace", "value"), [("ARRI LogC4", 0.4614), ("auto", 0.5645)])
def test_the_command_honors_the_space_that_a_user_gives(tmp_path, colorspace, value):
    path = exr(tmp_path / "a.exr", None, (0.2784,) * 3)
    options = Options(strength=0.0, format="png", colorspace=colorspace, out=tmp_path / "out")
    list(stylize(path, "noir", options))
    assert color_of(tmp_path / "out" / "a.png") == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize(
    ("suffix", "kind", "format"), [("exr", np.float16, "png"), ("tif", np.uint16, "exr")]
)
def test_strips_of_a_command_do_too(tmp_path, monkeypatch, suffix, kind, format):
    values = np.random.default_rng(2).random((80, 48, 3)) * (0.6 if suffix == "exr" else 40_000)
    path = save(tmp_path / f"a.{suffix}", values.astype(kind))
    options = {"strength": 0.5, "format": format, "colorspace": "ACEScct", "scale": 1.0}
    list(stylize(path, "noir", Options(**options, out=tmp_path / "whole")))
    monkeypatch.setattr("ganfx.stylize.network.brush_scale.LARGEST", 0)
    monkeypatch.setattr("ganfx.stylize.render.strips.ROWS", 32)
    list(stylize(path, "noir", Options(**options, out=tmp_path / "strips")))
    whole, strips = (tmp_path / name / f"a.{format}" for name in ("whole", "strips"))
    assert strips.read_bytes() == whole.read_bytes()
