"""Parity of built-in looks, and how it is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.styles.export.exporting import export_style
from ganfx.styles.export.options import ExportOptions
from ganfx.styles.export.parity import FLOAT32, HALF, Case, Row, expected, trial_picture
from ganfx.styles.export.report import Report
from ganfx.styles.file import build_generator, load_style
from ganfx.styles.library import BUILT_IN, find_style
from ganfx.stylize.network.tiling import stylize_image
from tests.models.test_plain import CONFIGS, trained

LOOKS = sorted(path.stem for path in BUILT_IN.glob("*.safetensors"))


def test_a_built_in_look_is_within_the_limits_in_both_precisions(tmp_path: Path) -> None:
    report = export_style("impressionist", ExportOptions(to="onnx", out=tmp_path)).report

    assert report.holds
    assert {row.allowed for row in report.rows} == {FLOAT32, HALF}
    assert any(each.startswith("strokes") for each in report.left_out)


@pytest.mark.slow
@pytest.mark.parametrize("to", ["onnx", "torchscript", "nuke", "flame"])
@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_within_the_limits(look: str, to: str, tmp_path: Path) -> None:
    report = export_style(look, ExportOptions(to=to, out=tmp_path)).report  # type: ignore[arg-type]

    assert report.holds
    assert len({(row.height, row.width) for row in report.rows}) == 3


def test_what_is_expected_is_what_ganfx_stylize_makes() -> None:
    import torch

    generator, picture = build_generator(load_style(find_style("noir"))), trial_picture(37, 51, 1)
    seen = np.ascontiguousarray(picture[0].transpose(1, 2, 0))

    made = stylize_image(generator, seen, device=torch.device("cpu"))
    wanted = expected(generator, picture, pads=True)[0].transpose(1, 2, 0)
    assert np.abs(made - wanted).max() < 1e-6


def test_a_difference_beyond_the_limit_does_not_hold() -> None:
    picture = trial_picture(16, 24, seed=0)
    made = expected(trained(CONFIGS["guides"]), picture, pads=False)
    case = Case((picture,), (made,), half=False)

    (near,) = case.rows("a.onnx", "here", lambda each: made + np.float32(5e-5))
    (far,) = case.rows("a.onnx", "here", lambda each: made + np.float32(2e-4))
    assert near.holds
    assert near.mean == pytest.approx(5e-5, rel=0.01)
    assert not far.holds
    assert not Report("a", "onnx", {}, (near, far), (), ()).holds


def test_equal_bits_hold_only_if_they_are_equal() -> None:
    assert Row("a.pt", "torch, bits", 8, 8, 0.0, 0.0, 0.0).holds
    assert not Row("a.pt", "torch, bits", 8, 8, 1e-9, 1e-12, 0.0).holds


def test_trial_pictures_are_the_same_everywhere() -> None:
    picture = trial_picture(30, 50, seed=3)

    assert picture.shape == (1, 3, 30, 50)
    assert np.array_equal(picture, trial_picture(30, 50, seed=3))
    assert picture.min() == 0
    assert picture.max() == 1
