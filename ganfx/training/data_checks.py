"""Data checks: warnings about the pictures of a run, before it begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.preset import Preset
from ganfx.quality.artifacts import color_variety
from ganfx.training.data import PictureSet, TrainingSet

FEW = 10  # pictures of art that are learned by heart rather than in general
SAMPLE = 24  # pictures of art that are looked at for what scans hold
SIDE = 256  # pixels of the longer side at which they are looked at
BLANK = 6.0  # code values that the middle of a blank page spreads
PAPER = 150.0  # code value that paper is brighter than
LINES = 8  # of text, with nothing between them, make a page of it
PAGES = 0.15  # of the sample, from which on cleaning, or colour, is worth a word
COLORFUL = 4.0  # CIE a* and b*, root mean square: toned prints have less, paintings 5 to 25


def picture_notices(pictures: TrainingSet, preset: Preset) -> Iterator[str]:
    """One sentence each, in the order in which they matter.

    Args:
        pictures: All that a run learns from.
        preset: For the size of its crops.
    """
    yield from pictures.remarks
    if preset.model.monochrome:
        yield from _color_notices(pictures, preset.name)
    sets = (
        ("photos", pictures.photos),
        ("pictures of art", pictures.art),
        ("painted pictures", pictures.painted),
    )
    for name, each in sets:
        if each is not None:
            yield from (f"left out {skipped}" for skipped in each.skipped)
            yield from _small_notices(name, each, preset.train.crop_size)
    if pictures.art is not None:
        yield from _few_notices(pictures.art)
        yield from _page_notices(pictures.art)


def looks_like_a_page(picture: ImageU8) -> bool:
    """Whether a picture seems to be a blank page, or one of text, rather than art.

    A coarse look, for a hint: the middle of a blank page has one tone; a page of text has
    many dark lines across it with nothing but bright paper between them.
    """
    step = max(1, max(picture.shape[:2]) // SIDE)
    gray = picture[::step, ::step].mean(axis=2)
    height, width = (side // 10 for side in gray.shape)
    middle = gray[height : -height or None, width : -width or None]
    if float(np.percentile(middle, 99) - np.percentile(middle, 1)) < BLANK:
        return True
    return float(np.median(middle)) > PAPER and _lines_of_text(middle) >= LINES


def _color_notices(pictures: TrainingSet, name: str) -> Iterator[str]:
    for kind, each in (("painted pictures", pictures.painted), ("pictures of art", pictures.art)):
        if each is None:
            continue
        sample = each.pictures[:: -(-len(each.pictures) // SAMPLE)]
        colorful = sum(color_variety(picture) > COLORFUL for picture in sample)
        if colorful > PAGES * len(sample):
            yield (
                f"{name} makes black-and-white pictures (model.monochrome), and {colorful} of"
                f" {len(sample)} {kind} that were looked at are in colour: their colour will be"
                " lost. For a look in colour, train keyframe, impressionist or another colour"
                " preset, or add --set model.monochrome=false"
            )


def _lines_of_text(gray: NDArray[np.float64]) -> int:
    """Runs of rows with ink in many places, each followed by a row without any."""
    ink = (gray < np.median(gray) - 50).mean(axis=1)
    lines, inside = 0, False
    for share in ink:
        if share > 0.08:
            inside = True
        elif share < 0.01 and inside:
            lines, inside = lines + 1, False
    return lines


def _small_notices(name: str, pictures: PictureSet, size: int) -> Iterator[str]:
    small = sum(min(picture.shape[:2]) < size for picture in pictures.pictures)
    if small:
        one = small == 1
        yield (
            f"{small} of {len(pictures.pictures)} {name} {'is' if one else 'are'} smaller than the "
            f"crops of {size} pixels and will be enlarged, which blurs {'it' if one else 'them'}: "
            "use larger pictures, or lower train.crop_size"
        )


def _few_notices(art: PictureSet) -> Iterator[str]:
    count = len(art.pictures)
    if count == 1:
        yield "the only picture of art will be memorised: 30 or more make a look"
    elif count < FEW:
        yield f"only {count} pictures of art: they may be memorised; 30 or more make a look"


def _page_notices(art: PictureSet) -> Iterator[str]:
    if not art.paths:
        return
    stride = -(-len(art.pictures) // SAMPLE)
    sample = art.pictures[::stride]
    pages = sum(looks_like_a_page(picture) for picture in sample)
    if pages > PAGES * len(sample):
        yield (
            f"{pages} of {len(sample)} pictures of art that were looked at seem to be blank or text"
            " pages: ganfx preprocess cleans folders of scans"
        )
