"""Target ``flame``: ONNX and the JSON beside it, by Autodesk's help on its Inference Builder.

The JSON's words and their defaults are those that its ``inference_builder -j`` is documented to
write, with the channels of 2025.2. Tried in no Flame.
"""

from __future__ import annotations

import json

from ganfx.styles.export.built import Built, Order
from ganfx.styles.export.description import describe
from ganfx.styles.export.onnx_file import add_onnx
from ganfx.styles.export.runtimes import INPUT, OUTPUT
from ganfx.styles.header import StyleHeader

MINIMUM = "2025.2"
"""From where inputs and outputs name their channels."""


def build_flame(order: Order) -> Built:
    """``NAME.onnx`` and ``NAME.json``, which Flame's Inference node reads with it.

    Raises:
        GanfxError: onnx or onnxruntime is not installed.
    """
    built = Built()
    for half in order.options.halves:
        name = order.name + ("_half" if half else "")
        add_onnx(built, order, name, half=half, pads=True)
        about = describe(order.style, order.generator, target="flame", half=half, pads=True)
        built.files[f"{name}.json"] = sidecar(order.style.header, about["licence"]).encode()
    built.leave_untried("Flame: its Inference node and inference_builder")
    return built


def sidecar(header: StyleHeader, licence: str) -> str:
    """The JSON that tells Flame how to feed the model."""
    told = f"{header.description} Takes and gives sRGB-encoded Rec. 709, 0 to 1. Licence: {licence}"
    given = {"Name": INPUT, "Description": told, "Type": "Front", "Gain": 1.0, "Channels": "RGB"}
    result = {
        "Name": OUTPUT,
        "Description": told,
        "Type": "Result",
        "InverseGain": 1.0,
        "ScalingFactor": 1.0,
        "Channels": "RGB",
    }
    model = {
        "MinimumVersion": MINIMUM,
        "Name": header.name,
        "Description": told,
        "SupportsSceneLinear": False,
        "KeepAspectRatio": True,
        "Padding": 1,  # sides are multiples of it: the network pads by itself
        "Inputs": [given],
        "Outputs": [result],
    }
    return json.dumps({"ModelDescription": model}, indent=4) + "\n"
