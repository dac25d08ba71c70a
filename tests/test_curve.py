"""Keys at frames: values worked out by hand, and what is refused."""

from __future__ import annotations

import pytest

from ganfx.curve import Curve, read_amount, read_curve
from ganfx.errors import UsageError


def test_a_straight_curve_has_the_shares_of_its_keys():
    curve = read_curve("1001:0,1005:1,1009:0.5,linear")
    assert [curve.at(frame) for frame in (1, 1001, 1002, 1005, 1007, 1009, 2000)] == [
        0.0,
        0.0,
        0.25,
        1.0,
        0.75,
        0.5,
        0.5,
    ]


def test_two_keys_are_eased_in_and_out():
    curve = read_curve("0:0,4:1")
    assert [curve.at(frame) for frame in range(5)] == pytest.approx(  # 3t^2 - 2t^3
        [0.0, 3 / 16 - 2 / 64, 0.5, 27 / 16 - 54 / 64, 1.0]
    )


def test_a_key_on_the_way_keeps_the_speed_and_none_is_overshot():
    curve = Curve(((0, 0.0), (10, 0.9), (20, 1.0)))
    values = [curve.at(frame) for frame in range(21)]
    assert values == sorted(values)
    assert max(values) == 1.0
    # Slopes: 0, then (30 + 30) / (30 / 0.09 + 30 / 0.01) a frame.
    slope = 60 / (30 / 0.09 + 30 / 0.01)
    assert curve.at(5) == pytest.approx(0.9 / 2 - slope * 10 / 8)


def test_steps_stay_at_a_key_until_the_next():
    curve = read_curve("-3:2,4:5,step")
    assert [curve.at(frame) for frame in (-9, -3, 3, 4, 9)] == [2.0, 2.0, 2.0, 5.0, 5.0]


@pytest.mark.parametrize("text", ["1001:0,1040:1", "1:0.1,7:0.3333333333333333,step", "-5:1e-07"])
def test_a_curve_reads_what_it_shows(text):
    assert str(read_curve(text)) == text


def test_a_number_is_one():
    assert read_amount("0.25") == 0.25


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("5:0,4:1", "frame 4 is after 5"),
        ("5:0,5:1", "frame 5 has two keys"),
        ("5:0,six:1", "'six:1' is no key"),
        ("5:0,6.5:1", "'6.5:1' is no key"),
        ("5:nan", "'5:nan' is no key"),
        ("5:0,9:1,smoth", "expected smooth, linear or step"),
        ("strength", "expected a number, or keys"),
        ("none.csv", "cannot read the curve none.csv: No such file"),
    ],
)
def test_what_is_no_curve_is_told(text, told):
    with pytest.raises(UsageError, match=told):
        read_amount(text)


def test_a_file_has_a_row_for_each_key(tmp_path):
    file = tmp_path / "strength.csv"
    file.write_text("frame,value\n# arrives\n1001, 0\n\n1003,1\n")
    assert read_amount(f"{file},linear") == Curve(((1001, 0.0), (1003, 1.0)), "linear")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("1001,0\n1002\n", "row 2: '1002' is no frame,value"),
        ("frame,value\n1001,0\n1002,one\n", "row 3: '1002,one' is no frame,value"),
        ("1001,0\nframe,value\n", "row 2"),
        ("1001,0\n\n1000,1\n", "row 3: frame 1000 after 1001"),
        ("1001,0\n1001,1\n", "row 2: frame 1001 after 1001"),
        ("# nothing\n", "has no keys"),
    ],
)
def test_a_broken_row_of_a_file_is_named(tmp_path, rows, told):
    file = tmp_path / "curve.csv"
    file.write_text(rows)
    with pytest.raises(UsageError, match=told):
        read_amount(str(file))
