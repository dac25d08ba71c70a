"""Margin detection: the picture area within paper margins, mattes and borders of a scan.

Each side is scanned from outside, line by line. A line belongs to the margin as long as it
keeps the tone of the lines before it, which may drift from line to line and along the line, as
of unevenly lit paper. A margin ends at a straight edge along most of the side (the edge of a
picture), or at ink that begins in places (a drawing on paper). A sky that fades into its
landscape resembles the second kind, so that is only accepted where the same bright tone
surrounds the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganfx.media.color import LUMA
from ganfx.preprocess.pieces import Box, Thumbnail

Floats = NDArray[np.float32]

_ROUNDS = 8  # a frame can be a dozen lines and bands, and each round takes one or more
_DEEPEST = 0.45  # of the picture; a margin deeper than that leaves nothing worth keeping
_BLOCKS = 24  # along a line, between which a margin's tone may differ
_SPECKS = 0.05  # share of a margin's line that may be dust, stains or type
_INK = 0.008  # share of a line from which a drawing begins
_EDGE = 0.5  # share of a line that departs from the margin where a picture begins
_LEAST_DIFFERENCE = 10.0  # in codes of 255, from the margin's tone
_NOISE_FACTOR = 4.0
_FOLLOW = 0.2  # how fast the margin's tone follows the lines
_SAME_TONE = 14.0
_ALONE = 0.12  # the deepest margin that is accepted though no other side has its tone
_PLAIN = (80.0, 170.0)  # lumas up to and from which a margin on one side alone is accepted
_HAIRLINE = 0.012  # the depth of a line along one edge that is cut whatever its tone
_PAPER = 150.0  # the darkest luma of paper around a drawing
_SLANT = 0.03  # of the depth: how far a slanting edge is followed
_CORNERS = {  # by side and its neighbour (left, top, right, bottom): the block where they meet
    (0, 1): 0, (0, 3): -1, (1, 0): 0, (1, 2): -1, (2, 1): 0, (2, 3): -1, (3, 0): 0, (3, 2): -1,
}  # fmt: skip
_SAMPLES = 12  # sampled pixels in a block
_CHUNK = 16  # lines at a time
_LOUDEST = 12.0  # noise of a margin, in codes
_STEEPEST = 24.0  # between neighbouring blocks
_UNEVENEST = 90.0  # along a margin


@dataclass(frozen=True)
class Margin:
    """Margin of one side; lengths are in lines."""

    bare: int  # lines before the first with any ink
    depth: int  # lines before the first that departs
    edge: int | None  # lines to cut where a straight edge ends the margin; None without one
    tones: Floats  # (blocks, 3), along the side

    @property
    def is_plain(self) -> bool:
        """Whether the tone is dark enough for a matte or light enough for paper."""
        dark, light = _PLAIN
        return self.luma <= dark or self.luma >= light

    @property
    def luma(self) -> float:
        """Rec. 709 luma of the tone, 0 to 255."""
        return float(np.median(self.tones, axis=0) @ LUMA)


def trim_box(thumbnail: Thumbnail) -> Box:
    """Find the picture area within margins, mattes and frame lines.

    Margins may be of any tone, tinted, and unevenly lit.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB.

    Returns:
        The picture area; the whole thumbnail if there is no margin, or nothing else.
    """
    height, width = thumbnail.shape[:2]
    x0, y0, x1, y1 = 0, 0, width, height
    for turn in range(_ROUNDS):
        left, top, right, bottom = _cuts(
            thumbnail[y0:y1, x0:x1], deepest=_DEEPEST if not turn else _ALONE
        )
        if not (left or top or right or bottom):
            break
        x0, y0, x1, y1 = x0 + left, y0 + top, x1 - right, y1 - bottom
        if min(x1 - x0, y1 - y0) < 8:
            return Box()
    return Box(x0 / width, y0 / height, x1 / width, y1 / height)


def _cuts(thumbnail: Thumbnail, deepest: float) -> tuple[int, int, int, int]:
    """Lines to crop from the left, the top, the right and the bottom."""
    columns = thumbnail.swapaxes(0, 1)
    sides = (columns, thumbnail, columns[::-1], thumbnail[::-1])
    margins = [peel(lines, round(deepest * len(lines))) for lines in sides]
    left, top, right, bottom = (
        _cut(margins, index, len(lines)) for index, lines in enumerate(sides)
    )
    return left, top, right, bottom


def _cut(margins: Sequence[Margin | None], index: int, length: int) -> int:
    """Number of lines to crop from a side, taking the other sides into account."""
    margin = margins[index]
    if margin is None:
        return 0
    alike = sum(_alike(margins, index, other) for other in range(4) if other != index)
    surrounds = alike >= 2 or _alike(margins, index, (index + 2) % 4)
    if margin.edge is not None:
        shallow = margin.edge <= _ALONE * length and (alike > 0 or margin.is_plain)
        if surrounds or shallow or margin.edge <= _HAIRLINE * length:
            return margin.edge
    if alike >= 2 and margin.luma >= _PAPER:
        return margin.bare
    return 0


def _alike(margins: Sequence[Margin | None], index: int, other: int) -> bool:
    """Whether two sides have the same tone: overall, or at their common corner."""
    first, second = margins[index], margins[other]
    if first is None or second is None:
        return False
    tones = [(np.median(first.tones, axis=0), np.median(second.tones, axis=0))]
    if (index, other) in _CORNERS:  # uneven light: alike at least where they meet
        tones += [(first.tones[_CORNERS[index, other]], second.tones[_CORNERS[other, index]])]
    return any(bool(np.abs(one - two).max() <= _SAME_TONE) for one, two in tones)


def peel(lines: NDArray[np.uint8], deepest: int) -> Margin | None:
    """Detect the margin of one side.

    Args:
        lines: uint8 ``(N, M, 3)``; line 0 is the outermost.
        deepest: Number of lines to search; a deeper margin is not accepted.

    Returns:
        None if there is no margin.
    """
    blocks = _in_blocks(lines)
    start = next((i for i in range(min(3, deepest)) if _is_even(blocks[i])), None)
    if start is None:
        return None
    tone = _tones(blocks[start])
    limit = max(_LEAST_DIFFERENCE, _NOISE_FACTOR * _noise(blocks[start], tone))
    bare, depth, tone = _follow(blocks[start:deepest], tone, limit)
    if start + depth >= deepest:
        return None
    edge = _find_edge(blocks, start + depth, tone, limit)
    return Margin(start + bare, start + depth, edge, tone)


def _follow(blocks: Floats, tone: Floats, limit: float) -> tuple[int, int, Floats]:
    """Number of lines before the first ink, and of those with the margin's tone; the last tone."""
    bare, depth = -1, 0
    for first in range(0, len(blocks), _CHUNK):
        chunk = blocks[first : first + _CHUNK]
        for index, line_tone in enumerate(_tones(chunk), first):
            share = _departing(blocks[index], tone, limit)
            if share > _INK and bare < 0:
                bare = index
            if share <= _SPECKS:
                tone = tone + np.float32(_FOLLOW) * (line_tone - tone)
                depth = index + 1
            elif index - depth >= 2:
                return bare, depth, tone
    return (depth if bare < 0 else bare), depth, tone


