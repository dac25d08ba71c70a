"""Line charts as SVG, to stand in a page or as a file of their own.

Places are worked out here; ``templates/line_chart.svg`` draws them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from ganfx.quality.pages import render

Values = NDArray[np.float64]

WIDTH, HEIGHT = 400, 170
LEFT, RIGHT, TOP, BOTTOM = 52, 18, 8, 20
POINTS = 240
"""Of a line; of more, each is the mean of its neighbours."""
NOISY = 24
"""A line of at least so many points is drawn thin, with its running mean on top."""
WIDE = 30.0
"""Largest over smallest from which the axis is logarithmic."""


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


@dataclass(frozen=True)
class Line:
    """Points in the drawing's pixels."""

    points: tuple[tuple[float, float], ...]
    faint: bool


@dataclass(frozen=True)
class LineChart:
    """What is drawn where: places in the drawing's pixels, and words."""

    rules: tuple[tuple[float, str], ...] = ()
    """Heights of the lines across, with their values."""
    ticks: tuple[tuple[float, str], ...] = ()
    """Places along the x axis, with their values."""
    marks: tuple[tuple[float, str], ...] = ()
    """Where something happened, and what."""
    lines: tuple[Line, ...] = ()
    points: tuple[tuple[float, str], ...] = ()
    """Places along the x axis, and what is read off there."""


def line_chart(
    xs: Sequence[float],
    ys: Sequence[float],
    *,
    label: str,
    marks: Mapping[float, str] | None = None,
    along: str = "",
) -> Markup:
    """One line over a grid, ``WIDTH`` by ``HEIGHT``.

    Args:
        xs: Ascending.
        ys: As many; those that are not finite are left out.
        label: What it shows, for those who do not see it.
        marks: Places on the x axis where something happened, and what: dashed lines.
        along: What the x axis counts, in the words that are read off: ``"step"``.

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
    chart = _laid_out(x, y, marks or {}, along) if len(x) else LineChart()
    drawn = {"chart": chart, "label": label, "width": WIDTH, "height": HEIGHT}
    frame = {"left": LEFT, "right": WIDTH - RIGHT, "top": TOP, "bottom": HEIGHT - BOTTOM}
    return render("line_chart.svg", drawn | frame)


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


def _laid_out(x: Values, y: Values, marks: Mapping[float, str], along: str) -> LineChart:
    across = Axis(float(x[0]), float(x[-1]) if x[-1] > x[0] else float(x[0]) + 1.0)
    up = fitting_axis(y)

    def right(values: Values) -> list[float]:
        places = LEFT + across.place(values) * (WIDTH - LEFT - RIGHT)
        return [round(float(place), 1) for place in places]

    def down(values: Values) -> list[float]:
        places = TOP + (1 - up.place(values)) * (HEIGHT - TOP - BOTTOM)
        return [round(float(place), 1) for place in places]

    inside = {at: words for at, words in marks.items() if across.low <= at <= across.high}
    x, y = _thinned(x), _thinned(y)
    read = [f"{along} {a:,.0f}: {readable(b)}".strip() for a, b in zip(x, y, strict=True)]
    return LineChart(
        rules=_labeled(up.ticks(), down),
        ticks=_counted(across.ticks(), right),
        marks=tuple(zip(right(np.array([*inside])), inside.values(), strict=True)),
        lines=_lines(right(x), y, down),
        points=tuple(zip(right(x), read, strict=True)),
    )


def _labeled(
    ticks: Sequence[float], place: Callable[[Values], list[float]]
) -> tuple[tuple[float, str], ...]:
    words = [readable(tick) for tick in ticks]
    return tuple(zip(place(np.asarray(ticks, np.float64)), words, strict=True))


def _counted(
    ticks: Sequence[float], place: Callable[[Values], list[float]]
) -> tuple[tuple[float, str], ...]:
    """Along the x axis, which counts frames or steps: whole numbers, with every digit."""
    whole = [tick for tick in ticks if abs(tick - round(tick)) < 1e-6]
    words = [f"{tick:,.0f}" for tick in whole]
    return tuple(zip(place(np.asarray(whole, np.float64)), words, strict=True))


def _lines(x: list[float], y: Values, down: Callable[[Values], list[float]]) -> tuple[Line, ...]:
    """The values; of many, faint, with their running mean on top."""
    noisy = len(y) >= NOISY
    drawn = Line(tuple(zip(x, down(y), strict=True)), faint=noisy)
    if not noisy:
        return (drawn,)
    mean = running_mean(y, max(3, len(y) // 12))
    return drawn, Line(tuple(zip(x, down(mean), strict=True)), faint=False)


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
