"""Written files say what they are."""

from __future__ import annotations

import numpy as np
import pytest
from color_files import converted, flat
from picture_files import save, stored

from ganfx.cli.completing import complete_space, complete_view
from ganfx.errors import UsageError
from ganfx.media.color_spaces import REC709, are_alike, find_space
from ganfx.media.file_color import file_color
from ganfx.media.frames import read_header
from ganfx.media.ocio_configs import read_config
from ganfx.media.png_color import read_png_color

AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
AP1 = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
REC2020 = (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329)


def tagged(path, *, kind=np.float16, **attributes):
    if "chromaticities" in attributes:
        attributes["chromaticities"] = ("float[8]", attributes["chromaticities"])
    return save(path, np.ascontiguousarray(flat(0.1, 0.5, 0.15).astype(kind)), **attributes)


@pytest.mark.parametrize(
    ("tags", "interop_id", "primaries"),
    [
        ({"colorInteropID": "lin_ap1_scene"}, "lin_ap1_scene", AP1),
        ({"chromaticities": AP1}, "lin_ap1_scene", AP1),
        ({"chromaticities": REC709}, "lin_rec709_scene", REC709),
        ({"colorInteropID": "unknown", "chromaticities": REC2020}, "lin_rec2020_scene",
         REC2020),
        ({"colorInteropID": "lin_rec2020_scene", "chromaticities": AP1}, "lin_rec2020_scene",
         REC2020),
    ],
)  # fmt: skip
def test_an_exr_has_an_id_and_the_chromaticities_of_it(tmp_path, tags, interop_id, primaries):
    out = converted(tagged(tmp_path / "a.exr", **tags), "exr")
    header = read_header(out)
    assert header.tags.interop_id == interop_id
    assert are_alike(header.chromaticities, primaries)
    assert file_color(header).problem == ""


def test_what_is_assumed_is_not_put_into_a_file(tmp_path):
    header = read_header(converted(tagged(tmp_path / "a.exr"), "exr"))
    assert header.tags.interop_id == ""
    assert header.chromaticities == ()


def test_codes_of_a_display_have_no_chromaticities_of_light(tmp_path):
    path = tagged(tmp_path / "a.exr", colorInteropID="srgb_rec709_scene", chromaticities=AP0)
    header = read_header(converted(path, "exr"))
    assert header.tags.interop_id == "srgb_rec709_scene"
    assert header.chromaticities == ()


@pytest.mark.parametrize(
    ("space", "codes"),
    [("Rec.2100-PQ - Display", (9, 16, 0, 1)), ("sRGB Encoded P3-D65", (12, 13, 0, 1))],
)
def test_a_png_says_what_the_user_says(tmp_path, space, codes):
    path = tagged(tmp_path / "a.png", kind=np.float32)
    out = converted(path, "png", space=space)
    assert read_png_color(out).cicp == codes
    np.testing.assert_array_equal(stored(out)[1], stored(path)[1])
    assert read_png_color(converted(path, "png")).cicp == ()


def test_ids_that_no_configuration_has_are_openimageios(tmp_path):
    """Adobe RGB's gamma is 563/256, and its red lies where Rec. 709's does."""
    path = tagged(tmp_path / "a.exr", colorInteropID="g22_adobergb_display")
    color = file_color(read_header(path))
    assert color.space.gamma == pytest.approx(563 / 256)
    gray = color.space.to_linear(flat(0.5, 0.5, 0.5))[0, 0]
    np.testing.assert_allclose(gray, 0.5 ** (563 / 256), atol=1e-4)
    assert read_header(converted(path, "exr")).tags.interop_id == "g22_adobergb_display"


def test_a_missing_configuration_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("OCIO", str(tmp_path / "gone.ocio"))
    with pytest.raises(UsageError, match=r"gone\.ocio \(of \$OCIO\)") as caught:
        file_color(read_header(tagged(tmp_path / "a.exr")))
    assert "unset OCIO" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        read_config(tmp_path / "other.ocio")
    assert "unset" not in caught.value.hint


class Typed:
    """What a shell has typed before."""

    def __init__(self, **params: object) -> None:
        self.params = params


def test_a_shell_completes_spaces_of_the_configuration_in_use(tmp_path, monkeypatch):
    monkeypatch.delenv("OCIO", raising=False)
    assert "ACEScg" in complete_space(Typed(), "aces")
    path = tmp_path / "show.ocio"
    path.write_text(read_config("ocio://cg-config-v2.2.0_aces-v1.3_ocio-v2.4").serialize())
    assert complete_space(Typed(), "ARRI LogC4")
    assert complete_space(Typed(ocio=path), "ARRI LogC4") == []
    assert complete_view("ACES 2")[0].startswith("ACES 2.0 - SDR")
    assert find_space("ACEScg", str(path)) is not None
