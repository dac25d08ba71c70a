"""Views of scene light: near to OpenColorIO's own, named, and refused where they are not there."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from ganfx.errors import UsageError
from ganfx.media.color_spaces import CINEON, ColorSpace
from ganfx.media.display_view import PLAIN, find_view, needs_view
from ganfx.media.file_color import FileColor
from ganfx.media.ocio_configs import INTEROP_CONFIG, read_config


def test_the_default_view_is_aces_2_within_two_codes() -> None:
    random = np.random.default_rng(0)
    tone = np.exp2(random.uniform(-9, 5, (60, 60, 1)))
    light = (tone * random.uniform(0.3, 1.0, (60, 60, 3))).astype(np.float32)

    exact = light.copy()
    display, view = "sRGB - Display", "ACES 2.0 - SDR 100 nits (Rec.709)"
    processor = read_config(INTEROP_CONFIG).getProcessor(
        "Linear Rec.709 (sRGB)", display, view, ocio.TRANSFORM_DIR_FORWARD
    )
    processor.getDefaultCPUProcessor().applyRGB(exact)
    seen = find_view().show(light).astype(np.float32)
    assert np.abs(seen - 255 * exact).max() < 2.5
    assert find_view().name == f"{view}, {display} (studio-config-v5.0.0_aces-v2.1_ocio-v2.6)"


def test_black_is_black_and_light_beyond_all_bounds_is_white() -> None:
    light = np.array([[[0, 0, 0], [-1, -1, -1], [1e6, 1e6, 1e6]]], np.float32)
    seen = find_view().show(light)
    assert seen[0, :2].max() == 0
    assert seen[0, 2].min() >= 254


def test_the_plain_view_is_the_srgb_curve() -> None:
    light = np.array([[[0.0, 0.2158605, 1.0]]], np.float32)
    assert find_view(PLAIN).show(light).tolist() == [[[0, 128, 255]]]


def test_views_that_are_not_there_are_refused() -> None:
    assert find_view("Un-tone-mapped").view == "Un-tone-mapped"
    assert find_view("Gamma 2.2 Rec.709 - Display/Raw").display == "Gamma 2.2 Rec.709 - Display"
    with pytest.raises(UsageError, match="unknown view") as told:
        find_view("Un-tone-maped")
    assert told.value.hint == "did you mean 'Un-tone-mapped'?"
    with pytest.raises(UsageError, match="unknown display"):
        find_view("Wall/Raw")


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
