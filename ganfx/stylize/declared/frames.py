"""Options of a run: which frames, where results go, what is left alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from ganfx.option import Option
from ganfx.stylize.declared.kinds import EVERYDAY, FRAMES, RUNNING, FdlArea, Missing, OnError


@dataclass(frozen=True)
class FrameFields:
    """Options of a run: which frames, where results go, what is left alone."""

    out: Annotated[
        Path | None,
        Option(
            "Where results go.",
            EVERYDAY,
            "A folder, or a file for a single picture or video; beside the source by default.",
            metavar="DIR",
            default="SRC-STYLE",
            same="a place is no pixel",
        ),
    ] = None
    frames: Annotated[
        str | None,
        Option(
            "Only these frames of sequences and videos: 1001-1100x2.",
            EVERYDAY,
            "In fileseq's notation: `1001-1100`, `1001-1100x2`, `1001,1010`. Neighbours in time are"
            " read from disk whatever is selected. Frames of videos are counted from 0: one range"
            " is cut out with its sound, and with `--format` frames become pictures.",
            metavar="RANGE",
            same="a frame is the same in any selection",
        ),
    ] = None
    handles: Annotated[
        int,
        Option(
            "Frames before and after what a timeline uses.",
            FRAMES,
            "As far as the media has them. For timelines (`.otio`, `.edl`) alone.",
            metavar="N",
            limits=(0, math.inf),
            same="it chooses frames",
            farm="a timeline is done by ganfx stylize",
        ),
    ] = 0
    edl_rate: Annotated[
        float,
        Option(
            "Frames per second of an EDL, which does not say.",
            FRAMES,
            metavar="FPS",
            limits=(1, math.inf),
            same="it chooses frames",
            farm="a timeline is done by ganfx stylize",
        ),
    ] = 24.0
    missing: Annotated[
        Missing,
        Option(
            "What to do about frames that a sequence lacks.",
            FRAMES,
            "`skip` leaves the gap, with a warning; `error` refuses the sequence; `hold` does the"
            " frame before once more; `black` writes black. No frame is ever renumbered.",
            pixels="by frame",
        ),
    ] = "skip"
    matte: Annotated[
        str,
        Option(
            "Soft matte of where the look shows.",
            EVERYDAY,
            "A picture, a sequence (by frame number), `channel:NAME` of the plates, or"
            " `crypto:NAME,...`: objects of their Cryptomatte (`crypto:hero*`; of one layer,"
            " `crypto:CryptoMaterial/skin*`; without a manifest whole names, or ids in hexadecimal"
            " digits), whose coverages add up. A file's alpha counts if it has one, else its luma."
            " It lies by its display window, and is 0 outside of its data window. Where the matte"
            " is 0 the plate comes out as it went in.",
            metavar="FILE|channel:NAME|crypto:NAME",
            path=True,
            keywords=("channel:", "crypto:"),
            pixels="by frame",
        ),
    ] = ""
    fdl: Annotated[
        Path | None,
        Option(
            "Framing decision list: the framed area is stylised.",
            FRAMES,
            "An ASC FDL, whose canvas of the plate's size counts. What lies outside of the framing"
            " decision, its protection too, comes out as it went in; the look sees it, so that"
            " there is no seam. The decision is that of the default framing intent, or the only"
            " one. Needs `ganfx[fdl]`.",
            metavar="FILE",
            path=True,
            pixels="by frame",
        ),
    ] = None
    fdl_decision: Annotated[
        str,
        Option(
            "Which framing decision of the list.",
            FRAMES,
            "Its id or its label, or those of its framing intent.",
            metavar="ID|LABEL",
            default="the default framing intent's",
            pixels="by frame",
        ),
    ] = ""
    fdl_area: Annotated[
        FdlArea,
        Option(
            "What is stylised of it: the framing, or its protection too.",
            FRAMES,
            pixels="by frame",
        ),
    ] = "framing"
    overwrite: Annotated[
        bool,
        Option(
            "Redo finished frames; replace files ganfx did not write.",
            EVERYDAY,
            same="it makes the same frames again",
            farm="tasks leave finished frames alone: delete what is to be redone, or change --out",
        ),
    ] = False
    force: Annotated[
        bool,
        Option(
            "Stylise data textures (_normal, _orm...) too.",
            FRAMES,
            "Names such as `wood_roughness.png`, `T_Wood_N` or `wood_nor_gl_1k` say that a texture"
            " holds data, not colour: it is copied as it is. Also takes what ganfx itself wrote"
            " into the source folder.",
            same="a copy has a fingerprint of its own",
        ),
    ] = False
    exclude: Annotated[
        tuple[str, ...],
        Option(
            "Leave out files and folders by name: '*_mask*'.",
            FRAMES,
            "May be given several times. Upper and lower case are alike. A pattern with slashes,"
            " such as `sh010/old/*`, has to fit the end of a path. What is left out is neither"
            " stylised nor copied, and is no frame of a sequence.",
            metavar="GLOB",
            same="it chooses files",
        ),
    ] = ()
    expect: Annotated[
        str,
        Option(
            "Exit with code 5 unless style and version match.",
            RUNNING,
            "The identity that `ganfx.styles.library.identity` gives: for nodes of a farm.",
            metavar="ID",
            same="the style and the version are in every fingerprint themselves",
            farm="a job expects the style and the version that it is made with",
        ),
    ] = ""
    on_error: Annotated[
        OnError,
        Option(
            "After a bad frame: go on with the others, or stop there.",
            RUNNING,
            "`skip` goes on (exit code 3 at the end).",
            same="it is about frames that are not made",
            farm="a task does all of its frames that it can, then fails",
        ),
    ] = "skip"
