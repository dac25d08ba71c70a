"""A color start as ONNX nodes: a curve, a matrix, and a table read corner by corner."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from ganfx.models.color_start import CELLS, KNOTS, REACH, ColorStart
from ganfx.styles.export.graph import GRAY, Graph


def recolored(graph: Graph, photo: str, start: ColorStart) -> str:
    """A photo in the colors that the change is added to, ``(1, 3, H, W)``."""
    gray = graph.conv(photo, GRAY)
    moved = graph.node("Add", photo, graph.node("Sub", _curved(graph, gray, start), gray))
    matrix = start.matrix.numpy().reshape(3, 3, 1, 1)
    mapped = graph.conv(moved, matrix, start.offset.numpy())
    return graph.node("Add", mapped, _tabled(graph, mapped, start.table.numpy()))


def _curved(graph: Graph, gray: str, start: ColorStart) -> str:
    place = graph.node("Mul", graph.node("Add", gray, 1.0), (KNOTS - 1) / 2)
    below, index = _cell(graph, place, KNOTS - 2)
    curve = start.curve.numpy()
    begun = graph.node("Gather", curve, index)
    steps = graph.node("Gather", np.diff(curve), index)
    part = graph.node("Sub", place, below)
    return graph.node("Add", begun, graph.node("Mul", part, steps))


def _tabled(graph: Graph, colors: str, table: NDArray[Any]) -> str:
    """What the table adds: of the eight points around a color, by nearness."""
    place = graph.node(
        "Mul", graph.node("Add", graph.node("Div", colors, REACH), 1.0), (CELLS - 1) / 2
    )
    place = graph.clipped(place, 0.0, CELLS - 1)
    below, index = _cell(graph, place, CELLS - 2)
    part = graph.node("Sub", place, below)
    parts = [graph.cut(part, 1, channel, 2 - channel) for channel in range(3)]
    near = [(graph.node("Sub", 1.0, each), each) for each in parts]
    at = _flat_index(graph, index)
    # One plane at a time: a gather then has the shape of the picture.
    planes = [
        graph.total([_corner(graph, plane, at, near, corner) for corner in range(8)])
        for plane in table.reshape(3, -1)
    ]
    return graph.node("Concat", *planes, attributes={"axis": 1})


def _corner(
    graph: Graph, plane: NDArray[Any], at: str, near: list[tuple[str, str]], corner: int
) -> str:
    red, green, blue = corner // 4, corner // 2 % 2, corner % 2
    offset = (red * CELLS + green) * CELLS + blue
    found = graph.node("Gather", plane, graph.node("Add", at, np.array(offset, np.int64)))
    share = graph.node("Mul", graph.node("Mul", near[0][red], near[1][green]), near[2][blue])
    return graph.node("Mul", found, share)


def _flat_index(graph: Graph, index: str) -> str:
    """Of a cell's first point in a flat table, ``(1, 1, H, W)``."""
    red, green, blue = (graph.cut(index, 1, channel, 2 - channel) for channel in range(3))
    cells = np.array(CELLS, np.int64)
    rows = graph.node("Add", graph.node("Mul", red, cells), green)
    return graph.node("Add", graph.node("Mul", rows, cells), blue)


def _cell(graph: Graph, place: str, last: int) -> tuple[str, str]:
    """The point below a place, as a number and as an index."""
    below = graph.clipped(graph.node("Floor", place), 0.0, last)
    return below, graph.node("Cast", below, attributes={"to": TensorProto.INT64})
