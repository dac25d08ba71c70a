"""Views of scene light: what pages and proxies show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from ganfx.errors import UsageError
from ganfx.media.color_spaces import CINEON, ColorSpace
from ganfx.media.file_color import FileColor
from ganfx.media.frames import new_frame, read_picture, write_frame
from ganfx.media.views import PLAIN, _exact, find_view, needs_view, through_view, view_names

V4 = "ocio://studio-config-v2.2.0_aces-v1.3_ocio-v2.4"
TO_AP1 = np.array(
    [[0.613097, 0.339523, 0.047379], [0.070194, 0.916354, 0.013452], [0.02062, 0.10957, 0.869815]]
)


def gray(light: float) -> int:
    return int(through_view(np.full((1, 1, 3), light, np.float32), find_view())[0, 0, 1])


def test_aces_2_keeps_black_and_rolls_highlights_off():
    view = find_view()
    assert view.name == "ACES 2.0 - SDR 100 nits (Rec.709)"
    assert view.display == "sRGB - Display"
    assert gray(0.0) == 0
    levels = [gray(light) for light in (0.18, 1.0, 4.0, 16.0)]
    assert levels == sorted(set(levels))  # 4 is brighter than 1: not clipped
    # Middle gray is 10 nits of 100 (Academy's rendering for SDR): 0.1 in sRGB is code 89.
    assert levels[0] == pytest.approx(89, abs=1)


def test_the_table_is_the_view():
    view = find_view()
    light = (np.random.default_rng(0).random((60, 60, 3)) ** 3 * 4).astype(np.float32)
    exact = np.ascontiguousarray((light @ TO_AP1.T).astype(np.float32))
    _exact(view).applyRGB(exact)
    codes = np.clip(exact, 0, 1) * 255
    off = np.abs(through_view(light, view).astype(float) - codes)
    assert off.mean() < 0.6
    assert np.percentile(off, 99) < 4


def test_views_are_those_of_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("OCIO", V4)
    assert find_view().name == "ACES 1.0 - SDR Video"
    assert "Raw" in view_names()
    with pytest.raises(UsageError, match="no view 'ACES 3'"):
        find_view("ACES 3")
    config = ocio.Config.CreateFromBuiltinConfig(V4.removeprefix("ocio://"))
    config.setRole("aces_interchange", None)
    config.setRole("cie_xyz_d65_interchange", None)
    path = tmp_path / "show.ocio"
    path.write_text(config.serialize().replace("aces_interchange", "other"))
    assert find_view("raw", str(path)).name == "Raw"


def test_light_goes_through_a_view_and_codes_do_not(tmp_path: Path):
    rgb = np.full((8, 8, 3), 4.0, np.float32)
    write_frame(tmp_path / "a.exr", rgb, new_frame(rgb, depth="half"))
    codes = np.full((8, 8, 3), 0.5, np.float32)
    write_frame(tmp_path / "a.png", codes, new_frame(codes, depth="uint8"))
    view = find_view()
    assert read_picture(tmp_path / "a.exr")[0, 0, 0] == 255
    assert read_picture(tmp_path / "a.exr", view=view)[0, 0, 0] == gray(4.0) < 255
    assert read_picture(tmp_path / "a.png", view=view)[0, 0, 0] == 128


def test_black_is_black_and_light_beyond_all_bounds_is_white() -> None:
    light = np.array([[[0, 0, 0], [-1, -1, -1], [1e6, 1e6, 1e6]]], np.float32)
    seen = through_view(light, find_view())
    assert seen[0, :2].max() == 0
    assert seen[0, 2].min() >= 254


def test_the_plain_view_is_the_srgb_curve() -> None:
    light = np.array([[[0.0, 0.2158605, 1.0], [0.0, 0.0, 9.0]]], np.float32)
    view = find_view(PLAIN)
    assert through_view(light, view).tolist() == [[[0, 128, 255], [0, 0, 255]]]
    assert str(view) == "the sRGB curve, clipped at 1"


def test_a_view_may_be_of_another_display() -> None:
    assert find_view("Gamma 2.2 Rec.709 - Display/Raw").display == "Gamma 2.2 Rec.709 - Display"
    with pytest.raises(UsageError, match="there is no display 'Wall'"):
        find_view("Wall/Raw")
    with pytest.raises(UsageError, match="no view 'Un-tone-maped'") as told:
        find_view("Un-tone-maped")
    assert told.value.hint == "did you mean 'Un-tone-mapped'?"


@pytest.mark.parametrize(
    ("space", "linear", "needed"),
    [
        (None, False, False),
        (None, True, True),
        (ColorSpace(CINEON), False, True),
        (ColorSpace("ACEScct"), False, True),
        (ColorSpace("srgb"), True, False),
        (ColorSpace("ACEScg"), True, True),
    ],
)
def test_light_and_log_need_a_view_and_pictures_do_not(
    space: ColorSpace | None, linear: bool, needed: bool
) -> None:
    assert needs_view(FileColor(space), scene_linear=linear) is needed
