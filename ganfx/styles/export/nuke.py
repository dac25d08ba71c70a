r"""Target ``nuke``: TorchScript, and a script with its CatFileCreator, Inference and color nodes.

By Foundry's guide to .cat files: a picture comes as ``1 x 3 x height x width``, of any size and
with values as they are in the tree; devices and half precision are the host's to choose. Names of
knobs are those that Nuke writes itself. Tried in no Nuke.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from ganfx.models.borders import round_up
from ganfx.styles.export.built import Built, Order
from ganfx.styles.export.description import left_out
from ganfx.styles.export.parity import make_case
from ganfx.styles.export.runtimes import Picture, Run, load_script
from ganfx.styles.export.torchscript import add_torchscript

TILE = 2048
"""Of the sizes that the Inference node offers: 1024, 2048, 4096."""


def build_nuke(order: Order, folder: Path) -> Built:
    """``NAME.pt``, and ``NAME.nk``, which names the files of a folder."""
    built = Built()
    add_torchscript(built, order, order.name, half=False, pads=True)
    script = f"{order.name}.pt"
    case = make_case(order.generator, half=True, pads=True)
    built.rows += case.rows(script, "torch, halved as by Nuke", _halved(built.files[script]))
    built.files[f"{order.name}.nk"] = nuke_script(order, folder).encode()
    built.leave_untried("Nuke: CatFileCreator, Inference, and the script that has them")
    return built


def _halved(script: bytes) -> Run:
    """The network after Nuke's Optimize for Speed and Memory: weights and pictures in float16."""
    loaded = load_script(script).half()

    def run(picture: Picture) -> Picture:
        with torch.inference_mode():
            made: torch.Tensor = loaded(torch.from_numpy(picture).half())
        return made.float().numpy()

    return run


def nuke_script(order: Order, folder: Path) -> str:
    """Nodes to open or to paste: a scene-linear Rec. 709 plate in, the look out.

    Args:
        order: The look.
        folder: Where its TorchScript lies, and its .cat file will.
    """
    script, cat = (
        _quoted((folder.absolute() / f"{order.name}.{each}").as_posix()) for each in ("pt", "cat")
    )
    parts = [
        "set cut_paste_input [stack 0]\nversion 15.1 v1\n",
        _node("StickyNote", {"inputs": 0, "label": _quoted("\n".join(_notes(order)))}, 260, -220),
        _node("CatFileCreator", _creator(_named(order), script, cat), 260, 0),
        "push $cut_paste_input\n",
        _node("Dot", {"name": "plate"}, 0, -220),
        "set plate [stack 0]\n",
        _node("Expression", _folded(), 0, -160),
        _node("Colorspace", {"colorspace_out": "sRGB", "name": "to_sRGB"}, 0, -110),
        _node("Inference", _inference(order, cat), 0, -60),
        _node("Colorspace", {"colorspace_in": "sRGB", "name": "to_linear"}, 0, -10),
        "push $plate\n",
        _node("MergeExpression", _unfolded(), 0, 60),
    ]
    return "".join(parts)


def _creator(name: str, script: str, cat: str) -> dict[str, object]:
    channels = _quoted("rgba.red, rgba.green, rgba.blue")
    return {
        "inputs": 0,
        "torchScriptFile": script,
        "catFile": cat,
        "channelsIn": channels,
        "channelsOut": channels,
        "modelId": _quoted(name),
        "outputScale": 1,
        "name": f"make_{name}_cat",
    }


def _inference(order: Order, cat: str) -> dict[str, object]:
    # Twice the halo: enough whether an overlap is counted on each side or between two tiles.
    halo = round_up(order.generator.receptive_radius, order.generator.stride)
    return {"modelFile": cat, "tileSize": TILE, "tileOverlap": 2 * halo, "name": _named(order)}


def _folded() -> dict[str, object]:
    """Highlights divided by their brightest channel: networks see nothing above 1."""
    shares = {f"expr{i}": _quoted(f"{c}/{_most('')}") for i, c in enumerate("rgb")}
    return {**shares, "name": "fold_highlights"}


def _unfolded() -> dict[str, object]:
    """And multiplied back: of the painted picture (A), by the plate (B)."""
    products = {f"expr{i}": _quoted(f"A{c}*{_most('B')}") for i, c in enumerate("rgb")}
    return {"inputs": 2, **products, "name": "unfold_highlights"}


def _most(side: str) -> str:
    """The brightest channel of a pixel, at least 1, as Nuke's expressions say it."""
    return f"max(1,max({side}r,max({side}g,{side}b)))"


def _notes(order: Order) -> list[str]:
    """What an artist should know, a line each."""
    header = order.style.header
    return [
        f"{header.name}: {header.description}",
        f"Licence: {header.licence or 'not stated'}",
        f"1. Press Create .cat file in make_{_named(order)}_cat.",
        f"2. Connect a scene-linear Rec. 709 plate to plate; {_named(order)} reads the .cat file.",
        "Written by the manual, and tried in no Nuke.",
        "Not in the network:",
        *(f"- {each}" for each in left_out(header)),
    ]


def _named(order: Order) -> str:
    """A look's name as nodes may have it."""
    return "ganfx_" + order.name.replace("-", "_")


def _node(kind: str, knobs: Mapping[str, object], x: int, y: int) -> str:
    """A node as Nuke's scripts have it."""
    lines = [f" {name} {value}\n" for name, value in {**knobs, "xpos": x, "ypos": y}.items()]
    return f"{kind} {{\n{''.join(lines)}}}\n"


def _quoted(text: str) -> str:
    """A text between quotes: nothing in it is Tcl."""
    for special in ("\\", '"', "[", "]", "$", "{", "}"):
        text = text.replace(special, "\\" + special)
    return '"' + text.replace("\n", "\\n") + '"'
