"""``ganfx farm``, ``verify`` and ``assemble``: one job on many machines, and what came of it."""

from __future__ import annotations

from argparse import ArgumentError, ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganfx import console
from ganfx.cli.stylizing import (
    Request,
    hold_to_portable,
    portable_level,
    request,
    stylize,
)
from ganfx.errors import UsageError

if TYPE_CHECKING:
    from ganfx.farm.job import FarmJob

farm_app = typer.Typer(
    help="The same job on many machines: OpenJD, Slurm, or processes here.", no_args_is_help=True
)
# Options of stylize are passed on as they are; its own parser checks them.
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
CHUNK = 20
"""Frames of a task: each also stylises its neighbours, up to twelve more."""
OF_JOB = frozenset(
    ("source", "style", "mix", "out", "frames", "expect", "progress", "json", "quiet", "dry_run")
) | {"prove_chunks", "log", "overwrite", "on_error"}
"""Options that are the job's own, or make no sense on a farm."""
PATHS = frozenset(("matte", "flow", "cuts", "ocio"))

Source = Annotated[Path, typer.Argument(metavar="SRC", help="Folder, plate.####.exr, or a file.")]
Chunk = Annotated[int, typer.Option(min=1, metavar="N", help="Frames of a task.")]
JobFolder = Annotated[Path, typer.Option("--job", "-o", metavar="DIR", help="Where the job goes.")]


@farm_app.command("openjd", context_settings=PASSED_ON)
def farm_openjd(
    context: typer.Context, source: Source, job: JobFolder, chunk: Chunk = CHUNK
) -> None:
    """Write a job bundle: for AWS Deadline Cloud, openjd run, and others. Options as stylize."""
    from ganfx.farm.openjd import write_bundle

    described = _described(source, context.args)
    console.show_job(described.name, described.frames, len(described.files), chunk)
    console.show_files(write_bundle(described, job, chunk=chunk))


@farm_app.command("slurm", context_settings=PASSED_ON)
def farm_slurm(
    context: typer.Context,
    source: Source,
    job: JobFolder,
    chunk: Chunk = CHUNK,
    sbatch: Annotated[
        str, typer.Option(metavar="OPTIONS", help="Of the array: --sbatch='--partition=farm'.")
    ] = "",
) -> None:
    """Write an array and what depends on it; submit.sh submits it. Options as stylize."""
    from ganfx.farm.slurm import write_array

    described = _described(source, context.args)
    console.show_job(described.name, described.frames, len(described.files), chunk)
    console.show_files(write_array(described, job, chunk=chunk, options=sbatch))


@farm_app.command("local", context_settings=PASSED_ON)
def farm_local(
    context: typer.Context,
    source: Source,
    processes: Annotated[int, typer.Option("-j", min=1, help="Tasks at a time.")] = 2,
    chunk: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Frames of a task.", show_default="by -j"),
    ] = None,
) -> None:
    """Run the job's tasks in processes of this machine, by OpenJD. Options as stylize."""
    from tempfile import TemporaryDirectory

    from ganfx.farm.local import local_chunk, run_bundle
    from ganfx.farm.openjd import write_bundle

    described = _described(source, context.args)
    size = chunk or local_chunk(described, processes)
    console.show_job(described.name, described.frames, len(described.files), size)
    with TemporaryDirectory(prefix="ganfx-job-") as folder:
        write_bundle(described, Path(folder), chunk=size)
        console.show_tasks(run_bundle(Path(folder), processes=processes))


def plan(
    context: typer.Context,
    source: Source,
    openjd: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the job bundle.")
    ] = None,
    slurm: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the Slurm array.")
    ] = None,
) -> None:
    """What a job will take: shots, time, memory, disk, chunk size. Options as stylize."""
    # Two frames are timed: as they will be made.
    hold_to_portable("--portable" in context.args, "--portable-avx2" in context.args)
    from ganfx.farm.openjd import write_bundle
    from ganfx.farm.planning import forecast
    from ganfx.farm.slurm import write_array

    asked = _parsed([str(source), *context.args]).request
    found = forecast(source, asked.look, asked.options)
    console.show_forecast(found)
    if openjd is not None:
        job = _described(source, context.args)
        console.show_files(write_bundle(job, openjd, chunk=found.chunk))
    if slurm is not None:
        job = _described(source, context.args)
        console.show_files(write_array(job, slurm, chunk=found.chunk))


def verify(
    context: typer.Context,
    probe: Annotated[
        bool, typer.Option("--probe", help="Instead, render a fixed probe and print its hashes.")
    ] = False,
    against: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Compare with another node's probe.")
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(
            min=0, max=255, metavar="N", help="Let pixels of 8 bits differ by N code values."
        ),
    ] = None,
) -> None:
    """Whether all that stylize would make is there, whole and up to date: exit code 4 if not.

    Takes the source and the options of stylize. With --probe it takes --device, --portable or
    --portable-avx2, and none of the others.
    """
    if within is not None and against is None:
        raise UsageError("--within N is of probes that are compared: give --against FILE, too")
    if probe:
        _probe(context.args, against, within)
        return
    if against is not None:
        raise UsageError("--against FILE compares probes: give --probe, too")
    from ganfx.stylize import rehearse

    asked = _parsed(context.args).request
    console.show_verified(rehearse(asked.sources, asked.look, asked.options))


