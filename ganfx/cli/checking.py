"""``ganfx verify`` and ``ganfx assemble``: what came of a job."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

import typer

from ganfx import console
from ganfx.cli.completing import complete_view
from ganfx.cli.declared import takes_options
from ganfx.cli.farming import refuse_of_runs
from ganfx.cli.stylizing import LookOptions, RunOptions, hold_to_portable, listed
from ganfx.errors import UsageError
from ganfx.option import given
from ganfx.stylize.declared.kinds import PANELS
from ganfx.stylize.options import Options

Against = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="With --probe: compare with another machine's probe."),
]
Within = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=255,
        metavar="N",
        help="With --against: pass if 8-bit pixels differ by N code values at most.",
    ),
]
Probe = Annotated[
    bool,
    typer.Option("--probe", help="Check this machine: render fixed frames, print their hashes."),
]
Source = Annotated[
    list[Path] | None, typer.Argument(metavar="SRC...", help="As for ganfx stylize.")
]
VERIFIED_AS_MADE = "verify takes the look and the options that the frames should have"
TOLD = ("json", "quiet")
"""Fields of `RunOptions` that say how much is told, here too."""
OF_PROBES = ("device", "portable", "precision", "threads")
"""Fields of `Options` that a probe goes by."""


@takes_options(*PANELS, hides=lambda each: each.about.farm != "" and each.field not in TOLD)
def verify(
    look: LookOptions,
    options: Options,
    run: RunOptions,
    source: Source = None,
    probe: Probe = False,
    against: Against = None,
    within: Within = None,
) -> None:
    """Check that all that stylize would write is there, whole and up to date; exit code 4 if not.

    Takes the source and the options of stylize. With --probe it takes --device, --threads,
    --precision, --portable or --portable-avx2, and none of the others.
    """
    if within is not None and against is None:
        raise UsageError("--within N compares probes: add --against FILE")
    if probe:
        _refuse_beside_probe(source, look, options, run)
        _probe(options, against, within)
        return
    if against is not None:
        raise UsageError("--against FILE compares probes: add --probe")
    if not source:
        raise UsageError("what is to be verified? give SRC, as to ganfx stylize")
    refuse_of_runs("verify", options, run, but=("expect", "compile", *TOLD))
    from ganfx.stylize import engine
    from ganfx.stylize.job.mixture import OtherOptionsError

    try:
        events = engine.rehearse(listed(source), look.look, options)
        console.show_verified(events, json=run.json, quiet=run.quiet)
    except OtherOptionsError as error:  # a gate: what is there is not what was asked for
        raise console.GateError(error.message, hint=VERIFIED_AS_MADE) from error


def _refuse_beside_probe(
    source: list[Path] | None, look: LookOptions, options: Options, run: RunOptions
) -> None:
    others = replace(options, **{name: getattr(Options(), name) for name in OF_PROBES})
    too_much = [str(path) for path in source or ()]
    for each in (look, others, run):
        too_much += [declared.names[0] for declared in given(each).values()]
    if too_much:
        raise UsageError(f"--probe renders built-in looks only: {too_much[0]} is too much")


def _probe(options: Options, against: Path | None, within: int | None) -> None:
    hold_to_portable(options)
    from ganfx.farm.probe import differences, distances, read_probe, take_probe

    theirs = None if against is None else read_probe(against)
    taken = take_probe(
        device=options.device,
        threads=options.threads,
        portable=options.portable,
        precision=options.precision,
    )
    console.print_json(taken)
    if theirs is not None:
        different = differences(theirs, taken)
        apart = distances(theirs, taken) if different else {}
        console.check_probe(different, apart, within)


def assemble(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of finished frames.")],
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a contact sheet: PNG or JPEG.")
    ] = None,
    video: Annotated[
        Path | None,
        typer.Option(metavar="FILE|DIR", help="Write an H.264 video of each sequence."),
    ] = None,
    fps: Annotated[
        str,
        typer.Option(
            metavar="RATE", help="Frames per second of the videos: 24, 23.976 or 24000/1001."
        ),
    ] = "24",
    missing: Annotated[
        Literal["hold", "black", "skip"],
        typer.Option(
            help="What videos show for missing frames: the one before, black, or nothing, which"
            " makes them shorter."
        ),
    ] = "hold",
    view: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="View for scene light: default is the first of $OCIO, else of ACES 2 for SDR;"
            " without, light is clipped at 1, as --format png writes it.",
            autocompletion=complete_view,
        ),
    ] = None,
) -> None:
    """Make a contact sheet and videos of finished frames."""
    from ganfx.farm.assembly import remarks_on, write_sheet, write_videos
    from ganfx.media.views import find_view

    if sheet is None and video is None:
        raise UsageError("give --sheet FILE, --video FILE, or both")
    rate, through = _rate(fps), None if view is None else find_view(view)
    if through is not None:
        console.note(f"scene light through {through}")
    if sheet is not None:
        console.show_files([write_sheet(folder, sheet, through)])
    if video is not None:
        for remark in remarks_on(folder, missing):
            console.note(remark)
        console.show_files(write_videos(folder, video, rate, missing, through))


NTSC = {"23.976": "24000/1001", "23.98": "24000/1001", "29.97": "30000/1001", "59.94": "60000/1001"}
"""Frame rates of NTSC video by their usual names."""


def _rate(text: str) -> Fraction:
    try:
        rate = Fraction(NTSC.get(text, text))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= 1000:
        raise UsageError(f"--fps {text}: expected a rate such as 24, 23.976 or 24000/1001")
    return rate
