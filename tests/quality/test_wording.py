from __future__ import annotations

import pytest

from ganfx.quality.wording import duration, listed, some


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (12, "12 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7530, "2 h 5 min"),
    ],
)
def test_times_are_said_to_the_second_and_long_ones_to_the_minute(
    seconds: float, said: str
) -> None:
    assert duration(seconds) == said


def test_of_a_long_list_the_first_few_are_told_and_how_many_more_there_are() -> None:
    assert listed(["a", "b"], 2) == ["  a", "  b"]
    assert listed(["a", "b", "c", "d"], 2) == ["  a", "  b", "  and 2 more"]
    assert some(["a", "b", "c"]) == "a, b, c"
    assert some(["a", "b", "c", "d"]) == "a, b, c and 1 more"
    assert some(["a", "b", "c"], 1) == "a and 2 more"
