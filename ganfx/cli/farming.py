"""``ganfx farm``, ``verify`` and ``assemble``: one job on many machines, and what came of it."""

from __future__ import annotations

from argparse import ArgumentError, ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
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
from ganfx.farm import CHUNK

if TYPE_CHECKING:
    from ganfx.farm.job import FarmJob

farm_app = typer.Typer(
    help="Split a job over many machines (OpenJD, Slurm), or over processes of this one.",
    no_args_is_help=True,
)
# Options of stylize are passed on as they are; its own parser checks them.
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
OF_JOB = frozenset(("source", "style", "mix", "out", "frames"))
"""Options that are not passed on to the tasks: the job has its own for each."""
MEANINGLESS = {
    "dry_run": "what a job takes: ganfx plan; what it writes: ganfx stylize with --dry-run",
    "prove_chunks": "it is ganfx stylize that proves chunks, on this machine",
    "overwrite": "tasks leave finished frames alone: delete what is to be redone, or change --out",
    "on_error": "a task does all of its frames that it can, then fails",
    "log": "the scheduler keeps what each task says",
    "json": "tasks speak to their scheduler, not to this terminal",
    "quiet": "tasks speak to their scheduler, not to this terminal",
    "progress": "tasks tell the scheduler how far they are as it expects",
    "expect": "a job expects the style and the version that it is made with",
}
"""Options of stylize that a farm job cannot follow, and what to do about it."""

Source = Annotated[Path, typer.Argument(metavar="SRC", help="Folder, plate.####.exr, or a file.")]
Chunk = Annotated[int, typer.Option(min=1, metavar="N", help="Frames in a task.")]
JobFolder = Annotated[
    Path, typer.Option("--job", "-o", metavar="DIR", help="Where to write the job's files.")
]


@farm_app.command("openjd", context_settings=PASSED_ON)
def farm_openjd(
    context: typer.Context, source: Source, job: JobFolder, chunk: Chunk = CHUNK
) -> None:
    """Write an OpenJD job bundle, for AWS Deadline Cloud and others. Takes stylize's options."""
    from ganfx.farm.openjd import write_bundle

    described = _described(_parsed([str(source), *context.args]))
    console.show_job(described.name, described.frames, len(described.files), chunk)
    console.show_files(write_bundle(described, job, chunk=chunk))


@farm_app.command("slurm", context_settings=PASSED_ON)
def farm_slurm(
    context: typer.Context,
    source: Source,
    job: JobFolder,
    chunk: Chunk = CHUNK,
    sbatch: Annotated[
        str,
        typer.Option(
            metavar="OPTIONS",
            help="Options for sbatch when it submits the array: --sbatch='--partition=farm'.",
        ),
    ] = "",
) -> None:
    """Write a Slurm array, and submit.sh, which submits it. Takes stylize's options."""
    from ganfx.farm.slurm import write_array

    described = _described(_parsed([str(source), *context.args]))
    console.show_job(described.name, described.frames, len(described.files), chunk)
    console.show_files(write_array(described, job, chunk=chunk, options=sbatch))


@farm_app.command("local", context_settings=PASSED_ON)
def farm_local(
    context: typer.Context,
    source: Source,
    processes: Annotated[
        int, typer.Option("--processes", "-j", min=1, help="How many tasks run at a time.")
    ] = 2,
    chunk: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Frames in a task.", show_default="what keeps -j busy"
        ),
    ] = None,
) -> None:
    """Run a job's tasks on this machine, several at a time, by OpenJD. Takes stylize's options."""
    from tempfile import TemporaryDirectory

    from ganfx.farm.local import local_chunk, run_bundle
    from ganfx.farm.openjd import write_bundle

    described = _described(_parsed([str(source), *context.args]))
    size = chunk or local_chunk(described, processes)
    console.show_job(described.name, described.frames, len(described.files), size)
    with TemporaryDirectory(prefix="ganfx-job-") as folder:
        write_bundle(described, Path(folder), chunk=size)
        console.show_tasks(run_bundle(Path(folder), processes=processes))


