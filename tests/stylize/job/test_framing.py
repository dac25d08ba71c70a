"""Which pixels of a plate a framing decision list frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError, UsageError
from ganfx.media.framing_list import Box, Decision, FramedCanvas, FramingList
from ganfx.media.headers import read_header
from ganfx.stylize import Options
from ganfx.stylize.job.framing import WHAT, Framing, find_framing
from ganfx.stylize.job.planes import find_planes
from ganfx.stylize.job.plate_files import PlateFiles
from tests.stylize.job.test_mattes import windowed

FILE = PlateFiles(WHAT, still=Path("show.fdl"))
PROTECTED = Box(8.0, 4.0, 48.0, 40.0)


def decided(id: str, box: Box, protection: Box | None = None, *, intent: str = "WIDE") -> Decision:
    return Decision(id, f"label of {id}", intent, f"label of {intent}", box, protection)


def canvas(id: str, width: int, height: int, *decisions: Decision, squeeze: float = 1.0):
    return FramedCanvas(id, f"canvas {id}", width, height, squeeze, decisions)


def framing(*canvases: FramedCanvas, default: str = "WIDE", **choice) -> Framing:
    return Framing(FramingList(canvases, default), FILE, **choice)


WIDE = decided("C1-WIDE", Box(12.0, 13.75, 40.0, 20.5), PROTECTED)
TALL = decided("C1-TALL", Box(20.0, 0.0, 27.0, 48.0), intent="TALL")
OPEN_GATE = canvas("C1", 64, 48, WIDE, TALL)


def test_the_default_intents_decision_counts_rounded_to_the_nearest_pixel():
    # 13.75 is row 14, and 20.5 rows are 20: halves go to the even number.
    assert framing(OPEN_GATE).of_size(64, 48) == (14, 12, 34, 52)


def test_another_decision_is_chosen_by_any_of_its_names():
    for name in ("C1-TALL", "label of C1-TALL", "TALL", "label of TALL"):
        assert framing(OPEN_GATE, choice=name).of_size(64, 48) == (0, 20, 48, 47)


def test_the_protection_is_framed_where_it_is_asked_for():
    assert framing(OPEN_GATE, area="protection").of_size(64, 48) == (4, 8, 44, 56)
    with pytest.raises(MediaError, match="C1-TALL has no protection"):
        framing(OPEN_GATE, choice="TALL", area="protection").of_size(64, 48)


def test_the_only_decision_counts_without_a_default():
    assert framing(canvas("C1", 64, 48, TALL), default="").of_size(64, 48) == (0, 20, 48, 47)
    assert framing(canvas("C1", 64, 48, TALL)).of_size(64, 48) == (0, 20, 48, 47)


def test_several_decisions_are_told_with_what_chooses():
    with pytest.raises(MediaError, match=r"C1-WIDE \(label of C1-WIDE\), C1-TALL") as caught:
        framing(OPEN_GATE, default="").of_size(64, 48)
    assert caught.value.hint == "choose one by --fdl-decision"
    with pytest.raises(MediaError, match=r"no framing decision SQUARE .* it has C1-WIDE"):
        framing(OPEN_GATE, choice="SQUARE").of_size(64, 48)


def test_decisions_that_frame_the_same_need_no_choice():
    twice = [canvas(id, 64, 48, decided(f"{id}-WIDE", WIDE.framing)) for id in ("A", "B")]
    assert framing(*twice).of_size(64, 48) == (14, 12, 34, 52)


def test_the_canvas_is_that_of_the_plates_size():
    half = canvas("C2", 32, 24, decided("C2-WIDE", Box(6.0, 7.0, 20.0, 10.0)))
    assert framing(OPEN_GATE, half).of_size(32, 24) == (7, 6, 17, 26)
    with pytest.raises(MediaError, match=r"no canvas of 48x32.* it has 64x48 \(canvas C1\), 32x24"):
        framing(OPEN_GATE, half).of_size(48, 32)


def test_a_plate_whose_squeeze_is_undone_is_framed_as_wide_as_it_became():
    squeezed = canvas("C1", 64, 48, decided("C1-WIDE", Box(12.0, 14.0, 40.25, 20.0)), squeeze=2.0)
    assert framing(squeezed).of_size(64, 48) == (14, 12, 34, 52)
    assert framing(squeezed).of_size(128, 48) == (14, 24, 34, 104)  # 80.5 columns are 80
    own = canvas("C2", 128, 48, decided("C2-WIDE", Box(0.0, 0.0, 128.0, 8.0)))
    assert framing(squeezed, own).of_size(128, 48) == (0, 0, 8, 128)


def test_what_rounding_puts_outside_is_cut_and_what_lies_outside_is_refused():
    close = decided("C1-WIDE", Box(0.5, 0.0, 63.5, 48.4))
    assert framing(canvas("C1", 64, 48, close)).of_size(64, 48) == (0, 0, 48, 64)
    far = decided("C1-WIDE", Box(50.0, 0.0, 40.0, 20.0))
    with pytest.raises(MediaError, match="outside of its canvas, 64x48: 40x20 from 50,0"):
        framing(canvas("C1", 64, 48, far)).of_size(64, 48)
    thin = decided("C1-WIDE", Box(5.0, 5.0, 0.4, 20.0))
    with pytest.raises(MediaError, match="holds no pixel"):
        framing(canvas("C1", 64, 48, thin)).of_size(64, 48)


def test_a_canvas_without_a_decision_is_told():
    with pytest.raises(MediaError, match=r"no framing decision for its canvas 64x48 \(canvas C1\)"):
        framing(canvas("C1", 64, 48)).of_size(64, 48)


@pytest.mark.parametrize(
    ("canvas_of", "rows", "columns"),
    # Of a display window of 32x24, whose first pixel is stored at row 2, column 4.
    [
        (canvas("C", 32, 24, decided("C-WIDE", Box(3, 1, 10, 5))), slice(3, 8), slice(7, 17)),
        (canvas("C", 40, 28, decided("C-WIDE", Box(3, 1, 10, 5))), slice(1, 6), slice(3, 13)),
    ],
    ids=["by the display window", "by what is stored"],
)
def test_a_plate_with_overscan_is_framed(
    tmp_path: Path, canvas_of: FramedCanvas, rows: slice, columns: slice
) -> None:
    windowed(str(tmp_path / "plate.exr"), np.zeros((28, 40, 3)), -4, -2, "RGB")
    header = read_header(tmp_path / "plate.exr")
    expected = np.zeros((28, 40))
    expected[rows, columns] = 1
    frame = type("Plate", (), {"header": header})()
    np.testing.assert_array_equal(framing(canvas_of).read((28, 40), None, frame), expected)


def test_it_is_another_frame_where_another_area_is_framed():
    others = [
        framing(OPEN_GATE),
        framing(OPEN_GATE, choice="TALL"),
        framing(OPEN_GATE, area="protection"),
        framing(OPEN_GATE, default="TALL"),
        framing(canvas("C1", 64, 48, TALL)),
    ]
    assert len({each.fingerprint(None) for each in others}) == len(others)
    assert framing(OPEN_GATE).fingerprint(1) == framing(OPEN_GATE).fingerprint(2)


def test_nothing_is_chosen_of_no_list():
    assert find_framing(None, "", "framing") is None
    for values, told in (
        ({"fdl_decision": "A"}, "--fdl-decision"),
        (
            {"fdl_area": "protection"},
            "--fdl-area",
        ),
    ):
        with pytest.raises(UsageError, match=told):
            find_planes(Options(**values))
