"""A look's network as an ONNX model: what `ganfx.models.plain` says in torch, node by node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from torch import Tensor, nn

from ganfx.models.borders import mirrored, round_up
from ganfx.models.generator import SLOPE, Down, Generator, ResidualBlock, Up
from ganfx.models.guides import FAINTEST, REACH
from ganfx.styles.export.graph import GRAY, Graph
from ganfx.styles.export.onnx_areas import areas
from ganfx.styles.export.onnx_color import recolored
from ganfx.styles.export.runtimes import INPUT, OUTPUT

BLUR = np.outer([1.0, 3.0, 3.0, 1.0], [1.0, 3.0, 3.0, 1.0]) / 64


@dataclass(frozen=True)
class Form:
    """How a network is handed over."""

    half: bool = False
    """Convolutions in float16; areas, guides, color and the change stay in float32."""
    pads: bool = False
    """Whether it surrounds pictures with their mirror image itself, and takes any size; else
    height and width are multiples of the stride, with zeros around them."""
    size: tuple[int, int] | None = None
    """Fixed height and width; None leaves them open."""


def onnx_network(generator: Generator, form: Form, *, name: str, opset: int) -> onnx.ModelProto:
    """A model from ``picture`` to ``painted``, both ``(1, 3, height, width)``, float32 in [0, 1].

    Args:
        generator: On the CPU.
        form: How it is handed over.
        name: Of the graph.
        opset: Version of the operators, from 13.
    """
    graph = Graph()
    seen = graph.clipped(INPUT, 0.0, 1.0)
    if form.pads:
        for axis in (2, 3):
            seen = _surrounded(graph, seen, axis, generator, form)
    photo = graph.node("Sub", graph.node("Mul", seen, 2.0), 1.0)
    made = _painted(graph, photo, generator, half=form.half)
    made = graph.node("Mul", graph.node("Add", made, 1.0), 0.5)
    if form.pads:
        made = _cropped(graph, made, generator, form)
    graph.clipped(made, 0.0, 1.0)
    shape = [1, 3, *(form.size or ("height", "width"))]
    given, result = (
        helper.make_tensor_value_info(each, TensorProto.FLOAT, shape) for each in (INPUT, OUTPUT)
    )
    return graph.model(given, result, name=name, opset=opset)


def _painted(graph: Graph, photo: str, generator: Generator, *, half: bool) -> str:
    """What the generator makes of a photo, both in [-1, 1]."""
    flat = areas(graph, photo, generator)
    x = flat
    if generator.guides is not None:
        x = graph.node("Concat", flat, *_guides(graph, flat, generator), attributes={"axis": 1})
    if half:
        x = graph.cast(x, half=True)
    layers = _Layers(graph, half)
    x = layers.activated(layers.conv(x, generator.entry))
    skips = [x]
    for down in generator.down:
        x = layers.down(x, down)
        skips.append(x)
    for block in generator.blocks:
        x = layers.block(x, block)
    for up, skip in zip(generator.up, reversed(skips[:-1]), strict=True):
        x = layers.up(x, up, skip)
    x = graph.cast(x, half=False) if half else x
    change = _Layers(graph, half=False).conv(x, generator.change)
    start = flat if generator.color_start is None else recolored(graph, flat, generator.color_start)
    if not generator.monochrome:
        return graph.node("Add", start, change)
    gray = graph.node("Add", graph.conv(start, GRAY), change)
    return graph.node("Concat", gray, gray, gray, attributes={"axis": 1})


@dataclass(frozen=True)
class _Layers:
    """The learned layers, in one precision."""

    graph: Graph
    half: bool

    def conv(self, x: str, conv: nn.Conv2d) -> str:
        weight, bias = self._values(conv.weight), conv.bias
        assert bias is not None
        return self.graph.conv(x, weight, self._values(bias), pad=weight.shape[-1] // 2)

    def activated(self, x: str) -> str:
        return self.graph.node("LeakyRelu", x, attributes={"alpha": SLOPE})

    def down(self, x: str, down: nn.Module) -> str:
        assert isinstance(down, Down)
        channels = down.conv.in_channels
        taps = np.broadcast_to(BLUR, (channels, 1, 4, 4)).astype(self._kind)
        blurred = self.graph.conv(x, taps, pad=1, stride=2, groups=channels)
        return self.activated(self.conv(blurred, down.conv))

    def block(self, x: str, block: nn.Module) -> str:
        assert isinstance(block, ResidualBlock)
        change = self.conv(self.activated(self.conv(x, block.first)), block.second)
        return self.graph.node("Add", x, change)

    def up(self, x: str, up: nn.Module, skip: str) -> str:
        assert isinstance(up, Up)
        scales = np.array([1, 1, 2, 2], np.float32)
        how = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        doubled = self.graph.node("Resize", self.conv(x, up.narrow), "", scales, attributes=how)
        return self.activated(self.conv(self.graph.node("Add", doubled, skip), up.conv))

    @property
    def _kind(self) -> type[np.floating[Any]]:
        return np.float16 if self.half else np.float32

    def _values(self, weight: Tensor) -> NDArray[Any]:
        return weight.detach().numpy().astype(self._kind)


def _guides(graph: Graph, photo: str, generator: Generator) -> tuple[str, str]:
    """Local contrast, and edges and lines."""
    assert generator.guides is not None
    gray = graph.conv(photo, GRAY)
    ones = graph.node("Add", graph.node("Mul", gray, 0.0), 1.0)
    count = _sums(graph, ones)
    difference = graph.node("Sub", gray, graph.node("Div", _sums(graph, gray), count))
    squared = graph.node("Mul", difference, difference)
    power = graph.node("Add", graph.node("Div", _sums(graph, squared), count), FAINTEST**2)
    contrast = graph.node("Div", difference, graph.node("Sqrt", power))
    kernels = generator.guides.kernels.numpy()
    margin = kernels.shape[-1] // 2
    edges = graph.conv(graph.padded(gray, margin, margin, "edge"), kernels)
    return contrast, edges


def _sums(graph: Graph, plane: str) -> str:
    """Sum of the pixels within `REACH`: 11 along each axis are 8, 2 and 1."""
    for axis in (3, 2):
        across, down = (REACH, 0) if axis == 3 else (0, REACH)
        one = graph.padded(plane, across, down, "constant")
        two = _pairs(graph, one, axis, 1)
        four = _pairs(graph, two, axis, 2)
        eight = _pairs(graph, four, axis, 4)
        parts = [
            graph.cut(eight, axis, 0, 3),
            graph.cut(two, axis, 8, 1),
            graph.cut(one, axis, 10),
        ]
        plane = graph.total(parts)
    return plane


def _pairs(graph: Graph, x: str, axis: int, apart: int) -> str:
    return graph.node("Add", graph.cut(x, axis, 0, apart), graph.cut(x, axis, apart))


def _border(generator: Generator) -> int:
    return round_up(generator.border, generator.stride)


def _surrounded(graph: Graph, x: str, axis: int, generator: Generator, form: Form) -> str:
    """Mirrored at both ends, to a multiple of the stride; the edge pixel is repeated."""
    border, stride = _border(generator), generator.stride
    if form.size is not None:
        size = form.size[axis - 2]
        places = mirrored(-border, round_up(size, stride) + border, size).astype(np.int64)
        return graph.node("Gather", x, places, attributes={"axis": axis})
    length = graph.node("Gather", graph.node("Shape", INPUT), np.array(axis, np.int64))
    rest = graph.node(
        "Mod", graph.node("Sub", _whole(stride), _rest(graph, length, stride)), _whole(stride)
    )
    end = graph.node("Add", graph.node("Add", length, rest), _whole(border))
    place = graph.node("Range", _whole(-border), end, _whole(1))
    period = graph.node("Mul", length, _whole(2))
    phase = graph.node("Mod", place, period)
    other = graph.node("Sub", graph.node("Sub", period, _whole(1)), phase)
    return graph.node("Gather", x, graph.node("Min", phase, other), attributes={"axis": axis})


def _rest(graph: Graph, length: str, stride: int) -> str:
    return graph.node("Mod", length, _whole(stride))


def _cropped(graph: Graph, x: str, generator: Generator, form: Form) -> str:
    """Without what `_surrounded` put around it."""
    border = _border(generator)
    axes, starts = np.array([2, 3], np.int64), np.array([border, border], np.int64)
    if form.size is not None:
        return graph.node("Slice", x, starts, starts + np.array(form.size, np.int64), axes)
    shape = graph.node("Shape", INPUT)
    sides = graph.node("Slice", shape, np.array([2], np.int64), np.array([4], np.int64))
    return graph.node("Slice", x, starts, graph.node("Add", sides, starts), axes)


def _whole(number: int) -> NDArray[np.int64]:
    return np.array(number, np.int64)
