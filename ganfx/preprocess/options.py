"""The options of preprocessing, declared once, and presets of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args

from ganfx.errors import UsageError, nearest
from ganfx.option import Option, check_values, refusal, takes

CropKind = Literal["none", "center", "random", "grid", "smart"]
FlipKind = Literal["none", "horizontal", "vertical", "random"]
FormatKind = Literal["png", "jpg", "tif"]
DepthKind = Literal["8", "16", "source"]
TurnKind = Literal[0, 90, 180, 270]

READ, CLEAN, SHAPE, WRITE = PANELS = ("Read", "Clean", "Shape", "Write")
"""Headings of options, in the order in which help shows them."""

_CROP_LIMITS = {"crop_width": (16, math.inf), "crop_height": (16, math.inf)}
_SWITCHES: Mapping[str, str] = {
    "blank": "--no-pages",
    "text": "--no-pages",
    "cover": "--no-pages",
    "duplicate": "--no-duplicates",
    "exposure": "--no-exposure",
    "small": "--min-side 0",
    "aspect": "--max-aspect 0",
    "blurred": "--min-sharpness 0",
    "noise": "--max-noise 0",
    "crop": "a smaller --crop-size",
}


@dataclass(frozen=True)
class Options:
    """Settings of one run; a threshold of 0 turns its filter off.

    Lengths are in pixels, angles in degrees.
    """

    frames: Annotated[
        str | None,
        Option(
            "Only these frames of sequences: 1001-1100x2.", READ, metavar="RANGE", default="all"
        ),
    ] = None
    every: Annotated[
        int, Option("Read every Nth frame of sequences and videos.", READ, limits=(1, math.inf))
    ] = 1
    per_cut: Annotated[
        bool, Option("Read only the sharpest frame between two cuts of sequences and videos.", READ)
    ] = False
    background: Annotated[
        str,
        Option(
            "What transparent pixels are put on: a colour's name, or #rrggbb.",
            READ,
            metavar="COLOR",
        ),
    ] = "white"
    split: Annotated[bool, Option("Split two-page spreads into their pages.", CLEAN)] = False
    deskew: Annotated[bool, Option("Straighten scans.", CLEAN)] = False
    trim: Annotated[bool, Option("Cut margins and letterbox bars away.", CLEAN)] = True
    captions: Annotated[bool, Option("Cut captions above or below the picture away.", CLEAN)] = (
        False
    )
    descreen: Annotated[bool, Option("Remove printers' dots.", CLEAN)] = False
    pages: Annotated[bool, Option("Drop covers, blank pages and pages of text.", CLEAN)] = False
    duplicates: Annotated[bool, Option("Drop all but the largest of near-duplicates.", CLEAN)] = (
        True
    )
    exposure: Annotated[
        bool, Option("Drop pictures that are almost all black or all white.", CLEAN)
    ] = False
    min_side: Annotated[
        int,
        Option(
            "Drop pictures whose shorter side, once cut, is below this; 0 drops none.",
            CLEAN,
            limits=(0, math.inf),
        ),
    ] = 256
    max_aspect: Annotated[
        float,
        Option(
            "Drop pictures whose aspect ratio is above this to 1; 0 drops none.",
            CLEAN,
            limits=(0, math.inf),
        ),
    ] = 4.0
    min_sharpness: Annotated[
        float,
        Option(
            "Drop pictures that are less sharp than this; 0 drops none.",
            CLEAN,
            limits=(0, math.inf),
        ),
    ] = 0.0
    max_noise: Annotated[
        float,
        Option(
            "Drop pictures that are noisier than this; 0 drops none.", CLEAN, limits=(0, math.inf)
        ),
    ] = 0.0
    turn: Annotated[
        TurnKind, Option("Turn clockwise by this many degrees.", SHAPE, metavar="0|90|180|270")
    ] = 0
    angle: Annotated[
        float,
        Option(
            "Rotate at random, up to this many degrees either way, and cut off the empty corners.",
            SHAPE,
            limits=(0, 45),
        ),
    ] = 0.0
    flip: Annotated[
        FlipKind, Option("Mirror pictures.", SHAPE, metavar="none|horizontal|vertical|random")
    ] = "none"
    short_side: Annotated[
        int,
        Option(
            "Scale the shorter side down to this, never up; 0: no limit.",
            SHAPE,
            limits=(0, math.inf),
        ),
    ] = 0
    long_side: Annotated[
        int,
        Option(
            "Scale the longer side down to this, never up; 0: no limit.",
            SHAPE,
            limits=(0, math.inf),
        ),
    ] = 0
    crop: Annotated[
        CropKind,
        Option(
            "Cut a window out: smart cuts where most texture is, grid cuts the picture into tiles.",
            SHAPE,
            metavar="none|center|random|grid|smart",
        ),
    ] = "none"
    # Both by one option: --crop-size N or WxH.
    crop_width: int = 512
    crop_height: int = 512
    overlap: Annotated[
        float,
        Option(
            "Share of their side by which neighbouring tiles overlap: 0 to 0.9.",
            SHAPE,
            limits=(0, 0.9),
        ),
    ] = 0.0
    copies: Annotated[
        int,
        Option(
            "Copies of each picture, each with its own random choices.", SHAPE, limits=(1, 1000)
        ),
    ] = 1
    match_tone: Annotated[bool, Option("Even out paper tint and levels across the set.", SHAPE)] = (
        False
    )
    full_range: Annotated[
        bool,
        Option("As --match-tone, but stretch each picture to white paper and black ink.", SHAPE),
    ] = False
    format: Annotated[FormatKind, Option("File format to write.", WRITE, metavar="png|jpg|tif")] = (
        "png"
    )
    depth: Annotated[DepthKind, Option("Bits per channel.", WRITE, metavar="8|16|source")] = "8"
    flat: Annotated[
        bool, Option("Write into one folder, with the folder tree in the file names.", WRITE)
    ] = False
    seed: Annotated[
        int, Option("Another seed makes other random choices.", WRITE, limits=(0, math.inf))
    ] = 1

    @property
    def evens_tone(self) -> bool:
        """Whether pictures are brought to one tone."""
        return self.match_tone or self.full_range


PRESETS: Mapping[str, Options] = {
    "art": Options(
        split=True,
        deskew=True,
        captions=True,
        descreen=True,
        pages=True,
        max_noise=0.8,
        long_side=1024,
    ),
    "photos": Options(min_sharpness=0.35, max_noise=0.8, exposure=True, long_side=1024),
    "footage": Options(
        per_cut=True,
        pages=True,
        min_sharpness=0.35,
        max_noise=0.8,
        exposure=True,
        long_side=1024,
    ),
}
"""Sensible settings by kind of source."""


def find_preset(name: str) -> Options:
    """The settings of a preset; `UsageError` with the nearest name if there is none."""
    if name in PRESETS:
        return PRESETS[name]
    guess = nearest(name, list(PRESETS))
    hint = f"did you mean {guess}?" if guess else f"there are {', '.join(PRESETS)}"
    raise UsageError(f"no preset of preprocessing is called {name}", hint=hint)


def changed(options: Options, changes: Mapping[str, Any]) -> Options:
    """The settings with some of them changed, as somebody who names only those means it.

    ``every`` turns ``per_cut`` off, and ``short_side`` takes the place of ``long_side`` (and
    the other way round), where only the one is among the changes.

    Args:
        options: Those of a preset.
        changes: By name of the field; None where nothing is to change.

    Raises:
        UsageError: A change that would have no effect.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    for name, other, off in (
        ("every", "per_cut", False),
        ("short_side", "long_side", 0),
        ("long_side", "short_side", 0),
    ):
        if given.get(name):
            given.setdefault(other, off)
    result = replace(options, **given)
    if "crop_width" in given and result.crop == "none":
        raise UsageError(
            "--crop-size says how large, but not where", hint=f"add --crop {_choices(CropKind)}"
        )
    return result


