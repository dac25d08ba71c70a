"""A look's network in ONNX Runtime: what ``ganfx export --to onnx`` writes, as frames take it.

ONNX Runtime adds up in one order whatever the threads and the size of a picture (measured with
1.32 on a CPU with AVX-512: tiles of every size, and one to three threads, gave the untiled picture
bit for bit). It is not torch's order, so that pixels differ in the last bits of float32.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganfx.models.generator import Generator
from ganfx.styles.export.extra import need, version_of
from ganfx.styles.export.options import USUAL_OPSET
from ganfx.styles.export.runtimes import in_onnx_runtime


class OnnxNetwork:
    """A generator that ONNX Runtime computes, on the CPU and in float32.

    Args:
        generator: Its weights are copied.
        name: Of the look.

    Attributes:
        stride: The generator's, like the next two.
        problem: Empty, as ``uncompiled`` is: it is what was asked for, or there is an error.

    Raises:
        GanfxError: onnx or onnxruntime is not installed.
    """

    def __init__(self, generator: Generator, name: str) -> None:
        need("onnx", "onnxruntime")
        from ganfx.styles.export.onnx_network import Form, onnx_network

        model = onnx_network(generator, Form(), name=name, opset=USUAL_OPSET)
        self._run = in_onnx_runtime(model.SerializeToString(), torch.get_num_threads())
        self.stride = generator.stride
        self.receptive_radius = generator.receptive_radius
        self.border = generator.border
        self.problem = self.uncompiled = ""

    def __call__(self, photo: Tensor) -> Tensor:
        """``(1, 3, H, W)`` in [-1, 1] to the same shape, as the exported network makes it.

        Raises:
            RuntimeError: It failed, as for want of memory: its own errors are of no such kind.
        """
        picture = photo.add(1.0).mul_(0.5).contiguous()
        try:
            made = self._run(picture.numpy())
        except Exception as error:
            raise RuntimeError(str(error)) from error
        return torch.from_numpy(made).mul_(2.0).sub_(1.0)


def describe_runtime() -> str:
    """``ONNX Runtime 1.32.0``."""
    return f"ONNX Runtime {version_of('onnxruntime')}"
