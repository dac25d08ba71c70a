"""Options over time: temporal stabilization, cuts, motion vectors, frame rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ganfx.option import Option
from ganfx.stylize.declared.hold import ONES, Hold, read_hold
from ganfx.stylize.declared.kinds import EVERYDAY, TIME, UNIT, Amount, HoldMode, Vfr


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
    hold: Annotated[
        Hold,
        Option(
            "Draw on twos: 2, 3... frames to a drawing, or MATTE:2,MATTE:4.",
            TIME,
            "Drawings begin at frames that the number divides, and anew after a cut and after a"
            " missing frame. `hero.####.exr:2,sky*:4,1` holds what soft mattes cover (pictures,"
            " sequences, `channel:NAME` or `crypto:NAME` of the plates) each by itself, and what"
            " none covers by the last number. Where the plate holds its own drawings, as animation"
            " on twos, they begin where the plate's do; `source` does no more than that. At most"
            " 12.",
            metavar="N|MATTE:N,...|source",
            default="1",
            read=read_hold,
            pixels="over time, if set",
        ),
    ] = ONES
    hold_mode: Annotated[
        HoldMode,
        Option(
            "What a hold holds: the drawing, while the camera moves, or all of the frame.",
            TIME,
            "`drawing` carries the drawing (the network's picture with its marks) along the plate's"
            " motion, and fills what that uncovers with the frame's own; grain, alpha and strength"
            " are the frame's. `frame` repeats the frame that the hold begins with: the file is the"
            " same, but for its timecode; with mattes, the picture where they cover it.",
            pixels="over time, if set",
        ),
    ] = "drawing"
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
            " channel name to flip its sign. Or whose pass the plates have: `blender`, `arnold`,"
            " `nuke`, `vray:MAX` with the Max Velocity set there. Vectors that lead the wrong way"
            " are refused, and the right sign is named.",
            metavar="DIR|channel:U,V|blender",
            path=True,
            keywords=("channel:", "blender", "arnold", "nuke", "vray:"),
            pixels="over time",
        ),
    ] = ""
    painted: Annotated[
        str,
        Option(
            "Painted frames of the shot, laid over it.",
            TIME,
            "A folder of frames that an artist painted over, in their size, named as these or with"
            " their numbers: they come out as painted, and are carried to the frames between them"
            " along the motion, over what the look makes of these. `ganfx keyframe` learns the look"
            " from them, too.",
            metavar="DIR",
            path=True,
            pixels="by frame",
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