def check(options: Options) -> Options:
    """The same options, if they make sense together; else `UsageError` naming the option."""
    check_values(options)
    _check_numbers(options)
    from ganfx.media.background import parse_color  # heavy: the command line reads this module

    parse_color(options.background, "--background")
    if options.per_cut and options.every > 1:
        raise UsageError("--per-cut picks frames by itself", hint="leave --every out")
    if options.overlap and options.crop != "grid":
        raise UsageError("--overlap is of neighbouring tiles", hint="add --crop grid")
    if options.format == "jpg" and options.depth == "16":
        raise UsageError("--depth 16: jpg holds 8 bits", hint="choose --format png or tif")
    random = options.crop == "random" or options.flip == "random" or options.angle
    if options.copies > 1 and not random:
        raise UsageError(
            f"--copies {options.copies}: nothing is random here, so they would all be equal",
            hint="add --crop random, --flip random or --angle",
        )
    return options


def flag(name: str) -> str:
    """How a field is called on the command line: ``--min-side``, ``--crop-size``."""
    if name in ("crop_width", "crop_height"):
        return "--crop-size"
    return "--" + name.replace("_", "-")


def switch(reason: str) -> str:
    """How the filter that drops pieces for ``reason`` is turned off, in words."""
    return _SWITCHES.get(reason, f"--no-{reason}")


def _check_numbers(options: Options) -> None:
    for name, limits in _CROP_LIMITS.items():
        value = getattr(options, name)
        if not limits[0] <= value <= limits[1]:
            raise refusal(flag(name), value, takes(int, limits))
    if 0 < options.max_aspect < 1:
        raise UsageError(
            f"--max-aspect {options.max_aspect:g}: longer by shorter side is never below 1",
            hint="1 keeps squares only, 0 turns the filter off",
        )


def _choices(kind: object, between: str = "|") -> str:
    return between.join(str(choice) for choice in get_args(kind) if choice != "none")
