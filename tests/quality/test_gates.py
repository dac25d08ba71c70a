"""Gates: at the limit, beyond it, and with what is no number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ganfx.errors import UsageError
from ganfx.quality.appearance import LookScore, PictureScore
from ganfx.quality.gates import (
    GateMissed,
    GateUnmeasured,
    exceeds,
    falls_below,
    held_flicker,
    held_golden,
    held_look,
    held_style,
)
from ganfx.quality.golden import GoldenScore
from ganfx.quality.options import FlickerOptions, GoldenOptions, LookOptions, StyleOptions
from ganfx.quality.steadiness import ShotScore, StepScore
from ganfx.quality.style import StylePictureScore, StyleScore
from ganfx.styles.header import Gates

NAN = float("nan")


def verdicts(events: Iterable[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, GateMissed | GateUnmeasured)]


def test_a_limit_itself_is_kept_and_no_number_is_not() -> None:
    assert not exceeds(2.0, 2.0)
    assert exceeds(2.0000001, 2.0)
    assert exceeds(NAN, 2.0)
    assert not falls_below(0.5, 0.5)
    assert falls_below(0.4999999, 0.5)
    assert falls_below(NAN, 0.5)


def step(frame: int, source: float | None, output: float | None, tone: float = 0.0) -> StepScore:
    return StepScore("sh", frame, source, output, 1.0, 0.0, tone)


def shot(source: float | None, output: float | None, tone: float = 0.0) -> ShotScore:
    ratio = output / source if source and output is not None else None
    return ShotScore("sh", 4, source, output, ratio, 0.0, tone)


def test_the_steps_that_are_above_the_ratio_are_named_the_worst_first() -> None:
    steps = [step(1001, 0.1, 0.1), step(1002, 0.1, 0.3), step(1003, 0.1, 0.5)]
    kept = verdicts(held_flicker([*steps, shot(0.1, 0.3)], FlickerOptions(max_ratio=3.0)))
    (missed,) = verdicts(held_flicker([*steps, shot(0.1, 0.3)], FlickerOptions(max_ratio=2.0)))
    assert kept == []
    assert (missed.gate, missed.limit, missed.value) == ("--max-ratio", 2.0, pytest.approx(3.0))
    assert missed.frames == ("1003", "1002")


def test_flicker_of_a_still_source_is_above_every_ratio() -> None:
    options = FlickerOptions(max_ratio=100.0)
    (missed,) = verdicts(held_flicker([step(1, 0.0, 0.2), shot(0.0, 0.2)], options))
    assert missed.value == float("inf")
    assert missed.frames == ("1",)
    assert verdicts(held_flicker([step(1, 0.0, 0.0), shot(0.0, 0.0)], options)) == []


def test_a_flicker_that_is_no_number_fails_and_one_that_was_not_measured_is_told() -> None:
    options = FlickerOptions(max_ratio=2.0)
    (missed,) = verdicts(held_flicker([step(1, 0.1, NAN), shot(0.1, NAN)], options))
    assert missed.frames == ("1",)
    (told,) = verdicts(held_flicker([step(1, None, None), shot(None, None)], options))
    assert isinstance(told, GateUnmeasured)


def test_tones_are_held_to_their_own_limit() -> None:
    steps = [step(1, 0.1, 0.1, 0.01), step(2, 0.1, 0.1, -0.04)]
    scores = [*steps, shot(0.1, 0.1, tone=0.03)]
    (missed,) = verdicts(held_flicker(scores, FlickerOptions(max_tone=0.02)))
    assert missed.frames == ("2",)
    assert verdicts(held_flicker(scores, FlickerOptions(max_tone=0.03))) == []


def picture(name: str, structure: float, grid: float | None = 1.0) -> PictureScore:
    source_grid = None if grid is None else 1.0
    return PictureScore(Path(name), structure, source_grid, grid, 0.001, 0.02, Path(name))


def look(structure: float, grid: float | None = 1.0) -> LookScore:
    source_grid = None if grid is None else 1.0
    weakest = picture("a.png", structure)
    return LookScore(2, structure, weakest, source_grid, grid, 0.001, 0.02, 0.0, 0.0)


def test_a_look_is_held_to_its_mean_and_tells_the_pictures_below() -> None:
    scores = [picture("a.png", 0.5), picture("b.png", 0.9), picture("c.png", 0.4), look(0.6)]
    (missed,) = verdicts(held_look(scores, Gates(min_structure=0.7), "out"))
    assert (missed.of, missed.frames) == ("out", ("c.png", "a.png"))
    assert "structure 0.600 is below 0.7" in missed.message
    assert verdicts(held_look(scores, Gates(min_structure=0.6), "out")) == []
    assert [v.gate for v in verdicts(held_look(scores, Gates(), "out", 0.01))] == ["--max-unrest"]
    assert verdicts(held_look(scores, Gates(), "out", 0.02)) == []


def test_a_grid_that_no_picture_could_show_is_told() -> None:
    scores = [picture("a.png", 1.0, None), look(1.0, None)]
    (told,) = verdicts(held_look(scores, Gates(max_grid=2.0), "out"))
    assert isinstance(told, GateUnmeasured)
    (missed,) = verdicts(
        held_look([picture("a.png", 1.0, 3.0), look(1.0, 3.0)], Gates(max_grid=2.0), "out")
    )
    assert missed.frames == ("a.png",)


def test_a_style_is_held_by_its_output_not_by_the_baselines() -> None:
    pictures = [StylePictureScore(Path("a"), 0.3, 0.9), StylePictureScore(Path("b"), 0.5, 0.9)]
    sets = [StyleScore("untouched", 2, 0.9, 1.0, 0.8), StyleScore("output", 2, 0.3, 0.9, 0.02)]
    scores = [*pictures, *sets]
    assert verdicts(held_style(scores, StyleOptions(max_distance=0.3), "out")) == []
    (missed,) = verdicts(held_style(scores, StyleOptions(max_distance=0.2), "out"))
    assert missed.frames == ("b", "a")
    options = StyleOptions(kid=True, max_kid=0.01)
    assert [v.gate for v in verdicts(held_style(scores, options, "out"))] == ["--max-kid"]


GOLDEN = GoldenScore(Path("o/a"), Path("g/a"), flip=0.1, most_flip=0.4, error=0.2, differing=1.0)


def test_goldens_are_held_one_by_one() -> None:
    scores = [GOLDEN, replace(GOLDEN, picture=Path("o/b"), flip=0.3), replace(GOLDEN, flip=NAN)]
    assert verdicts(held_golden([GOLDEN], GoldenOptions(max_flip=0.1, max_error=0.2), "o")) == []
    (missed,) = verdicts(held_golden(scores, GoldenOptions(max_flip=0.1), "o"))
    assert missed.frames == ("o/a", "o/b")
    assert "2 of 3 pictures are above a FLIP of 0.1" in missed.message


@pytest.mark.parametrize(
    ("kind", "values", "says"),
    [
        (FlickerOptions, {"max_ratio": NAN}, "--max-ratio nan"),
        (FlickerOptions, {"max_tone": -1.0}, "--max-tone -1"),
        (LookOptions, {"min_structure": 1.5}, "from -1 to 1"),
        (StyleOptions, {"max_kid": 0.1}, "add --kid"),
        (StyleOptions, {"weights": "w.pth"}, "add --kid"),
    ],
)
def test_a_limit_that_is_none_is_refused(kind: Any, values: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        kind(**values)
