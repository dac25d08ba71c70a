"""Windows of frames, and which frames they need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.errors import GanfxError, MediaError
from ganfx.stylize.temporal.filter import HANDLES, StylizedFrame, tone_of
from ganfx.stylize.temporal.windows import Windows, needed_frames

PICTURE = np.zeros((4, 4, 3), np.float32)
HELD = StylizedFrame(PICTURE, PICTURE.astype(np.uint8), tone_of(PICTURE, PICTURE))


def test_a_window_is_what_there_is_on_either_side():
    windows = Windows((n, HELD) for n in range(1, 40) if n != 12)
    assert list(windows.around(1)) == list(range(1, 2 + HANDLES))
    assert list(windows.around(10)) == [n for n in range(10 - HANDLES, 11 + HANDLES) if n != 12]
    assert list(windows.around(39)) == list(range(39 - HANDLES, 40))


def test_no_more_is_drawn_than_a_window_needs():
    drawn = []

    def frames():
        for number in range(100):
            drawn.append(number)
            yield number, HELD

    Windows(frames()).around(3)
    assert drawn == list(range(4 + HANDLES))


def test_a_damaged_frame_is_left_out_and_fails_alone():
    windows = Windows([(1, HELD), (2, MediaError("torn")), (3, HELD)])
    assert list(windows.around(1)) == [1, 3]
    with pytest.raises(MediaError, match="torn"):
        windows.around(2)
    with pytest.raises(KeyError):
        windows.around(4)


def test_a_frame_that_failed_for_another_reason_fails_those_beside_it():
    windows = Windows([(1, HELD), (2, MemoryError("no memory")), (20, HELD)])
    with pytest.raises(GanfxError, match="frame 2 beside it cannot be done: no memory"):
        windows.around(1)
    assert list(windows.around(20)) == [20]  # far enough away


@given(st.sets(st.integers(0, 80)), st.sets(st.integers(0, 80)))
def test_needed_is_every_window_once(there, finished):
    wanted = sorted(n for n in there if n % 3)
    needed = list(needed_frames(wanted, sorted(there), lambda n: n in finished))
    expected = {n for n in there for w in wanted if w not in finished and abs(n - w) <= HANDLES}
    assert needed == sorted(expected)
