"""What to read, what to clean away and what to make of the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from ganfx.errors import UsageError, nearest

CropKind = Literal["none", "center", "random", "grid", "smart"]
FlipKind = Literal["none", "horizontal", "vertical", "random"]
FormatKind = Literal["png", "jpg", "tif"]
DepthKind = Literal["8", "16", "source"]
TurnKind = Literal[0, 90, 180, 270]

_CHOICES: Mapping[str, object] = {
    "crop": CropKind,
    "flip": FlipKind,
    "format": FormatKind,
    "depth": DepthKind,
    "turn": TurnKind,
}
_LIMITS: Mapping[str, tuple[float, float]] = {
    "every": (1, math.inf),
    "min_side": (0, math.inf),
    "max_aspect": (0, math.inf),
    "min_sharpness": (0, math.inf),
    "max_noise": (0, math.inf),
    "angle": (0, 45),
    "short_side": (0, math.inf),
    "long_side": (0, math.inf),
    "crop_width": (16, math.inf),
    "crop_height": (16, math.inf),
    "overlap": (0, 0.9),
    "copies": (1, 1000),
    "seed": (0, math.inf),
}

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

    # What to read.
    frames: str | None = None  # of sequences, in fileseq notation
    every: int = 1  # frames of sequences and videos: every Nth
    per_cut: bool = False  # of sequences and videos: the sharpest frame between two cuts

    # What to cut away.
    split: bool = False  # two-page spreads into their pages
    deskew: bool = False  # straighten scans
    trim: bool = True  # margins and mattes
    captions: bool = False  # strips of caption above or below the picture
    descreen: bool = False  # printers' dots

    # What to drop.
    pages: bool = False  # covers, blank pages, title and text pages
    duplicates: bool = True  # of near-duplicates, all but the largest
    min_side: int = 256  # shorter side of a picture, after cutting
    max_aspect: float = 4.0  # longer by shorter side
    min_sharpness: float = 0.0  # see `screening.sharpness`
    max_noise: float = 0.0  # see `screening.noisiness`
    exposure: bool = False  # hardly anything but black, or but white

    # What to make of the rest, in this order.
    turn: TurnKind = 0  # degrees clockwise
    angle: float = 0.0  # up to this many degrees either way, at random
    flip: FlipKind = "none"
    short_side: int = 0  # scale to this, never up; 0 leaves the size
    long_side: int = 0
    crop: CropKind = "none"
    crop_width: int = 512
    crop_height: int = 512
    overlap: float = 0.0  # of neighbouring tiles of ``grid``, as a share of their side
    copies: int = 1  # of each picture, with other random choices
    match_tone: bool = False  # even out paper tint and levels over the set
    full_range: bool = False  # the same, and up to white paper and down to black ink

    # How to write it.
    format: FormatKind = "png"
    depth: DepthKind = "8"
    flat: bool = False  # no folder tree
    seed: int = 1

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
    _check_choices(options)
    _check_numbers(options)
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


def _check_choices(options: Options) -> None:
    for name, kind in _CHOICES.items():
        value, known = getattr(options, name), get_args(kind)
        if value in known:
            continue
        guess = nearest(str(value), [str(choice) for choice in known])
        hint = f"did you mean {guess}?" if guess else f"there are {_choices(kind, ', ')}"
        raise UsageError(f"{flag(name)} {value} is not known", hint=hint)


def _check_numbers(options: Options) -> None:
    for name, (least, most) in _LIMITS.items():
        value = getattr(options, name)
        if not least <= value <= most:  # not a number is neither
            most_said = "" if most == math.inf else f" and at most {most:g}"
            raise UsageError(f"{flag(name)} {value:g}: must be at least {least:g}{most_said}")
    if 0 < options.max_aspect < 1:
        raise UsageError(
            f"--max-aspect {options.max_aspect:g}: longer by shorter side is never below 1",
            hint="1 keeps squares only, 0 turns the filter off",
        )


def _choices(kind: object, between: str = "|") -> str:
    return between.join(str(choice) for choice in get_args(kind) if choice != "none")
