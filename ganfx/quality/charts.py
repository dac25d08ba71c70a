"""Line charts as SVG text, to stand in a page or as a file of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganfx.quality.pages import Html, text

Values = NDArray[np.float64]

WIDTH, HEIGHT = 400, 170
LEFT, RIGHT, TOP, BOTTOM = 52, 18, 8, 20
POINTS = 240
"""Of a line; of more, each is the mean of its neighbours."""
NOISY = 24
"""A line of at least so many points is drawn thin, with its running mean on top."""
WIDE = 30.0
"""Largest over smallest from which the axis is logarithmic."""
LINE, GRID, INK, MARK = "#6fb1e0", "#3a3a3a", "#9a9a9a", "#d9a441"


@dataclass(frozen=True)
class Axis:
    """Values along one side of a chart."""

    low: float
    high: float
    logarithmic: bool = False

    def place(self, values: Values) -> Values:
        """0 at ``low``, 1 at ``high``."""
        if self.logarithmic:
            low, high = math.log10(self.low), math.log10(self.high)
            return (np.log10(values) - low) / (high - low)
        return (values - self.low) / (self.high - self.low)

    def ticks(self, count: int = 5) -> list[float]:
        """About ``count`` round values, from low to high."""
        if self.logarithmic:
            return _round_powers(self.low, self.high, count)
        return _round_values(self.low, self.high, count)


def line_chart(
    xs: Sequence[float], ys: Sequence[float], *, label: str, marks: Sequence[float] = ()
) -> Html:
    """One line over a grid, ``WIDTH`` by ``HEIGHT``.

    Args:
        xs: Ascending.
        ys: As many; those that are not finite are left out.
        label: What it shows, for those who do not see it.
        marks: Places on the x axis where something happened: dashed lines.

    Returns:
        An ``<svg>`` element, well-formed as XML, with no reference outside.

    Raises:
        ValueError: If the lengths differ.
    """
    x, y = np.asarray(xs, np.float64), np.asarray(ys, np.float64)
    if x.shape != y.shape:
        raise ValueError("a chart needs one y for each x")
    finite = np.isfinite(y)
    x, y = x[finite], y[finite]
    shapes = _shapes(x, y, marks) if len(x) else [_tag_text(WIDTH / 2, HEIGHT / 2, "no values")]
    return Html(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{text(label)}" font-family="sans-serif" font-size="10" fill="{INK}">'
        + "".join(shapes)
        + "</svg>"
    )


def readable(value: float) -> str:
    """A figure of three digits: ``0.0123``, ``12,300``; an exponent only for extremes."""
    if value == 0:
        return "0"
    size = abs(value)
    if not 1e-4 <= size < 1e7:
        return f"{value:.3g}"
    return f"{float(f'{value:.3g}'):,.0f}" if size >= 999.5 else f"{value:.3g}"


def running_mean(values: Values, window: int) -> Values:
    """Mean over the ``window`` values around each; fewer at the two ends."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    index = np.arange(len(values))
    first = np.maximum(index - window // 2, 0)
    last = np.minimum(index + window // 2 + 1, len(values))
    mean: Values = (sums[last] - sums[first]) / (last - first)
    return mean


def fitting_axis(values: Values) -> Axis:
    """An axis that shows all of ``values``: logarithmic where they span orders of magnitude."""
    low, high = float(values.min()), float(values.max())
    if low > 0 and high / low > WIDE:
        return Axis(low / 1.1, high * 1.1, logarithmic=True)
    space = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return Axis(low - space if low < 0 or low > space else 0.0, high + space)


def _shapes(x: Values, y: Values, marks: Sequence[float]) -> list[str]:
    across = Axis(float(x[0]), float(x[-1]) if x[-1] > x[0] else float(x[0]) + 1.0)
    up = fitting_axis(y)

    def right(values: Values) -> Values:
        return LEFT + across.place(values) * (WIDTH - LEFT - RIGHT)

    def down(values: Values) -> Values:
        return TOP + (1 - up.place(values)) * (HEIGHT - TOP - BOTTOM)

    shapes = _grid(across, up, right, down)
    for mark in marks:
        if across.low <= mark <= across.high:
            shapes.append(_vertical(float(right(np.array([mark]))[0])))
    x, y = _thinned(x), _thinned(y)
    noisy = len(y) >= NOISY
    shapes.append(_polyline(right(x), down(y), faint=noisy))
    if noisy:
        mean = running_mean(y, max(3, len(y) // 12))
        shapes.append(_polyline(right(x), down(mean), faint=False))
    return shapes


def _grid(
    across: Axis, up: Axis, right: Callable[[Values], Values], down: Callable[[Values], Values]
) -> list[str]:
    shapes = []
    for tick in up.ticks():
        y = float(down(np.array([tick]))[0])
        shapes.append(
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{GRID}"/>'
        )
        shapes.append(_tag_text(LEFT - 6, y + 3.5, readable(tick), anchor="end"))
    for tick in across.ticks():
        x = float(right(np.array([tick]))[0])
        shapes.append(_tag_text(x, HEIGHT - 6, readable(tick)))
    return shapes


def _tag_text(x: float, y: float, words: str, *, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text(words)}</text>'


def _vertical(x: float) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="{MARK}"'
        ' stroke-dasharray="3 3"/>'
    )


def _polyline(x: Values, y: Values, *, faint: bool) -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    look = 'stroke-width="1" stroke-opacity="0.4"' if faint else 'stroke-width="1.8"'
    if len(x) == 1:  # a line of one point would not be seen
        return f'<circle cx="{x[0]:.1f}" cy="{y[0]:.1f}" r="2.5" fill="{LINE}"/>'
    return (
        f'<polyline points="{points}" fill="none" stroke="{LINE}" {look} stroke-linejoin="round"/>'
    )


def _thinned(values: Values) -> Values:
    if len(values) <= POINTS:
        return values
    return np.array([part.mean() for part in np.array_split(values, POINTS)])


def _round_values(low: float, high: float, count: int) -> list[float]:
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def _round_powers(low: float, high: float, count: int) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = math.log10(high) - math.log10(low)  # of denormals the quotient is infinite
    every = max(1, round(decades / count))
    factors = (1, 2, 5) if decades <= 2 else (1,)
    powers = [10.0**power * factor for power in range(first, last + 1, every) for factor in factors]
    return [value for value in powers if low <= value <= high]
