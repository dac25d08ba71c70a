"""The temporal filter: stylised frames of a shot, held still where the shot itself is.

A finite window: a frame depends on its neighbours up to `REACH` away, their tone on theirs,
and on nothing else, so that any split of a shot gives the same pixels. Neighbours are brought
to a frame by the motion of the *source* (`ganfx.stylize.temporal.motion`) and averaged with it
as far as they show the same. Light and colour over areas are held longer than brush detail, which
would turn to soup.

Design after Bonneel et al., "Blind Video Temporal Consistency" (2015): what the source does,
the result may do; without its recursion.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.flow import Flow, enlarged, sample_at
from ganfx.media.portable import use_portable_opencv
from ganfx.stages import stage
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.parallel import bands, each
from ganfx.stylize.temporal.paths import Path, Paths

Guide = NDArray[np.uint8]
ToneChange = tuple[NDArray[np.float32], NDArray[np.float32]]  # gain and offset by channel

REACH = 3
"""Frames on either side that a frame is averaged with, and that tone is smoothed over."""
HANDLES = 2 * REACH
"""Frames on either side that a frame depends on: its neighbours' tone has neighbours."""
GUIDE_PIXELS = 1_000_000
"""Of a frame as motion is followed in it: larger ones are reduced by a whole factor."""
AREAS = 1 / 270
"""Sigma between detail and areas, of the picture's height: 4 pixels at 1080 lines."""
TONE_GAINS = (0.8, 1.25)
"""Bounds of the change of contrast by the tone lock."""
LIGHT = 0.1
"""Change of the source's mean, of the display range, that is another light: tones of both are
not evened out."""
CODES = 65535.0
"""Steps in which tones are summed, as integers: exact in any order."""


@dataclass(frozen=True)
class Tone:
    """Mean and spread of a frame before and after the look, by channel, 0 to 1."""

    source_mean: tuple[float, ...]
    source_spread: tuple[float, ...]
    styled_mean: tuple[float, ...]
    styled_spread: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class StylizedFrame:
    """A stylised frame, and what it takes to hold it still."""

    styled: ImageF32
    """``(H, W, 3)`` display-encoded, without grain."""
    guide: Guide
    """From `guide_of`."""
    tone: Tone
    """From `tone_of`."""
    alpha: ImageF32 | None = None
    """``(H, W)``."""
    vectors: tuple[Flow | None, Flow | None] = (None, None)
    """Known motion to the next frame and to the one before, at the guide's size."""
    unguided: str = ""
    """Why motion that should be known is not."""


