"""A survey finds the picture in a source, says what it cut, and why it drops."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scanned_pages import caption, drawing, on_paper, photo, title_page, type_page

from ganfx.media.scans import Scan
from ganfx.preprocess.options import PRESETS, Options
from ganfx.preprocess.pieces import Box
from ganfx.preprocess.survey import cut, make_thumbnail, survey

ART = replace(PRESETS["art"], min_side=64)
PLAIN = Options(trim=False, duplicates=False, min_side=64)


def scan(pixels):
    return Scan(np.ascontiguousarray(pixels), None)


def only(pieces):
    (piece,) = pieces
    return piece


def plate():
    """A printed plate on its page: margin, picture, caption, margin."""
    below = np.vstack([photo(360, 480), caption(480, paper=(238, 232, 214))])
    return on_paper(below, (40, 50, 40, 30), noise=1.5)


def test_a_plate_is_cut_out_of_its_margins_and_its_caption():
    piece = only(survey(scan(plate()), ART))
    assert piece.edits == ("trim", "caption")
    assert piece.dropped == ""
    x0, y0, x1, y1 = piece.box.pixels(560, plate().shape[0])
    assert (x0, y0, x1, y1) == pytest.approx((40, 50, 520, 410), abs=5)
    assert (piece.width, piece.height) == (x1 - x0, y1 - y0)


def test_a_large_scan_gives_the_same_picture_as_a_small_one():
    small = only(survey(scan(plate()), ART))
    large = only(survey(scan(cv2.resize(plate(), None, fx=5, fy=5)), ART))
    assert large.box == pytest.approx(small.box, abs=0.01)
    assert large.width == pytest.approx(5 * small.width, abs=25)


def test_sixteen_bits_and_floats_are_judged_as_eight_bits_are():
    page = plate()
    eight = only(survey(scan(page), ART))
    sixteen = only(survey(scan(page.astype(np.uint16) * 257), ART))
    floats = only(survey(scan(page.astype(np.float32) / 255), ART))
    assert eight.box == sixteen.box == floats.box


def test_a_turned_scan_is_straightened_before_its_margins_are_cut():
    page = on_paper(photo(), (70, 70, 70, 70))
    turn = cv2.getRotationMatrix2D((310, 250), 2.0, 1)
    turned = cv2.warpAffine(page, turn, page.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    piece = only(survey(scan(turned), ART))
    assert piece.angle == pytest.approx(-2.0, abs=0.2)
    assert piece.edits == ("deskew", "trim")
    straight = cut(turned, piece).astype(float)
    truth = cv2.resize(photo(), straight.shape[1::-1]).astype(float)
    assert np.abs(straight - truth).mean() < 12


def test_both_pages_of_a_spread_are_judged_by_themselves():
    page = np.hstack([on_paper(photo(560, 400), (60, 90, 60, 90)), type_page()])
    left, right = survey(scan(page), ART)
    assert (left.part, right.part) == ("left", "right")
    assert (left.dropped, right.dropped) == ("", "text")
    assert left.edits[0] == "split"
    assert left.box.right <= 0.52 <= right.box.right


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (type_page(), "text"),
        (title_page(), "text"),
        (title_page(ink=(200, 170, 80), paper=(60, 20, 25)), "cover"),
        (on_paper(np.empty((0, 0, 3)), (200, 300, 200, 300)), "blank"),
    ],
)
def test_pages_without_a_picture_are_dropped_with_the_reason(page, reason):
    piece = only(survey(scan(page), ART))
    assert piece.dropped == reason
    assert piece.detail


def test_pages_are_kept_where_they_may_be():
    assert only(survey(scan(type_page()), PLAIN)).dropped == ""


def test_what_is_left_after_cutting_must_be_large_enough():
    piece = only(survey(scan(plate()), replace(ART, min_side=400)))
    assert piece.dropped == "small"
    assert "under 400" in piece.detail


def test_a_strip_is_dropped_by_its_aspect():
    piece = only(survey(scan(photo(100, 480)), replace(PLAIN, max_aspect=4)))
    assert piece.dropped == "aspect"
    assert only(survey(scan(photo(100, 480)), replace(PLAIN, max_aspect=5))).dropped == ""


def test_nothing_is_cut_where_nothing_is_asked():
    piece = only(survey(scan(plate()), PLAIN))
    assert (piece.box, piece.edits, piece.angle) == (Box(), (), 0.0)


def test_a_drawing_loses_its_paper_but_not_its_ink():
    page = drawing(600, 500)
    picture = cut(page, only(survey(scan(page), ART)))
    inked = (page < 128).any(axis=-1).sum()
    assert (picture < 128).any(axis=-1).sum() > 0.97 * inked


def test_the_cut_keeps_the_type_and_the_pixels():
    page = plate().astype(np.uint16) * 257
    piece = only(survey(scan(page), ART))
    x0, y0, x1, y1 = piece.box.pixels(*page.shape[1::-1])
    np.testing.assert_array_equal(cut(page, piece), page[y0:y1, x0:x1])


def test_a_thumbnail_is_reduced_and_never_enlarged():
    assert make_thumbnail(scan(np.zeros((3000, 1500, 3), np.uint8))).shape == (768, 384, 3)
    assert make_thumbnail(scan(np.zeros((30, 15, 3), np.uint16))).shape == (30, 15, 3)


@pytest.mark.parametrize("size", [(1, 1), (2, 700), (3, 5000), (5000, 3), (31, 31), (32, 33)])
def test_slivers_are_judged_by_their_size_alone(size):
    sliver = scan(np.random.default_rng(1).integers(0, 256, (*size, 3)).astype(np.uint8))
    assert only(survey(sliver, ART)).dropped in ("small", "aspect")
    kept_all = replace(ART, min_side=0, max_aspect=0, max_noise=0)
    assert only(survey(sliver, kept_all)).dropped == ""
