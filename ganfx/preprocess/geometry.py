"""What is made of one piece of picture: turned, rotated, flipped, scaled and cropped, in copies.

See `transforms` for the pixels. Chance hangs on the seed, the piece's key and the number of
the copy alone, so that any order of work gives the same pictures.
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
    """What chance decides for one copy of one picture."""

    angle: float  # degrees counter-clockwise
    mirrored: bool
    across: float  # of a random window, 0 to 1
    down: float


def _choose(options: Options, key: str, copy: int) -> _Choices:
    """Choices that hang on nothing but the seed, the picture's key and the copy's number."""
    text = f"{options.seed}\n{copy}\n{key}".encode("utf-8", "surrogateescape")
    whole = struct.unpack(">4Q", hashlib.sha256(text).digest())
    angle, mirror, across, down = ((number >> 11) / 2**53 for number in whole)
    return _Choices((2 * angle - 1) * options.angle, mirror < 0.5, across, down)


def _turned_size(width: int, height: int, options: Options) -> Size:
    return (width, height) if options.turn in (0, 180) else (height, width)


def _final_size(width: int, height: int, options: Options, angle: float) -> Size:
    """The size before the crop."""
    wide, high = valid_size(*_turned_size(width, height, options), angle)
    if 0 in (wide, high):
        return 0, 0
    return scaled_size(wide, high, options.short_side, options.long_side)


def _count(size: Size, options: Options) -> int:
    """How many windows are cut from a picture of this size."""
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
    """The suffixes that `render` gives to a piece of this size, in pixels."""
    angles = [_choose(options, key, copy).angle for copy in range(options.copies)]
    return _suffixes(
        sum(_count(_final_size(width, height, options, angle), options) for angle in angles)
    )


def render(pixels: Pixels, options: Options, key: str) -> list[tuple[str, Pixels]]:
    """Turn, rotate, flip, scale and crop one piece, each of its copies by other chances.

    Chance hangs on the seed, the key and the number of the copy alone.

    Args:
        pixels: ``(H, W, 3)``; never changed.
        options: The section "what to make of the rest".
        key: Names the piece within the run.

    Returns:
        Pictures with the suffixes of their names: "" for one alone, else "-01", "-02"...
        Tiles row by row, copy after copy. They can be windows onto one array, or onto
        ``pixels``. Nothing if the picture is smaller than the window to cut from it.
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
    """Turned by quarters and by the small angle, and scaled to ``size``.

    The turn by quarters is done last, on what is smallest by then; but for rounding the
    order of these three does not matter.
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
    """The windows to cut from a picture that is at least as large."""
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
