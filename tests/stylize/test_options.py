"""Values that make no sense are refused at once."""

from __future__ import annotations

import pytest

from ganfx.errors import UsageError
from ganfx.stylize.options import Options


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"strength": 1.2}, "--strength 1.2: expected a value from 0 to 1"),
        ({"strength": float("nan")}, "--strength nan"),
        ({"grain": -0.1}, "--grain -0.1"),
        ({"hatch": 1.5}, "--hatch 1.5"),
        ({"tile": 0}, "--tile 0: expected at least 1"),
        ({"threads": 0}, "--threads 0"),
        ({"format": "pgn"}, "--format pgn: not a picture format"),
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
