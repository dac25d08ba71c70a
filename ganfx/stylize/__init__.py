"""Shots in, shots in a look out: the network in tiles, grain, and whole files only.

`stylize` is an iterator of events (`ganfx.stylize.events`) and prints nothing. A run is
planned and checked before anything is written (`plan`); then decode, network and encode
overlap (`stages`), and what is finished is put on record (`manifest`), so that the same
command does only the rest.
"""

from ganfx.stylize.engine import rehearse, stylize
from ganfx.stylize.options import Options
from ganfx.stylize.proof import prove_chunks

__all__ = ["Options", "prove_chunks", "rehearse", "stylize"]
