"""Values that make no sense are refused at once."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.option import declared
from ganfx.stylize.options import Options


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"strength": 1.2}, "--strength 1.2: expected a number from 0 to 1"),
        ({"strength": float("nan")}, "--strength nan"),
        ({"grain": -0.1}, "--grain -0.1"),
        ({"hatch": 1.5}, "--hatch 1.5"),
        ({"dabs": -0.5}, "--dabs -0.5"),
        ({"tile": 0}, "--tile 0: expected a whole number of at least 1"),
        ({"threads": 0}, "--threads 0"),
        ({"format": "pgn"}, "--format pgn: not a picture format"),
        (
            {"precision": "fp16"},
            "--precision fp16: expected auto, float32, half, bfloat16 or float16",
        ),
        ({"on_error": "ignore"}, "--on-error ignore: expected skip or stop"),
        ({"depth": "8"}, "depth='8': expected uint8, uint10, uint16, half or float"),
        ({"missing": "fill"}, "--missing fill: expected skip, error, hold or black"),
        ({"vfr": "drop"}, "--vfr drop: expected refuse or keep"),
        ({"wrap": "yx"}, "--wrap yx: expected none, x, y, xy, latlong or cube"),
        ({"portable": "sse2"}, "portable='sse2': expected sse4 or avx2"),
    ],
)
def test_a_wrong_value_is_named(values, says):
    with pytest.raises(UsageError, match=says):
        Options(**values)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"lines": 2}, "--lines 2: expected a number from 0 to 1"),
        ({"lines": "2"}, "--lines 2: expected a number from 0 to 1"),
        ({"threads": 1.5}, "--threads 1.5: expected a whole number of at least 1"),
        ({"scale": "big"}, "--scale big: expected a number from 0.25 to 8, or auto"),
        ({"marks": "sliding"}, "--marks sliding: expected carried, paper or per-frame"),
        ({"max_pixels": 0}, "--max-pixels 0: expected a number of at least 1e-06"),
    ],
)
def test_what_an_option_takes_is_told_in_the_words_of_the_command_line(values, says):
    with pytest.raises(UsageError) as caught:
        Options(**values)
    assert caught.value.message == says
    assert caught.value.hint is None


def test_a_word_that_is_nearly_right_gets_a_suggestion():
    with pytest.raises(UsageError) as caught:
        Options(marks="per_frame")
    assert caught.value.hint == "did you mean per-frame?"


@pytest.mark.parametrize("share", [np.float32(0.5), np.float64(0.5), 1])
def test_any_kind_of_number_is_one(share):
    assert Options(strength=share).strength == share


def test_a_misspelt_format_gets_a_suggestion():
    with pytest.raises(UsageError) as caught:
        Options(format="pgn")
    assert caught.value.hint == "did you mean png?"


@pytest.mark.parametrize("text", ["tif", ".tif", "TIF"])
def test_a_format_becomes_a_suffix(text):
    assert Options(format=text).suffix == ".tif"
    assert Options().suffix is None


def test_every_field_of_a_few_words_is_checked():
    few = [each for each in declared(Options) if each.choices]
    assert {each.field for each in few} == {
        *("backend", "depth", "fdl_area", "hold_mode", "marks", "missing", "motion", "on_error"),
        *("portable", "precision", "scale", "vfr", "wrap"),
    }
    for each in few:
        for word in each.choices:
            hold = "1" if (each.field, word) == ("motion", "torch") else "2"
            assert getattr(Options(**{each.field: word}, hold=hold), each.field) == word
