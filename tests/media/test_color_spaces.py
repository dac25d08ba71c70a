"""Named colour spaces, and what an EXR says about its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from ganfx.errors import UsageError
from ganfx.media.color_spaces import find_space
from ganfx.media.file_color import declared_space
from ganfx.media.frames import read_frame, read_header, write_frame

AP1_RED = (1.70505, -0.13026, -0.02400)  # ACEScg's red in Rec. 709 light, Bradford-adapted


def picture(*pixels):
    return np.array([pixels], dtype=np.float32)


def test_the_red_of_acescg_is_beyond_rec_709():
    space = find_space("ACEScg")
    light = space.to_linear(picture((1, 0, 0), (0.18, 0.18, 0.18)))
    np.testing.assert_allclose(light[0, 0], AP1_RED, atol=2e-4)
    np.testing.assert_allclose(light[0, 1], 0.18, atol=1e-4)  # grey stays grey


def test_log_footage_is_light_and_back_again():
    space = find_space("ACEScct")
    gray = picture(((np.log2(0.18) + 9.72) / 17.52,) * 3)  # S-2016-001
    np.testing.assert_allclose(space.to_linear(gray), 0.18, rtol=1e-3)
    rng = np.random.default_rng(3)
    log = rng.random((8, 9, 3), dtype=np.float32)
    before = log.copy()
    np.testing.assert_allclose(space.from_linear(space.to_linear(log)), log, atol=1e-4)
    np.testing.assert_array_equal(log, before)


@pytest.mark.parametrize("name", ["ACEScg", "acescg", "lin_rec709", "ARRI LogC4", "V-Log V-Gamut"])
def test_spaces_of_cameras_are_known_by_name_and_alias(name):
    assert find_space(name) is not None


def test_auto_is_no_space_and_srgb_is_as_it_stands():
    assert find_space("auto") is None
    srgb = find_space("sRGB")
    assert srgb is not None
    assert srgb.is_display


def test_unknown_spaces_and_configurations_are_refused(tmp_path):
    with pytest.raises(UsageError, match="'ACESgc'") as caught:
        find_space("ACESgc")
    assert "ACEScg" in str(caught.value.hint)
    broken = tmp_path / "config.ocio"
    broken.write_text("not: a configuration")
    for path in (broken, tmp_path / "nowhere.ocio"):
        with pytest.raises(UsageError, match="cannot use the configuration"):
            find_space("ACEScg", path)
    with pytest.raises(UsageError, match="cannot use the configuration"):
        find_space("auto", broken)


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """A studio's configuration, whose plates are ACEScg at half the exposure."""
    config = ocio.Config.CreateFromBuiltinConfig("cg-config-v2.2.0_aces-v1.3_ocio-v2.4")
    half = ocio.ColorSpace(name="plates")
    twice = ocio.MatrixTransform(matrix=np.diag([2.0, 2.0, 2.0, 1.0]).ravel().tolist())
    to_aces = ocio.ColorSpaceTransform(src="ACEScg", dst="ACES2065-1")
    half.setTransform(ocio.GroupTransform([twice, to_aces]), ocio.COLORSPACE_DIR_TO_REFERENCE)
    config.addColorSpace(half)
    path = tmp_path / "studio.ocio"
    path.write_text(config.serialize())
    return path


def test_a_studios_own_configuration_is_used(studio):
    space = find_space("plates", studio)
    light = space.to_linear(picture((0.5, 0, 0)))
    np.testing.assert_allclose(light[0, 0], AP1_RED, atol=2e-4)
    np.testing.assert_allclose(space.from_linear(light)[0, 0], (0.5, 0, 0), atol=1e-5)
    with pytest.raises(UsageError, match="'plates'"):
        find_space("plates")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767), "ACEScg"),
        ((0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767), "ACES2065-1"),
        ((0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329), None),
        (None, None),
    ],
)
def test_an_exr_says_its_primaries(tmp_path, values, name):
    spec = oiio.ImageSpec(8, 8, 3, "half")
    if values:
        spec.attribute("chromaticities", "float[8]", values)
    image = oiio.ImageBuf(spec)
    path = tmp_path / "a.exr"
    assert image.write(str(path))
    space = declared_space(read_header(path))
    assert (space and space.name) == name


def test_cineon_codes_are_film_densities():
    codes = np.array([95, 685, 685 - 90.3, 1023]) / 1023
    light = find_space("Cineon").to_linear(picture(*np.repeat(codes[:, None], 3, axis=1)))[0, :, 0]
    black = 10 ** (-590 / 300)
    assert light[0] == pytest.approx(0, abs=1e-6)
    assert light[1] == pytest.approx(1, abs=1e-5)
    assert light[2] == pytest.approx((0.5 - black) / (1 - black), abs=2e-4)  # a stop less density
    assert light[3] == pytest.approx((10 ** (338 / 300) - black) / (1 - black), rel=1e-4)
    back = find_space("cineon").from_linear(np.repeat(light[None, :, None], 3, axis=2))
    np.testing.assert_allclose(back[0, :, 0], codes, atol=5e-6)


@pytest.mark.parametrize(("says", "space"), [("KodakLog", "cineon"), ("Linear", None), ("", None)])
def test_a_dpx_says_whether_it_is_film(tmp_path, says, space):
    spec = oiio.ImageSpec(16, 16, 3, "uint16")
    spec.attribute("oiio:BitsPerSample", 10)
    spec.attribute("oiio:ColorSpace", says)
    path = tmp_path / "scan.dpx"
    output = oiio.ImageOutput.create(str(path))
    output.open(str(path), spec)
    output.write_image(np.full((16, 16, 3), 30000, np.uint16))
    output.close()
    found = declared_space(read_header(path))
    assert (found.name if found else None) == space
    copy = tmp_path / "copy.dpx"
    frame = read_frame(path)
    write_frame(copy, frame.rgb, frame)
    assert read_header(copy).film_log == (space is not None)  # and so does what is written