def plan(
    context: typer.Context,
    source: Source,
    openjd: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write an OpenJD job bundle to DIR.")
    ] = None,
    slurm: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write a Slurm array to DIR.")
    ] = None,
) -> None:
    """Forecast a job: its shots, time, memory, disk, chunk size. Takes stylize's options."""
    # Two frames are timed: as they will be made.
    hold_to_portable("--portable" in context.args, "--portable-avx2" in context.args)
    from ganfx.farm.openjd import write_bundle
    from ganfx.farm.planning import forecast
    from ganfx.farm.slurm import write_array
    from ganfx.media.allocation import keep_freed_memory

    parsed = _parsed([str(source), *context.args])
    # Before frames are timed: what is wrong with the job is told at once.
    job = None if openjd is None and slurm is None else _described(parsed)
    _refuse_of_runs(parsed, "plan")
    if "compile_" in parsed.given:
        raise UsageError("--compile: what frames take without it is forecast, as a farm makes them")
    keep_freed_memory()  # as the tasks will
    found = forecast(_one_source(parsed), parsed.request.look, parsed.request.options)
    console.show_forecast(found)
    if job is not None and openjd is not None:
        console.show_files(write_bundle(job, openjd, chunk=found.chunk))
    if job is not None and slurm is not None:
        console.show_files(write_array(job, slurm, chunk=found.chunk))


def verify(
    context: typer.Context,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe", help="Check this machine: render fixed frames, print their hashes."
        ),
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --probe: compare with another machine's probe."),
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=255,
            metavar="N",
            help="With --against: pass if 8-bit pixels differ by N code values at most.",
        ),
    ] = None,
) -> None:
    """Check that all that stylize would write is there, whole and up to date; exit code 4 if not.

    Takes the source and the options of stylize. With --probe it takes --device, --portable or
    --portable-avx2, and none of the others.
    """
    if within is not None and against is None:
        raise UsageError("--within N compares probes: add --against FILE")
    if probe:
        _probe(context.args, against, within)
        return
    if against is not None:
        raise UsageError("--against FILE compares probes: add --probe")
    from ganfx.stylize import rehearse

    asked = _refuse_of_runs(_parsed(context.args), "verify").request
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
    given: Mapping[str, str]
    """Options whose value is not their default, as they are written, by their names."""
    arguments: tuple[str, ...]
    """Options that are not the job's own, as a command line has them; paths absolute."""


def _parsed(words: Sequence[str]) -> _Parsed:
    """A command line of stylize, by its own parser."""
    app = typer.Typer(add_completion=False)
    app.command()(stylize)
    command = typer.main.get_command(app)
    values = command.make_context("ganfx stylize", list(words)).params
    given = {
        str(parameter.name): max(parameter.opts, key=len)
        for parameter in command.params
        if values.get(str(parameter.name)) not in (None, parameter.default)
    }
    arguments = [
        word
        for name, option in given.items()
        if name not in OF_JOB
        for word in _written(option, values[name])
    ]
    own = {"progress", "json", "quiet", "dry_run", "prove_chunks", "log"}
    asked = request(**{name: value for name, value in values.items() if name not in own})
    return _Parsed(asked, values, given, tuple(arguments))


def _pinned(parsed: _Parsed) -> list[str]:
    """What each node would else decide by itself: nodes of different kinds share one shot."""
    options = parsed.request.options
    decided = options.precision != "auto" or options.portable
    return [] if decided else ["--precision", "float32"]


def _written(option: str, value: Any) -> Iterator[str]:
    from ganfx.farm.job import PATH_OPTIONS

    if value is True:
        yield option
        return
    text = str(value)
    keyword = text.startswith("channel:") or (option == "--cuts" and text in ("auto", "none"))
    if option in PATH_OPTIONS and not keyword:
        text = str(Path(text).absolute())
    yield from (option, text)


def _refuse_meaningless(given: Mapping[str, str]) -> None:
    """Nothing that was asked for is left out in silence."""
    for name, hint in MEANINGLESS.items():
        if name in given:
            raise UsageError(f"{given[name]} has no meaning in a farm job", hint=hint)
    if "compile_" in given:
        raise UsageError("--compile: each node would have code of its own, and pixels with it")


def _refuse_of_runs(parsed: _Parsed, command: str) -> _Parsed:
    """The same, where nothing is made: it is what a run would make that counts."""
    for name in MEANINGLESS:
        if name in parsed.given and name != "expect":
            raise UsageError(f"{parsed.given[name]} has no meaning for ganfx {command}")
    return parsed


def _one_source(parsed: _Parsed) -> Path:
    sources = parsed.request.sources
    if len(sources) != 1:
        raise UsageError(
            f"a farm job has one SRC, not {len(sources)}",
            hint="give the folder that holds them all, or make a job for each",
        )
    return sources[0]


def _described(parsed: _Parsed) -> FarmJob:
    """The job that a command line of stylize means.

    Raises:
        UsageError: It says something that no farm job can do, or there is nothing to do.
    """
    from ganfx.farm.job import describe_job
    from ganfx.styles.library import find_style, identity

    _refuse_meaningless(parsed.given)
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
        _one_source(parsed),
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
