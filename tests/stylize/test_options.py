"""Values that make no sense are refused at once."""

from __future__ import annotations

import pytest

from ganfx.errors import UsageError
from ganfx.option import declared
from ganfx.stylize.options import Options


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"strength": 1.2}, "--strength 1.2: expected a value from 0 to 1"),
        ({"strength": float("nan")}, "--strength nan"),
        ({"grain": -0.1}, "--grain -0.1"),
        ({"hatch": 1.5}, "--hatch 1.5"),
        ({"dabs": -0.5}, "--dabs -0.5"),
        ({"tile": 0}, "--tile 0: expected at least 1"),
        ({"threads": 0}, "--threads 0"),
        ({"format": "pgn"}, "--format pgn: not a picture format"),
        ({"precision": "float16"}, "precision='float16': expected auto, float32 or bfloat16"),
        ({"on_error": "ignore"}, "on_error='ignore': expected skip or stop"),
        ({"depth": "8"}, "depth='8': expected uint8, uint10, uint16, half or float"),
        ({"missing": "fill"}, "missing='fill': expected skip, error, hold or black"),
        ({"vfr": "drop"}, "vfr='drop': expected refuse or keep"),
        ({"wrap": "yx"}, "wrap='yx': expected x, y or xy"),
        ({"portable": "sse2"}, "portable='sse2': expected sse4 or avx2"),
    ],
)
def test_a_wrong_value_is_named(values, says):
    with pytest.raises(UsageError, match=says):
        Options(**values)


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
        *("depth", "marks", "missing", "on_error", "portable", "precision", "scale", "vfr", "wrap")
    }
    for each in few:
        for word in each.choices:
            assert getattr(Options(**{each.field: word}), each.field) == word
