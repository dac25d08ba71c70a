"""``ganfx evaluate``: numbers about what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganfx import console
from ganfx.errors import UsageError

evaluate_app = typer.Typer(help="Numbers about what came out.", no_args_is_help=True)


@evaluate_app.callback()
def _evaluate() -> None:
    """Numbers about what came out."""


@evaluate_app.command()
def flicker(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="Folder, plate.####.exr, or a video.")
    ],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="What became of it.")],
    unfiltered: Annotated[
        Path | None,
        typer.Option(metavar="OUTPUT", help="The same with --consistency 0, to compare."),
    ] = None,
    max_ratio: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="X", help="Fail (exit 4) above X times the source's own."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Every step as a line of CSV.")
    ] = None,
    strip: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Picture of where it flickers: PNG, JPEG.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Every step and shot as lines of JSON.")
    ] = False,
) -> None:
    """How steady shots are beside their source: E_warp, tone, detail, one line a shot."""
    from ganfx.media.formats import PICTURE_SUFFIXES
    from ganfx.media.frames import write_picture
    from ganfx.quality.sheets import contact_sheet
    from ganfx.quality.steadiness import Strip, evaluate_flicker, heat_strip

    if strip is not None and strip.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(f"--strip {strip}: not a picture format", hint="PNG or JPEG")
    pictures: Strip | None = None if strip is None else []
    scores = evaluate_flicker(source, output, unfiltered=unfiltered, strip=pictures)
    with console.stoppable(scores) as events:
        shots = console.show_flicker(events, json=json, csv=csv)
    if events.signal is not None:
        raise console.StoppedError(events.signal, "stopped", hint="nothing was changed")
    if strip is not None and pictures:
        write_picture(strip, contact_sheet(heat_strip(pictures)))
        console.print_result(strip)
    console.check_flicker(shots, max_ratio)


@evaluate_app.command()
def look(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="Folder, plate.####.exr, or a picture.")
    ],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder of what became of it.")],
    art: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Art that the look should come near to.")
    ] = None,
    pictures: Annotated[
        int, typer.Option(min=1, metavar="N", help="Judge at most N pictures, evenly spread.")
    ] = 48,
    min_structure: Annotated[
        float | None,
        typer.Option(min=-1.0, max=1.0, metavar="X", help="Fail (exit 4) below this structure."),
    ] = None,
    max_grid: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="X", help="Fail (exit 4) above X times the source's grid."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Every picture's score and the mean as lines of JSON.")
    ] = False,
) -> None:
    """How near pictures came to the art, what they kept, and whether a network's grid shows."""
    from ganfx.quality.appearance import evaluate_look

    scores = evaluate_look(source, output, art=art, most=pictures)
    with console.stoppable(scores) as events:
        score = console.show_look(events, json=json)
    if events.signal is not None:
        raise console.StoppedError(events.signal, "stopped", hint="nothing was changed")
    console.check_look(score, min_structure=min_structure, max_grid=max_grid)
