"""The options of a review page, declared once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from ganfx.errors import UsageError
from ganfx.option import Option, check_values

PAGE, COLOR, FILES, RUN = PANELS = ("Page", "Color", "Other files", "Run")
"""Headings of options, in the order in which help shows them."""
SHEETS = (".png", ".jpg", ".jpeg")
VIDEOS = (".mp4", ".mov", ".mkv")


@dataclass(frozen=True)
class Options:
    """Settings of one page."""

    source: Annotated[
        Path | None,
        Option(
            "What the frames were made from.",
            PAGE,
            "A folder, picture, video, or plate.####.exr.",
            metavar="SRC",
            default="as the frames' records have it",
        ),
    ] = None
    also: Annotated[
        tuple[Path, ...],
        Option(
            "Further looks, strengths or versions of the same shots.",
            PAGE,
            "They become B, C and so on, and are matched with OUT by folder, name and frame. May be"
            " given several times.",
            metavar="OUT2",
        ),
    ] = ()
    out: Annotated[
        Path | None,
        Option("Folder of the page.", PAGE, metavar="DIR", default="`OUT/review`"),
    ] = None
    frames: Annotated[
        int,
        Option(
            "Show at most N frames, evenly spread; the page says so.",
            PAGE,
            metavar="N",
            limits=(1, math.inf),
        ),
    ] = 500
    width: Annotated[
        int,
        Option(
            "Longest side of the pictures that play, in pixels.",
            PAGE,
            "They are smaller where `--megabytes` asks for it. What room is left goes to whole"
            " frames for 1:1, evenly spread.",
            metavar="PX",
            limits=(64, 8192),
        ),
    ] = 960
    megabytes: Annotated[
        float, Option("Size of the whole page.", PAGE, metavar="MB", limits=(1, 4000))
    ] = 60.0
    fps: Annotated[
        float | None,
        Option(
            "Frames per second of play.",
            PAGE,
            metavar="FPS",
            limits=(1, 240),
            default="a video's own, 24 of sequences",
        ),
    ] = None
    view: Annotated[
        str,
        Option(
            "Through which view scene light and log are shown.",
            COLOR,
            "`VIEW` or `DISPLAY/VIEW` of the configuration; `none` is the sRGB curve alone.",
            metavar="VIEW",
            default="ACES 2 for SDR on an sRGB display",
        ),
    ] = ""
    colorspace: Annotated[
        str,
        Option(
            "Color space of source and frames.",
            COLOR,
            metavar="SPACE",
            default="what files declare",
        ),
    ] = "auto"
    ocio: Annotated[
        Path | None,
        Option(
            "OpenColorIO configuration for `--view` and `--colorspace`.",
            COLOR,
            metavar="FILE",
            default="`$OCIO`, else the built-in one",
        ),
    ] = None
    sheet: Annotated[
        Path | None,
        Option("Also write a contact sheet, before and after: PNG, JPEG.", FILES, metavar="FILE"),
    ] = None
    video: Annotated[
        Path | None,
        Option(
            "Also write a video of the wipe, H.264: MP4, MOV, MKV.",
            FILES,
            metavar="FILE",
        ),
    ] = None
    pair: Annotated[
        str,
        Option(
            "Which two `--video` wipes between: source, A, B and so on.",
            FILES,
            "A is OUT, B the first `--also`; frames that one of the two lacks are left out.",
            metavar="LEFT:RIGHT",
        ),
    ] = "source:A"

    def __post_init__(self) -> None:
        check_values(self)
        _ = self.wiped
        for option, path, suffixes in (
            ("--sheet", self.sheet, SHEETS),
            ("--video", self.video, VIDEOS),
        ):
            if path is not None and path.suffix.lower() not in suffixes:
                known = ", ".join(suffixes)
                raise UsageError(
                    f"{option} {path}: not a suffix of its kind",
                    hint=f"end in one of {known}",
                )

    @property
    def wiped(self) -> tuple[int, int]:
        """The two of ``pair``: 0 the source, 1 OUT, 2 and on the others.

        Raises:
            UsageError: It names no two of the page.
        """
        names = ["source", *"abcdefghi"[: len(self.also) + 1]]
        two = [name.strip().lower() for name in self.pair.split(":")]
        if len(two) != 2 or two[0] == two[1] or not set(two) <= set(names):
            known = ", ".join(["source", *(name.upper() for name in names[1:])])
            raise UsageError(
                f"--pair {self.pair}: expected two of {known}", hint="as in source:A or A:B"
            )
        return names.index(two[0]), names.index(two[1])
