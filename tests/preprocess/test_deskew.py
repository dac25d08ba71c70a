import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from ganfx.preprocess.deskew import skew_angle, turned
from ganfx.preprocess.transforms import rotated_valid

PAPER = (240, 232, 214)
PHOTOS = {"portrait": data.astronaut(), "still life": data.coffee(), "cat": data.chelsea()}


def scan(photo, angle, *, margin=50, tone=PAPER, caption=False, specks=0, noise=3.0, shade=0.0):
    """A photo on a page that is turned counter-clockwise, as a scanner sees it."""
    height, width = photo.shape[:2]
    below = 2 * margin if caption else margin
    page = np.full((height + margin + below, width + 2 * margin, 3), tone, np.uint8)
    page[margin : margin + height, margin : margin + width] = photo
    if caption:
        at = (margin + 30, height + 2 * margin)
        cv2.putText(page, "A picture on a page of a book", at, 0, 0.7, (40, 30, 20), 1)
    return scanned(page, angle, tone, specks, noise, shade)


def scanned(page, angle, tone=PAPER, specks=0, noise=3.0, shade=0.0):
    """Turned, unevenly lit, with noise and dust."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1)
    seen = cv2.warpAffine(page, matrix, (width, height), borderValue=tone).astype(np.float32)
    random = np.random.default_rng(1)
    seen *= (1 - shade * np.linspace(0, 1, width, dtype=np.float32) ** 2)[:, np.newaxis]
    seen += random.normal(0, noise, seen.shape).astype(np.float32)
    for _ in range(specks):
        y, x = random.integers(height), random.integers(width)
        seen[y : y + 2, x : x + 2] -= 90
    return seen.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", PHOTOS)
@given(st.floats(-4, 4).filter(lambda angle: abs(angle) > 0.25))
@settings(max_examples=15)
def test_a_turned_scan_is_straightened(name, angle):
    assert skew_angle(scan(PHOTOS[name], angle)) == pytest.approx(-angle, abs=0.1)


@pytest.mark.parametrize(
    "page",
    [
        {"margin": 20},
        {"margin": 150},
        {"tone": (128, 128, 128)},
        {"tone": (6, 6, 6)},
        {"tone": (255, 255, 255), "noise": 0},
        {"caption": True},
        {"specks": 200},
        {"shade": 0.2},
        {"noise": 6},
    ],
    ids=str,
)
@pytest.mark.parametrize("angle", [-3.0, 1.5])
def test_paper_of_any_kind_is_seen_through(page, angle):
    photo = PHOTOS["portrait"]
    assert skew_angle(scan(photo, angle, **page)) == pytest.approx(-angle, abs=0.15)
    assert skew_angle(scan(photo, 0, **page)) == 0


def test_a_drawn_frame_line_is_frame_enough():
    page = np.full((500, 700, 3), PAPER, np.uint8)
    cv2.rectangle(page, (60, 60), (640, 440), (60, 50, 40), 2)
    assert skew_angle(scanned(page, 2.0)) == pytest.approx(-2.0, abs=0.1)


def test_a_turned_picture_that_is_turned_back_counts_as_straight():
    turned_scan = scan(PHOTOS["portrait"], 2.5)
    assert skew_angle(turned(turned_scan, skew_angle(turned_scan))) == 0


@pytest.mark.parametrize("angle", [0.1, -0.15, 5.5, -7.0, 20.0])
def test_hardly_turned_and_far_turned_scans_are_left_alone(angle):
    assert skew_angle(scan(PHOTOS["portrait"], angle)) == 0


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("angle", [-3.0, 0.0, 2.0])
def test_a_photo_without_margin_is_left_alone(name, angle):
    assert skew_angle(rotated_valid(PHOTOS[name], angle)) == 0


def polygons(*shapes, ground=PAPER):
    page = np.full((500, 700, 3), ground, np.uint8)
    for color, points in shapes:
        cv2.fillPoly(page, [np.array(points)], color)
    return scanned(page, 0)


def test_a_tilted_horizon_is_left_alone():
    sea = ((40, 60, 70), [(0, 200), (700, 225), (700, 500), (0, 500)])
    assert skew_angle(polygons(sea)) == 0
    coast = ((40, 60, 70), [(0, 200), (700, 225), (700, 300), (0, 275)])
    assert skew_angle(polygons(coast)) == 0  # even sky above, even sea below


def test_a_house_against_the_sky_is_left_alone():
    walls = ((90, 70, 60), [(150, 120), (560, 134), (550, 500), (140, 500)])
    ground = ((60, 90, 50), [(0, 400), (700, 420), (700, 500), (0, 500)])
    assert skew_angle(polygons(walls, ground)) == 0


def test_a_box_in_perspective_on_paper_is_left_alone():
    box = ((90, 70, 60), [(150, 120), (560, 80), (560, 420), (150, 380)])
    assert skew_angle(polygons(box)) == 0


def test_a_vignette_with_ragged_edges_is_left_alone():
    random = np.random.default_rng(3)
    page = np.full((500, 700, 3), 250, np.uint8)
    for _ in range(400):
        middle = random.normal((350, 250), (90, 60))
        stroke = random.normal(0, 25, 2)
        ends = [tuple(np.round(middle + sign * stroke).astype(int).tolist()) for sign in (1, -1)]
        cv2.line(page, ends[0], ends[1], (70, 70, 70), 1)
    for angle in (0.0, 1.0, 3.0):
        assert skew_angle(scanned(page, angle, tone=(250, 250, 250))) == 0


@given(st.integers(1, 80), st.integers(1, 80), st.sampled_from([0, 128, 255]))
@settings(max_examples=30)
def test_tiny_and_empty_pictures_are_left_alone(height, width, tone):
    flat = np.full((height, width, 3), tone, np.uint8)
    noise = np.random.default_rng(tone).integers(0, 256, flat.shape, np.uint8)
    assert skew_angle(flat) == 0
    assert skew_angle(noise) == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_turning_keeps_canvas_and_type_and_continues_the_edges(dtype):
    white = {np.uint8: 255, np.uint16: 65535, np.float32: 1}[dtype]
    made = turned(np.full((60, 90, 3), white, dtype), 4.0)
    assert made.shape == (60, 90, 3)
    assert made.dtype == dtype
    assert np.allclose(made, white, rtol=1e-6)


def test_a_positive_angle_turns_counter_clockwise():
    bar = np.zeros((101, 101, 3), np.uint8)
    bar[49:52, 80:90] = 255  # on the right of the middle
    rows, columns = np.nonzero(turned(bar, 10.0)[..., 0])
    assert columns.mean() == pytest.approx(50 + 33.98, abs=0.7)  # 34.5 cos 10
    assert rows.mean() == pytest.approx(50 - 5.99, abs=0.7)  # 34.5 sin 10, upwards
