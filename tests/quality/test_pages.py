"""Pages: escaped text, tables, and pictures inside the file."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import jinja2
import numpy as np
import pytest

from ganfx.quality import pages
from ganfx.quality.pages import Strip, Table, data_uri, jpeg, render

HOSTILE = "<img src=x onerror='a()'> & \""
ESCAPED = "&lt;img src=x onerror=&#39;a()&#39;&gt; &amp; &#34;"


def picture_in(uri: str) -> np.ndarray:
    kind, _, code = uri.partition(",")
    assert kind == "data:image/jpeg;base64"
    read = cv2.imdecode(np.frombuffer(base64.b64decode(code), np.uint8), cv2.IMREAD_COLOR)
    return read[..., ::-1]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> jinja2.Environment:
    """Templates of a test beside the real ones: they are given by name to `render`."""
    environment = pages._environment.__wrapped__()
    own = jinja2.DictLoader({})
    environment.loader = jinja2.ChoiceLoader([own, environment.loader])
    monkeypatch.setattr(pages, "_environment", lambda: environment)
    environment.own = own.mapping
    return environment


def part(made: jinja2.Environment, body: str, **values: object) -> str:
    every = "section, details, table, strip, states, chart"
    made.own["part.html"] = f'{{% from "parts.html" import {every} %}}{body}'
    return " ".join(render("part.html", values).split())


def test_text_is_escaped_everywhere(made: jinja2.Environment) -> None:
    white = data_uri(np.full((2, 2, 3), 255, np.uint8))
    bodies = [
        "{% call section(x) %}x{% endcall %}",
        "{% call details(x) %}x{% endcall %}",
        "{{ table(rows) }}",
        "{{ table(head) }}",
        "{{ strip(one) }}",
        "{{ states([one], 0, 0) }}",
        "{% call chart(x, x, x) %}x{% endcall %}",
    ]
    values = {
        "x": HOSTILE,
        "rows": Table([(HOSTILE,)]),
        "head": Table([], head=(HOSTILE,)),
        "one": Strip(HOSTILE, white),
    }
    for body in bodies:
        shown = part(made, body, **values)
        assert ESCAPED in shown
        assert "<img src=x" not in shown
    whole = render("page.html", {"title": HOSTILE})
    assert f"<title>{ESCAPED}</title>" in whole


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="title"):
        render("page.html", {})


def test_a_section_without_content_is_left_out(made: jinja2.Environment) -> None:
    assert part(made, '{% call section("Remarks") %} {% endcall %}') == ""
    assert "<h2>Remarks</h2> x" in part(made, '{% call section("Remarks") %}x{% endcall %}')


def test_marked_rows_stand_out(made: jinja2.Environment) -> None:
    lines = part(made, "{{ table(t) }}", t=Table([("a", 1), ("b", 2)], marked=frozenset({1})))
    first, second = "<td>a</td><td>1</td>", "<td>b</td><td>2</td>"
    assert f'<tr>{first}</tr> <tr class="marked">{second}</tr>' in lines


def test_a_page_has_its_style_and_script_inside_and_loads_itself_again_if_asked() -> None:
    whole = render("page.html", {"title": "a", "refresh": 7})

    assert "prefers-color-scheme: dark" in whole
    assert "function wipeable(" in whole
    assert '<meta http-equiv="refresh" content="7">' in whole
    assert "http-equiv" not in render("page.html", {"title": "a"})
    assert "://" not in whole


def test_a_picture_keeps_its_colour_and_is_reduced_but_never_enlarged() -> None:
    red = np.full((40, 80, 3), (210, 40, 30), np.uint8)

    small = picture_in(data_uri(red, width=20))
    assert small.shape == (10, 20, 3)
    assert np.abs(small.astype(int) - (210, 40, 30)).max() <= 3
    assert picture_in(data_uri(red, width=500)).shape == (40, 80, 3)
    assert picture_in(data_uri(red[:, ::2])).shape == (40, 40, 3)  # not contiguous
    assert jpeg(red).startswith(b"\xff\xd8\xff")
