"""What networks have to tell while they run, each thing once."""

from __future__ import annotations

from collections import deque


class Remarks:
    """Said by whoever runs a network, in any thread, and told by whoever yields events."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._new: deque[str] = deque()

    def say(self, remark: str) -> None:
        """Have it told, if it was not said before."""
        if remark not in self._said:
            self._said.add(remark)
            self._new.append(remark)

    def take(self) -> list[str]:
        """Those that were not taken before, in the order in which they were said."""
        return [self._new.popleft() for _ in range(len(self._new))]
