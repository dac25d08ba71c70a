"""Target ``torchscript``: the bare network for programs with libtorch."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from typing import Any

import torch

from ganfx.models.plain import DisplayNetwork
from ganfx.styles.export.built import Built, Order
from ganfx.styles.export.description import describe
from ganfx.styles.export.parity import make_case
from ganfx.styles.export.runtimes import in_torchscript

INSIDE = "ganfx.json"
"""Name of the description within a script."""


def build_torchscript(order: Order) -> Built:
    """One file for each precision."""
    built = Built()
    for half in order.options.halves:
        add_torchscript(built, order, order.name + ("_half" if half else ""), half=half)
    built.leave_untried("libtorch of other versions, and on a GPU")
    return built


def add_torchscript(
    built: Built, order: Order, name: str, *, half: bool, pads: bool = False
) -> None:
    """Add ``NAME.pt`` and its description, and compare it bit for bit, and with the look's own.

    Args:
        built: Takes the files, and how near they come.
        order: The look.
        name: Of the file, without its suffix.
        half: Whether convolutions are in float16.
        pads: Whether it surrounds pictures itself.
    """
    about = describe(order.style, order.generator, target=order.options.to, half=half, pads=pads)
    plain = DisplayNetwork(order.generator, half=half, pads=pads).eval().requires_grad_(False)
    data = scripted(plain, about)
    built.files[f"{name}.pt"] = data
    built.files[f"{name}.ganfx.json"] = (json.dumps(about, indent=2) + "\n").encode()
    case = make_case(order.generator, half=half, pads=pads)
    run = in_torchscript(data)
    built.rows += case.rows_of_bits(f"{name}.pt", f"torch {torch.__version__}, bits", run, plain)
    built.rows += case.rows(f"{name}.pt", f"torch {torch.__version__}", run)


def scripted(network: DisplayNetwork, about: dict[str, Any]) -> bytes:
    """A network as a TorchScript file, its description inside."""
    stream = io.BytesIO()
    with warnings.catch_warnings():  # deprecated, and what these hosts read
        warnings.simplefilter("ignore")
        script = torch.jit.script(network)
        extra = {INSIDE: json.dumps(about)}
        torch.jit.save(script, stream, _extra_files=extra)
    return _without_paths(stream.getvalue())


def _without_paths(script: bytes) -> bytes:
    """Without where the source lies on this machine, which is of no use elsewhere."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(script)) as given, zipfile.ZipFile(stream, "w") as kept:
        for entry in given.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                kept.writestr(zipfile.ZipInfo(entry.filename), given.read(entry))
    return stream.getvalue()
