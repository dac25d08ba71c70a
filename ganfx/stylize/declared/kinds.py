"""Values that options take, and the headings that they stand under."""

from __future__ import annotations

import math
from typing import Literal

from ganfx.curve import Curve
from ganfx.media.formats import Depth

Precision = Literal["auto", "float32", "half", "bfloat16", "float16"]
Motion = Literal["auto", "opencv", "torch"]
Missing = Literal["skip", "error", "hold", "black"]
Vfr = Literal["refuse", "keep"]
Portable = Literal["", "sse4", "avx2"]
Backend = Literal["torch", "onnxruntime"]
OnError = Literal["skip", "stop"]
Wrap = Literal["", "none", "x", "y", "xy", "latlong", "cube"]
HoldMode = Literal["drawing", "frame"]
FdlArea = Literal["framing", "protection"]
Cells = tuple[int, int] | None
"""Width and height of a sheet's cells, in pixels."""
Marks = Literal["carried", "paper", "per-frame"]

Amount = float | Curve
"""A number that may change from frame to frame."""

DEPTHS: dict[str, Depth] = {
    "8": "uint8",
    "10": "uint10",
    "16": "uint16",
    "half": "half",
    "float": "float",
}
"""Depths as people call them, from the fewest tones to the most."""

Scale = float | Literal["auto"] | None
SCALES = (0.25, 8.0)
"""Smallest and largest brush."""


def read_scale(text: str) -> float | str:
    """A factor, or the word itself: `Options` takes ``auto`` alone."""
    try:
        return float(text)
    except ValueError:
        return text


EVERYDAY = "Everyday"
LOOK = "The look"
FRAMES = "Which frames"
TIME = "Over time"
FILES = "Colour and files"
SPEED = "Speed"
RUNNING = "Running"
PANELS = (EVERYDAY, LOOK, FRAMES, TIME, FILES, SPEED, RUNNING)
"""Headings of options, in the order in which help and documentation show them."""

UNIT = (0.0, 1.0)
COUNT = (1, math.inf)
