"""Holds: which frame's drawing a frame shows, and how it is carried there.

Drawings begin at multiples of their length, by the numbers of frames, and anew after a cut and
after a frame that is not there. Where the plate itself holds its drawings, as animation on twos
does, they begin where the plate's do. Both are told from the source frames within reach, so that
any split of a shot has the same drawings.
"""

from __future__ import annotations

import cv2
import numpy as np

from ganfx.media.arrays import ImageF32, ImageU8
from ganfx.media.flow import enlarged, sample_at
from ganfx.media.portable import use_portable_opencv
from ganfx.stylize.declared.hold import Hold
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.motion import Floats, Motion
from ganfx.stylize.temporal.parallel import bands, each
from ganfx.stylize.temporal.paths import Path

REPEATS = 6
"""Frames of a drawing of the plate's that is found as one; longer ones are held in parts."""
BLOCK = 8
"""Side of the squares of pixels whose means tell another drawing from noise."""
SAME = 3.0
"""Difference of the means of such a square, of 255, up to which it shows the same."""
TRUSTED = (0.3, 0.6)
"""Trust in the motion from which a carried drawing shows, and from where it hides the frame's."""


def frames_back(hold: Hold) -> int:
    """Frames before a frame of which one may have its drawing."""
    return hold.longest - 1 + REPEATS - 1 if hold.is_active else 0


def shown_between(frame: int, options: Options) -> tuple[int, int]:
    """First and last frame of which one may be shown, whole or its drawing, at a frame.

    Where whole frames are held, the same for all frames of a hold: they are made from the same.
    """
    if not options.holds_frames:
        return frame - frames_back(options.hold), frame
    length = options.hold.frames
    start = frame - frame % length
    return start - (REPEATS - 1), start + length - 1


class Drawings:
    """Which frame's drawing each frame of a shot shows.

    Args:
        motion: Holding the guides of all frames that may have it, and of those after.
    """

    def __init__(self, motion: Motion) -> None:
        self._motion = motion
        self._same: dict[tuple[int, int], bool] = {}

    def begun(self, frame: int, length: int) -> int:
        """The frame whose drawing a frame shows, where one lasts ``length`` frames."""
        first, last = self.of_plate(frame)
        if last - first + 1 >= length:
            return first
        # Python's remainder has the sign of the divisor: frames below 0 go on as those above.
        return self.of_plate(self._motion.start(frame, frame % length))[0]

    def of_plate(self, frame: int) -> tuple[int, int]:
        """First and last frame of the plate's own drawing, as far as that is within reach."""
        first, last = self._end(frame, -1), self._end(frame, 1)
        if frame - first == REPEATS - 1 and self._goes_on(frame, first, -1):
            first = max(first, frame - frame % REPEATS)
        return first, last

    def forget_before(self, frame: int) -> None:
        """Forget what was found out about frames before ``frame``."""
        self._same = {pair: same for pair, same in self._same.items() if min(pair) >= frame}

    def _end(self, frame: int, side: int) -> int:
        here = frame
        while abs(here - frame) < REPEATS - 1 and self._goes_on(frame, here, side):
            here += side
        return here

    def _goes_on(self, frame: int, here: int, side: int) -> bool:
        """Whether the drawing of a frame goes on after another one of its frames."""
        return self._are_same(here, here + side) and self._are_same(frame, here + side)

    def _are_same(self, one: int, other: int) -> bool:
        guides, pair = self._motion.guides, (min(one, other), max(one, other))
        if not (one in guides and other in guides):
            return False
        if pair not in self._same:
            self._same[pair] = is_same(guides[one], guides[other])
        return self._same[pair]


def is_same(one: ImageU8, other: ImageU8) -> bool:
    """Whether two guides show the same drawing, up to the noise of compression."""
    if one.shape != other.shape:
        return False
    use_portable_opencv()
    height, width = one.shape[:2]
    size = (max(1, width // BLOCK), max(1, height // BLOCK))
    first, second = (
        cv2.resize(each.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        for each in (one, other)
    )
    return bool(np.abs(first - second).max() <= SAME)


def carried(
    drawing: ImageF32, own: ImageF32, path: Path[Floats], alpha: ImageF32 | None = None
) -> ImageF32:
    """A drawing carried to a frame, over the frame's own where it cannot be followed.

    Args:
        drawing: ``(H, W, 3)`` of the frame that the path leads to.
        own: Of the frame that it comes from.
        path: Motion of the source.
        alpha: ``(H, W)`` of the drawing's frame: it shows nothing where that is 0.

    Returns:
        ``(H, W, 3)`` in [0, 1].
    """
    height, width = own.shape[:2]
    known_height, known_width = path.trust.shape
    across = path.flow[..., 0] * np.float32(width / known_width)
    down = path.flow[..., 1] * np.float32(height / known_height)
    result = np.empty_like(own)

    def carry(rows: slice) -> None:
        x, y, trust = (enlarged(plane, rows, height, width) for plane in (across, down, path.trust))
        moved = sample_at(drawing, (x, y), smooth=True, first=rows.start)
        if alpha is not None:
            trust = trust * sample_at(alpha, (x, y), first=rows.start)
        least, all_of_it = TRUSTED
        share = (trust - np.float32(least)) * np.float32(1 / (all_of_it - least))
        share = np.clip(share, 0.0, 1.0)[..., np.newaxis]
        result[rows] = own[rows] + share * (moved - own[rows])
        np.clip(result[rows], 0.0, 1.0, out=result[rows])

    each(carry, bands(height), pixels=height * width)
    return result
