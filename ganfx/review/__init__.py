"""Pages on which people judge stylized shots by eye: an iterator of events.

`review` writes a folder that opens in any browser, from a disk: a wipe between before and after,
several looks, flicker, settings and provenance. The engine is imported with its first use, as it
brings OpenCV and OpenColorIO.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganfx.review.options import Options

if TYPE_CHECKING:
    from ganfx.review.engine import review

__all__ = ["Options", "review"]


def __getattr__(name: str) -> Any:
    if name == "review":
        from ganfx.review.engine import review

        return review
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
