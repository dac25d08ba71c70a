"""Exported networks in the runtimes that are here: each from a file's bytes to a function."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

INPUT, OUTPUT = "picture", "painted"
"""Names of what goes into an ONNX file, and of what comes out."""
Picture = NDArray[np.float32]
"""``(1, 3, H, W)`` in [0, 1]."""
Run = Callable[[Picture], Picture]


def in_onnx_runtime(model: bytes, threads: int = 0) -> Run:
    """An ONNX file on the CPU.

    Args:
        model: Its bytes.
        threads: How many; 0 takes one for every core.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # that float16 is computed in float32 here goes without saying
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(picture: Picture) -> Picture:
        (made,) = session.run(None, {INPUT: picture})
        return np.asarray(made, np.float32)

    return run


def in_openvino(model: bytes, threads: int = 0) -> Run:
    """An ONNX file on the CPU, in float32: by itself OpenVINO computes in bfloat16.

    Args:
        model: Its bytes.
        threads: How many; 0 leaves it to OpenVINO.
    """
    import openvino

    core = openvino.Core()
    read = core.read_model(model=model, weights=b"")
    asked = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads}
    compiled = core.compile_model(read, "CPU", {name: each for name, each in asked.items() if each})

    def run(picture: Picture) -> Picture:
        return np.array(compiled(picture)[0], np.float32)

    return run


def in_torchscript(script: bytes) -> Run:
    """A TorchScript file on the CPU."""
    loaded = load_script(script)

    def run(picture: Picture) -> Picture:
        with torch.inference_mode():
            made: torch.Tensor = loaded(torch.from_numpy(picture))
        return made.float().numpy()

    return run


def load_script(script: bytes) -> Any:
    """The module of a TorchScript file, on the CPU."""
    with warnings.catch_warnings():  # deprecated, and what these hosts read
        warnings.simplefilter("ignore")
        return torch.jit.load(io.BytesIO(script), map_location="cpu")  # type: ignore[no-untyped-call]
