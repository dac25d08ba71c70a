"""``ganfx preprocess``: its options are the fields of `ganfx.preprocess.Options`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ganfx import console
from ganfx.errors import UsageError

_READ, _CLEAN, _SHAPE, _WRITE, _RUN = "Read", "Clean", "Shape", "Write", "Run"


def _option(panel: str, help_: str, *names: str, metavar: str | None = None) -> Any:
    """An option whose value is the preset's unless it is given; the command's help says so."""
    return typer.Option(
        *names, metavar=metavar, help=help_, show_default=False, rich_help_panel=panel
    )


Source = Annotated[
    Path,
    typer.Argument(metavar="SRC", help="A folder tree, picture, video, or plate.1001-1100#.exr."),
]
Out = Annotated[Path, typer.Argument(metavar="DST", help="Where the training pictures go.")]
Preset = Annotated[
    str, typer.Option(metavar="art|photos|footage", help="Defaults for a kind of source.")
]

Frames = Annotated[
    str | None,
    typer.Option(
        metavar="RANGE",
        help="Only these frames of sequences: 1001-1100x2.",
        show_default="all",
        rich_help_panel=_READ,
    ),
]
Every = Annotated[int | None, _option(_READ, "Read every Nth frame of sequences and videos.")]
PerCut = Annotated[
    bool | None,
    _option(_READ, "Read only the sharpest frame between two cuts of sequences and videos."),
]

Split = Annotated[bool | None, _option(_CLEAN, "Split two-page spreads into their pages.")]
Deskew = Annotated[bool | None, _option(_CLEAN, "Straighten scans.")]
Trim = Annotated[bool | None, _option(_CLEAN, "Cut margins and letterbox bars away.")]
Captions = Annotated[bool | None, _option(_CLEAN, "Cut captions above or below the picture away.")]
Descreen = Annotated[bool | None, _option(_CLEAN, "Remove printers' dots.")]
Pages = Annotated[bool | None, _option(_CLEAN, "Drop covers, blank pages and pages of text.")]
Duplicates = Annotated[bool | None, _option(_CLEAN, "Drop all but the largest of near-duplicates.")]
Exposure = Annotated[
    bool | None, _option(_CLEAN, "Drop pictures that are almost all black or all white.")
]
MinSide = Annotated[
    int | None,
    _option(_CLEAN, "Drop pictures whose shorter side, once cut, is below this; 0 drops none."),
]
MaxAspect = Annotated[
    float | None,
    _option(_CLEAN, "Drop pictures whose aspect ratio is above this to 1; 0 drops none."),
]
MinSharpness = Annotated[
    float | None, _option(_CLEAN, "Drop pictures that are less sharp than this; 0 drops none.")
]
MaxNoise = Annotated[
    float | None, _option(_CLEAN, "Drop pictures that are noisier than this; 0 drops none.")
]

Turn = Annotated[
    int | None, _option(_SHAPE, "Turn clockwise by this many degrees.", metavar="0|90|180|270")
]
Angle = Annotated[
    float | None,
    _option(
        _SHAPE,
        "Rotate at random, up to this many degrees either way, and cut off the empty corners.",
    ),
]
Flip = Annotated[
    str | None, _option(_SHAPE, "Mirror pictures.", metavar="none|horizontal|vertical|random")
]
ShortSide = Annotated[
    int | None, _option(_SHAPE, "Scale the shorter side down to this, never up; 0: no limit.")
]
LongSide = Annotated[
    int | None, _option(_SHAPE, "Scale the longer side down to this, never up; 0: no limit.")
]
Crop = Annotated[
    str | None,
    _option(
        _SHAPE,
        "Cut a window out: smart cuts where most texture is, grid cuts the picture into tiles.",
        metavar="none|center|random|grid|smart",
    ),
]
CropSize = Annotated[
    str | None, _option(_SHAPE, "Size of the window or tile, in pixels.", metavar="N|WxH")
]
Overlap = Annotated[
    float | None,
    _option(_SHAPE, "Share of their side by which neighbouring tiles overlap: 0 to 0.9."),
]
Copies = Annotated[
    int | None, _option(_SHAPE, "Copies of each picture, each with its own random choices.")
]
MatchTone = Annotated[
    bool | None, _option(_SHAPE, "Even out paper tint and levels across the set.")
]
FullRange = Annotated[
    bool | None,
    _option(_SHAPE, "As --match-tone, but stretch each picture to white paper and black ink."),
]

Format = Annotated[
    str | None, _option(_WRITE, "File format to write.", "--format", metavar="png|jpg|tif")
]
Depth = Annotated[str | None, _option(_WRITE, "Bits per channel.", metavar="8|16|source")]
Flat = Annotated[
    bool | None, _option(_WRITE, "Write into one folder, with the folder tree in the file names.")
]
Seed = Annotated[int | None, _option(_WRITE, "Another seed makes other random choices.")]

Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Pictures processed at a time; changes no pixel.",
        show_default="one per core",
        rich_help_panel=_RUN,
    ),
]
Report = Annotated[
    bool,
    typer.Option(
        "--report",
        help="Write contact sheets to DST-report: what was dropped, what was kept.",
        rich_help_panel=_RUN,
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Count what would be made; write no pictures.", rich_help_panel=_RUN
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the counts as JSON.", rich_help_panel=_RUN)
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Continue an interrupted run.", rich_help_panel=_RUN),
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace an earlier run's files.", rich_help_panel=_RUN),
]
Log = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Append every event to FILE, as JSON lines.", rich_help_panel=_RUN
    ),
]


def preprocess(
    context: typer.Context,
    source: Source,
    out: Out,
    preset: Preset = "art",
    frames: Frames = None,
    every: Every = None,
    per_cut: PerCut = None,
    split: Split = None,
    deskew: Deskew = None,
    trim: Trim = None,
    captions: Captions = None,
    descreen: Descreen = None,
    pages: Pages = None,
    duplicates: Duplicates = None,
    exposure: Exposure = None,
    min_side: MinSide = None,
    max_aspect: MaxAspect = None,
    min_sharpness: MinSharpness = None,
    max_noise: MaxNoise = None,
    turn: Turn = None,
    angle: Angle = None,
    flip: Flip = None,
    short_side: ShortSide = None,
    long_side: LongSide = None,
    crop: Crop = None,
    crop_size: CropSize = None,
    prefetch: Overlap = None,
    copies: Copies = None,
    match_tone: MatchTone = None,
    full_range: FullRange = None,
    format_: Format = None,
    depth: Depth = None,
    flat: Flat = None,
    seed: Seed = None,
    workers: Workers = None,
    report: Report = False,
    dry_run: DryRun = False,
    json: Json = False,
    resume: Resume = False,
    overwrite: Overwrite = False,
    log: Log = None,
) -> None:
    """Make training pictures from scans, photos and footage; the sources are only read.

    Settings under Read, Clean, Shape and Write that you do not give come from the preset.

    Edge-smoothed copies, as CartoonGAN and AnimeGAN train with, are not written to disk: where a
    preset's loss.edges asks for them, training makes them on the device.
    """
    from ganfx.preprocess import changed, find_preset
    from ganfx.preprocess import preprocess as run

    options = changed(find_preset(preset), _changes(context.params))
    events = run(
        source,
        out,
        options,
        preset=preset,
        dry_run=dry_run,
        report=report,
        resume=resume,
        overwrite=overwrite,
        workers=workers,
    )
    with console.stoppable(events) as stream:
        use = "--art" if preset == "art" else "--photos"
        console.show_preprocess(console.logged(stream, log), use=use, json=json)
    if stream.signal is not None:
        raise console.StoppedError(
            stream.signal, "stopped; what is finished is kept", hint=_how_to_go_on(dry_run)
        )


def _changes(given: dict[str, Any]) -> dict[str, Any]:
    """What was given of the preset's fields, by their names."""
    from dataclasses import fields

    from ganfx.preprocess import Options

    values = {**given, "format": given["format_"], **_window(given["crop_size"])}
    return {field.name: values.get(field.name) for field in fields(Options)}


def _window(text: str | None) -> dict[str, int]:
    if text is None:
        return {}
    width, _, height = text.lower().partition("x")
    sides = [width, height or width]
    if not all(side.isdecimal() for side in sides) or text.lower().endswith("x"):
        raise UsageError(f"--crop-size {text}: expected N or WIDTHxHEIGHT, such as 512 or 640x480")
    return {"crop_width": int(sides[0]), "crop_height": int(sides[1])}


def _how_to_go_on(dry_run: bool) -> str:
    if dry_run:
        return "nothing was written"
    given = [word for word in sys.argv[1:] if word not in ("--resume", "--overwrite")]
    return f"continue with: {shlex.join(['ganfx', *given, '--resume'])}"
