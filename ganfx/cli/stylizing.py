"""``ganfx stylize``: its options are the fields of `ganfx.stylize.Options`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganfx import console
from ganfx.cli.running_options import Device, Log, Threads
from ganfx.errors import UsageError

if TYPE_CHECKING:
    from ganfx.stylize import Options


class PrecisionName(StrEnum):
    """What the network multiplies in."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


class DepthName(StrEnum):
    """Depths of pictures, as people call them."""

    EIGHT = "8"
    TEN = "10"
    SIXTEEN = "16"
    HALF = "half"
    FLOAT = "float"


class MissingName(StrEnum):
    """What becomes of missing frames."""

    SKIP = "skip"
    ERROR = "error"
    HOLD = "hold"
    BLACK = "black"


class VfrName(StrEnum):
    """What becomes of videos with a variable frame rate."""

    REFUSE = "refuse"
    KEEP = "keep"


class OnErrorName(StrEnum):
    """What follows a frame that cannot be done."""

    SKIP = "skip"
    STOP = "stop"


class ProgressName(StrEnum):
    """Who is told how far a run is."""

    AUTO = "auto"
    OPENJD = "openjd"


class WrapName(StrEnum):
    """Axes of a texture that tiles."""

    X = "x"
    Y = "y"
    BOTH = "xy"


Frames = Annotated[
    str | None, typer.Option(metavar="RANGE", help="Only these frames of sequences: 1001-1100x2.")
]
Strength = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="How much of the look: 0 is the source, 1 the look.")
]
Grain = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, help="Grain of film or paper.", show_default="the style's"),
]
Dabs = Annotated[
    float | None,
    typer.Option(
        min=0.0, max=1.0, help="How far dabs of paint differ.", show_default="the style's"
    ),
]
Hatch = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, help="Contrast of hatched lines.", show_default="the style's"),
]
Seed = Annotated[int, typer.Option(min=0, metavar="N", help="Another seed is other grain.")]
Consistency = Annotated[
    float,
    typer.Option(min=0.0, max=1.0, help="How steady shots are held; 0 does each frame alone."),
]
Cuts = Annotated[
    str,
    typer.Option(metavar="auto|none|FILE", help="Cuts within a sequence: found, none, or listed."),
]
KnownFlow = Annotated[
    str,
    typer.Option("--flow", metavar="DIR|channel:U,V", help="Use a renderer's motion vectors."),
]
MissingFrames = Annotated[
    MissingName, typer.Option(help="What to do about frames that a sequence lacks.")
]
VariableRate = Annotated[
    VfrName, typer.Option("--vfr", help="What to do about videos with a variable frame rate.")
]
Matte = Annotated[
    str, typer.Option(metavar="FILE|channel:NAME", help="Soft matte of where the look shows.")
]
KeepColor = Annotated[
    bool, typer.Option("--keep-color", help="The look's light and texture in the plate's colour.")
]
BrushScale = Annotated[
    float, typer.Option(min=0.25, max=8.0, metavar="FACTOR", help="Brush size: 2 is twice as wide.")
]
WrapAxes = Annotated[
    WrapName | None, typer.Option(help="Axes along which textures tile.", show_default="none")
]
Format = Annotated[
    str | None,
    typer.Option("--format", metavar="png|jpg|tif|exr", help="Picture format, if not the same."),
]
ColorSpaceName = Annotated[
    str, typer.Option(metavar="NAME", help="Colour space of plates: ACEScg, ARRI LogC4, srgb...")
]
OcioConfig = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="OpenColorIO configuration.", show_default="built-in, ACES"),
]
PictureDepth = Annotated[
    DepthName | None,
    typer.Option("--depth", help="Bit depth of the written pictures.", show_default="the source's"),
]
MaxPixels = Annotated[
    float | None,
    typer.Option(min=0.001, metavar="MP", help="Refuse larger pictures.", show_default="1074"),
]
Tile = Annotated[
    int | None, typer.Option(min=16, help="Tile side in pixels.", show_default="by speed")
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Redo finished frames; replace files ganfx did not write."),
]
Force = Annotated[
    bool, typer.Option("--force", help="Stylise data textures (_normal, _orm...) too.")
]
OnError = Annotated[
    OnErrorName, typer.Option(help="After a bad frame: go on with the others, or stop there.")
]
Precision = Annotated[
    PrecisionName,
    typer.Option(help="auto is bfloat16 for 8-bit frames where the CPU has it, else float32."),
]
CompileNetwork = Annotated[
    bool,
    typer.Option("--compile", help="Compile the network, 40 seconds once: faster in long shots."),
]
PortableAny = Annotated[
    bool,
    typer.Option("--portable", help="The same pixels on every x86-64 CPU; several times slower."),
]
PortableAvx2 = Annotated[
    bool,
    typer.Option("--portable-avx2", help="The same pixels on every CPU with AVX2; slower."),
]


