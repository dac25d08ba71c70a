"""Captions: cut below and above a plate, and under a drawing; never a piece of a picture."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from scanned_pages import caption, drawing, photo
from skimage import data

from ganfx.preprocess.captions import caption_box
from ganfx.preprocess.pieces import Box


def rows(page):
    box = caption_box(page)
    return round(box.top * len(page)), round(box.bottom * len(page))


def test_a_strip_of_type_under_a_plate_is_cut_at_the_plates_edge():
    page = np.vstack([photo(480, 480), caption(480)])
    top, bottom = rows(page)
    assert top == 0
    assert 476 <= bottom <= 480


def test_type_cut_through_by_the_edge_of_the_scan_is_cut_as_well():
    page = np.vstack([photo(480, 480), caption(480, lines=1)[:24]])
    assert 476 <= rows(page)[1] <= 480


def test_a_strip_above_a_plate_is_cut_too():
    page = np.vstack([caption(480), photo(480, 480), caption(480, lines=1)])
    strip = caption(480).shape[0]
    top, bottom = rows(page)
    assert strip <= top <= strip + 4
    assert strip + 476 <= bottom <= strip + 480


def test_writing_under_a_drawing_is_cut_at_the_gap_above_it():
    page = drawing(600, 500)
    image = Image.fromarray(page)
    ImageDraw.Draw(image).text(
        (60, 572), "Quai de Bethune, Paris", fill=(40, 40, 40), font=ImageFont.load_default(16)
    )
    top, bottom = rows(np.asarray(image))
    lowest_ink = np.flatnonzero((page < 128).any(axis=(1, 2))).max()
    assert top == 0
    assert lowest_ink < bottom <= 580


def test_a_drawing_without_writing_stays_whole():
    assert caption_box(drawing(600, 500)) == Box()


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_photographs_have_no_captions(name):
    assert caption_box(getattr(data, name)()) == Box()


def test_a_blank_strip_is_the_business_of_the_margins():
    page = np.vstack([photo(480, 480), np.full((60, 480, 3), 240, np.uint8)])
    assert caption_box(page) == Box()


def written_on(page, text="A QUADRANGLE IN MERTON", ink=(70, 70, 70)):
    """Writing at the foot of a page, across what is drawn there."""
    image = Image.fromarray(page)
    height = page.shape[0]
    ImageDraw.Draw(image).text((60, height - 40), text, fill=ink, font=ImageFont.load_default(15))
    return np.array(image)


def hatched(height=600, width=500):
    """A drawing whose strokes run down to its foot: no blank row above any writing."""
    page = drawing(height, width)
    for x in range(300, 480, 6):
        page[height - 130 : height, x : x + 2] = 60
    return page


def test_writing_within_a_drawing_is_cut_with_what_stands_beside_it():
    page = written_on(hatched())
    top, bottom = rows(page)
    assert top == 0
    assert 540 <= bottom <= 562


def test_in_a_painting_only_strips_of_paper_are_cut():
    page = written_on(hatched())
    page[..., 2] = page[..., 2] // 4 * 3  # coloured
    assert rows(page) == (0, 600)
