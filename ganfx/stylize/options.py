"""The options of a stylize run, declared once.

`ganfx stylize`, `ganfx farm`, the table in ``docs/stylize.md`` and the fingerprint of a frame are
derived from the fields of `Options`. Fields that every fingerprint holds stay in their order: it is
that of records of earlier versions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from ganfx.errors import UsageError, nearest
from ganfx.media.formats import MOST_PIXELS, PICTURE_SUFFIXES, Depth
from ganfx.option import Option, check_values, read_paths

Precision = Literal["auto", "float32", "bfloat16"]
Missing = Literal["skip", "error", "hold", "black"]
Vfr = Literal["refuse", "keep"]
Portable = Literal["", "sse4", "avx2"]
OnError = Literal["skip", "stop"]
Wrap = Literal["", "x", "y", "xy"]

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
    """A factor, or ``auto``.

    Raises:
        UsageError: It is neither.
    """
    if text == "auto":
        return text
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--scale {text}: expected a factor such as 2, or auto") from None


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


@dataclass(frozen=True)
class Options:
    """How to stylize.

    Raises:
        UsageError: On construction: a value that makes no sense.
    """

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
    strength: Annotated[
        float,
        Option(
            "How much of the look: 0 is the source, 1 the look.",
            EVERYDAY,
            "At 0 the source comes out bit for bit.",
            limits=UNIT,
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
            pixels="always",
        ),
    ] = None
    wrap: Annotated[
        Wrap,
        Option(
            "Axes along which textures tile.",
            LOOK,
            "A texture that tiles along `x`, `y` or `xy` still does.",
            default="none",
            pixels="always",
        ),
    ] = ""
    grain: Annotated[
        float | None,
        Option(
            "Grain of film or paper.",
            EVERYDAY,
            "Standard deviation in mid-tones, of the display range 0 to 1; 0 for none. Grain"
            " follows temporal stabilization, and is new in every frame unless it is a paper's.",
            default="the style's",
            limits=UNIT,
            pixels="by effect",
        ),
    ] = None
    strokes: Annotated[
        float | None,
        Option(
            "How far brush strokes cover the picture.",
            LOOK,
            "Strokes carry one color each, follow the form and end at its edges; any look can have"
            " them; 0 for none. In stabilized shots they follow the scene.",
            default="the style's",
            limits=UNIT,
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
            pixels="by effect",
        ),
    ] = None
    stroke_length: Annotated[
        float | None,
        Option(
            "Length of a stroke, in widths.",
            LOOK,
            metavar="WIDTHS",
            default="the style's",
            limits=(1.0, 16.0),
            pixels="by effect",
        ),
    ] = None
    dabs: Annotated[
        float | None,
        Option(
            "How far dabs of paint differ.",
            LOOK,
            "In tone and warmth: the washes of `watercolor`; any look"
            " can have them; 0 for none. In stabilized shots they follow the scene.",
            default="the style's",
            limits=UNIT,
            pixels="by effect",
        ),
    ] = None
    hatch: Annotated[
        float | None,
        Option(
            "Contrast of hatched lines.",
            LOOK,
            "The lines that draw tone in `engraving` and `pencil`; any look can have them; 0 for"
            " none. In stabilized shots they follow the scene; in frames done by themselves"
            " (`--consistency 0`) they stay with the picture, as paper does.",
            default="the style's",
            limits=UNIT,
            pixels="by effect",
        ),
    ] = None
    seed: Annotated[
        int,
        Option(
            "Another seed is other grain.",
            LOOK,
            metavar="N",
            limits=(0, math.inf),
            pixels="always",
        ),
    ] = 0
    precision: Annotated[
        Precision,
        Option(
            "What the network multiplies in.",
            SPEED,
            "`auto` is bfloat16 for 8-bit frames on a CPU that multiplies it natively: twice as"
            " fast, and off by less than a third of an 8-bit step (root mean square). Frames of"
            " more depth, and all frames on a GPU, are float32. Give `float32` where machines of"
            " different kinds share a shot.",
            pixels="always",
        ),
    ] = "auto"
    depth: Annotated[
        Depth | None,
        Option(
            "Bit depth of the written pictures.",
            FILES,
            "The nearest that the format holds.",
            default="the source's",
            words=DEPTHS,
            pixels="always",
        ),
    ] = None
    colorspace: Annotated[
        str,
        Option(
            "Colour space of plates: ACEScg, ARRI LogC4, srgb...",
            EVERYDAY,
            "A space of `--ocio`, or of OpenColorIO's built-in ACES configuration; `srgb`; `cineon`"
            " (10-bit film densities); or `auto`: what each file declares (`colorInteropID`, ACES"
            " container, chromaticities, ICC profile, cICP, gAMA, a video's tags, film densities),"
            " then the file rules of `--ocio`, then sRGB for integers and scene-linear Rec. 709 for"
            " floating point. Results keep the source's space unless `--format` or"
            " `--depth` changes the kind of file.",
            metavar="NAME",
            pixels="always",
        ),
    ] = "auto"
    ocio: Annotated[
        Path | None,
        Option(
            "OpenColorIO configuration.",
            FILES,
            "A studio's own, or `ocio://NAME` of OpenColorIO's: for `--colorspace`, for"
            " `colorInteropID`s of the studio, and for its file rules.",
            metavar="FILE",
            default="$OCIO, else built-in, ACES",
            path=True,
            keywords=("ocio:",),
            pixels="always",
        ),
    ] = None
    portable: Annotated[
        Portable,
        Option(
            "Instructions that the network keeps to, so that all CPUs make the same pixels.",
            SPEED,
            "In Python: `sse4` is every x86-64, `avx2` those since 2013, several times as fast"
            " (`docs/farm.md`). `ganfx.media.portable.use_portable_cpu` has to come first.",
            flags={
                "--portable": (
                    "sse4",
                    "The same pixels on every x86-64 CPU; several times slower.",
                ),
                "--portable-avx2": ("avx2", "The same pixels on every CPU with AVX2; slower."),
            },
            pixels="if set",
        ),
    ] = ""
    compile: Annotated[
        bool,
        Option(
            "Compile the network, 40 seconds once: faster in long shots.",
            SPEED,
            "With torch and a C++ compiler: 40 seconds for each frame size, once per machine (kept"
            " in `~/.cache/ganfx/compiled`: 4 seconds from there); then a tenth to a quarter less"
            " time per frame. Pixels differ in the last bits of float32, so frames made without it"
            " are made again; not for farms.",
            pixels="if set",
            farm="each node would have code of its own, and pixels with it",
        ),
    ] = False
    consistency: Annotated[
        float,
        Option(
            "How steady shots are held; 0 does each frame alone.",
            EVERYDAY,
            "Temporal stabilization: 1 holds brush detail as long as light and colour.",
            limits=UNIT,
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
            "A picture, a sequence (by frame number), or `channel:NAME` of the plates. A file's"
            " alpha counts if it has one, else its luma. It lies by its display window, and is 0"
            " outside of its data window. Where the matte is 0 the plate comes out as it went in.",
            metavar="FILE|channel:NAME",
            path=True,
            keywords=("channel:",),
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
    format: Annotated[
        str | None,
        Option(
            "Picture format, if not the same.",
            EVERYDAY,
            "Colours become what readers of that format expect: sRGB in integer files, linear"
            " Rec. 709 in `exr`, `hdr` and other floating-point files. Between EXR and float TIFF,"
            " light stays in the plate's own space; between PNG, JPEG, TIFF, WebP and JPEG XL, a"
            " photo keeps its ICC profile. Of a video, each frame becomes a picture:"
            " `NAME.0000.png`, `NAME.0001.png`...",
            metavar="png|jpg|tif|exr",
            same="the output's name says it: another format is another file",
        ),
    ] = None
    max_pixels: Annotated[
        int,
        Option(
            "Refuse larger pictures.",
            FILES,
            "Megapixels; a larger picture is refused before it is decoded.",
            metavar="MP",
            default="1074",
            limits=COUNT,
            unit=1e6,
            same="what is refused is not written",
        ),
    ] = MOST_PIXELS
    tile: Annotated[
        int | None,
        Option(
            "Tile side in pixels.",
            SPEED,
            "Speed and memory only.",
            default="by speed",
            limits=COUNT,
            same="tiled equals untiled",
        ),
    ] = None
    threads: Annotated[
        int | None,
        Option(
            "CPU threads.",
            SPEED,
            "Speed only.",
            default="all cores",
            limits=COUNT,
            same="sums have one order whatever the number of threads",
        ),
    ] = None
    device: Annotated[
        str,
        Option(
            "auto, cpu or cuda.",
            EVERYDAY,
            same="a GPU is within 1 code value of 8 bits of a CPU, and made frames stay",
        ),
    ] = "auto"
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

    def __post_init__(self) -> None:
        read_paths(self)
        check_values(self)
        self._check_portable()
        if self.format is not None and self.suffix not in PICTURE_SUFFIXES:
            known = sorted(suffix[1:] for suffix in PICTURE_SUFFIXES)
            near = nearest(self.format.lower().lstrip("."), known)
            hint = f"did you mean {near}?" if near else f"expected one of {', '.join(known)}"
            raise UsageError(f"--format {self.format}: not a picture format", hint=hint)

    def _check_portable(self) -> None:
        if self.portable and self.device == "cuda":
            raise UsageError("portable pixels are a CPU's: --device cuda does not go with them")
        if self.portable and self.precision == "bfloat16":
            raise UsageError("portable pixels are made in float32, not bfloat16")
        if self.portable and self.compile:
            raise UsageError("portable pixels are not made by code compiled for this CPU")

    def of_effect(self, option: str) -> float | None:
        """An option of an effect, by its field; None leaves it to the style."""
        value: float | None = getattr(self, option, None)
        return value

    @property
    def network_device(self) -> str:
        """``device``, where ``portable`` does not decide it."""
        return "cpu" if self.portable and self.device == "auto" else self.device

    @property
    def mark_scale(self) -> float:
        """Factor of the sizes of effects, which go by the picture's height themselves."""
        return float(self.scale) if isinstance(self.scale, float | int) else 1.0

    @property
    def holds_still(self) -> bool:
        """Whether shots go through the temporal filter."""
        return self.consistency > 0 and self.strength > 0

    @property
    def fills_gaps(self) -> bool:
        """Whether frames that a sequence lacks are made, too."""
        return self.missing in ("hold", "black")

    @property
    def suffix(self) -> str | None:
        """File suffix of the chosen format, such as ``.png``."""
        return None if self.format is None else "." + self.format.lower().lstrip(".")
