"""How a stream of events is asked to end without losing what it has in hand."""

from __future__ import annotations


class Finish(BaseException):
    """Thrown into a generator of events: begin nothing new, and tell what is finished yet.

    A generator that has nothing in hand lets it through and is over, as when it is closed.
    """