def _find_edge(blocks: Floats, depth: int, tone: Floats, limit: float) -> int | None:
    """Number of lines to crop for a straight, slightly slanted edge near ``depth``; else None.

    A picture's edge is a step: most of the line departs from the tone within two lines. In a
    gradient, such as a sky, the tone departs slowly.
    """
    reach = max(4, round(_SLANT * len(blocks)))
    window = blocks[max(0, depth - 2) : depth + reach]
    shares = np.array([_departing(line, tone, limit) for line in window[-reach:]])
    if len(window) <= 2 or not len(shares) or shares.max() < _EDGE:
        return None
    steps = np.abs(window[2:] - window[:-2]).max(axis=(0, 3))
    if int(np.argmax(shares >= _EDGE)) > reach * 2 // 3 or (steps > limit).mean() < _EDGE:
        return None
    # Where the picture is as light as its margin in places, the share stays below 1.
    return depth + int(np.argmax(shares >= 0.95 * shares.max())) + 1


def _in_blocks(lines: NDArray[np.uint8]) -> Floats:
    """Evenly spaced pixels of each line in `_BLOCKS` blocks: ``(N, blocks, samples, 3)``."""
    length = lines.shape[1]
    samples = _BLOCKS * max(1, min(_SAMPLES, length // _BLOCKS))
    at = (np.arange(samples) * length) // samples
    return lines[:, at].reshape(len(lines), _BLOCKS, -1, 3).astype(np.float32)


def _is_even(line: Floats) -> bool:
    """Whether a line could be margin: without detail, and without a step along it."""
    tone = _tones(line)
    noise = _noise(line, tone)
    return bool(
        noise < _LOUDEST
        and np.abs(np.diff(tone, axis=0)).max() < _STEEPEST
        and np.ptp(tone, axis=0).max() < _UNEVENEST
        and _departing(line, tone, max(14.0, _NOISE_FACTOR * noise)) <= _SPECKS
    )


def _tones(blocks: Floats) -> Floats:
    """Tone of each block ``(..., blocks, 3)``: the median, robust against specks."""
    middle = blocks.shape[-2] // 2
    tones: Floats = np.partition(blocks, middle, axis=-2)[..., middle, :]
    return tones


def _noise(line: Floats, tone: Floats) -> float:
    """Robust standard deviation of a line about its tone (1.4826 median deviations)."""
    return 1.4826 * float(np.median(np.abs(line - tone[:, np.newaxis])))


def _departing(line: Floats, tone: Floats, limit: float) -> float:
    """Share of a line's pixels that differ from the tone by more than ``limit``."""
    return float((np.abs(line - tone[:, np.newaxis]) > limit).any(axis=-1).mean())
