"""Target ``onnx``: the bare network, of any size that is a multiple of its stride."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ganfx import __version__
from ganfx.errors import GanfxError, UsageError
from ganfx.styles.export.built import Built, Order
from ganfx.styles.export.description import describe, flat
from ganfx.styles.export.extra import need, version_of
from ganfx.styles.export.parity import Case, make_case
from ganfx.styles.export.runtimes import in_onnx_runtime, in_openvino


def build_onnx(order: Order) -> Built:
    """One file for each precision.

    Raises:
        GanfxError: onnx or onnxruntime is not installed.
    """
    built = Built()
    for half in order.options.halves:
        add_onnx(built, order, order.name + ("_half" if half else ""), half=half)
    built.leave_untried("ONNX Runtime's other devices: CUDA, TensorRT, DirectML, CoreML")
    return built


def add_onnx(
    built: Built,
    order: Order,
    name: str,
    *,
    half: bool,
    pads: bool = False,
    size: tuple[int, int] | None = None,
) -> None:
    """Add ``NAME.onnx`` and its description, and compare it with the look's own network.

    Args:
        built: Takes the files, and how near they come.
        order: The look.
        name: Of the file, without its suffix.
        half: Whether convolutions are in float16.
        pads: Whether it surrounds pictures itself.
        size: Fixed height and width, if they are.
    """
    need("onnx", "onnxruntime")
    from ganfx.styles.export.onnx_network import Form, onnx_network

    _check_opset(order.options.opset)
    target, opset = order.options.to, order.options.opset
    about = describe(
        order.style, order.generator, target=target, half=half, pads=pads, size=size
    ) | {"opset": opset}
    model = onnx_network(order.generator, Form(half, pads, size), name=order.name, opset=opset)
    data = _with_metadata(model, about)
    built.files[f"{name}.onnx"] = data
    built.files[f"{name}.ganfx.json"] = (json.dumps(about, indent=2) + "\n").encode()
    case = make_case(order.generator, half=half, pads=pads, size=size)
    _compare(built, f"{name}.onnx", data, case)


def _check_opset(opset: int) -> None:
    """Refuse operators that are newer than the package.

    Raises:
        UsageError: They are.
    """
    from onnx.defs import onnx_opset_version

    most: int = onnx_opset_version()
    if opset > most:
        raise UsageError(
            f"--opset {opset}: onnx {version_of('onnx')} has operators up to {most}",
            hint=f"use --opset {most}, or update the package onnx",
        )


def _compare(built: Built, file: str, data: bytes, case: Case) -> None:
    runtime = f"ONNX Runtime {version_of('onnxruntime')}"
    try:
        run = in_onnx_runtime(data)
    except Exception as error:  # it has kinds of its own, which are no package's interface
        told = str(error).strip().partition("\n")[0]
        raise GanfxError(
            f"{runtime} does not take {file}: {told}",
            hint="use a lower --opset, or update the package onnxruntime",
        ) from error
    built.rows += case.rows(file, runtime, run)
    if found := version_of("openvino"):
        built.rows += case.rows(file, f"OpenVINO {found}", in_openvino(data))
    else:
        built.leave_untried("OpenVINO: it is not installed here")


def _with_metadata(model: Any, about: Mapping[str, Any]) -> bytes:
    """The model's bytes, with all that goes with it inside."""
    from onnx import checker, helper

    model.producer_name, model.producer_version = "ganfx", __version__
    model.doc_string = f"{about['description']} Licence: {about['licence']}."
    helper.set_model_props(model, flat(dict(about)))
    checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString()
    return data
