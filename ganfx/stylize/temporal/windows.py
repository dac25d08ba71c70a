"""Stylised frames of a shot, held as long as a window around the frame in hand needs them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from ganfx.errors import GanfxError, MediaError
from ganfx.stylize.temporal.filter import HANDLES
from ganfx.stylize.temporal.holding import HeldFrame


class Windows:
    """Draws stylised frames as windows ask for them; ask in order, one thread at a time.

    Args:
        frames: Each with its number, ascending, or with what went wrong: a damaged one is left
            out of the windows of others, which cannot have it in any other run either.
    """

    def __init__(self, frames: Iterable[tuple[int, HeldFrame | Exception]]) -> None:
        self._frames: Iterator[tuple[int, HeldFrame | Exception]] = iter(frames)
        self._held: dict[int, HeldFrame | Exception] = {}
        self._latest = -math.inf

    def around(self, frame: int) -> Mapping[int, HeldFrame]:
        """The frame, and those up to `HANDLES` away that there are.

        Raises:
            KeyError: There is no such frame.
            GanfxError: One beside it could not be done, though its file is not damaged.
            Exception: What went wrong with it.
        """
        while self._latest < frame + HANDLES and (drawn := next(self._frames, None)):
            self._latest, self._held[drawn[0]] = drawn
        self._held = {n: kept for n, kept in self._held.items() if n >= frame - HANDLES}
        own = self._held[frame]
        if isinstance(own, Exception):
            raise own
        window: dict[int, HeldFrame] = {}
        for number, each in self._held.items():
            if number <= frame + HANDLES and not isinstance(each, MediaError):
                if isinstance(each, Exception):
                    raise GanfxError(f"frame {number} beside it cannot be done: {each}") from each
                window[number] = each
        return window


def needed_frames(
    wanted: Iterable[int],
    there: Iterable[int],
    is_finished: Callable[[int], bool],
    *,
    back: int = 0,
) -> Iterator[int]:
    """All frames in the windows of those that are not finished: ascending, each once, lazily.

    Args:
        wanted: Frames to make, ascending.
        there: All that the shot has, ascending.
        is_finished: Whether one of ``wanted`` needs nothing.
        back: Frames before each of them that may be shown instead of it.
    """
    remaining = iter(there)
    following = next(remaining, None)
    for frame in wanted:
        if is_finished(frame):
            continue
        while following is not None and following <= frame + HANDLES:
            if following >= frame - HANDLES - back:
                yield following
            following = next(remaining, None)
