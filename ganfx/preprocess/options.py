"""What to read, what to clean away and what to make of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from ganfx.errors import UsageError, nearest

CropKind = Literal["none", "center", "random", "grid", "smart"]
FlipKind = Literal["none", "horizontal", "vertical", "random"]
FormatKind = Literal["png", "jpg", "tif"]
DepthKind = Literal["8", "16", "source"]


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
    turn: Literal[0, 90, 180, 270] = 0  # degrees clockwise
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

    # How to write it.
    format: FormatKind = "png"
    depth: DepthKind = "8"
    flat: bool = False  # no folder tree
    seed: int = 1


PRESETS: Mapping[str, Options] = {
    "art": Options(
        split=True,
        deskew=True,
        captions=True,
        descreen=True,
        pages=True,
        max_noise=0.9,
        long_side=1024,
    ),
    "photos": Options(min_sharpness=0.05, max_noise=0.9, exposure=True, long_side=1024),
    "footage": Options(
        per_cut=True,
        pages=True,
        min_sharpness=0.05,
        max_noise=0.9,
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


def check(options: Options) -> Options:
    """The same options, if they make sense together; else `UsageError` naming the option."""
    raise NotImplementedError(fields(options), Any)
