"""Flicker metrics: the warping error of a shot along its optical flow (E_warp).

Frames are ``(H, W, 3)`` uint8 sRGB; errors are of values from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.flow import Flow, optical_flow, sample_at

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class WarpError:
    """Of one step from a frame to the next; None where nothing could be followed."""

    source: float | None
    """Of the source frames: noise, changing light, and what the flow got wrong."""
    output: float | None
    """Of the stylised frames, by the same flow where the same pixels are seen."""
    followed: float
    """Share of pixels that are seen in both frames."""


def warp_errors(source: Sequence[ImageU8], output: Sequence[ImageU8]) -> list[WarpError]:
    """E_warp of a shot, before and after a look: one for every step between frames.

    The mean over pixels and channels of the squared difference between a frame and the
    next one brought back to it by the optical flow of the *source*. Pixels that are hidden
    in one of both, or on a motion boundary, do not count: see `visible`.

    Args:
        source: The frames in order, at least two, all of one size.
        output: What became of them, the same number and size.

    Raises:
        ValueError: The numbers or sizes of frames differ, or there is one frame only.

    Source: Lai et al., "Learning Blind Video Temporal Consistency" (2018), section 4.2.
    """
    if len(source) < 2 or len(source) != len(output):
        raise ValueError(f"expected 2 frames or more, got {len(source)} and {len(output)}")
    shapes = {frame.shape for frame in (*source, *output)}
    if len(shapes) > 1:
        raise ValueError(f"expected frames of one size, got {sorted(shapes)}")
    steps = range(len(source) - 1)
    return [_warp_error(source[t : t + 2], output[t : t + 2]) for t in steps]


def _warp_error(source: Sequence[ImageU8], output: Sequence[ImageU8]) -> WarpError:
    step = follow(*source)
    return WarpError(
        source=step.error(*source), output=step.error(*output), followed=float(step.seen.mean())
    )


@dataclass(frozen=True, eq=False)
class Followed:
    """From a frame of the source to the next."""

    flow: Flow
    """``(H, W, 2)``."""
    seen: Mask
    """``(H, W)``: what can be compared, by `visible`."""

    def error(self, first: ImageU8, second: ImageU8) -> float | None:
        """E_warp of two frames along the flow, the source's or others; None if nothing is seen."""
        if not self.seen.any():
            return None
        return float(self.differences(first, second)[self.seen].mean())

    def differences(self, first: ImageU8, second: ImageU8) -> NDArray[np.float32]:
        """Squared differences along the flow, ``(H, W)``: means over channels, of 0 to 1."""
        moved = sample_at(second.astype(np.float32), self.flow)
        squares = ((first - moved) / np.float32(255.0)) ** 2
        return np.asarray(squares.mean(axis=-1), dtype=np.float32)


def follow(first: ImageU8, second: ImageU8) -> Followed:
    """The motion between two frames of the source, and what is seen in both."""
    forward, backward = optical_flow(first, second), optical_flow(second, first)
    return Followed(forward, visible(forward, backward))


def visible(forward: Flow, backward: Flow) -> Mask:
    """Pixels of a frame that can be followed into the next one, ``(H, W)``.

    Hidden is where there and back again misses by more than a hundredth of both ways and
    half a pixel: ``|w + w'|^2 > 0.01 (|w|^2 + |w'|^2) + 0.5``; a motion boundary is where
    the flow bends: ``|grad u|^2 + |grad v|^2 > 0.01 |w|^2 + 0.002``.

    Args:
        forward: Flow to the next frame, ``(H, W, 2)``.
        backward: Flow from there back.

    Source: Ruder et al., "Artistic Style Transfer for Videos" (2016), equations 6 and 7,
    as Lai et al. 2018 use them.
    """
    back = sample_at(backward, forward)
    ahead, behind = (_power(flow) for flow in (forward, back))
    hidden = _power(forward + back) > 0.01 * (ahead + behind) + 0.5
    down, across = np.gradient(forward, axis=(0, 1))
    boundary = _power(np.asarray(down)) + _power(np.asarray(across)) > 0.01 * ahead + 0.002
    seen: Mask = ~(hidden | boundary | _outside(forward))
    return seen


def _outside(flow: Flow) -> Mask:
    """Where a flow leaves the frame: what would be compared there is its border."""
    height, width = flow.shape[:2]
    x = flow[..., 0] + np.arange(width)
    y = flow[..., 1] + np.arange(height)[:, None]
    outside: Mask = (x < 0) | (x > width - 1) | (y < 0) | (y > height - 1)
    return outside


def _power(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    power: NDArray[np.float32] = np.sum(vectors * vectors, axis=-1)
    return power
