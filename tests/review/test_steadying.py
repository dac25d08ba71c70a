"""Flicker step by step: of known changes, against the frame before only, per side."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.review.steadying import HEAT_WIDTH, Steadiness
from tests.review.made import plain


def textured(shift: int) -> np.ndarray:
    """The same texture, brighter by some code values."""
    blocks = np.random.default_rng(0).integers(40, 160, (12, 16, 3))
    return (np.kron(blocks, np.ones((8, 8, 1))) + shift).astype(np.uint8)


def test_a_steady_source_and_an_output_that_pumps() -> None:
    steadiness = Steadiness(has_source=True)
    assert steadiness.add(1, [textured(0), textured(0)]) is None
    steps = [steadiness.add(n, [textured(0), textured(10 * (n % 2 == 0))]) for n in (2, 3, 4)]

    for step in steps:
        assert step is not None
        assert step.flicker[0] == 0
        assert step.flicker[1] == pytest.approx(100 * 10 / 255, rel=0.01)
        assert len(step.heat) == 1  # the source has none
    assert steadiness.mean(1) == pytest.approx(100 * 10 / 255, rel=0.01)
    # Its luma goes up, down and up by 10 of 255.
    assert steadiness.tone(1) == pytest.approx(100 * 10 / 255 * np.std([1, -1, 1]), rel=0.01)
    assert steadiness.tone(0) == 0


def test_heat_is_small_and_only_where_it_flickers() -> None:
    before, after = (np.ascontiguousarray(np.repeat(textured(0), 4, axis=1)) for _ in range(2))
    after[:40, :100] += 60
    steadiness = Steadiness(has_source=True)
    steadiness.add(1, [before, before])
    step = steadiness.add(2, [before, after])

    assert step is not None
    heat = step.heat[0]
    assert heat is not None
    assert heat.shape[1] == HEAT_WIDTH
    scale = HEAT_WIDTH / 512
    assert heat[: int(30 * scale), : int(90 * scale)].mean() > 150
    assert heat[int(50 * scale) :].max() == 0


def test_steps_are_between_neighbours_and_sides_that_are_there() -> None:
    steadiness = Steadiness(has_source=False)
    steadiness.add(1, [textured(0), textured(0)])
    assert steadiness.add(3, [textured(0), textured(0)]) is None  # 2 is missing

    step = steadiness.add(4, [textured(5), None])
    assert step is not None
    assert step.flicker[1] is None
    assert step.heat[1] is None
    assert steadiness.mean(1) is None
    assert steadiness.tone(1) is None


def test_pictures_too_small_to_follow_have_no_flicker() -> None:
    steadiness = Steadiness(has_source=False)
    tiny = plain((10, 10, 10), 4, 4)
    steadiness.add(1, [tiny])
    assert steadiness.add(2, [tiny]) is None
