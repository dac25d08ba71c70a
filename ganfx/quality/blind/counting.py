"""Counting of votes: overall, and by every kind of picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ganfx.errors import UsageError
from ganfx.quality.blind.comparison import Comparison, read_key
from ganfx.quality.blind.kinds import kinds_of_folders, read_kinds
from ganfx.quality.blind.options import CompareOptions
from ganfx.quality.blind.preference import Preference, preferences
from ganfx.quality.blind.votes import Vote, read_votes


@dataclass(frozen=True)
class Counted:
    """What came of the votes on some of the pictures."""

    by: str
    """What they were sorted by: a column, or "folder"; "" for all of them."""
    kind: str
    votes: int
    preferences: tuple[Preference, ...]


@dataclass(frozen=True)
class Counts:
    """What came of all votes."""

    comparison: Comparison
    voters: tuple[tuple[str, int], ...]
    """Who voted, and how often."""
    groups: tuple[Counted, ...]
    """All pictures first."""


def count(sets: Sequence[Path], options: CompareOptions) -> Counts:
    """Count votes.

    Args:
        sets: The folders that were compared, as a check; may be none.
        options: With the files of votes.

    Raises:
        UsageError: The key, a file of votes or that of kinds cannot be read or is of another
            comparison.
    """
    comparison = _comparison(sets, options)
    votes = read_votes(options.votes, comparison)
    pictures = list(dict.fromkeys(pair.picture for pair in comparison.pairs))
    if options.kinds is None:
        kinds = kinds_of_folders(pictures)
    else:
        kinds = read_kinds(options.kinds, pictures)
    groups = [_counted("", "", votes, comparison)]
    for by, kind_of in kinds.items():
        for kind in sorted(set(kind_of.values())):
            own = [vote for vote in votes if kind_of[vote.picture] == kind]
            if own:
                groups.append(_counted(by, kind, own, comparison))
    voters = dict.fromkeys(vote.voter for vote in votes)
    told = tuple((name, sum(vote.voter == name for vote in votes)) for name in voters)
    return Counts(comparison, told, tuple(groups))


def _counted(by: str, kind: str, votes: Sequence[Vote], comparison: Comparison) -> Counted:
    found = preferences(votes, len(comparison.sets))
    return Counted(by, kind, len(votes), tuple(found))


def _comparison(sets: Sequence[Path], options: CompareOptions) -> Comparison:
    key = next((path for path in options.keys if path.exists()), options.keys[0])
    comparison = read_key(key)
    if sets and sorted(map(_plain, map(str, sets))) != sorted(map(_plain, comparison.sets)):
        raise UsageError(
            f"{key} is of {' and '.join(comparison.sets)}, not of {' and '.join(map(str, sets))}",
            hint="give its folders, or the --key of these",
        )
    return comparison


def _plain(path: str) -> str:
    return str(Path(path).resolve())
