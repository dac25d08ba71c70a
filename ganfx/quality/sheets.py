"""Contact sheets: pictures in rows on a dark ground, with labels, to judge by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.portable import use_portable_opencv

GROUND = 34
"""Grey of the sheet, 0 to 255: dark and neutral, so that it lends no colour."""
STRIP = 20
"""Grey of the strip under a picture that carries its label."""
TEXT = 208
"""Grey of the label."""
GAP = 8
"""Pixels between pictures and around them."""
WIDEST = 2.6
"""Greatest width over height of a cell; a wider picture is shown smaller."""
FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True)
class _Cell:
    """Size of every cell, in pixels."""

    width: int
    height: int
    strip: int  # height of the label's strip; 0 for none
    text: float  # size of the letters, in the font's units


def contact_sheet(
    rows: Sequence[Sequence[ImageU8]],
    *,
    labels: Sequence[Sequence[str]] | None = None,
    cell_width: int = 320,
) -> ImageU8:
    """Lay pictures out in rows, all cells of one height.

    Args:
        rows: Pictures ``(H, W, 3)`` uint8 of any size; rows may differ in length.
        labels: A text for each picture, in rows like the pictures; "" for none. What is
            too long is shortened in its middle; letters outside ASCII become "?".
        cell_width: Width of the widest picture on the sheet, in pixels.

    Returns:
        The sheet, ``(H, W, 3)`` uint8.

    Raises:
        ValueError: If there is no picture, or labels and pictures do not match.
    """
    if not any(len(row) for row in rows):
        raise ValueError("a contact sheet needs a picture")
    if labels is not None and [len(row) for row in labels] != [len(row) for row in rows]:
        raise ValueError("a contact sheet needs one label for each picture")
    use_portable_opencv()
    cell = _cell(rows, labels, cell_width)
    texts = labels or [[""] * len(row) for row in rows]
    shown = [
        [_labeled(picture, text, cell) for picture, text in zip(row, line, strict=True)]
        for row, line in zip(rows, texts, strict=True)
        if len(row)
    ]
    return _stacked(shown)


def before_after(
    pairs: Sequence[tuple[ImageU8, ImageU8]],
    *,
    names: Sequence[str] | None = None,
    across: int = 2,
    cell_width: int = 320,
) -> ImageU8:
    """Lay out pairs, before and after side by side.

    Args:
        pairs: Pictures ``(H, W, 3)`` uint8, before and after.
        names: What each pair is called; it stands under the picture before.
        across: Pairs in a row.
        cell_width: Width of the widest picture, in pixels.

    Raises:
        ValueError: If there is no pair, or names and pairs do not match.
    """
    texts = names if names is not None else ["before"] * len(pairs)
    if len(texts) != len(pairs):
        raise ValueError("a before/after sheet needs one name for each pair")
    starts = range(0, len(pairs), across)
    rows = [[p for pair in pairs[i : i + across] for p in pair] for i in starts]
    labels = [[t for name in texts[i : i + across] for t in (name, "after")] for i in starts]
    return contact_sheet(rows, labels=labels, cell_width=cell_width)


def _cell(
    rows: Sequence[Sequence[ImageU8]], labels: Sequence[Sequence[str]] | None, width: int
) -> _Cell:
    widest = max(p.shape[1] / p.shape[0] for row in rows for p in row)
    height = max(1, round(width / min(max(widest, 0.3), WIDEST)))
    if labels is None or not any(text for row in labels for text in row):
        return _Cell(width, height, 0, 0.0)
    size = float(np.clip(width / 640.0, 0.36, 1.2))  # below 0.36 the letters fall apart
    (_, tall), below = cv2.getTextSize("Ag", FONT, size, 1)
    return _Cell(width, height, tall + below + 8, size)


def _labeled(picture: ImageU8, text: str, cell: _Cell) -> ImageU8:
    """A picture at the cell's height over its label; as wide as the picture is."""
    scale = min(cell.width / picture.shape[1], cell.height / picture.shape[0])
    width = max(1, round(picture.shape[1] * scale))
    height = max(1, round(picture.shape[0] * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = cv2.resize(np.ascontiguousarray(picture), (width, height), interpolation=kind)
    out = np.full((cell.height + cell.strip, width, 3), GROUND, dtype=np.uint8)
    top = (cell.height - height) // 2
    out[top : top + height] = shown
    if cell.strip:
        out[cell.height :] = STRIP
        _write(out[cell.height :], text, cell.text)
    return out


def _write(strip: ImageU8, text: str, size: float) -> None:
    """Write into a strip, in place."""
    plain = text.encode("ascii", "replace").decode("ascii")
    fitting = _shortened(plain, strip.shape[1] - 8, size)
    (_, tall), below = cv2.getTextSize("Ag", FONT, size, 1)
    foot = (strip.shape[0] + tall - below) // 2 + below // 2
    line = np.ascontiguousarray(strip)
    cv2.putText(line, fitting, (4, foot), FONT, size, (TEXT,) * 3, 1, cv2.LINE_AA)
    strip[:] = line


def _shortened(text: str, width: int, size: float) -> str:
    """The text, or its two ends around "..", so that it fits into ``width`` pixels."""

    def fits(candidate: str) -> bool:
        return int(cv2.getTextSize(candidate, FONT, size, 1)[0][0]) <= width

    if fits(text):
        return text
    for kept in range(len(text) - 1, 1, -1):
        tail = kept // 2
        candidate = f"{text[: kept - tail]}..{text[len(text) - tail :]}"
        if fits(candidate):
            return candidate
    return ""


def _stacked(rows: Sequence[Sequence[ImageU8]]) -> ImageU8:
    width = max(sum(p.shape[1] + GAP for p in row) for row in rows) + GAP
    height = sum(row[0].shape[0] + GAP for row in rows) + GAP
    sheet = np.full((height, width, 3), GROUND, dtype=np.uint8)
    top = GAP
    for row in rows:
        left = GAP
        for picture in row:
            sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
            left += picture.shape[1] + GAP
        top += row[0].shape[0] + GAP
    return sheet
