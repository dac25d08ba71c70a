"""The stage before the network as ONNX nodes: flat areas, and those of a Kuwahara filter."""

from __future__ import annotations

import math

import numpy as np

from ganfx.models import edge_avoiding, flat_tones, kuwahara
from ganfx.models.generator import Generator
from ganfx.styles.export.graph import GRAY, Graph

TOGETHER = np.ones((1, 3, 1, 1), np.float32)


def areas(graph: Graph, photo: str, generator: Generator) -> str:
    """A photo as the network sees it, both ``(1, 3, H, W)`` in [-1, 1]."""
    made, count = _smooth_areas(graph, photo, generator), generator.tones.count
    return _toned(graph, made, count - 1) if count else made


def _smooth_areas(graph: Graph, photo: str, generator: Generator) -> str:
    if generator.flattening.contrast:
        for step in edge_avoiding.STEPS:
            photo = _flatter(graph, photo, step, generator.flattening.contrast)
    made = photo
    for radius in generator.abstraction.radii:
        made = _painted_areas(graph, made, radius)
    if not generator.abstraction.keep_detail:
        return made
    change = graph.node("Mul", graph.node("Sub", made, photo), _textured(graph, photo))
    return graph.node("Add", photo, change)


def _toned(graph: Graph, photo: str, last: int) -> str:
    """Luma in even steps, of which the last has this number."""
    gray = graph.conv(photo, GRAY)
    place = graph.node("Mul", graph.node("Add", gray, 1.0), last / 2)
    below = graph.clipped(graph.node("Floor", place), 0.0, last - 1.0)
    way = graph.node("Sub", graph.node("Sub", place, below), 0.5)
    rise = graph.node("Tanh", graph.node("Mul", way, flat_tones.SHARPNESS))
    rise = graph.node("Mul", rise, 0.5 / math.tanh(flat_tones.SHARPNESS / 2))
    step = graph.node("Add", graph.node("Add", below, 0.5), rise)
    stepped = graph.node("Sub", graph.node("Mul", step, 2 / last), 1.0)
    return graph.node("Add", photo, graph.node("Sub", stepped, gray))


def _flatter(graph: Graph, x: str, step: int, contrast: float) -> str:
    """One level of the edge-avoiding filter."""
    padded = graph.padded(x, step, step, "edge")
    total, weights = graph.node("Mul", x, edge_avoiding.MIDDLE), ""
    for row, column, share in edge_avoiding.TAPS:
        beside = _window(graph, padded, step * (1 + row), step * (1 + column), 2 * step)
        apart = graph.node("Sub", beside, x)
        apart = graph.conv(graph.node("Mul", apart, apart), TOGETHER)
        weight = graph.node("Exp", graph.node("Mul", apart, -0.5 / contrast**2))
        weight = graph.node("Mul", weight, share)
        total = graph.node("Add", total, graph.node("Mul", weight, beside))
        weights = graph.node("Add", weights or edge_avoiding.MIDDLE, weight)
    return graph.node("Div", total, weights)


def _painted_areas(graph: Graph, photo: str, radius: int) -> str:
    """One pass of the Kuwahara filter."""
    mean = _gaussian(graph, photo, radius, 3)
    power = _gaussian(graph, graph.node("Mul", photo, photo), radius, 3)
    variance = graph.node("Sub", power, graph.node("Mul", mean, mean))
    variance = graph.conv(graph.node("Max", variance, 0.0), TOGETHER)
    alike = graph.node("Add", graph.node("Div", variance, kuwahara.LEAST_VARIANCE), 1.0)
    cubed = graph.node("Mul", graph.node("Mul", alike, alike), alike)
    weight = graph.padded(graph.node("Reciprocal", cubed), radius, radius, "edge")
    mean = graph.padded(mean, radius, radius, "edge")
    parts = [
        [_window(graph, plane, row, column, 2 * radius) for plane in (weight, mean)]
        for row, column in kuwahara.window_centers(radius)
    ]
    total = graph.total([graph.node("Mul", *part) for part in parts])
    return graph.node("Div", total, graph.total([part[0] for part in parts]))


def _textured(graph: Graph, photo: str) -> str:
    """Share of the areas, from 0 to 1."""
    begins, full = kuwahara.TEXTURED
    gray = graph.conv(photo, GRAY)
    finest, coarsest = (_gaussian(graph, gray, radius, 1) for radius in kuwahara.FINE)
    detail = graph.node("Abs", graph.node("Sub", finest, coarsest))
    detail = graph.node("Min", detail, kuwahara.LOUDEST * full)
    above = graph.node("Sub", _gaussian(graph, detail, kuwahara.SURROUND, 1), begins)
    return graph.clipped(graph.node("Div", above, full - begins), 0.0, 1.0)


def _gaussian(graph: Graph, planes: str, radius: float, channels: int) -> str:
    taps = kuwahara.gaussian_taps(radius).numpy()
    half = len(taps) // 2
    across = np.broadcast_to(taps.reshape(1, 1, 1, -1), (channels, 1, 1, len(taps))).copy()
    x = graph.conv(graph.padded(planes, half, half, "edge"), across, groups=channels)
    return graph.conv(x, across.transpose(0, 1, 3, 2), groups=channels)


def _window(graph: Graph, padded: str, row: int, column: int, around: int) -> str:
    """A plane moved by some pixels, of one that has ``around`` more along each axis."""
    rows = graph.cut(padded, 2, row, around - row)
    return graph.cut(rows, 3, column, around - column)
