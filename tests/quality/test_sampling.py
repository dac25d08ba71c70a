from __future__ import annotations

from ganfx.quality.sampling import spread


def test_things_are_spread_with_both_ends() -> None:
    assert spread([1, 2, 3], 5) == [1, 2, 3]
    assert spread([1, 2, 3], 3) == [1, 2, 3]
    assert spread(range(10), 4) == [0, 3, 6, 9]
    assert spread(range(10), 2) == [0, 9]


def test_a_single_one_is_the_first() -> None:
    assert spread("abc", 1) == ["a"]
