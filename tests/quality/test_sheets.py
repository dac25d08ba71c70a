import numpy as np
import pytest

from ganfx.quality.sheets import GAP, GROUND, STRIP, before_after, contact_sheet


def flat(height, width, value):
    return np.full((height, width, 3), value, dtype=np.uint8)


def test_pictures_lie_in_rows_with_gaps_of_the_ground():
    sheet = contact_sheet(
        [[flat(50, 100, 200), flat(50, 100, 90)], [flat(50, 100, 10)]], cell_width=100
    )

    assert sheet.shape == (3 * GAP + 2 * 50, 3 * GAP + 2 * 100, 3)
    assert (sheet[GAP : GAP + 50, GAP : GAP + 100] == 200).all()
    assert (sheet[GAP : GAP + 50, 2 * GAP + 100 : -GAP] == 90).all()
    assert (sheet[2 * GAP + 50 : -GAP, GAP : GAP + 100] == 10).all()
    assert (sheet[:GAP] == GROUND).all()
    assert (sheet[2 * GAP + 50 :, 2 * GAP + 100 :] == GROUND).all()


def test_cells_of_a_sheet_have_one_height_and_pictures_keep_their_shape():
    sheet = contact_sheet([[flat(40, 80, 200), flat(80, 80, 100)]], cell_width=100)

    # The widest is 100 x 50, so the square one is 50 x 50.
    assert sheet.shape == (50 + 2 * GAP, 100 + 50 + 3 * GAP, 3)


def test_a_label_is_written_under_its_picture_on_a_dark_strip():
    sheet = contact_sheet([[flat(50, 100, 200)]], labels=[["sh010"]], cell_width=100)

    strip = sheet[GAP + 50 : -GAP, GAP:-GAP]
    assert strip.shape[0] >= 12
    assert strip[0, 0, 0] == STRIP
    assert (strip > 150).any()
    assert (sheet[GAP : GAP + 50, GAP:-GAP] == 200).all()  # nothing covers the picture


def test_without_labels_there_is_no_strip():
    plain = contact_sheet([[flat(50, 100, 200)]], cell_width=100)
    empty = contact_sheet([[flat(50, 100, 200)]], labels=[[""]], cell_width=100)

    assert plain.shape == empty.shape == (50 + 2 * GAP, 100 + 2 * GAP, 3)


@pytest.mark.parametrize("text", ["x" * 300, "sh010/plate.1001-1140#.exr", "Käse → 絵", "a"])
@pytest.mark.parametrize("width", [24, 160, 900])
def test_a_label_stays_within_its_cell(text, width):
    sheet = contact_sheet([[flat(50, 100, 200)]], labels=[[text]], cell_width=width)

    strip = sheet[-GAP - 8 : -GAP]
    assert (strip[:, GAP : GAP + 2] == STRIP).all()
    assert (strip[:, -GAP - 2 : -GAP] == STRIP).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (5000, 3)])
def test_pictures_of_extreme_shapes_have_a_place(shape):
    sheet = contact_sheet([[flat(*shape, 200), flat(60, 90, 100)]], cell_width=90)

    assert (sheet == 200).any()
    assert max(sheet.shape[:2]) < 400


def test_before_and_after_stand_side_by_side():
    pairs = [(flat(50, 50, 200), flat(50, 50, 20 * i)) for i in range(3)]

    sheet = before_after(pairs, names=["a", "b", "c"], across=2, cell_width=50)

    assert sheet.shape[1] == 4 * 50 + 5 * GAP
    assert sheet[GAP + 10, GAP + 10, 0] == 200
    assert sheet[GAP + 10, 2 * GAP + 60, 0] == 0
    assert sheet[GAP + 10, 4 * GAP + 160, 0] == 20


def test_a_sheet_without_pictures_or_with_other_labels_is_refused():
    with pytest.raises(ValueError, match="needs a picture"):
        contact_sheet([[]])
    with pytest.raises(ValueError, match="one label"):
        contact_sheet([[flat(9, 9, 1)]], labels=[["a", "b"]])
    with pytest.raises(ValueError, match="one name"):
        before_after([(flat(9, 9, 1), flat(9, 9, 2))], names=[])
