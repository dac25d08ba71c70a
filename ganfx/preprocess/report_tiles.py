"""Tiles of the report's contact sheets: a piece with its result as a caption."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_header, read_picture
from ganfx.media.scans import Scan
from ganfx.preprocess.deskew import turned
from ganfx.preprocess.inputs import Source
from ganfx.preprocess.pieces import Box, Piece
from ganfx.preprocess.survey import cut, make_thumbnail

PICTURE_SIZE = (240, 200)
"""Maximum width and height of the picture in a tile, in pixels."""
CAPTION_HEIGHT = 52
"""Height of the three lines of text below it, in pixels."""

_FONT, _SIZE = cv2.FONT_HERSHEY_SIMPLEX, 0.4
_GROUND, _BRIGHT, _DIM = (24, 24, 24), (230, 230, 230), (150, 150, 150)
_CUT = (255, 64, 32)  # outline of the crop
_READ = 512  # longest side, in pixels, to which a written picture is reduced


@dataclass(frozen=True)
class Shown:
    """A piece to show in the report."""

    source: Source
    piece: Piece
    files: tuple[Path, ...]
    """Its written files."""


def draw_tiles(shown: Shown, scan: Scan) -> list[ImageU8]:
    """Draw the source with the piece outlined and, if it is kept, the written picture.

    Returns:
        One or two uint8 sRGB tiles, ``(PICTURE_SIZE[1] + CAPTION_HEIGHT, PICTURE_SIZE[0], 3)``.
    """
    piece, key = shown.piece, shown.source.key
    thumbnail = make_thumbnail(scan)
    straight = turned(thumbnail, piece.angle) if piece.angle else thumbnail
    where = _with_box(np.asarray(straight, np.uint8), piece.box)
    if piece.dropped:
        return [_tile(where, f"{piece.dropped}: {piece.detail}", key)]
    before = _tile(where, ", ".join(piece.edits) or "as it was", key)
    return [before, _after(shown, np.asarray(cut(thumbnail, piece), np.uint8))]


def _after(shown: Shown, expected: ImageU8) -> ImageU8:
    piece, files = shown.piece, shown.files
    if not files:
        return _tile(expected, "would be kept", f"{piece.width}x{piece.height} before scaling")
    header = read_header(files[0])
    more = f", and {len(files) - 1} more" if len(files) > 1 else ""
    told = f"kept, {header.width}x{header.height}{more}"
    return _tile(read_picture(files[0], max_side=_READ), told, files[0].name)


def _with_box(picture: ImageU8, box: Box) -> ImageU8:
    """The picture at the size of a tile, with the outline of the crop."""
    shown = _fitted(picture)
    if box == Box():
        return shown
    x0, y0, x1, y1 = box.pixels(shown.shape[1], shown.shape[0])
    return np.asarray(cv2.rectangle(shown.copy(), (x0, y0), (x1 - 1, y1 - 1), _CUT, 2), np.uint8)


def _fitted(picture: ImageU8) -> ImageU8:
    height, width = picture.shape[:2]
    scale = min(1.0, PICTURE_SIZE[0] / width, PICTURE_SIZE[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _tile(picture: ImageU8, first: str, second: str) -> ImageU8:
    shown = _fitted(picture)
    tile = np.empty((PICTURE_SIZE[1] + CAPTION_HEIGHT, PICTURE_SIZE[0], 3), np.uint8)
    tile[:] = _GROUND
    height, width = shown.shape[:2]
    top, left = (PICTURE_SIZE[1] - height) // 2, (PICTURE_SIZE[0] - width) // 2
    tile[top : top + height, left : left + width] = shown
    lines = [*((line, _BRIGHT) for line in _two_lines(first)), (_end_of(second), _DIM)]
    for number, (text, color) in enumerate(lines):
        foot = PICTURE_SIZE[1] + 14 + 16 * number
        cv2.putText(tile, text, (3, foot), _FONT, _SIZE, color, 1, cv2.LINE_AA)
    return tile


def _two_lines(text: str) -> list[str]:
    """Wrap a sentence to two lines, truncated."""
    plain = _plain(text)
    if _fits(plain):
        return [plain]
    most = next(n for n in range(len(plain), 0, -1) if _fits(plain[:n]))
    space = plain.rfind(" ", most // 2, most + 1)
    first, rest = plain[: space if space > 0 else most], plain[space if space > 0 else most :]
    rest = rest.lstrip()
    if not _fits(rest):
        rest = next(t for n in range(len(rest), -1, -1) if _fits(t := f"{rest[:n]}.."))
    return [first, rest]


def _end_of(text: str) -> str:
    """Truncate a path at its start to the width of a tile."""
    plain = _plain(text)
    if _fits(plain):
        return plain
    return next((t for n in range(1, len(plain)) if _fits(t := f"..{plain[n:]}")), "")


def _plain(text: str) -> str:
    """Text in ASCII, which OpenCV's font is limited to."""
    return text.encode("ascii", "replace").decode("ascii")


def _fits(text: str) -> bool:
    return int(cv2.getTextSize(text, _FONT, _SIZE, 1)[0][0]) <= PICTURE_SIZE[0] - 6
