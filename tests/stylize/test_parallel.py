"""Parts of a frame on all cores: in order, each once, and an error is the caller's."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.stylize.parallel import BAND, bands, each


@given(st.lists(st.integers(), max_size=50))
def test_results_are_in_the_order_of_the_items(items: list[int]) -> None:
    assert each(lambda item: 2 * item, items) == [2 * item for item in items]


def test_what_is_raised_is_the_callers_and_no_thread_is_left() -> None:
    with pytest.raises(ZeroDivisionError):
        each(lambda item: 1 // item, [1, 0, 2])
    assert not [t for t in threading.enumerate() if t.name.startswith("ganfx")]


@pytest.mark.parametrize(("height", "last"), [(1, 1), (BAND, BAND), (2 * BAND + 5, 5)])
def test_bands_are_all_rows_once(height: int, last: int) -> None:
    found = list(bands(height))
    assert [row for rows in found for row in range(height)[rows]] == list(range(height))
    assert found[-1].stop - found[-1].start == last
