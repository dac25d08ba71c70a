"""Preference from votes: the model of Bradley and Terry (1952), fitted by choix.

That a set is chosen over another has the probability ``1 / (1 + exp(b - a))`` of their strengths.
Half a vote each way is added between every two sets (Anscombe 1956), so that one that always won
is strong, not infinitely so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import choix
import numpy as np
from numpy.typing import NDArray

from ganfx.quality.blind.votes import Vote

Floats = NDArray[np.float64]

ADDED = 0.5
"""Votes each way between every two sets."""
NORMAL = 1.96
"""Deviations of a normal distribution on either side that hold 95 % of it."""
DRAWS = 400
"""Of pictures, where several people voted on the same ones."""


@dataclass(frozen=True)
class Preference:
    """How a set does against the others, or against one of them."""

    set: int
    against: int | None
    """Index of the other set; None for all others."""
    chosen: int
    """Votes for it."""
    of: int
    """Votes that it stood in."""
    share: float
    """Probability to be chosen, 0 to 1; against all others the mean of them."""
    low: float
    """Of the interval that has it with 95 % confidence."""
    high: float


def preferences(votes: Sequence[Vote], sets: int) -> list[Preference]:
    """How every set does against all others, and against each.

    The intervals are normal on the logit of the share, with the deviation from the curvature of
    the likelihood (its Hessian). Where several people voted on the same pictures, whose votes
    hang together, also over `DRAWS` draws of pictures with all of their votes, and the wider
    counts.

    Args:
        votes: At least one.
        sets: How many sets were compared.
    """
    wins = counted(votes, sets)
    drawn = _drawn(votes, sets)
    found = []
    for one in range(sets):
        others = [other for other in range(sets) if other != one]
        for against in [others, *([other] for other in others if sets > 2)]:
            found.append(_preference(wins, drawn, one, against))
    return found


def counted(votes: Iterable[Vote], sets: int) -> Floats:
    """``wins[a, b]``: how often ``a`` was chosen over ``b``."""
    wins = np.zeros((sets, sets))
    for vote in votes:
        wins[vote.winner, vote.loser] += 1
    return wins


def strengths(wins: Floats) -> Floats:
    """Strengths of the sets, with a mean of 0, from counts with `ADDED`."""
    return np.asarray(choix.ilsr_pairwise_dense(_with_added(wins)), dtype=np.float64)


def _with_added(wins: Floats) -> Floats:
    counts: Floats = wins + ADDED * (1.0 - np.eye(len(wins)))
    return counts


def _covariance(wins: Floats, strong: Floats) -> Floats:
    """Of the strengths: the inverse of the likelihood's curvature, which knows differences only."""
    counts = _with_added(wins)
    share = 1.0 / (1.0 + np.exp(strong[None, :] - strong[:, None]))
    weights = (counts + counts.T) * share * (1.0 - share)
    np.fill_diagonal(weights, 0.0)
    curvature = np.diag(weights.sum(axis=1)) - weights
    return np.asarray(np.linalg.pinv(curvature))


def _preference(
    wins: Floats, drawn: Sequence[Floats], one: int, against: Sequence[int]
) -> Preference:
    def logit(strong: Floats) -> float:
        share = np.mean(1.0 / (1.0 + np.exp(strong[list(against)] - strong[one])))
        return float(np.log(share) - np.log1p(-share))

    strong = strengths(wins)
    middle = logit(strong)
    slope = _slope(logit, strong)
    half = NORMAL * math.sqrt(float(slope @ _covariance(wins, strong) @ slope))
    if drawn:
        half = max(half, NORMAL * float(np.std([logit(each) for each in drawn], ddof=1)))
    chosen = int(wins[one, list(against)].sum())
    return Preference(
        set=one,
        against=against[0] if len(against) == 1 else None,
        chosen=chosen,
        of=chosen + int(wins[list(against), one].sum()),
        share=_share(middle),
        low=_share(middle - half),
        high=_share(middle + half),
    )


def _share(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))


def _slope(function: Callable[[Floats], float], at: Floats, step: float = 1e-5) -> Floats:
    """Central differences of a function of strengths."""
    moves = step * np.eye(len(at))
    return np.array([(function(at + m) - function(at - m)) / (2 * step) for m in moves])


def _drawn(votes: Sequence[Vote], sets: int) -> list[Floats]:
    """Strengths over draws of pictures; none of a single voter, or a single picture."""
    voters = {vote.voter for vote in votes}
    pictures = list(dict.fromkeys(vote.picture for vote in votes))
    if len(voters) < 2 or len(pictures) < 2:
        return []
    wins = np.array([counted((v for v in votes if v.picture == p), sets) for p in pictures])
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(pictures), (DRAWS, len(pictures)))
    return [strengths(wins[row].sum(axis=0)) for row in draws]
