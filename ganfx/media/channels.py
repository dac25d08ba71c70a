"""Which channels of a file are its picture, and which are data: by their names.

Programs call colour ``R``, ``red`` or ``beauty.Red``, and put positions, vectors and ids into
channels that are called R, G and B too. Data is never taken for the picture.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

import OpenImageIO as oiio  # noqa: N813

_PLAIN_LAYERS = ("", "rgba", "rgb", "beauty", "combined")  # renderers' names of the beauty pass
_LETTERS = {"red": "r", "green": "g", "blue": "b", "alpha": "a"}
_SINGLE_DATA = ("z", "depth", "zdepth", "a", "alpha", "id", "x", "u", "v", "w")
"""Channels that are no picture, if alone in a file or a part."""
_AXES = frozenset("xyzuvw")

_DATA_NAMES = (
    *("n", "ng", "nn", "ns", "nworld", "ncam", "p", "pos", "pref", "pworld", "pcam", "z", "zdepth"),
    *("mv", "flow", "forward", "backward", "motionvector", "motionvectors", "st"),
    *("indexob", "indexma", "matid", "objid", "multimatte"),
)
"""Layers of data, by all of their name."""
_DATA_WORDS = (
    *("normal", "normals", "position", "positions", "depth", "uv", "uvs", "texcoord", "texcoords"),
    *("motion", "velocity", "vector", "vectors"),
    *("id", "ids", "objectid", "materialid", "crypto", "cryptomatte"),
    *("mask", "masks", "matte", "mattes"),
)
"""Layers of data, by the last word of their name: ``object_id``, ``motionVectors``."""
_SPACES = ("world", "camera", "cam", "object", "obj", "screen", "tangent", "local", "view", "pass")
"""Words after that last one: ``normal_world``."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CRYPTOMATTE_RANK = re.compile(r"u?crypto.*\d\d", re.IGNORECASE)
"""A layer of ids and coverage, by the names that renderers give it: ``CryptoAsset00``.

Source: Psyop, "Cryptomatte Specification" 1.2.0: two digits of rank after the name.
"""


class Layout(NamedTuple):
    """Channel indices of the picture in a part."""

    colors: tuple[int, ...]  # three for R, G, B; one for grey
    alpha: int | None
    rank: int  # 0 for the base layer; viewers show the layer of lowest rank


def find_layout(
    channels: tuple[str, ...],
    *,
    part: str = "",
    data: Collection[int] = (),
    cryptomattes: Collection[str] = (),
) -> Layout | None:
    """Find the colour channels; None if there are none (a depth pass, normals).

    Args:
        channels: Names as stored, such as ``("R", "G", "B", "A", "Z")`` or
            ``("beauty.red", "beauty.green", "beauty.blue", "N.x")``; upper and lower case are
            alike.
        part: Name of the part, which names the layer of channels without one.
        data: Indices of channels that are known to be no colour.
        cryptomattes: Names of Cryptomattes, from `cryptomattes_of`.
    """
    layers = _color_layers(channels, part, data, cryptomattes)
    for layer in sorted(layers, key=_rank):  # equals stay in the file's order
        found = layers[layer]
        alpha = found.get("a", _alpha_layer(layers))
        if {"r", "g", "b"} <= found.keys():
            return Layout((found["r"], found["g"], found["b"]), alpha, _rank(layer))
        if layer == "" and "y" in found and "x" not in found:
            return Layout((found["y"],), alpha, _rank(layer))
    alone = len(channels) == 1 and bool(layers) and _is_gray(channels[0])
    return Layout((0,), None, len(_PLAIN_LAYERS)) if alone else None


def find_data_layout(channels: tuple[str, ...]) -> Layout | None:
    """The channels of a file without colour that may be read as if they were: vectors, masks.

    Two channels of vectors take the places of red and green, and the second that of blue too.
    """
    layers: dict[str, dict[str, int]] = {}
    for index, name in enumerate(channels):
        layer, channel = split_name(name)
        layers.setdefault(layer.lower(), {})[channel] = index
    for found in layers.values():
        for first, second in ("rg", "xy", "uv"):
            if first in found and second in found:
                third = found.get("b", found[second])
                return Layout((found[first], found[second], third), None, len(_PLAIN_LAYERS))
    return Layout((0,), None, len(_PLAIN_LAYERS)) if len(channels) == 1 else None


def find_alpha(channels: Sequence[str], part: str) -> int | None:
    """Index of the alpha channel of a part that holds nothing else; None in other parts."""
    if len(channels) != 1:
        return None
    layer, channel = split_name(channels[0])
    named = _last(layer) == "alpha" or part.lower() in ("alpha", "a")
    return 0 if channel == "a" or named else None


