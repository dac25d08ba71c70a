"""Several looks at once: ``noir:0.6,engraving:0.4``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ganfx.errors import UsageError

Shares = Mapping[str | Path, float]
"""Looks, by name or file, and their shares: positive, of any sum."""
EXPECTED = "expected looks and their shares: noir:0.6,engraving:0.4"


def parse_mix(text: str) -> dict[str | Path, float]:
    """Looks and shares from the command line's notation.

    Raises:
        UsageError: It is not in that notation, or names a look twice.
    """
    shares: dict[str | Path, float] = {}
    for item in text.split(","):
        name, colon, number = item.strip().rpartition(":")
        try:
            share = float(number)
        except ValueError:
            raise UsageError(f"--mix {text}: {item.strip() or 'nothing'}", hint=EXPECTED) from None
        if not (name and colon):
            raise UsageError(f"--mix {text}: {item.strip()}", hint=EXPECTED)
        if name in shares:
            raise UsageError(f"--mix {text}: {name} is there twice", hint=EXPECTED)
        shares[name] = share
    return normalized(shares)


def normalized(shares: Shares) -> dict[str | Path, float]:
    """The same with a sum of 1; what has no share is left out.

    Raises:
        UsageError: A share is negative or no number, or none is above 0.
    """
    for name, share in shares.items():
        if not 0.0 <= share < float("inf"):
            raise UsageError(f"the share of {name} is {share:g}: expected 0 or more")
    total = sum(shares.values())
    if not total:
        raise UsageError("no look has a share above 0", hint=EXPECTED)
    if total == float("inf"):
        raise UsageError("the shares have no sum: they are too large", hint=EXPECTED)
    return {name: share / total for name, share in shares.items() if share}
