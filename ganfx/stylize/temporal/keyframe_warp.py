"""Warps from a frame's pixels to the keyframes of its shot, for marks that follow the scene.

A pattern that stays with the picture swims over what is filmed when the camera moves; one
that is carried along the motion from the first frame on would make every frame depend on all
before it, and crumples. So a shot has keyframes, `PERIOD` frames apart, at which patterns lie flat.
A frame between two keyframes has the place of each of its pixels in either, along the motion of
the source, and the share of the later one: marks go with the scene from one keyframe and
turn into those of the next. A frame depends on its window alone, as in
`ganfx.stylize.temporal.filter`, and so on no split of the shot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.flow import Flow, enlarged
from ganfx.media.portable import use_portable_opencv
from ganfx.stylize.temporal.filter import HANDLES
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.paths import P, Path, Paths

Plane = NDArray[np.float32]

PERIOD = HANDLES
"""Frames from keyframe to keyframe: as far as a frame's window goes."""
LEAST = np.float32(0.1)
"""Trust in both keyframes together below which a pixel is where it is, and in neither."""
STRAIN = np.float32(0.5)
"""Change of the flow from pixel to pixel at which trust is gone: a pattern would crumple."""
SMOOTH = 1.5
"""Sigma in pixels over which the flow is smoothed: half a pixel of error bends lines."""


@dataclass(frozen=True, eq=False)
class KeyframeWarp:
    """A frame's pixels in the keyframe before it and in the one after."""

    before: Flow
    """``(H, W, 2)``: pixels right and down."""
    after: Flow
    share: Plane
    """``(H, W)``, 0 to 1: of the keyframe after."""

    def part(self, rows: slice, height: int, width: int) -> KeyframeWarp:
        """Some rows, start and stop given, of a frame that may be of another size."""
        planes = (self.before, self.after, self.share)
        before, after, share = (enlarged(plane, rows, height, width) for plane in planes)
        known_height, known_width = self.share.shape
        if (known_height, known_width) == (height, width):
            return KeyframeWarp(before, after, share)
        scale = np.array([width / known_width, height / known_height], dtype=np.float32)
        across = np.tile(scale, width)  # a whole row at a time: two numbers at a time are slow
        for flow in (before, after):
            flow.reshape(-1, 2 * width)[...] *= across
        return KeyframeWarp(before, after, share)

    def columns(self, columns: slice) -> KeyframeWarp:
        """Some columns of it, as it is."""
        planes = (self.before, self.after, self.share)
        return KeyframeWarp(*(np.ascontiguousarray(plane[:, columns]) for plane in planes))

    def of_size(self, height: int, width: int) -> KeyframeWarp:
        """All of it, for a frame that may be of another size."""
        return self.part(slice(0, height), height, width)


def keyframe_warp(frame: int, motion: Motion) -> KeyframeWarp | None:
    """Where a frame's pixels are in its keyframes.

    Args:
        frame: Its number; those that `PERIOD` divides are keyframes, and so are the ends of a shot.
        motion: Holding the guides of its window.

    Returns:
        At the guides' size; None for a keyframe.
    """
    both = ways_to_keyframes(frame, motion)
    if both is None:
        return None
    before, after = both
    share = np.float32(before.distance / (before.distance - after.distance))
    (behind, first), (ahead, second) = _carried(before), _carried(after)
    first *= np.float32(1) - share
    second *= share
    total: Plane = first + second
    for plane in (behind, ahead, second):
        plane[total < LEAST] = 0.0
    second /= np.maximum(total, LEAST)
    return KeyframeWarp(behind, ahead, second)


def ways_to_keyframes(frame: int, motion: Paths[Any, P]) -> tuple[Path[P], Path[P]] | None:
    """The paths to the keyframes before and after a frame; None for a keyframe."""
    back = frame % PERIOD
    before = motion.farthest(frame, -1, back) if back else None
    after = motion.farthest(frame, 1, PERIOD - back) if back else None
    return None if before is None or after is None else (before, after)


def _carried(path: Path[Plane]) -> tuple[Flow, Plane]:
    """A smooth flow, and how far a pattern can be carried along it."""
    use_portable_opencv()
    most = np.float32(max(path.flow.shape))  # what leads further is not known
    near = np.clip(path.flow, -most, most)
    smooth = cv2.GaussianBlur(near, (0, 0), SMOOTH, borderType=cv2.BORDER_REFLECT)
    flow = np.asarray(smooth, dtype=np.float32)
    across, down = (_strain(flow[..., axis]) for axis in (0, 1))
    across += down
    left = np.maximum(1 - across / (STRAIN * STRAIN), np.float32(0))
    return flow, path.trust * left * left


def _strain(plane: Plane) -> Plane:
    """Squared change from each pixel to those right and below, as far as there are any."""
    strain: Plane = np.zeros(plane.shape, np.float32)
    np.square(plane[:, 1:] - plane[:, :-1], out=strain[:, :-1])
    strain[:-1] += np.square(plane[1:] - plane[:-1])
    return strain
