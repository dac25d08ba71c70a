"""Pages without pictures are known from pages with, and spreads from broad pictures."""

import cv2
import numpy as np
import pytest
from scanned_pages import drawing, on_paper, photo, title_page, type_page
from skimage import data

from ganfx.preprocess.pages import measure_text, page_problem, split_spread, unevenness
from ganfx.preprocess.pieces import Box


@pytest.mark.parametrize(
    ("lines", "letter"),
    [(34, 14), (44, 10), (17, 14), (6, 14)],
    ids=["full", "small", "half", "few"],
)
def test_a_page_of_running_text_is_text(lines, letter):
    assert page_problem(type_page(lines=lines, letter=letter)) == "text"


def test_a_title_page_is_text():
    assert page_problem(title_page()) == "text"


def test_a_real_scan_of_a_page_is_text():
    page = np.repeat(data.page()[..., np.newaxis], 3, axis=2)
    assert page_problem(page) == "text"


@pytest.mark.parametrize(
    ("ink", "cloth"), [((200, 170, 80), (60, 20, 25)), ((20, 20, 30), (90, 120, 90))]
)
def test_a_title_on_cloth_is_a_cover_light_on_dark_or_dark_on_light(ink, cloth):
    assert page_problem(title_page(ink=ink, paper=cloth)) == "cover"


@pytest.mark.parametrize("tone", [(240, 236, 220), (120, 90, 60), (8, 8, 8)])
def test_bare_paper_in_uneven_light_is_blank(tone):
    page = on_paper(np.empty((0, 0, 3)), (200, 300, 200, 300), tone=tone, falloff=0.3, noise=3)
    assert page_problem(page) == "blank"


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket", "hubble_deep_field"])
def test_photographs_are_pictures(name):
    assert page_problem(getattr(data, name)()) == ""


def test_a_drawing_on_bare_paper_is_a_picture():
    assert page_problem(drawing(600, 500)) == ""


def test_a_soft_light_picture_is_not_blank():
    picture = cv2.GaussianBlur(data.chelsea(), (0, 0), 12) // 4 + 180
    assert page_problem(picture) == ""


def test_letters_count_only_in_lines():
    scattered = np.full((500, 500), 240, np.uint8)
    random = np.random.default_rng(4)
    for x, y in random.integers(20, 470, (60, 2)):
        scattered[y : y + 12, x : x + 3] = 20
    in_a_line = np.full((500, 500), 240, np.uint8)
    for x in range(40, 440, 10):
        for y in range(60, 400, 60):
            in_a_line[y : y + 12, x : x + 3] = 20
    assert measure_text(in_a_line).in_lines == 1.0
    assert measure_text(in_a_line).letters == 240
    assert measure_text(scattered).in_lines < 0.6


def test_light_that_falls_off_evenly_is_no_unevenness():
    y, x = np.mgrid[0:200, 0:300]
    page = (230 - 40 * (x / 300) ** 2 - 20 * y / 200).astype(np.uint8)
    assert unevenness(page) < 1.0


def spread(gutter):
    left = on_paper(photo(360, 260), (40, 50, 40, 60))
    right = on_paper(photo(360, 260)[:, ::-1], (40, 50, 40, 60))
    page = np.hstack([left, right]).astype(np.float64)
    if gutter:
        distance = np.abs(np.arange(page.shape[1]) - page.shape[1] / 2)
        page *= (1 - 0.6 * np.exp(-distance / 6))[:, np.newaxis]
    return page.astype(np.uint8)


@pytest.mark.parametrize("gutter", [True, False], ids=["shadow", "bare paper"])
def test_an_open_book_is_split_at_its_gutter(gutter):
    pages = split_spread(spread(gutter))
    assert len(pages) == 2
    assert pages[0].right == pages[1].left == pytest.approx(0.5, abs=0.03)
    assert (pages[0].left, pages[1].right) == (0, 1)


def test_broad_pictures_and_single_pages_are_not_split():
    for picture in (data.coffee(), data.rocket(), photo(300, 600), spread(True)[:, :340]):
        assert split_spread(picture) == (Box(),)
