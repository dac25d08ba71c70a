"""Options of the look: strength, brush, marks and grain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from ganfx.option import Option
from ganfx.stylize.declared.boil import CALM, Boil, read_boil
from ganfx.stylize.declared.kinds import (
    EVERYDAY,
    LOOK,
    SCALES,
    UNIT,
    Amount,
    Marks,
    Scale,
    Wrap,
    read_scale,
)
from ganfx.stylize.declared.region import Region

SLIDES = "marks lie on a grid of that size, and would slide across the picture"
NEIGHBORS = "frames are averaged with those beside them, which would be of another brush"
RESEED = "marks that change from frame to frame are --boil, or --marks per-frame"


@dataclass(frozen=True)
class LookFields:
    """Options of the look: strength, brush, marks and grain."""

    strength: Annotated[
        Amount,
        Option(
            "How much of the look: 0 is the source, 1 the look.",
            EVERYDAY,
            "At 0 the source comes out bit for bit.",
            limits=UNIT,
            keyed=True,
            pixels="always",
        ),
    ] = 1.0
    keep_color: Annotated[
        bool,
        Option(
            "The look's light and texture in the plate's colour.",
            LOOK,
            "Hue and colourfulness are the plate's.",
            pixels="always",
        ),
    ] = False
    scale: Annotated[
        Scale,
        Option(
            "Brush size: 2 is twice as wide; auto goes by the picture's height.",
            EVERYDAY,
            "`auto` relates the brush to the picture's height, so that a proxy predicts the final:"
            " beside 1080 lines it shrinks and grows as the style says (about with the square root"
            " of the height), so that small pictures keep the look and a large plate keeps its"
            " detail. So do the built-in looks by default. Stills above 48 megapixels are done at"
            " 1. The network sees the picture that much smaller, so detail finer than the brush is"
            " lost.",
            metavar="FACTOR|auto",
            default="the style's",
            limits=SCALES,
            read=read_scale,
            constant=NEIGHBORS,
            pixels="always",
        ),
    ] = None
    wrap: Annotated[
        Wrap,
        Option(
            "How a picture goes on at its borders: tiling, lat-long, cube.",
            LOOK,
            "A texture that tiles along `x`, `y` or `xy` still does. `latlong` is a map of all"
            " directions, 2:1, whose ends meet and which goes on over its poles; `cube` is one of"
            " six faces, in a row, a cross or six files. An EXR with the attribute `envmap` is what"
            " it says; `none` keeps every picture by itself, UDIM tiles too.",
            default="what the file says",
            pixels="always",
        ),
    ] = ""
    cells: Annotated[
        str,
        Option(
            "Cells of sprite sheets: 64x64.",
            LOOK,
            "Width and height in pixels. Each cell is done as a picture by itself, so that nothing"
            " of it is seen in the next.",
            metavar="WxH",
            pixels="if set",
        ),
    ] = ""
    grain: Annotated[
        Amount | None,
        Option(
            "Grain of film or paper.",
            EVERYDAY,
            "Standard deviation in mid-tones, of the display range 0 to 1; 0 for none. Grain"
            " follows temporal stabilization, and is new in every frame unless it is a paper's.",
            default="the style's",
            limits=UNIT,
            keyed=True,
            pixels="by effect",
        ),
    ] = None
    strokes: Annotated[
        Amount | None,
        Option(
            "How far brush strokes cover the picture.",
            LOOK,
            "Strokes carry one color each, follow the form and end at its edges; any look can have"
            " them; 0 for none. In stabilized shots they follow the scene.",
            default="the style's",
            limits=UNIT,
            keyed=True,
            pixels="by effect",
        ),
    ] = None
    stroke_size: Annotated[
        float | None,
        Option(
            "Width of the broadest brush, in pixels at 1080 lines.",
            LOOK,
            metavar="PX",
            default="the style's",
            limits=(4.0, 256.0),
            constant=SLIDES,
            pixels="by effect",
        ),
    ] = None
    stroke_length: Annotated[
        Amount | None,
        Option(
            "Length of a stroke, in widths.",
            LOOK,
            metavar="WIDTHS",
            default="the style's",
            limits=(1.0, 16.0),
            keyed=True,
            pixels="by effect",
        ),
    ] = None
    washes: Annotated[
        Amount | None,
        Option(
            "How far washes of watercolor replace the picture.",
            LOOK,
            "A few transparent layers of tone over white paper, darker at their rims, grainy and"
            " bleeding at places, below the lines that the look draws; any look can have them; 0"
            " for none. In stabilized shots paper and pigment follow the scene.",
            default="the style's",
            limits=UNIT,
            keyed=True,
            pixels="by effect",
        ),
    ] = None
    wash_size: Annotated[
        float | None,
        Option(
            "Breadth of the smallest washes, in pixels at 1080 lines.",
            LOOK,
            metavar="PX",
            default="the style's",
            limits=(4.0, 128.0),
            constant=SLIDES,
            pixels="by effect",
        ),
    ] = None
    lines: Annotated[
        Amount | None,
        Option(
            "How far the picture is drawn in lines.",
            LOOK,
            "Lines of ink or lead on bare paper, along the form, that swell with the tone and are"
            " crossed in the darks: `engraving`, `woodcut` and `pencil` are made of them; any look"
            " can have them; 0 for none. In stabilized shots they follow the scene.",
            default="the style's",
            limits=UNIT,
            keyed=True,
            pixels="by effect",
        ),
    ] = None
    line_spacing: Annotated[
        float | None,
        Option(
            "Pixels from line to line, at 1080 lines of picture.",
            LOOK,
            metavar="PX",
            default="the style's",
            limits=(2.0, 64.0),
            constant=SLIDES,
            pixels="by effect",
        ),
    ] = None
    dabs: Annotated[
        Amount | None,
        Option(
            "How far dabs of paint differ.",
            LOOK,
            "In tone and warmth; any look"
            " can have them; 0 for none. In stabilized shots they follow the scene.",
            default="the style's",
            limits=UNIT,
            keyed=True,
            pixels="by effect",
        ),
    ] = None
    hatch: Annotated[
        Amount | None,
        Option(
            "Contrast of hatched lines.",
            LOOK,
            "Ruled lines over what the network makes; any look can have them; 0 for none. In"
            " stabilized shots they follow the scene; in frames done by themselves"
            " (`--consistency 0`) they stay with the picture, as paper does.",
            default="the style's",
            limits=UNIT,
            keyed=True,
            pixels="by effect",
        ),
    ] = None
    detail: Annotated[
        str,
        Option(
            "Soft matte of where the finest brushes go: faces, text.",
            LOOK,
            "Strokes of all brushes go there wherever the picture has anything for them to draw;"
            " elsewhere, where the style takes them for needed. Washes keep the picture's detail"
            " there. A picture, a sequence, `channel:NAME` or `crypto:NAME`, as for `--matte`.",
            metavar="FILE|channel:NAME|crypto:NAME",
            path=True,
            keywords=("channel:", "crypto:"),
            pixels="by frame",
        ),
    ] = ""
    direction: Annotated[
        str,
        Option(
            "Which way marks run, instead of along the picture's form.",
            LOOK,
            "Vectors, right and down; marks run along them, in either sense, and along the form"
            " where they are 0. Two `channel:U,V` of the plates (put `-` before a name to flip"
            " its sign), a picture, or a sequence by frame number, whose first two channels they"
            " are; in files of integers half is 0, as in normal maps. Of normals with y up,"
            " `channel:N.Y,N.X` runs along a surface's level lines, and `channel:N.X,-N.Y` down"
            " its slope.",
            metavar="FILE|channel:U,V",
            path=True,
            keywords=("channel:",),
            pixels="by frame",
        ),
    ] = ""
    guide: Annotated[
        tuple[str, ...],
        Option(
            "Passes of a render that lead marks: normal, depth.",
            LOOK,
            "May be given several times. `normal=N.X,N.Y,N.Z`: channels of the plates with normals"
            " of the camera's space, right, up and to the camera; marks run along a surface's"
            " level lines, and along the picture's form where it faces the camera. `depth=Z`: marks"
            " become smaller with the distance, from twice to half of the look's size; they have it"
            " at `depth=Z@12.5`, or else at the median of the shot's first frame. `depth=1/Z` is"
            " the inverse, `-Z` counts the other way; what is not above 0 has no surface, and the"
            " smallest marks.",
            metavar="normal=X,Y,Z|depth=Z",
            pixels="by frame",
        ),
    ] = ()
    marks: Annotated[
        Marks,
        Option(
            "Where marks are from frame to frame.",
            LOOK,
            "Strokes, lines, washes, dabs and hatching: `carried` along with the scene in"
            " stabilized shots; `paper` leaves them where they are in the picture, as a print's"
            " screen or a paper's tooth; `per-frame` lays others in each frame, so that they boil"
            " as in animation"
            " that is drawn frame by frame.",
            pixels="if set",
        ),
    ] = "carried"
    boil: Annotated[
        Boil,
        Option(
            "Draw marks anew over time: 0.5,every=3,fade.",
            LOOK,
            "A share of the strokes, lines, washes, dabs and hatching, 0 to 1, that is drawn anew"
            " every so many frames: 0 carries all along with the scene, 1 draws all anew each"
            " time. Drawings begin at multiples of `every`, by the numbers of frames, and are"
            " carried with the scene while they last; with `fade` each turns into the next. Paper"
            " stays. The share takes keys: `1001:0,1040:1,every=2`.",
            metavar="SHARE[,every=N][,fade]",
            default="0",
            read=read_boil,
            pixels="if set",
        ),
    ] = CALM
    region: Annotated[
        tuple[Region, ...],
        Option(
            "Another look where a matte says so: 'hero*=anime:0.8'.",
            LOOK,
            "May be given several times; later regions lie over earlier ones, and all over the"
            " look of the run. Mattes are those of `--hold`: a picture, a sequence, a pattern that"
            " one of them fits, `channel:NAME` or `crypto:NAME`. After the look and its strength"
            " may follow `scale=1.5`, `hold=2` and `boil=0.5,every=3,fade`; what is not said is as"
            " elsewhere. Marks end at the edges of regions; each look is computed where it shows.",
            metavar="MATTE=LOOK[:STRENGTH][,hold=2...]",
            pixels="by frame",
        ),
    ] = ()
    seed: Annotated[
        int,
        Option(
            "Another seed is other grain.",
            LOOK,
            metavar="N",
            limits=(0, math.inf),
            constant=RESEED,
            pixels="always",
        ),
    ] = 0
