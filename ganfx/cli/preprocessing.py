"""``ganfx preprocess``: its options are the fields of `ganfx.preprocess.Options`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ganfx import console
from ganfx.cli.completing import complete_one_of
from ganfx.cli.declared import takes_options
from ganfx.errors import UsageError
from ganfx.preprocess.options import PANELS, PRESETS, SHAPE, Options

RUN = "Run"

Source = Annotated[
    Path,
    typer.Argument(metavar="SRC", help="A folder tree, picture, video, or plate.1001-1100#.exr."),
]
Out = Annotated[Path, typer.Argument(metavar="DST", help="Where the training pictures go.")]
Preset = Annotated[
    str,
    typer.Option(
        metavar="art|photos|footage",
        help="Defaults for a kind of source.",
        autocompletion=complete_one_of(PRESETS),
    ),
]

CropSize = Annotated[
    str | None,
    typer.Option(
        metavar="N|WxH",
        help="Size of the window or tile, in pixels.",
        show_default=False,
        rich_help_panel=SHAPE,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Pictures processed at a time; changes no pixel.",
        show_default="one per core",
        rich_help_panel=RUN,
    ),
]
Report = Annotated[
    bool,
    typer.Option(
        "--report",
        help="Write contact sheets to DST-report: what was dropped, what was kept.",
        rich_help_panel=RUN,
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Count what would be made; write no pictures.", rich_help_panel=RUN
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the counts as JSON.", rich_help_panel=RUN)
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Continue an interrupted run.", rich_help_panel=RUN),
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace an earlier run's files.", rich_help_panel=RUN),
]
Log = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Append every event to FILE, as JSON lines.", rich_help_panel=RUN
    ),
]


@takes_options(*PANELS, RUN, changes={"changes": Options})
def preprocess(
    source: Source,
    out: Out,
    changes: dict[str, Any],
    preset: Preset = "art",
    crop_size: CropSize = None,
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

    options = changed(find_preset(preset), changes | _window(crop_size))
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
