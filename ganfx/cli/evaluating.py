"""``ganfx evaluate``: numbers about what came out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganfx import console
from ganfx.cli.commands import Command, Group
from ganfx.errors import UsageError

if TYPE_CHECKING:
    from ganfx.styles.header import Gates

evaluate_app = typer.Typer(cls=Group, help="Numbers about what came out.", no_args_is_help=True)


@evaluate_app.callback()
def _evaluate() -> None:
    """Numbers about what came out."""


@evaluate_app.command(cls=Command)
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
    from ganfx.stylize.job.finished import marks_of

    console.check_flicker(shots, max_ratio, marks_of(output) if max_ratio is not None else ())


@evaluate_app.command(cls=Command)
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
        typer.Option(
            min=-1.0,
            max=1.0,
            metavar="X",
            help="Fail (exit 4) below this structure.",
            show_default="the look's",
        ),
    ] = None,
    max_grid: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            metavar="X",
            help="Fail (exit 4) above X times the source's grid.",
            show_default="the look's",
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Every picture's score and the mean as lines of JSON.")
    ] = False,
) -> None:
    """How near pictures came to the art, what they kept, and whether a network's grid shows."""
    from ganfx.quality.appearance import evaluate_look

    gates = _gates(output, min_structure, max_grid)
    scores = evaluate_look(source, output, art=art, most=pictures)
    with console.stoppable(scores) as events:
        score = console.show_look(events, json=json)
    if events.signal is not None:
        raise console.StoppedError(events.signal, "stopped", hint="nothing was changed")
    console.check_look(score, gates)


def _gates(output: Path, min_structure: float | None, max_grid: float | None) -> Gates:
    """The limits that were asked for; else those of the looks that the frames' record names."""
    from ganfx.styles.gates import gates_of
    from ganfx.styles.header import Gates
    from ganfx.stylize.job.finished import looks_of

    asked = {"min_structure": min_structure, "max_grid": max_grid}
    given = {name: value for name, value in asked.items() if value is not None}
    if len(given) == len(asked):
        return Gates(**given)
    looks = looks_of(output)
    own = gates_of(looks)
    console.show_gates(looks, own)
    return Gates(**{**own.model_dump(), **given})
