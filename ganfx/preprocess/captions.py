"""Detection of captions above or below a picture.

Three kinds. A *ruled-off* caption is in a band of paper beside a picture with a straight edge: a
printed plate. A *free* caption is small writing on the paper of a drawing, with a blank gap
between them. A *signature* is written into the drawing itself, at its foot.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.color import LUMA
from ganfx.preprocess.pieces import Box, Thumbnail
from ganfx.preprocess.text_detection import HANDWRITTEN, find_ink, find_letters, in_lines

_TONE = 28  # codes that a pixel of paper may differ from the paper's tone
_TONE_ROWS = 0.04  # share of the height that the paper's tone is taken from
_PAPER_ROW = 0.5  # share of paper in a row of type, at least
_BLANK_ROW = 0.99  # share of paper in a row between
_HIGHEST = 0.3  # of the picture's height, a ruled-off strip
_HIGHEST_FREE = 0.14  # all free strips together
_HIGHEST_LINE = 0.06  # one of them
_SUSTAINED = 0.025  # of the height: ink after an edge
_GAP = 0.008  # of the height: blank rows between a drawing and writing
_FEWEST_LETTERS = 4
_SMALLEST_LETTER = 0.004
_TALLEST_LETTER = 0.045  # of the height
_LONGEST_RUN = 0.1  # of the width: ink in one stroke
_COLORLESS = 4.0  # codes between red and blue, on average
_FAINT = 16  # codes that writing in a drawing departs from its ground
_WRITTEN_LETTER = (0.005, 0.035)  # height of its letters, as a share of the picture's
_MOST_INK = 0.2  # of a strip of handwriting
_MOST_TYPE = 0.25  # of a strip of type
_DARKEST_PAPER = 170  # luma from which a tone is paper


def caption_box(thumbnail: Thumbnail) -> Box:
    """Find the picture area without captions below and above.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB, with or without its margins.

    Returns:
        The picture area; the whole thumbnail if there is no caption.
    """
    height = thumbnail.shape[0]
    below = _strip(thumbnail[::-1], free=True)
    # Above a drawing, marks that look like writing are mostly birds.
    above = _strip(thumbnail[: height - below], free=False)
    return Box(0.0, above / height, 1.0, (height - below) / height)


def _strip(rows: Thumbnail, *, free: bool) -> int:
    """Number of rows to crop from the first row on; 0 without a caption."""
    height = len(rows)
    if height < 32:
        return 0
    tone = np.median(rows[: max(3, round(_TONE_ROWS * height)), ::2], axis=(0, 1))
    if tone @ LUMA < _DARKEST_PAPER:
        return 0
    ink = _ink(rows[: round((_HIGHEST + _SUSTAINED) * height) + 8], tone)
    if not free:
        return _ruled_off(ink, height)
    return _ruled_off(ink, height) or max(_free(ink, height), _signed(rows))


def _ink(rows: Thumbnail, tone: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Mask of pixels that differ from the paper's tone."""
    difference = cv2.absdiff(rows, np.broadcast_to(tone.round().astype(np.uint8), rows.shape))
    red, green, blue = cv2.split(difference)
    most: NDArray[np.bool_] = np.maximum(np.maximum(red, green), blue) > _TONE
    return most


def _ruled_off(ink: NDArray[np.bool_], height: int) -> int:
    """Rows up to the straight edge of a picture, if there is paper with type before it; else 0."""
    sustained = max(4, round(_SUSTAINED * height))
    inked = ink.mean(axis=1)
    starts = np.flatnonzero(inked[: round(_HIGHEST * height)] > 1 - _PAPER_ROW)
    row = next((int(r) for r in starts if (inked[r : r + sustained] > 0.4).mean() > 0.8), 0)
    before = inked[max(0, row - max(3, height // 60)) : row]
    if row < 3 or before.min() > 1 - _PAPER_ROW / 5 or not _steps(ink, row):
        return 0
    if not _is_writing(ink[: row - 2], height, at_most=_MOST_TYPE):
        return 0
    solid = inked[row : row + sustained]
    return int(row + np.argmax(solid >= solid.max() - 0.05)) + 1


def _steps(ink: NDArray[np.bool_], row: int) -> bool:
    """Whether most columns turn from paper to ink within a few rows of ``row``."""
    return bool((~ink[max(0, row - 4)] & ink[row : row + 3].any(axis=0)).mean() > _PAPER_ROW)


def _free(ink: NDArray[np.bool_], height: int) -> int:
    """Rows of small writing on a drawing's paper, each line with the gap after it."""
    gap = max(3, round(_GAP * height))
    blank = ink.mean(axis=1) <= 1 - _BLANK_ROW
    cut = row = 0
    while True:
        while row < len(blank) and blank[row]:
            row += 1
        start = row
        while row < len(blank) and not blank[row : row + gap].all():
            row += 1
        strip = ink[start:row]
        if row + gap > min(len(blank), _HIGHEST_FREE * height) or not len(strip):
            return cut
        if len(strip) > _HIGHEST_LINE * height or not _is_writing(strip, height, at_most=_MOST_INK):
            return cut
        cut = row


def _signed(rows: Thumbnail) -> int:
    """Rows up to the top of writing in the drawing itself, near its edge.

    Other strokes at that height are cropped too. Only drawings without colour are
    searched: in a painting, figures on a light road look like writing.
    """
    height = len(rows)
    strip = np.ascontiguousarray(rows[: round(_HIGHEST * height)][::-1])
    red, _, blue = cv2.split(strip)
    if cv2.absdiff(red, blue).mean() > _COLORLESS:
        return 0
    upright = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
    ink = find_ink(upright, _FAINT)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    near = stats[:, cv2.CC_STAT_TOP] >= len(upright) - _HIGHEST_FREE * height
    letters = find_letters(stats[near], height, _WRITTEN_LETTER)
    lines = letters[in_lines(letters, HANDWRITTEN)]
    if not len(lines):
        return 0
    return len(upright) - int(lines[:, cv2.CC_STAT_TOP].min()) + max(2, height // 200)


def _is_writing(ink: NDArray[np.bool_], height: int, *, at_most: float) -> bool:
    """Whether an ink mask consists of small separate strokes, most of them of letter size."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    letters = (heights >= _SMALLEST_LETTER * height) & (heights <= _TALLEST_LETTER * height)
    letters &= widths <= _LONGEST_RUN * ink.shape[1]
    others = (heights > _TALLEST_LETTER * height) | (widths > _LONGEST_RUN * ink.shape[1])
    few = int(letters.sum()) < _FEWEST_LETTERS or int(others.sum()) > 0.1 * int(letters.sum())
    return not few and bool(ink.mean() <= at_most)
