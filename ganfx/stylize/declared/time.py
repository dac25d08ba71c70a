"""Options over time: temporal stabilization, cuts, motion vectors, frame rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ganfx.option import Option
from ganfx.stylize.declared.kinds import EVERYDAY, TIME, UNIT, Amount, Vfr


@dataclass(frozen=True)
class TimeFields:
    """Options over time: temporal stabilization, cuts, motion vectors, frame rates."""

    consistency: Annotated[
        Amount,
        Option(
            "How steady shots are held; 0 does each frame alone.",
            EVERYDAY,
            "Temporal stabilization: 1 holds brush detail as long as light and colour.",
            limits=UNIT,
            keyed=True,
            pixels="over time",
        ),
    ] = 0.5
    cuts: Annotated[
        str,
        Option(
            "Cuts within a sequence: found, none, or listed.",
            TIME,
            "`auto` finds them by the motion, `none` takes the sequence as one shot, and a text"
            " file lists the first frame of each further shot, one number a line.",
            metavar="auto|none|FILE",
            path=True,
            keywords=("auto", "none"),
            pixels="over time",
        ),
    ] = "auto"
    flow: Annotated[
        str,
        Option(
            "Use a renderer's motion vectors.",
            TIME,
            "Instead of estimated motion: a folder of `.flo` or EXR files by frame number (those"
            ' with "back" in their names lead to the frame before), or'
            " `channel:U,V[,BACK_U,BACK_V]` of the plates. Pixels, right and down; put `-` before a"
            " channel name to flip its sign.",
            metavar="DIR|channel:U,V",
            path=True,
            keywords=("channel:",),
            pixels="over time",
        ),
    ] = ""
    vfr: Annotated[
        Vfr,
        Option(
            "What to do about videos with a variable frame rate.",
            TIME,
            "`refuse` fails the video, as most of what comes after would lose step with the sound;"
            " `keep` shows each frame when the source does.",
            same="frames are those of the video, at their times",
        ),
    ] = "refuse"
