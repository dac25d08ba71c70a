"""An ONNX graph while it is put together: nodes in order, constants once each.

Networks are written down node by node and not recorded by a tracer: sizes stay open wherever they
are, equal looks give equal bytes, no node carries a path of this machine, and only operators are
used that mean the same from opset 13 on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ganfx.models.image import LUMA

GRAY = np.array(LUMA, np.float32).reshape(1, 3, 1, 1)
"""Weights of the convolution that makes luma of RGB."""
END = np.iinfo(np.int64).max
"""Of a slice that goes on to the end."""
Operand = str | float | NDArray[Any]
"""The name of a value, or a constant."""


class Graph:
    """Nodes and constants; every method adds a node and returns the name of its value."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], onnx.TensorProto] = {}

    def node(
        self, operator: str, *inputs: Operand, attributes: Mapping[str, Any] | None = None
    ) -> str:
        """Any operator; numbers become float32 constants, an empty name leaves an input out."""
        name = f"{operator.lower()}_{len(self._nodes)}"
        names = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        made = helper.make_node(operator, names, [name], name=name, **(attributes or {}))
        self._nodes.append(made)
        return name

    def constant(self, values: float | NDArray[Any]) -> str:
        """A constant; equal ones are one."""
        array = np.ascontiguousarray(
            values if isinstance(values, np.ndarray) else np.asarray(values, np.float32)
        ).reshape(np.shape(values))
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = f"constant_{len(self._constants)}"
            self._constants[key] = numpy_helper.from_array(array, name)
        return str(self._constants[key].name)

    def cut(self, x: str, axis: int, first: int, behind: int = 0) -> str:
        """Without the ``first`` entries of an axis, and without the ``behind`` last."""
        ends = (np.array([each], np.int64) for each in (first, -behind or END, axis))
        return self.node("Slice", x, *ends)

    def padded(self, x: str, across: int, down: int, mode: str) -> str:
        """Pixels around ``(B, C, H, W)``: ``constant`` zeros, or ``edge``, which is repeated."""
        pads = np.array([0, 0, down, across, 0, 0, down, across], np.int64)
        return self.node("Pad", x, pads, attributes={"mode": mode})

    def conv(
        self,
        x: str,
        weight: NDArray[Any],
        bias: NDArray[Any] | None = None,
        *,
        pad: int = 0,
        stride: int = 1,
        groups: int = 1,
    ) -> str:
        """A convolution, with zeros around."""
        given = [weight] if bias is None else [weight, bias]
        attributes = {
            "kernel_shape": list(weight.shape[2:]),
            "pads": [pad] * 4,
            "strides": [stride] * 2,
            "group": groups,
        }
        return self.node("Conv", x, *given, attributes=attributes)

    def total(self, values: Sequence[str]) -> str:
        """Their sum, from the first on."""
        first, *others = values
        for each in others:
            first = self.node("Add", first, each)
        return first

    def clipped(self, x: str, least: float, most: float) -> str:
        """Limited to a range."""
        return self.node("Clip", x, least, most)

    def cast(self, x: str, *, half: bool) -> str:
        """To float16, or to float32."""
        kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
        return self.node("Cast", x, attributes={"to": kind})

    def model(
        self, given: onnx.ValueInfoProto, result: onnx.ValueInfoProto, *, name: str, opset: int
    ) -> onnx.ModelProto:
        """The model with all nodes so far, of which the last is its result."""
        self._nodes[-1].output[0] = result.name
        graph = helper.make_graph(
            self._nodes, name, [given], [result], initializer=list(self._constants.values())
        )
        opsets = [helper.make_opsetid("", opset)]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=helper.find_min_ir_version_for(opsets)
        )
