"""Preference: values worked out by hand from the model of Bradley and Terry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.quality.blind.preference import Preference, counted, preferences, strengths
from ganfx.quality.blind.votes import Vote


def votes(wins: list[list[int]], voter: str = "a") -> list[Vote]:
    """Each vote on a picture of its own."""
    return [
        Vote(voter, f"{one}{other}{number}", one, other)
        for one, row in enumerate(wins)
        for other, count in enumerate(row)
        for number in range(count)
    ]


def interval(won: float, lost: float) -> tuple[float, float, float]:
    """Of two sets: the log of the odds, and its deviation, by half a vote more for each."""
    logit = math.log((won + 0.5) / (lost + 0.5))
    half = 1.96 * math.sqrt(1 / (won + 0.5) + 1 / (lost + 0.5))
    low, middle, high = (1 / (1 + math.exp(-x)) for x in (logit - half, logit, logit + half))
    return low, middle, high


@pytest.mark.parametrize(("won", "lost"), [(24, 0), (12, 12), (18, 6), (1, 0)])
def test_two_sets_by_hand(won: int, lost: int) -> None:
    first, second = preferences(votes([[0, won], [lost, 0]]), 2)
    assert (first.low, first.share, first.high) == pytest.approx(interval(won, lost), abs=1e-6)
    assert (first.chosen, first.of, first.against) == (won, won + lost, 1)
    assert (second.low, second.high) == pytest.approx((1 - first.high, 1 - first.low))


def test_what_the_numbers_are() -> None:
    """24:0 is odds of 49, with a deviation of 1.43; 12:12 leaves a third to two thirds."""
    always, _ = preferences(votes([[0, 24], [0, 0]]), 2)
    even, _ = preferences(votes([[0, 12], [12, 0]]), 2)
    assert (always.low, always.share, always.high) == pytest.approx((0.749, 0.980, 0.999), abs=1e-3)
    assert (even.low, even.share, even.high) == pytest.approx((0.313, 0.5, 0.687), abs=1e-3)


def test_three_sets_in_the_ratio_four_to_two_to_one() -> None:
    """Counts that the model fits exactly: half a vote each way is part of them."""
    wins = np.array([[0, 3.5, 3.5], [1.5, 0, 2.5], [0.5, 1.0, 0]])  # 4:2, 4:1, 3:1.5
    strong = strengths(wins)
    assert np.exp(strong - strong[2]) == pytest.approx([4.0, 2.0, 1.0], rel=1e-4)


def test_all_others_are_the_mean_of_each() -> None:
    found = preferences(votes([[0, 9, 4], [3, 0, 5], [6, 7, 0]]), 3)
    first = [each for each in found if each.set == 0]
    whole, *single = first
    assert [each.against for each in first] == [None, 1, 2]
    assert whole.share == pytest.approx(np.mean([each.share for each in single]))
    assert (whole.chosen, whole.of) == (13, 22)
    assert whole.high - whole.low < max(each.high - each.low for each in single)


@given(st.lists(st.integers(0, 9), min_size=6, max_size=6).filter(any))
def test_intervals_hold_their_share_and_shares_add_up(counts: list[int]) -> None:
    a, b, c, d, e, f = counts
    found = preferences(votes([[0, a, b], [c, 0, d], [e, f, 0]]), 3)
    for each in found:
        assert 0.0 < each.low <= each.share <= each.high < 1.0
    pairs = {(p.set, p.against): p for p in found if p.against is not None}
    for (one, other), each in pairs.items():
        assert each.share + pairs[other, one].share == pytest.approx(1.0)
    assert sum(p.share for p in found if p.against is None) == pytest.approx(1.5)


def two_voters(agreeing: bool) -> Preference:
    """24 pictures, 18 of them better in the first set; a second voter who sees it alike, or not."""
    own = [Vote("a", str(n), *((0, 1) if n < 18 else (1, 0))) for n in range(24)]
    shift = 0 if agreeing else 6
    also = [Vote("b", str((n + shift) % 24), *((0, 1) if n < 18 else (1, 0))) for n in range(24)]
    return preferences([*own, *also], 2)[0]


def test_two_who_always_agree_are_no_more_than_one() -> None:
    once = preferences([Vote("a", str(n), *((0, 1) if n < 18 else (1, 0))) for n in range(24)], 2)[
        0
    ]
    agreeing, apart = two_voters(agreeing=True), two_voters(agreeing=False)
    assert agreeing.high - agreeing.low == pytest.approx(once.high - once.low, rel=0.15)
    assert apart.high - apart.low < 0.8 * (agreeing.high - agreeing.low)


def test_counts_are_by_winner_and_loser() -> None:
    assert counted(votes([[0, 2], [1, 0]]), 2).tolist() == [[0, 2], [1, 0]]
