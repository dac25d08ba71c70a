from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.canvas import canvas_of, on_canvas, own_canvas
from ganfx.media.frames import new_frame
from ganfx.media.windows import Window, plain_window


def test_a_canvas_holds_what_is_shown_and_what_is_stored():
    inside = Window(3, 2, 4, 4, 20, 10)
    beyond = Window(-2, 5, 10, 9, 20, 10)
    assert canvas_of([inside]) == plain_window(20, 10)
    assert own_canvas(inside) == plain_window(20, 10)
    assert own_canvas(beyond) == beyond
    assert canvas_of([inside, beyond]) == Window(-2, 0, 22, 14, 20, 10)


def test_a_picture_lies_on_its_canvas_where_it_is_seen():
    rgb = np.arange(18, dtype=np.float32).reshape(2, 3, 3)
    frame = new_frame(rgb, depth="half", alpha=np.ones((2, 3), np.float32))
    frame = replace(frame, header=replace(frame.header, stored_window=Window(1, 2, 3, 2, 5, 6)))
    shown = on_canvas(frame, None, Path("a.exr"), max_pixels=30)
    assert shown.alpha is not None
    assert shown.alpha.sum() == 6
    np.testing.assert_array_equal(shown.rgb[2:4, 1:4], rgb)
    assert shown.header.window == plain_window(5, 6)
    assert shown.stored is frame.stored
    assert on_canvas(shown, None, Path("a.exr"), max_pixels=30) is shown
    with pytest.raises(MediaError, match="display window of 5x6 pixels"):
        on_canvas(frame, None, Path("a.exr"), max_pixels=29)
