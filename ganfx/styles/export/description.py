"""What goes with an exported network: how to feed it, what it leaves out, where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import torch

from ganfx import __version__
from ganfx.models.borders import round_up
from ganfx.models.generator import Generator
from ganfx.preset import EffectConfig, EffectSections
from ganfx.styles.file import Style
from ganfx.styles.header import StyleHeader
from ganfx.styles.licensing import rights_of

ENCODING = "sRGB transfer function, Rec. 709 primaries"
NEVER_IN_IT = (
    "color management: convert to the encoding below before it, and back after it",
    "highlights above 1: clipped; fold them before it and multiply them back, as ganfx does",
    "the temporal filter and the tone lock: shots are as steady as single frames are",
    "the size of the brush: scale pictures to the reference height to have strokes as ganfx does",
    "alpha: what it covers not at all should be filled with colors of its surroundings",
)
"""What ganfx does around every network."""


def left_out(header: StyleHeader) -> list[str]:
    """What a look has that is not in its network, in words: marks and grain, then what none has."""
    return [*_effects(header), *NEVER_IN_IT]


def _effects(header: StyleHeader) -> Iterator[str]:
    for name in EffectSections.model_fields:
        effect: EffectConfig = getattr(header, name)
        if effect.amount:
            yield f"{name}, which this look is finished with: {effect.summary}"


def describe(
    style: Style,
    generator: Generator,
    *,
    target: str,
    half: bool,
    pads: bool,
    size: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """The facts of one exported file, as JSON has them.

    Args:
        style: The look.
        generator: Its network.
        target: What it is exported for.
        half: Whether convolutions are in float16.
        pads: Whether it surrounds pictures itself.
        size: Fixed height and width, if they are.
    """
    header = style.header
    return {
        "made_by": f"ganfx {__version__}, torch {torch.__version__}",
        "target": target,
        "style": header.name,
        "description": header.description,
        "style_sha256": style.fingerprint,
        "style_format": header.format,
        "licence": header.licence or "not stated",
        "pictures_ask_for": rights_of(header.provenance).asked,
        "network": _contract(header, generator, half=half, pads=pads, size=size),
        "not_in_the_network": left_out(header),
        "provenance": header.provenance.model_dump(mode="json"),
        "training": header.training.model_dump(mode="json"),
    }


def _contract(
    header: StyleHeader,
    generator: Generator,
    *,
    half: bool,
    pads: bool,
    size: tuple[int, int] | None,
) -> dict[str, Any]:
    """How to feed the network, and what to do with what comes out."""
    stride, radius = generator.stride, generator.receptive_radius
    halo = round_up(radius, stride)
    side = "any" if size is None else {"height": size[0], "width": size[1]}
    return {
        "layout": "1, 3, height, width: red, green, blue",
        "range": [0.0, 1.0],
        "encoding": ENCODING,
        "convolutions": "float16" if half else "float32",
        "size": side if pads else f"multiples of {stride}",
        "pads_itself": pads,
        "multiple_of": stride,
        "receptive_radius": radius,
        "halo": halo,
        "border": round_up(generator.border, stride),
        "tiling": f"tiles begin at multiples of {stride} and carry {halo} more pixels on each side,"
        " which are cut off: the seams then are not there",
        "padding": "done inside"
        if pads
        else f"{round_up(generator.border, stride)} pixels of the picture's own mirror image, its"
        " edge pixel repeated, which are cut off",
        "brush": header.scale.model_dump(mode="json"),
    }


def flat(description: dict[str, Any]) -> dict[str, str]:
    """The same as names and texts, for the metadata of an ONNX file."""
    plain = {name: value for name, value in description.items() if isinstance(value, str)}
    return {**plain, "ganfx": json.dumps(description, sort_keys=True)}
