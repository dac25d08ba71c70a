"""Preparation of training pictures from scans, photos and footage.

`preprocess` is an iterator of events (`ganfx.preprocess.events`) and prints nothing. It makes
two passes. The first analyses every source: picture areas, defects, quality. Then
near-duplicates are dropped and a common tone is computed over the whole set, and the second
pass crops, scales and writes the pictures. The sources are only read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganfx.preprocess.options import Options, changed, find_preset

if TYPE_CHECKING:
    from ganfx.preprocess.run import preprocess

__all__ = ["Options", "changed", "find_preset", "preprocess"]


def __getattr__(name: str) -> Any:
    """Import `preprocess` lazily: its libraries are slow to load."""
    if name == "preprocess":
        from ganfx.preprocess.run import preprocess

        return preprocess
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
