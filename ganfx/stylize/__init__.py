"""Shots in, shots in a look out: the network in tiles, grain, and whole files only.

`stylize` is an iterator of events (`ganfx.stylize.events`) and prints nothing. A run is
planned and checked before anything is written (`plan`); then decode, network and encode
overlap (`stages`), and what is finished is put on record (`manifest`), so that the same
command does only the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ganfx.stylize.options import Options

if TYPE_CHECKING:
    from ganfx.stylize.chunk_check import prove_chunks
    from ganfx.stylize.engine import rehearse, stylize

__all__ = ["Options", "prove_chunks", "rehearse", "stylize"]

_HOMES = {"prove_chunks": "chunk_check", "rehearse": "engine", "stylize": "engine"}


def __getattr__(name: str) -> Any:
    """Load modules that run networks at their first use: to write a farm job needs no torch."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
