"""Scans and footage into clean training pictures.

`preprocess` is an iterator of events (`ganfx.preprocess.events`) and prints nothing. Two
passes. The first reads every source and surveys it: which part of it is a picture, and what is
wrong with it. Then the whole set is judged (near-duplicates, common tone), and the second pass
cuts, scales and writes what is kept. The sources are only read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganfx.preprocess.options import Options, changed, find_preset

if TYPE_CHECKING:
    from ganfx.preprocess.run import preprocess

__all__ = ["Options", "changed", "find_preset", "preprocess"]


def __getattr__(name: str) -> Any:
    """`preprocess`, with the libraries behind it, once it is asked for."""
    if name == "preprocess":
        from ganfx.preprocess.run import preprocess

        return preprocess
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
