"""Size of the brush by the height of the picture: proxies predict finals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.scaling import resized
from ganfx.preset import ScaleConfig
from ganfx.styles.file import load_style, save_style
from ganfx.stylize.declared.kinds import read_scale
from ganfx.stylize.events import StylizeStarted
from ganfx.stylize.network.brush_scale import brush_scale, recorded_scale
from ganfx.stylize.options import Options
from tests.stylize.conftest import of_kind, photo, run

STYLE = ScaleConfig(lines=1080, below=1.0, above=0.5)


@pytest.mark.parametrize(
    ("height", "expected"),
    [
        (1080, 1.0),
        (1060, 1.0),  # near enough
        (540, 0.5),
        (480, 480 / 1080),
        (200, 0.25),  # the smallest brush
        (2160, 2**0.5),
        (4320, 2.0),
    ],
)
def test_the_brush_goes_by_the_height(height, expected):
    assert brush_scale(None, STYLE, height, 100) == pytest.approx(expected)
    other = ScaleConfig(below=1.0)
    assert brush_scale("auto", other, height, 100) == pytest.approx(expected)


def test_a_factor_goes_before_the_height_and_styles_without_one_have_their_own_size():
    assert brush_scale(2.0, STYLE, 480, 640) == 2.0
    assert brush_scale(None, ScaleConfig(), 480, 640) == 1.0
    assert brush_scale(None, STYLE, 8000, 8000) == 1.0  # 64 megapixels: in strips


def test_a_style_says_how_far_brushes_grow():
    assert brush_scale(None, ScaleConfig(lines=1080, above=0.0), 4320, 100) == 1.0
    assert brush_scale(None, ScaleConfig(lines=1080, above=1.0), 2160, 100) == 2.0
    assert brush_scale(None, ScaleConfig(lines=1080, below=0.5), 480, 100) == pytest.approx(2 / 3)
    assert brush_scale(None, ScaleConfig(lines=1080, below=0.0), 480, 100) == 1.0


def test_records_of_looks_without_a_height_hold():
    assert json.dumps(recorded_scale(None, ScaleConfig())) == "1.0"
    assert json.dumps(recorded_scale(2, STYLE)) == "2.0"
    assert recorded_scale(None, STYLE) == recorded_scale("auto", STYLE) == [1080.0, 1.0, 0.5]


@pytest.mark.parametrize("text", ["automatic", "", "2x"])
def test_a_factor_that_is_none_is_told(text):
    with pytest.raises(UsageError, match=r"expected a number from 0\.25 to 8, or auto"):
        Options(scale=read_scale(text))
    assert read_scale("auto") == "auto"
    assert read_scale("1.5") == 1.5


def test_factors_out_of_range_are_refused():
    with pytest.raises(UsageError, match=r"--scale 9: expected a number from 0\.25 to 8, or auto"):
        Options(scale=9.0)
    with pytest.raises(UsageError, match=r"--scale big: expected .* to 8, or auto"):
        Options(scale="big")  # type: ignore[arg-type]


def test_a_proxy_predicts_the_final(inked):
    """Half the height with the brush of the height: nearer to the final than with its own."""
    style = load_style(Path(inked))
    tall = style.header.model_copy(
        update={"scale": ScaleConfig(lines=128, below=1.0), "name": "tall"}
    )
    save_style(Path("tall.safetensors"), tall, style.weights)
    final = photo(128, 192).astype(np.float32) / 255
    proxy = np.clip(resized(final, 96, 64), 0, 1)
    for name, picture in (("final", final), ("proxy", proxy)):
        write_picture(Path(f"{name}.png"), (picture * 255 + 0.5).astype(np.uint8))
        for look in ("tall", "inked"):
            out = Path(f"{name}-{look}.png")
            run(f"{name}.png", f"{look}.safetensors", out=out, grain=0.0)

    def difference(look: str) -> float:
        whole = read_picture(Path(f"final-{look}.png")).astype(np.float32)
        small = read_picture(Path(f"proxy-{look}.png")).astype(np.float32)
        return float(np.abs(resized(whole / 255, 96, 64) - small / 255).mean())

    assert difference("tall") < 0.6 * difference("inked")
    (started,) = of_kind(run("proxy.png", "tall.safetensors", out=Path("x.png")), StylizeStarted)
    assert started.scale == "0.5 at 64 lines"
