"""Margins: found where they are, of any tone and light, and not where there are none."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scanned_pages import drawing, on_paper, photo
from skimage import data

from ganfx.preprocess.margins import peel, trim_box
from ganfx.preprocess.pieces import Box

WHOLE = Box()


def trimmed(page):
    return trim_box(page).pixels(page.shape[1], page.shape[0])


def lies_within(box, picture, slack=4):
    """Whether a box is the picture's, but for at most ``slack`` pixels cut from each side."""
    x0, y0, x1, y1 = box
    left, top, right, bottom = picture
    inside = left <= x0 and top <= y0 and x1 <= right and y1 <= bottom
    return inside and max(x0 - left, y0 - top, right - x1, bottom - y1) <= slack


@pytest.mark.parametrize(
    "tone", [(255, 255, 255), (238, 232, 214), (128, 128, 128), (54, 54, 56), (0, 0, 0)]
)
def test_a_margin_of_any_tone_is_cut_to_the_picture(tone):
    page = on_paper(photo(), (30, 44, 22, 60), tone=tone)
    assert lies_within(trimmed(page), (30, 44, 510, 404))


@settings(max_examples=25)
@given(st.tuples(*[st.integers(12, 70)] * 4), st.integers(170, 250), st.floats(0, 0.25))
def test_no_line_of_a_margin_is_left_whatever_its_widths_and_light(margins, level, falloff):
    page = on_paper(photo(), margins, tone=(level, level - 3, level - 12), falloff=falloff)
    left, top, _, _ = margins
    assert lies_within(trimmed(page), (left, top, left + 480, top + 360), slack=6)


def test_a_letterbox_is_cut_and_nothing_else():
    page = on_paper(photo(360, 640), (0, 60, 0, 60), tone=(0, 0, 0), noise=0)
    assert lies_within(trimmed(page), (0, 60, 640, 420), slack=2)


def test_a_frame_line_and_the_margin_within_it_are_cut_too():
    inner = on_paper(photo(), (18, 18, 18, 18))
    framed = cv2.copyMakeBorder(inner, 3, 3, 3, 3, cv2.BORDER_CONSTANT, value=(20, 20, 20))
    page = on_paper(framed, (40, 40, 40, 40))
    assert lies_within(trimmed(page), (61, 61, 541, 421), slack=6)


def test_a_slanting_edge_leaves_no_wedge_of_paper():
    page = on_paper(photo(), (40, 40, 40, 40))
    turn = cv2.getRotationMatrix2D((280, 220), 0.8, 1)
    page = cv2.warpAffine(page, turn, (560, 440), borderMode=cv2.BORDER_REPLICATE)
    x0, y0, x1, y1 = trimmed(page)
    paper = np.abs(page[y0:y1, x0:x1].astype(int) - (238, 232, 214)).max(axis=-1) < 12
    edges = (paper[0], paper[-1], paper[:, 0], paper[:, -1])
    assert max(edge.mean() for edge in edges) < 0.35
    assert (x1 - x0) * (y1 - y0) > 0.9 * 480 * 360


def test_paper_around_a_drawing_is_cut_to_its_ink():
    page = drawing()
    ink = np.argwhere((page < 128).any(axis=-1))
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0) + 1
    x0, y0, x1, y1 = trimmed(page)
    assert x0 <= left + 8
    assert y0 <= top + 8
    assert x1 >= right - 8
    assert y1 >= bottom - 8
    assert (x1 - x0) * (y1 - y0) < 0.7 * page.shape[0] * page.shape[1]


@pytest.mark.parametrize(
    "name", ["astronaut", "coffee", "chelsea", "rocket", "immunohistochemistry"]
)
def test_a_photograph_that_fills_its_frame_stays_whole(name):
    picture = getattr(data, name)()
    assert trim_box(picture) == WHOLE


def test_a_clear_sky_over_a_level_sea_is_no_margin():
    page = np.empty((400, 600, 3), np.float64)
    page[:220] = np.linspace((90, 140, 200), (150, 180, 215), 220)[:, np.newaxis]
    page[220:] = (30, 70, 90)
    page[220:] += 30 * np.sin(np.arange(180) / 3)[:, np.newaxis, np.newaxis]
    page += np.random.default_rng(1).normal(0, 4, page.shape)
    box = trim_box(page.clip(0, 255).astype(np.uint8))
    assert box.top == 0


def test_a_page_of_nothing_but_margin_stays_whole():
    assert trim_box(np.full((200, 300, 3), 240, np.uint8)) == WHOLE


def test_peeling_counts_the_lines_before_the_first_that_departs():
    lines = np.full((100, 240, 3), 200, np.uint8)
    lines[17:] = np.random.default_rng(2).integers(0, 120, (83, 240, 3))
    margin = peel(lines, 45)
    assert margin.depth == 17
    assert margin.edge == 18  # the first line of the picture is half margin in a real scan
    assert (margin.tones == 200).all()
