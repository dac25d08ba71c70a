"""Analysis of one source: its picture areas, margins to crop, and quality filters."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ganfx.media.frame_reading import to_floats
from ganfx.media.icc import to_srgb
from ganfx.media.portable import use_portable_opencv
from ganfx.media.scans import Pixels, Scan, quantized
from ganfx.preprocess.captions import caption_box
from ganfx.preprocess.deskew import skew_angle, turned
from ganfx.preprocess.duplicates import fingerprint
from ganfx.preprocess.halftone import find_halftone
from ganfx.preprocess.margins import trim_box
from ganfx.preprocess.options import Options
from ganfx.preprocess.pages import page_problem, split_spread
from ganfx.preprocess.pieces import THUMBNAIL_SIDE, Box, Piece, Thumbnail
from ganfx.preprocess.screening import exposure_problem, noisiness, sharpness

_LEAST_SIDE = 32  # of a thumbnail, in pixels, for the detection of margins, captions and text
_MUCH_CUT = 0.6  # share of a page that is left, under which it is classified again without margins
_WHOLE = Box()
_PAGE_PROBLEMS = {
    "blank": "nothing on the page",
    "text": "a page of text",
    "cover": "a cover with a title",
}


def survey(scan: Scan, options: Options) -> list[Piece]:
    """Find the picture areas of a source, and apply the filters that need no other source.

    Args:
        scan: The source at full resolution.
        options: Options of the run.

    Returns:
        One piece, or the two pages of a spread, in reading order.
    """
    thumbnail = make_thumbnail(scan)
    # No page: only its size is judged. What surrounds a cut-out is no paper either.
    if min(thumbnail.shape[:2]) < _LEAST_SIDE or scan.transparent:
        options = replace(options, split=False, deskew=False, trim=False, captions=False)
        options = replace(options, pages=False)
    pages = split_spread(thumbnail) if options.split else (_WHOLE,)
    parts = ("left", "right") if len(pages) == 2 else ("",)
    return [
        _survey_page(scan, thumbnail, page, part, options)
        for page, part in zip(pages, parts, strict=True)
    ]


def make_thumbnail(scan: Scan) -> Thumbnail:
    """Downscale a source to a `Thumbnail`: uint8 ``(H, W, 3)`` sRGB."""
    height, width = scan.pixels.shape[:2]
    scale = min(1.0, THUMBNAIL_SIDE / max(height, width))
    small: Pixels = scan.pixels
    if scale < 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        reduced = cv2.resize(scan.pixels, size, interpolation=cv2.INTER_AREA)
        small = np.asarray(reduced, scan.pixels.dtype)
    if small.dtype == np.uint8 and scan.profile is None:
        return np.ascontiguousarray(small)
    return quantized(to_srgb(to_floats(small), scan.profile), "uint8")


def cut(pixels: Pixels, piece: Piece) -> Pixels:
    """Deskew and crop a piece of a source at full resolution.

    Args:
        pixels: ``(H, W, 3)``, the whole source.
        piece: The piece; its box is relative, so that a thumbnail can be cropped too.

    Returns:
        ``(h, w, 3)`` of the same type; a view where there is no rotation.
    """
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = piece.box.pixels(width, height)
    if not piece.angle:
        return pixels[y0:y1, x0:x1]
    # Rotated and cropped in one step, so that a large scan is not in memory twice.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), piece.angle, 1.0)
    matrix[:, 2] -= (x0, y0)
    use_portable_opencv()
    straight = cv2.warpAffine(
        pixels, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if pixels.dtype == np.float32:  # the cubic filter overshoots
        np.clip(straight, 0.0, 1.0, out=straight)
    return np.asarray(straight, pixels.dtype)


def _survey_page(scan: Scan, thumbnail: Thumbnail, page: Box, part: str, options: Options) -> Piece:
    angle = skew_angle(_crop(thumbnail, page)) if options.deskew else 0.0
    straight = np.asarray(turned(thumbnail, angle), np.uint8) if angle else thumbnail
    box, edits = _picture_box(_crop(straight, page), options)
    edits = ("split",) * bool(part) + ("deskew",) * bool(angle) + edits
    box = box.within(page)
    picture = _crop(straight, box)
    height, width = scan.pixels.shape[:2]
    x0, y0, x1, y1 = box.pixels(width, height)
    numbers: dict[str, float] = {}
    dropped, detail = _wrong_size(x1 - x0, y1 - y0, options)
    if not dropped and options.pages:
        dropped, detail = _no_picture(_crop(straight, page), picture)
    if not dropped:
        dropped, detail = _bad_quality(picture, options, numbers)
    piece = Piece(part, box, angle, edits, dropped, detail, numbers, "", "", x1 - x0, y1 - y0)
    return piece if dropped else _described(piece, scan, picture, options)


def _crop(thumbnail: Thumbnail, box: Box) -> Thumbnail:
    x0, y0, x1, y1 = box.pixels(thumbnail.shape[1], thumbnail.shape[0])
    return thumbnail[y0:y1, x0:x1]


def _picture_box(page: Thumbnail, options: Options) -> tuple[Box, tuple[str, ...]]:
    """Picture area of a page, and the edits that crop it.

    A caption ends the margin below a picture, and inside it there is another margin.
    """
    box, edits = _WHOLE, list[str]()
    finders = (("trim", trim_box), ("caption", caption_box), ("trim", trim_box))
    wanted = {"trim": options.trim, "caption": options.captions}
    for name, find in finders:
        if not wanted[name]:
            continue
        inner = find(_crop(page, box))
        if inner != _WHOLE:
            box = inner.within(box)
            edits += [name] * (name not in edits)
    return box, tuple(edits)


def _wrong_size(width: int, height: int, options: Options) -> tuple[str, str]:
    short, long = min(width, height), max(width, height)
    if short < options.min_side:
        return "small", f"{width}x{height}: shorter side under {options.min_side}"
    if options.max_aspect and long > options.max_aspect * short:
        return "aspect", f"{width}x{height}: longer than {options.max_aspect:g} to 1"
    return "", ""


def _no_picture(page: Thumbnail, picture: Thumbnail) -> tuple[str, str]:
    """Classify a page with its margins, which text pages mostly consist of, then without."""
    problem = page_problem(page)
    if not problem and picture.size < _MUCH_CUT * page.size:
        problem = page_problem(picture)
    return problem, _PAGE_PROBLEMS.get(problem, "")


def _bad_quality(
    picture: Thumbnail, options: Options, numbers: dict[str, float]
) -> tuple[str, str]:
    """Exposure, noise and blur filters; adds the measures to ``numbers``."""
    problem = exposure_problem(picture) if options.exposure else ""
    if problem:
        return "exposure", problem
    numbers["noise"] = round(noisiness(picture), 4)
    if options.max_noise and numbers["noise"] > options.max_noise:
        return "noise", f"noise {numbers['noise']:.2f}, over {options.max_noise:g}"
    numbers["sharpness"] = round(sharpness(picture), 4)
    if numbers["sharpness"] < options.min_sharpness:
        return "blurred", f"sharpness {numbers['sharpness']:.3f}, under {options.min_sharpness:g}"
    return "", ""


def _described(piece: Piece, scan: Scan, picture: Thumbnail, options: Options) -> Piece:
    """A kept piece with its fingerprint and, if found, its halftone screen."""
    digits, thumbnail = fingerprint(picture)
    edits, numbers = piece.edits, dict(piece.numbers)
    halftone = find_halftone(cut(scan.pixels, piece)) if options.descreen else None
    if halftone is not None:
        edits += ("descreen",)
        numbers |= {"halftone": round(halftone.period, 3)}
    return replace(piece, edits=edits, numbers=numbers, hash=digits, thumbnail=thumbnail)
