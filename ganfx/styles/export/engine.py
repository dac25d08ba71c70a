"""Target ``engine``: ONNX of fixed sizes for Unreal's NNE and Unity's Inference Engine (Sentis).

A fixed size lets an engine plan its memory and fold what depends on it. Tried in neither.
"""

from __future__ import annotations

from ganfx.styles.export.built import Built, Order
from ganfx.styles.export.onnx_file import add_onnx


def build_engine(order: Order) -> Built:
    """A file for each size and precision, which pads pictures itself.

    Raises:
        GanfxError: onnx or onnxruntime is not installed.
    """
    built = Built()
    for height, width in order.options.sizes:
        for half in order.options.halves:
            name = f"{order.name}_{width}x{height}" + ("_half" if half else "")
            add_onnx(built, order, name, half=half, pads=True, size=(height, width))
    built.leave_untried("Unreal Engine: NNE's runtimes")
    built.leave_untried("Unity: the Inference Engine (Sentis), on the CPU or a GPU")
    return built
