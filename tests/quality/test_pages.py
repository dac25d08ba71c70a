"""Pages: escaped text, tables, and pictures inside the file."""

from __future__ import annotations

import base64

import cv2
import numpy as np

from ganfx.quality.pages import Html, data_uri, element, page, section, strip, table, text

HOSTILE = "<img src=x onerror='a()'> & \""


def picture_in(uri: str) -> np.ndarray:
    kind, _, code = uri.partition(",")
    assert kind == "data:image/jpeg;base64"
    read = cv2.imdecode(np.frombuffer(base64.b64decode(code), np.uint8), cv2.IMREAD_COLOR)
    return read[..., ::-1]


def test_text_is_escaped_everywhere() -> None:
    escaped = "&lt;img src=x onerror=&#x27;a()&#x27;&gt; &amp; &quot;"
    white = np.full((2, 2, 3), 255, np.uint8)

    assert text(HOSTILE) == escaped
    assert escaped in page(HOSTILE)
    assert escaped in section(HOSTILE, Html("x"))
    assert escaped in table([(HOSTILE,)])
    assert escaped in table([], head=(HOSTILE,))
    assert f'alt="{escaped}"' in strip(HOSTILE, data_uri(white))
    for made in (page(HOSTILE), strip(HOSTILE, data_uri(white)), element("p", css=HOSTILE)):
        assert "<img src=x" not in made


def test_a_section_without_content_is_left_out() -> None:
    assert section("Remarks", Html("")) == ""


def test_marked_rows_stand_out() -> None:
    lines = table([("a", 1), ("b", 2)], marked=[1])
    assert lines == (
        '<table><tr><td>a</td><td>1</td></tr><tr class="marked"><td>b</td><td>2</td></tr></table>'
    )


def test_a_picture_keeps_its_colour_and_is_reduced_but_never_enlarged() -> None:
    red = np.full((40, 80, 3), (210, 40, 30), np.uint8)

    small = picture_in(data_uri(red, width=20))
    assert small.shape == (10, 20, 3)
    assert np.abs(small.astype(int) - (210, 40, 30)).max() <= 3
    assert picture_in(data_uri(red, width=500)).shape == (40, 80, 3)
    assert picture_in(data_uri(red[:, ::2])).shape == (40, 40, 3)  # not contiguous
