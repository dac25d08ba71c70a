"""Parts of a frame on all cores: in order, each once, and an error is the caller's."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.stylize.temporal.parallel import BAND, SMALL, bands, each


@given(st.lists(st.integers(), max_size=50))
def test_results_are_in_the_order_of_the_items(items: list[int]) -> None:
    assert each(lambda item: 2 * item, items, pixels=SMALL) == [2 * item for item in items]


def test_what_is_raised_is_the_callers_and_no_thread_is_left() -> None:
    with pytest.raises(ZeroDivisionError):
        each(lambda item: 1 // item, [1, 0, 2], pixels=SMALL)
    assert not [t for t in threading.enumerate() if t.name.startswith("ganfx")]


@pytest.mark.parametrize(("pixels", "own"), [(SMALL - 1, True), (SMALL, False)])
def test_small_frames_start_no_threads(pixels: int, own: bool) -> None:
    (thread,) = each(lambda _: threading.current_thread(), [0], pixels=pixels)
    assert (thread is threading.current_thread()) == own


@pytest.mark.parametrize(("height", "last"), [(1, 1), (BAND, BAND), (2 * BAND + 5, 5)])
def test_bands_are_all_rows_once(height: int, last: int) -> None:
    found = list(bands(height))
    assert [row for rows in found for row in range(height)[rows]] == list(range(height))
    assert found[-1].stop - found[-1].start == last