def _probe(words: Sequence[str], against: Path | None, within: int | None) -> None:
    parser = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--portable", action="store_true")
    parser.add_argument("--portable-avx2", action="store_true")
    try:
        asked, unknown = parser.parse_known_args(words)
    except ArgumentError as error:
        raise UsageError(str(error)) from error
    if unknown:
        raise UsageError(f"--probe renders built-in looks only: {unknown[0]} is too much")
    level = portable_level(asked.portable, asked.portable_avx2)
    hold_to_portable(asked.portable, asked.portable_avx2)
    from ganfx.farm.probe import differences, distances, read_probe, take_probe

    theirs = None if against is None else read_probe(against)
    taken = take_probe(device=asked.device, portable=level)  # type: ignore[arg-type]
    console.print_json(taken)
    if theirs is not None:
        different = differences(theirs, taken)
        apart = distances(theirs, taken) if different else {}
        console.check_probe(different, apart, within)


def assemble(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Finished frames.")],
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A contact sheet: PNG or JPEG.")
    ] = None,
    video: Annotated[
        Path | None, typer.Option(metavar="FILE|DIR", help="H.264 of each sequence.")
    ] = None,
    fps: Annotated[str, typer.Option(metavar="RATE", help="24, 23.976 or 24000/1001.")] = "24",
) -> None:
    """Make a contact sheet and videos of finished frames."""
    from ganfx.farm.assembly import write_sheet, write_videos

    if sheet is None and video is None:
        raise UsageError("give --sheet FILE, --video FILE, or both")
    rate = _rate(fps)
    if sheet is not None:
        console.show_files([write_sheet(folder, sheet)])
    if video is not None:
        console.show_files(write_videos(folder, video, rate))


NTSC = {"23.976": "24000/1001", "23.98": "24000/1001", "29.97": "30000/1001", "59.94": "60000/1001"}
"""What people call rates that are no decimal number."""


def _rate(text: str) -> Fraction:
    try:
        rate = Fraction(NTSC.get(text, text))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= 1000:
        raise UsageError(f"--fps {text}: expected a rate such as 24, 23.976 or 24000/1001")
    return rate


@dataclass(frozen=True)
class _Parsed:
    request: Request
    values: dict[str, Any]
    arguments: tuple[str, ...]
    """Options that are not the job's own, as a command line has them; paths absolute."""


def _parsed(words: Sequence[str]) -> _Parsed:
    """A command line of stylize, by its own parser."""
    app = typer.Typer(add_completion=False)
    app.command()(stylize)
    command = typer.main.get_command(app)
    context = command.make_context("ganfx stylize", list(words))
    values = context.params
    arguments = [
        word
        for parameter in command.params
        if parameter.name not in OF_JOB and parameter.name != "help"
        for word in _written(parameter, values[str(parameter.name)])
    ]
    if values["compile_"]:
        raise UsageError("--compile: each node would have code of its own, and pixels with it")
    own = {"progress", "json", "quiet", "dry_run", "prove_chunks", "log"}
    asked = request(**{name: value for name, value in values.items() if name not in own})
    return _Parsed(asked, values, tuple(arguments))


def _pinned(parsed: _Parsed) -> list[str]:
    """What each node would else decide by itself: nodes of different kinds share one shot."""
    options = parsed.request.options
    decided = options.precision != "auto" or options.portable
    return [] if decided else ["--precision", "float32"]


def _written(parameter: Any, value: Any) -> Iterator[str]:
    if value is None or value == parameter.default:
        return
    option = max(parameter.opts, key=len)
    if parameter.is_flag:
        yield option
        return
    text = str(value)
    keyword = text.startswith("channel:") or (parameter.name == "cuts" and text in ("auto", "none"))
    if parameter.name in PATHS and not keyword:
        text = str(Path(text).absolute())
    yield from (option, text)


def _described(source: Path, words: Sequence[str]) -> FarmJob:
    from ganfx.farm.job import describe_job
    from ganfx.styles.library import find_style, identity

    parsed = _parsed([str(source), *words])
    values, look = parsed.values, parsed.request.look
    if values["out"] is None:
        raise UsageError("a farm job needs --out DIR: the same folder for every node")
    styles = [look] if isinstance(look, str | Path) else list(look)
    paths = [find_style(each) for each in styles]
    named = {str(s): _anywhere(s, path) for s, path in zip(styles, paths, strict=True)}
    if values["mix"]:
        parts = [part.strip().rpartition(":") for part in values["mix"].split(",")]
        style = ",".join(f"{named[each]}:{n}" for each, _, n in parts if each in named)
    else:
        (style,) = named.values()
    return describe_job(
        source,
        values["out"],
        style,
        expect=identity(paths),
        arguments=(*parsed.arguments, *_pinned(parsed)),
        frames=values["frames"],
        missing=values["missing"],
        mixed=bool(values["mix"]),
    )


def _anywhere(style: str | Path, path: Path) -> str:
    """A look as every node finds it: by name in its library, else by the whole path."""
    from ganfx.styles.library import BUILT_IN, user_library

    by_name = path.parent in (BUILT_IN, user_library()) and str(style) == path.stem
    return path.stem if by_name else str(path.absolute())