def stylize(
    source: Annotated[
        list[Path],
        typer.Argument(
            metavar="SRC...",
            help="Folders, pictures, videos, plate.1001-1100#.exr; - reads a list from stdin.",
        ),
    ],
    style: Annotated[
        str, typer.Option(metavar="STYLE", help="The look: a name, or a .safetensors file.")
    ] = "",
    mix: Annotated[
        str, typer.Option(metavar="STYLE:SHARE,...", help="Mix of looks: noir:0.6,engraving:0.4.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where results go.", show_default="SRC-STYLE"),
    ] = None,
    frames: Frames = None,
    strength: Strength = 1.0,
    grain: Grain = None,
    dabs: Dabs = None,
    hatch: Hatch = None,
    seed: Seed = 0,
    consistency: Consistency = 0.5,
    cuts: Cuts = "auto",
    flow: KnownFlow = "",
    missing: MissingFrames = MissingName.SKIP,
    vfr: VariableRate = VfrName.REFUSE,
    matte: Matte = "",
    keep_color: KeepColor = False,
    scale: BrushScale = 1.0,
    wrap: WrapAxes = None,
    colorspace: ColorSpaceName = "auto",
    ocio: OcioConfig = None,
    format_: Format = None,
    depth: PictureDepth = None,
    max_pixels: MaxPixels = None,
    tile: Tile = None,
    precision: Precision = PrecisionName.AUTO,
    compile_: CompileNetwork = False,
    portable: PortableAny = False,
    portable_avx2: PortableAvx2 = False,
    overwrite: Overwrite = False,
    force: Force = False,
    on_error: OnError = OnErrorName.SKIP,
    device: Device = "auto",
    threads: Threads = None,
    log: Log = None,
    json: Annotated[
        bool, typer.Option("--json", help="Every event on stdout, as JSON lines.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what fails.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")
    ] = False,
    expect: Annotated[
        str, typer.Option(metavar="ID", help="Exit with code 5 unless style and version match.")
    ] = "",
    progress: Annotated[
        ProgressName, typer.Option(help="openjd prints what a worker of OpenJD reads, on stdout.")
    ] = ProgressName.AUTO,
    prove_chunks: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Check that N random splits give equal pixels."),
    ] = None,
) -> None:
    """Apply a look to folders, frame sequences and video."""
    hold_to_portable(portable, portable_avx2)
    asked = request(
        source,
        style,
        mix,
        out=out,
        frames=frames,
        strength=strength,
        grain=grain,
        dabs=dabs,
        hatch=hatch,
        seed=seed,
        consistency=consistency,
        cuts=cuts,
        flow=flow,
        missing=missing,
        vfr=vfr,
        matte=matte,
        keep_color=keep_color,
        scale=scale,
        wrap=wrap,
        format_=format_,
        colorspace=colorspace,
        ocio=ocio,
        depth=depth,
        max_pixels=max_pixels,
        tile=tile,
        precision=precision,
        compile_=compile_,
        portable=portable,
        portable_avx2=portable_avx2,
        overwrite=overwrite,
        force=force,
        expect=expect,
        on_error=on_error,
        device=device,
        threads=threads,
    )
    from ganfx.media.allocation import keep_freed_memory
    from ganfx.stylize import chunk_check, rehearse
    from ganfx.stylize import stylize as run

    keep_freed_memory()  # the process is ours, and ends with the run
    if prove_chunks is not None:
        splits = chunk_check.prove_chunks(
            asked.sources, asked.look, asked.options, splits=prove_chunks
        )
        console.show_proof(splits)
        return
    begin = rehearse if dry_run else run
    with console.stoppable(begin(asked.sources, asked.look, asked.options)) as events:
        shown = console.logged(events, log)
        if progress is ProgressName.OPENJD:
            console.show_farm_progress(shown)
        else:
            console.show_stylize(shown, json=json, quiet=quiet)
    if events.signal is not None:
        raise console.StoppedError(
            events.signal,
            "stopped; finished pictures and whole videos are kept",
            hint="the same command does the rest",
        )


def portable_level(anywhere: bool, avx2: bool) -> str:
    """What ``--portable`` and ``--portable-avx2`` ask for.

    Raises:
        UsageError: Both are given.
    """
    if anywhere and avx2:
        raise UsageError("give --portable or --portable-avx2, not both")
    return "sse4" if anywhere else "avx2" if avx2 else ""


def hold_to_portable(anywhere: bool, avx2: bool) -> None:
    """Choose the instructions of this process, before what has to know them is imported."""
    level = portable_level(anywhere, avx2)
    if level:
        from ganfx.media.portable import use_portable_cpu

        use_portable_cpu(level)


@dataclass(frozen=True)
class Request:
    """What a command line asks for."""

    sources: list[Path]
    look: str | Path | Mapping[str | Path, float]
    options: Options


def request(
    source: Sequence[Path | str], style: str, mix: str, *, format_: str | None, **choices: Any
) -> Request:
    """Check what a command line says; names are those of its options.

    Raises:
        UsageError: It makes no sense.
    """
    from ganfx.media.formats import MOST_PIXELS
    from ganfx.stylize import Options
    from ganfx.stylize.network.mixing import parse_mix
    from ganfx.stylize.options import DEPTHS

    if bool(style) == bool(mix):
        raise UsageError(
            "give either --style or --mix" if style else "which look? give --style, or --mix",
            hint="looks: ganfx styles",
        )
    most, depth, wrap = (choices.pop(name) for name in ("max_pixels", "depth", "wrap"))
    portable = portable_level(choices.pop("portable"), choices.pop("portable_avx2"))
    choices["compile"] = choices.pop("compile_")
    for name in ("missing", "vfr", "on_error", "precision"):
        choices[name] = str(choices[name])
    options = Options(
        format=format_,
        max_pixels=MOST_PIXELS if most is None else round(most * 1e6),
        depth=None if depth is None else DEPTHS[str(depth)],
        wrap="" if wrap is None else str(wrap),  # type: ignore[arg-type]  # checked by Options
        portable=portable,  # type: ignore[arg-type]
        **choices,
    )
    look: str | Path | Mapping[str | Path, float] = parse_mix(mix) if mix else style
    return Request(_listed([Path(each) for each in source]), look, options)


def _listed(sources: list[Path]) -> list[Path]:
    """The sources, with ``-`` replaced by the lines of standard input."""
    return [
        each
        for source in sources
        for each in (
            [Path(line.rstrip("\r\n")) for line in sys.stdin if line.strip()]
            if source == Path("-")
            else [source]
        )
    ]
