"""Line charts: where points land, what the axes say, and that they are sound SVG."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ganfx.quality.charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Axis,
    fitting_axis,
    line_chart,
    readable,
    running_mean,
)

SVG = "{http://www.w3.org/2000/svg}"


def lines_of(svg: str) -> list[np.ndarray]:
    """The points of each line, as ``(N, 2)``."""
    shapes = ElementTree.fromstring(svg).findall(f"{SVG}polyline")
    pairs = [[p.split(",") for p in shape.attrib["points"].split()] for shape in shapes]
    return [np.array(points, float) for points in pairs]


def test_points_land_where_their_values_are() -> None:
    (line,) = lines_of(line_chart([0, 5, 10], [1.0, 3.0, 2.0], label="x"))

    axis = fitting_axis(np.array([1.0, 3.0, 2.0]))
    tall = HEIGHT - TOP - BOTTOM
    assert line[:, 0].tolist() == [LEFT, (LEFT + WIDTH - RIGHT) / 2, WIDTH - RIGHT]
    expected = [TOP + tall * (axis.high - y) / (axis.high - axis.low) for y in (1.0, 3.0, 2.0)]
    assert line[:, 1] == pytest.approx(expected, abs=0.06)


def test_many_points_are_drawn_faint_with_their_running_mean_on_top() -> None:
    noise = np.random.default_rng(0).normal(size=500)
    raw, mean = lines_of(line_chart(range(500), 5 + noise, label="x"))

    assert len(raw) == len(mean) == 240
    assert np.std(mean[:, 1]) < 0.5 * np.std(raw[:, 1])


def test_a_running_mean_is_that_of_the_neighbours() -> None:
    values = np.array([0.0, 3.0, 6.0, 0.0])
    assert running_mean(values, 3).tolist() == [1.5, 3.0, 3.0, 3.0]


def test_an_axis_is_logarithmic_where_values_span_orders_of_magnitude() -> None:
    assert not fitting_axis(np.array([1.0, 10.0])).logarithmic
    assert fitting_axis(np.array([0.01, 10.0])).logarithmic
    assert not fitting_axis(np.array([-1.0, 100.0])).logarithmic
    assert Axis(0.1, 10, logarithmic=True).place(np.array([1.0])) == pytest.approx([0.5])


def test_ticks_are_round_and_inside() -> None:
    assert Axis(0, 1).ticks() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert Axis(3, 47).ticks() == pytest.approx([10, 20, 30, 40])
    assert Axis(0.01, 1000, logarithmic=True).ticks() == pytest.approx(
        [0.01, 0.1, 1, 10, 100, 1000]
    )
    assert Axis(0.5, 20, logarithmic=True).ticks() == pytest.approx([0.5, 1, 2, 5, 10, 20])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (0.012345, "0.0123"),
        (-0.5, "-0.5"),
        (999.4, "999"),
        (999.6, "1,000"),
        (12345, "12,300"),
        (0.00001, "1e-05"),
        (-3e20, "-3e+20"),
    ],
)
def test_figures_are_readable(value: float, shown: str) -> None:
    assert readable(value) == shown


def test_a_mark_is_drawn_where_it_is_inside_only() -> None:
    svg = line_chart([0, 10], [1.0, 2.0], label="x", marks={5: "a", 11: "b"})
    dashed = [e for e in ElementTree.fromstring(svg) if "stroke-dasharray" in e.attrib]
    assert [float(e.attrib["x1"]) for e in dashed] == [(LEFT + WIDTH - RIGHT) / 2]


def test_a_label_is_escaped() -> None:
    tree = ElementTree.fromstring(line_chart([1], [1.0], label='<a> & "b"'))
    assert tree.attrib["aria-label"] == '<a> & "b"'


@settings(max_examples=150)
@example([1.0, 2.225073858507e-311])
@given(
    st.lists(
        st.floats(-1e12, 1e12) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e-30]),
        max_size=60,
    )
)
def test_any_values_give_sound_svg_inside_its_frame(values: list[float]) -> None:
    svg = line_chart(range(len(values)), values, label="x")

    for line in lines_of(svg):
        assert np.isfinite(line).all()
        assert (line >= -0.1).all()
        assert (line[:, 0] <= WIDTH).all()
        assert (line[:, 1] <= HEIGHT).all()
    assert len(svg) < 20_000


def test_lengths_must_match() -> None:
    with pytest.raises(ValueError, match="one y for each x"):
        line_chart([1, 2], [1.0], label="x")


def test_frames_along_a_chart_have_all_their_digits() -> None:
    svg = line_chart([1001.0, 1002.0, 1003.0, 1004.0], [1.0, 2.0, 3.0, 2.0], label="x")

    words = [each.text for each in ElementTree.fromstring(svg).findall(f"{SVG}text")]
    assert [word for word in words if word and "," in word] == ["1,001", "1,002", "1,003", "1,004"]
