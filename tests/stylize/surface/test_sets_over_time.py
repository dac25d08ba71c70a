"""Files that are one picture, with options that change over time and marks that boil."""

from pathlib import Path

import numpy as np
import pytest

from ganfx.stylize.events import FrameFailed
from tests.stylize.surface.test_picture_sets import done, laid, put_tiles, steps


def failures(events):
    return [each.reason for each in events if isinstance(each, FrameFailed)]


@pytest.mark.parametrize("marks", [{"strokes": "0:1,1:0"}, {"hatch": "0:0.8,1:0"}])
def test_tiles_are_of_no_frame_and_take_the_values_of_frame_0(inked, marks):
    tiles = put_tiles()
    constant = {name: float(text.split(",")[0][2:]) for name, text in marks.items()}
    assert not failures(done(tiles, "keyed", grain=0.0, **marks))
    done(tiles, "set", grain=0.0, **constant)
    assert np.array_equal(laid(Path("keyed")), laid(Path("set")))


@pytest.mark.parametrize("marks", [{"strokes": 1.0}, {"dabs": 1.0}, {"hatch": 0.8}])
def test_inner_borders_of_tiles_match_where_marks_boil(inked, marks):
    assert not failures(done(put_tiles(), "set", grain=0.0, boil="0.5,every=2", **marks))
    over, within = steps(laid(Path("set")))
    assert over <= 1.2 * within
