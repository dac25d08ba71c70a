"""Pictures of all kinds under strokes: alpha, light above 1, white, thin, tiling, with mattes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.media.frames import new_frame, read_frame, read_picture, write_frame, write_picture
from ganfx.stylize.events import FrameDone
from tests.stylize.conftest import of_kind, photo, run, write_float

PLAIN = "plain.safetensors"
OPTIONS = {"strokes": 1.0, "stroke_size": 60.0, "device": "cpu"}


def painted(source: str, out: str = "", **options: object) -> Path:
    """A picture under the strokes of a look that changes nothing else."""
    target = Path(out or f"painted.{source}")
    events = run(source, PLAIN, out=target, **(OPTIONS | options))
    assert len(of_kind(events, FrameDone)) == 1
    return target


def disc(size: int = 96) -> np.ndarray:
    """Alpha with a soft edge of two pixels."""
    y, x = np.mgrid[0:size, 0:size] - (size - 1) / 2
    return np.clip(size / 3 - np.sqrt(x * x + y * y), 0, 1).astype(np.float32)


@pytest.mark.parametrize(("suffix", "depth"), [("exr", "half"), ("png", "uint16")])
def test_no_stroke_paints_outside_of_alpha_and_none_has_a_fringe(plain, suffix, depth):
    """Red on a transparent ground that stores green: no green comes in, and none is changed."""
    alpha, rgb = disc(), np.zeros((96, 96, 3), np.float32)
    rgb[..., 0] = 0.6
    rgb[..., 1] = np.where(alpha > 0, 0.05, 0.9)
    write_frame(Path(f"a.{suffix}"), rgb, new_frame(rgb, depth=depth, alpha=alpha))
    source, result = (read_frame(Path(p)) for p in (f"a.{suffix}", painted(f"a.{suffix}")))
    assert source.alpha is not None
    assert result.alpha is not None
    np.testing.assert_array_equal(result.alpha, source.alpha)
    outside = alpha == 0
    np.testing.assert_array_equal(result.rgb[outside], source.rgb[outside])
    assert result.rgb[~outside][:, 1].max() < 0.2  # jitter, and no green of the ground
    assert result.rgb[~outside][:, 0].min() > 0.4


def test_light_above_1_is_kept(plain):
    """A lamp of 8, wider than a stroke, is a lamp under strokes; all around it stays below 1."""
    rgb = np.full((96, 96, 3), 0.18, np.float32)
    rgb[32:64, 32:64] = 8.0
    write_float(Path("lamp.exr"), rgb)
    result = read_frame(painted("lamp.exr")).rgb
    assert result[40:56, 40:56].min() > 4
    assert np.median(result[40:56, 40:56]) == pytest.approx(8, rel=0.25)
    assert result[:16].max() < 1
    assert np.isfinite(result).all()


@pytest.mark.parametrize("kind", ["lines", "washes", "dabs", "hatch"])
def test_other_marks_keep_to_alpha_and_keep_light_above_1(plain, kind):
    """A lamp of 8 on a disc: around it nothing changes, and the lamp stays one."""
    alpha, rgb = disc(), np.full((96, 96, 3), 0.18, np.float32)
    rgb[32:64, 32:64] = 8.0
    write_frame(Path("lamp.exr"), rgb, new_frame(rgb, depth="half", alpha=alpha))
    source, result = (
        read_frame(Path(p)).rgb for p in ("lamp.exr", painted("lamp.exr", strokes=0.0, **{kind: 1}))
    )
    np.testing.assert_array_equal(result[alpha == 0], source[alpha == 0])
    assert np.abs(result - source)[alpha > 0].max() > 0.01
    assert np.median(result[44:52, 44:52]) == pytest.approx(8, rel=0.3)
    assert np.isfinite(result).all()


def test_white_stays_white(plain):
    write_picture(Path("white.png"), np.full((96, 128, 3), 255, np.uint8))
    result = read_picture(painted("white.png"))
    assert result.min() > 230  # jitter and relief
    assert np.median(result) > 245


@pytest.mark.parametrize("size", [(1, 1), (3, 5000), (5000, 3)])
def test_pictures_of_any_size_are_painted(plain, size):
    rgb = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    write_picture(Path("a.png"), rgb)
    assert read_picture(painted("a.png")).shape == rgb.shape


def test_a_picture_that_tiles_still_does(plain):
    """Rolled by half of itself before or after it is painted, its seams are no edges."""
    y, x = np.mgrid[0:96, 0:96] * (2 * np.pi / 96)
    waves = 128 + 50 * np.sin(2 * x + y) + 40 * np.sin(3 * y - x)
    write_picture(Path("a.png"), np.repeat(waves[..., None], 3, axis=2).astype(np.uint8))
    result = read_picture(painted("a.png", wrap="xy")).astype(int)
    for axis in (0, 1):
        seam = np.abs(result.take(0, axis) - result.take(-1, axis)).mean()
        assert seam < 1.6 * np.abs(np.diff(result, axis=axis)).mean()


def test_a_matte_keeps_strokes_off_the_plate(plain):
    write_picture(Path("a.png"), photo(96, 96))
    matte = np.zeros((96, 96, 3), np.uint8)
    matte[:, 48:] = 255
    write_picture(Path("matte.png"), matte)
    whole = read_picture(painted("a.png", "whole.png"))
    part = read_picture(painted("a.png", "part.png", matte="matte.png"))
    np.testing.assert_array_equal(part[:, :48], photo(96, 96)[:, :48])
    np.testing.assert_array_equal(part[:, 48:], whole[:, 48:])


def test_half_the_strength_is_half_way(plain):
    write_picture(Path("a.png"), photo(96, 96))
    whole, half = (
        read_picture(painted("a.png", f"{s}.png", strength=s)).astype(float) for s in (1.0, 0.5)
    )
    np.testing.assert_allclose(half, (photo(96, 96) + whole) / 2, atol=1.01)
