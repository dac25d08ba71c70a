"""Geometric augmentation of one piece: rotation, flip, scale and crop, in several copies.

See `transforms` for the operations on pixels. Random choices depend on the seed, the piece's
key and the copy's number alone, so that results do not depend on the order of work.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from ganfx.media.scans import Pixels
from ganfx.preprocess.crops import center_corner, grid_corners, random_corner, smart_corner
from ganfx.preprocess.options import Options
from ganfx.preprocess.transforms import (
    Size,
    flipped,
    resized,
    rotated_small,
    rotated_valid,
    scaled_size,
    turned_quarter,
    valid_size,
)


@dataclass(frozen=True)
class _Choices:
    """Random choices for one copy of one picture."""

    angle: float  # degrees counter-clockwise
    mirrored: bool
    across: float  # position of a random crop, 0 to 1
    down: float


def _choose(options: Options, key: str, copy: int) -> _Choices:
    """Draw the choices from a hash of the seed, the picture's key and the copy's number."""
    text = f"{options.seed}\n{copy}\n{key}".encode("utf-8", "surrogateescape")
    whole = struct.unpack(">4Q", hashlib.sha256(text).digest())
    angle, mirror, across, down = ((number >> 11) / 2**53 for number in whole)
    return _Choices((2 * angle - 1) * options.angle, mirror < 0.5, across, down)


def _turned_size(width: int, height: int, options: Options) -> Size:
    return (width, height) if options.turn in (0, 180) else (height, width)


def _final_size(width: int, height: int, options: Options, angle: float) -> Size:
    """Size after rotation and scaling, before the crop; 0 by 0 if nothing is left."""
    wide, high = valid_size(*_turned_size(width, height, options), angle)
    if 0 in (wide, high):
        return 0, 0
    return scaled_size(wide, high, options.short_side, options.long_side)


def _count(size: Size, options: Options) -> int:
    """Number of crops from a picture of a size."""
    if 0 in size:
        return 0
    if options.crop == "none":
        return 1
    if size[0] < options.crop_width or size[1] < options.crop_height:
        return 0
    if options.crop == "grid":
        return len(grid_corners(*size, options.crop_width, options.crop_height, options.overlap))
    return 1


def _suffixes(count: int) -> list[str]:
    if count == 1:
        return [""]
    digits = max(2, len(str(count)))
    return [f"-{number:0{digits}d}" for number in range(1, count + 1)]


def plan(width: int, height: int, options: Options, key: str) -> list[str]:
    """Name suffixes of the pictures that `render` makes of a piece, by its size in pixels."""
    angles = [_choose(options, key, copy).angle for copy in range(options.copies)]
    return _suffixes(
        sum(_count(_final_size(width, height, options, angle), options) for angle in angles)
    )


def render(pixels: Pixels, options: Options, key: str) -> list[tuple[str, Pixels]]:
    """Rotate, flip, scale and crop one piece, with other random choices for each copy.

    Args:
        pixels: ``(H, W, 3)`` display-encoded; not changed.
        options: Options of the run: ``turn`` to ``copies``, and ``seed``.
        key: Unique key of the piece, from which random choices are derived.

    Returns:
        Name suffixes and pictures: "" for a single one, else "-01", "-02"... Tiles row by
        row, copy after copy. They may be views of one array, or of ``pixels``. Empty if the
        picture is smaller than the crop.
    """
    made = list[Pixels]()
    for copy in range(options.copies):
        choices = _choose(options, key, copy)
        height, width = pixels.shape[:2]
        size = _final_size(width, height, options, choices.angle)
        if _count(size, options):
            picture = _shaped(pixels, size, options, choices.angle)
            made += _windows(_mirrored(picture, options, choices), options, choices)
    return list(zip(_suffixes(len(made)), made, strict=True))


def _shaped(pixels: Pixels, size: Size, options: Options, angle: float) -> Pixels:
    """Rotate by quarter turns and by the small angle, and scale to ``size``.

    Quarter turns are done last, on the smallest picture; but for rounding, the order does
    not matter.
    """
    before = _turned_size(*size, options)
    valid = valid_size(pixels.shape[1], pixels.shape[0], angle)
    if angle and 2 * before[0] <= valid[0] and 2 * before[1] <= valid[1]:
        made = rotated_small(pixels, angle, before)
    else:
        made = resized(rotated_valid(pixels, angle), before)
    return turned_quarter(made, options.turn)


def _mirrored(pixels: Pixels, options: Options, choices: _Choices) -> Pixels:
    if options.flip == "none" or (options.flip == "random" and not choices.mirrored):
        return pixels
    return flipped(pixels, "vertical" if options.flip == "vertical" else "horizontal")


def _windows(pixels: Pixels, options: Options, choices: _Choices) -> list[Pixels]:
    """Crops of a picture that is at least as large."""
    height, width = pixels.shape[:2]
    wide, high = options.crop_width, options.crop_height
    match options.crop:
        case "none":
            return [pixels]
        case "center":
            corners = [center_corner(width, height, wide, high)]
        case "random":
            corners = [random_corner(width, height, wide, high, choices.across, choices.down)]
        case "grid":
            corners = grid_corners(width, height, wide, high, options.overlap)
        case "smart":
            corners = [smart_corner(pixels, wide, high)]
    return [pixels[y : y + high, x : x + wide] for x, y in corners]
