"""Numbered sheets of pairs, and a list to fill in: judging without a browser."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.atomic import replacing
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.portable import use_portable_opencv
from ganfx.quality.blind.comparison import Comparison, Files, Pair
from ganfx.quality.blind.votes import COLUMNS

SIDE = 640
"""Width of a picture on a sheet; what is larger is seen by its middle, pixel by pixel."""
ROWS = 480
ON_A_SHEET = 2
GAP = 12
LIST = "votes.csv"
TITLE = 24


def write_sheets(folder: Path, comparison: Comparison, files: Files) -> list[Path]:
    """Write sheets of two pairs each, and a list with a line for every pair.

    Returns:
        What was written.

    Raises:
        MediaError: A picture cannot be read, or a sheet not be written.
    """
    use_portable_opencv()
    written = []
    numbered = list(enumerate(comparison.pairs, start=1))
    for start in range(0, len(numbered), ON_A_SHEET):
        rows = [_row(number, pair, files) for number, pair in numbered[start : start + ON_A_SHEET]]
        written.append(folder / f"sheet{start // ON_A_SHEET + 1:03d}.png")
        write_picture(written[-1], np.concatenate(rows))
    return [*written, _write_list(folder / LIST, comparison)]


def _write_list(path: Path, comparison: Comparison) -> Path:
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(1, len(comparison.pairs) + 1):
            writer.writerow((comparison.id, "", number, ""))
    return path


def _row(number: int, pair: Pair, files: Files) -> ImageU8:
    left, right = (_cell(read_picture(files[pair.picture][s])) for s in (pair.left, pair.right))
    gap = np.full((ROWS, GAP, 3), 255, np.uint8)
    title = np.full((TITLE, 2 * SIDE + GAP, 3), 255, np.uint8)
    for text, place in ((f"{number} left", 4), (f"{number} right", SIDE + GAP + 4)):
        cv2.putText(title, text, (place, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0))
    return _stacked([title, np.concatenate([left, gap, right], axis=1)])


def _stacked(parts: Sequence[ImageU8]) -> ImageU8:
    return np.concatenate(parts)


def _cell(picture: ImageU8) -> ImageU8:
    """The middle of a picture, on grey where it is smaller."""
    height, width = picture.shape[:2]
    top, left = max(0, (height - ROWS) // 2), max(0, (width - SIDE) // 2)
    part = picture[top : top + ROWS, left : left + SIDE]
    cell = np.full((ROWS, SIDE, 3), 128, np.uint8)
    down, right = (ROWS - part.shape[0]) // 2, (SIDE - part.shape[1]) // 2
    cell[down : down + part.shape[0], right : right + part.shape[1]] = part
    return cell