def split_name(name: str) -> tuple[str, str]:
    """Layer as written, and channel in lower case: "beauty.Red" is ("beauty", "r")."""
    layer, _, channel = name.rpartition(".")
    return layer, _LETTERS.get(channel.lower(), channel.lower())


def is_data_layer(layer: str, cryptomattes: Collection[str] = ()) -> bool:
    """Whether a layer holds data by its name: normals, positions, motion, depth, ids, mattes."""
    if any(_is_of(layer, name) for name in cryptomattes):
        return True
    last = layer.rpartition(".")[2]
    if _CRYPTOMATTE_RANK.fullmatch(last) or last.lower() in _DATA_NAMES:
        return True
    words = [word.lower() for word in _WORD.findall(last)]
    while len(words) > 1 and words[-1] in _SPACES:
        words.pop()
    return bool(words) and (words[-1] in _DATA_WORDS or " ".join(words) in _DATA_NAMES)


def is_data_channel(name: str, part: str, cryptomattes: Collection[str] = ()) -> bool:
    """Whether a channel holds data by its name, or by that of its layer or part."""
    layer, channel = split_name(name)
    if is_data_layer(layer or part, cryptomattes):
        return True
    return channel in _SINGLE_DATA or channel in _AXES or is_data_layer(channel)


def cryptomattes_of(spec: oiio.ImageSpec) -> tuple[str, ...]:
    """Names of a part's Cryptomattes: by its metadata, else by the names of its layers."""
    keys = [each.name for each in spec.extra_attribs]
    names = [
        spec.get_string_attribute(key)
        for key in keys
        if key.startswith("cryptomatte/") and key.endswith("/name")
    ]
    layers = [split_name(name)[0] or part_name(spec) for name in spec.channelnames]
    names += [
        layer[:-2]
        for layer in layers
        if _CRYPTOMATTE_RANK.fullmatch(layer.rpartition(".")[2])
        and not any(_is_of(layer, name) for name in names)
    ]
    return tuple(dict.fromkeys(name for name in names if name))


def part_name(spec: oiio.ImageSpec) -> str:
    """Name of a part of an EXR; "" for none."""
    return spec.get_string_attribute("oiio:subimagename") or spec.get_string_attribute("name")


def incomplete_colors(channels: Sequence[str]) -> str:
    """The missing ones of red, green and blue of a layer, in words; "" if none is half there."""
    layers: dict[str, set[str]] = {}
    for name in channels:
        layer, channel = split_name(name)
        if not is_data_layer(layer):
            layers.setdefault(layer, set()).add(channel)
    for layer, found in layers.items():
        lacking = [word for word, letter in _LETTERS.items() if letter in {"r", "g", "b"} - found]
        if 0 < len(lacking) < 3:
            return f"{f'layer {layer}' if layer else 'it'} has no {' and no '.join(lacking)}"
    return ""


def _color_layers(
    channels: Sequence[str], part: str, data: Collection[int], cryptomattes: Collection[str]
) -> dict[str, dict[str, int]]:
    """Indices of channels by layer and letter, without layers that hold data."""
    layers: dict[str, dict[str, int]] = {}
    for index, name in enumerate(channels):
        layer, channel = split_name(name)
        if index not in data and not is_data_layer(layer or part, cryptomattes):
            layers.setdefault(layer.lower(), {}).setdefault(channel, index)
    return layers


def _alpha_layer(layers: dict[str, dict[str, int]]) -> int | None:
    """Alpha that has a layer to itself: ``alpha.A``, ``alpha.V``."""
    for layer, found in layers.items():
        if _last(layer) == "alpha" and len(found) == 1:
            return next(iter(found.values()))
    return None


def _is_gray(name: str) -> bool:
    """Whether a channel that is alone in a file is a picture."""
    layer, channel = split_name(name)
    if channel in _SINGLE_DATA or is_data_layer(channel):
        return False
    return not layer or channel not in ("r", "g", "b")  # those are a third of a layer


def _is_of(layer: str, cryptomatte: str) -> bool:
    """Whether a layer is of a Cryptomatte: its preview, or one of its ranks."""
    return re.fullmatch(re.escape(cryptomatte) + r"(\d\d)?", layer, re.IGNORECASE) is not None


def _last(layer: str) -> str:
    return layer.lower().rpartition(".")[2]


def _rank(layer: str) -> int:
    name = _last(layer)
    return _PLAIN_LAYERS.index(name) if name in _PLAIN_LAYERS else len(_PLAIN_LAYERS)