def guide_of(display: ImageF32) -> Guide:
    """The picture that optical flow is computed on: the source, 8 bits, at most `GUIDE_PIXELS`.

    Args:
        display: ``(H, W, 3)`` display-encoded in [0, 1].
    """
    use_portable_opencv()
    height, width = display.shape[:2]
    code = (np.clip(display, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)
    rows, columns = guide_size(height, width)
    if (rows, columns) == (height, width):
        return code
    reduced = cv2.resize(code, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, dtype=np.uint8)


def guide_size(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of a frame's guide."""
    factor = math.ceil(math.sqrt(height * width / GUIDE_PIXELS))
    return max(1, round(height / factor)), max(1, round(width / factor))


def tone_of(display: ImageF32, styled: ImageF32) -> Tone:
    """Tone of a frame before and after the look, both ``(H, W, 3)`` in [0, 1]."""
    return Tone(*_mean_and_spread(display), *_mean_and_spread(styled))


def _mean_and_spread(picture: ImageF32) -> tuple[tuple[float, ...], tuple[float, ...]]:
    height, width = picture.shape[:2]
    sums = np.zeros((2, 3), np.int64)
    for rows in bands(height):
        plane = np.clip(picture[rows].reshape(-1, 3 * width), 0.0, 1.0)
        plane *= np.float32(CODES)
        plane += np.float32(0.5)
        codes = np.floor(plane, out=plane).astype(np.float64)  # where sums of a column are exact
        for total, power in zip(sums, (codes, np.square(codes)), strict=True):
            total += power.sum(axis=0).astype(np.int64).reshape(width, 3).sum(axis=0)
    return mean_and_spread(sums.tolist(), height * width)


def mean_and_spread(
    sums: Sequence[Sequence[int]], count: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """By channel, 0 to 1: from the sums of ``count`` 16-bit codes and of their squares."""
    means, spreads = [], []
    for total, squares in zip(*sums, strict=True):
        means.append(total / count / CODES)
        # Of integers of any size, the difference of two large numbers is exact.
        spreads.append(math.sqrt(count * squares - total * total) / count / CODES)
    return tuple(means), tuple(spreads)


def stabilized(
    frame: int, window: Mapping[int, StylizedFrame], motion: Motion, consistency: float
) -> ImageF32:
    """A frame, averaged with what its neighbours show of the same scene.

    Args:
        frame: Its number in ``window``.
        window: It, and all frames there are up to `HANDLES` away.
        motion: Holding the guides of the window.
        consistency: 0 leaves the frame as it is; 1 holds detail as long as areas.

    Returns:
        ``(H, W, 3)`` in [0, 1].
    """
    here = window[frame]
    if consistency == 0:
        return here.styled
    tones = {number: each.tone for number, each in window.items()}
    own = tone_change(frame, tones, motion)
    neighbors = _neighbors(frame, window, motion)
    result, areas = np.empty_like(here.styled), np.empty_like(here.styled)

    def average(rows: slice) -> None:
        means = _averaged(_relit(here.styled[rows].copy(), own), neighbors, rows, consistency)
        result[rows] = means[1]
        np.subtract(*means, out=areas[rows])

    def complete(rows: slice) -> None:
        result[rows] += areas[rows]
        np.clip(result[rows], 0.0, 1.0, out=result[rows])

    height, width = result.shape[:2]
    each(average, bands(height), pixels=height * width)
    areas = _areas_of(areas)
    each(complete, bands(height), pixels=height * width)
    return result


def _neighbors(frame: int, window: Mapping[int, StylizedFrame], motion: Motion) -> list[_Neighbor]:
    found = []
    tones = {number: each.tone for number, each in window.items()}
    with stage("motion"):
        paths = list(motion.paths(frame, REACH))
    for path in paths:
        other = frame + path.distance
        found.append(_Neighbor(window[other], path, tone_change(other, tones, motion)))
    return found


def _averaged(
    own: ImageF32, neighbors: Sequence[_Neighbor], rows: slice, consistency: float
) -> tuple[ImageF32, ImageF32]:
    """Some rows of a frame and its neighbours: averaged as areas are, and as detail is."""
    averages = [_Average(own, weights) for weights in band_weights(consistency)]
    for neighbor in neighbors:
        moved, trust = neighbor.brought(rows)
        moved *= _in_colors(trust)
        for average in averages:
            average.add(moved, trust, neighbor.distance)
    areas, detail = (average.mean() for average in averages)
    return areas, detail


def band_weights(consistency: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Weights of neighbours by distance, from 0 to `REACH`: in areas, and in detail.

    Areas are held as long as they can be from a consistency of one half; detail grows with
    it all the way.
    """

    def bell(gain: float, sigma: float) -> tuple[float, ...]:
        neighbors = (gain * math.exp(-0.5 * (k / sigma) ** 2) for k in range(1, REACH + 1))
        return (1.0, *neighbors)

    areas = bell(min(1.0, 2.0 * consistency), 2.0)
    return areas, bell(consistency, 0.5 + 1.5 * consistency)


class _Average:
    """A weighted mean that grows by one picture at a time."""

    def __init__(self, own: ImageF32, weights: tuple[float, ...]) -> None:
        self.weights = weights
        self.total = own.copy()
        self.sum = np.ones(own.shape[:2], dtype=np.float32)

    def add(self, trusted: ImageF32, trust: ImageF32, distance: int) -> None:
        """Add a picture that is multiplied by its trust already."""
        weight = np.float32(self.weights[abs(distance)])
        self.total += weight * trusted
        self.sum += weight * trust

    def mean(self) -> ImageF32:
        return np.divide(self.total, _in_colors(self.sum), out=self.total)


def _in_colors(plane: ImageF32) -> ImageF32:
    """``(H, W)`` three times side by side, ``(H, W, 3)``: products of it run through memory."""
    return np.asarray(cv2.cvtColor(plane, cv2.COLOR_GRAY2BGR), dtype=np.float32)


class _Neighbor:
    """A frame that another one is averaged with.

    Args:
        held: The frame.
        path: From that other one to it.
        change: Of its tone.
    """

    def __init__(
        self, stylized_frame: StylizedFrame, path: Path[ImageF32], change: ToneChange
    ) -> None:
        self.distance = path.distance
        self._held, self._change = stylized_frame, change
        height, width = stylized_frame.styled.shape[:2]
        known_height, known_width = path.trust.shape
        across = path.flow[..., 0] * np.float32(width / known_width)
        down = path.flow[..., 1] * np.float32(height / known_height)
        self._way = (across, down, path.trust)

    def brought(self, rows: slice) -> tuple[ImageF32, ImageF32]:
        """The neighbor warped to the frame: rows of ``(H, W, 3)``, and trust in them."""
        styled, alpha = self._held.styled, self._held.alpha
        height, width = styled.shape[:2]
        across, down, trust = (enlarged(plane, rows, height, width) for plane in self._way)
        moved = sample_at(styled, (across, down), smooth=True, first=rows.start)
        if alpha is not None:
            trust = trust * sample_at(alpha, (across, down), first=rows.start)
        return _relit(moved, self._change), trust


def _areas_of(picture: ImageF32) -> ImageF32:
    sigma = max(1.0, AREAS * picture.shape[0])
    blurred = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, dtype=np.float32)


def _relit(picture: ImageF32, change: ToneChange) -> ImageF32:
    """Change tones in place: by whole rows, for speed."""
    height, width = picture.shape[:2]
    rows = picture.reshape(height, 3 * width)
    gain, offset = (np.tile(each, width) for each in change)
    rows *= gain
    rows += offset
    return picture


def tone_change(frame: int, tones: Mapping[int, Tone], motion: Paths[Any, Any]) -> ToneChange:
    """Gain and offset of each channel that even a frame's tone out among its neighbours'.

    What is evened out is what the *look* does to tone: the change of the mean, and of the
    spread. A light that the source changes stays.

    Args:
        frame: Its number.
        tones: Of all frames that are in hand.
        motion: Which of them are of the same shot.

    Returns:
        Both ``(3,)``, float32.
    """
    tones = {n: tones[n] for n in motion.shot(frame, REACH) if n in tones}
    own = tones[frame]
    weights = {number: _same_light(own, tone) for number, tone in tones.items()}
    gains, offsets = [], []
    for channel in range(3):
        shifts = {n: t.styled_mean[channel] - t.source_mean[channel] for n, t in tones.items()}
        ratios = {n: _contrast(t, channel) for n, t in tones.items()}
        shift = _level_at(frame, shifts, weights) - shifts[frame]
        ratio = _level_at(frame, ratios, weights) / ratios[frame]
        gain = min(max(ratio, TONE_GAINS[0]), TONE_GAINS[1])
        gains.append(gain)
        offsets.append(own.styled_mean[channel] * (1.0 - gain) + shift)
    return np.array(gains, dtype=np.float32), np.array(offsets, dtype=np.float32)


def _contrast(tone: Tone, channel: int) -> float:
    """By how much the look spreads tones; of a flat frame, by nothing to speak of."""
    flat = 2.0 / 255.0
    return (tone.styled_spread[channel] + flat) / (tone.source_spread[channel] + flat)


def _same_light(one: Tone, other: Tone) -> float:
    """1 in the same light, 0 from a change of `LIGHT`."""
    pairs = zip(one.source_mean, other.source_mean, strict=True)
    change = max(abs(a - b) for a, b in pairs) / LIGHT
    return max(0.0, 1.0 - change * change) ** 2


def _level_at(frame: int, values: Mapping[int, float], weights: Mapping[int, float]) -> float:
    """Value of the straight line through all values, at a frame: a ramp stays a ramp."""
    points = [(n - frame, value, weights[n]) for n, value in values.items()]
    total = sum(w for _, _, w in points)
    mean_x = sum(w * x for x, _, w in points) / total
    mean = sum(w * value for _, value, w in points) / total
    spread = sum(w * (x - mean_x) ** 2 for x, _, w in points)
    if spread < 1e-9:
        return mean
    slope = sum(w * (x - mean_x) * (value - mean) for x, value, w in points) / spread
    return mean - slope * mean_x
