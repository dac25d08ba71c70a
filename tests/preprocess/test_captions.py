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
