"""``ganfx farm`` and ``ganfx plan``: one job on many machines, with the options of stylize."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganfx import console
from ganfx.cli.commands import Command, Group
from ganfx.cli.declared import takes_options
from ganfx.cli.stylizing import LookOptions, RunOptions, Sources, hold_to_portable, listed
from ganfx.errors import UsageError
from ganfx.farm import CHUNK
from ganfx.media.ocio_configs import chosen_config
from ganfx.media.waiting import sleep_when_idle
from ganfx.option import Declared, as_words, given, name_of
from ganfx.stylize.declared.kinds import PANELS
from ganfx.stylize.options import Options

if TYPE_CHECKING:
    from ganfx.farm.job import FarmJob

farm_app = typer.Typer(
    cls=Group,
    help="Split a job over many machines (OpenJD, Slurm, OpenCue, Kubernetes), or over processes"
    " of this one.",
    no_args_is_help=True,
)
OF_JOB = frozenset(("out", "frames"))
"""Options that are not passed on to the tasks: the job has its own for each."""

Chunk = Annotated[int, typer.Option(min=1, metavar="N", help="Frames in a task.")]
LocalChunk = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Frames in a task.", show_default="what keeps -j busy"),
]
Processes = Annotated[
    int, typer.Option("--processes", "-j", min=1, help="How many tasks run at a time.")
]
JobFolder = Annotated[
    Path, typer.Option("--job", "-o", metavar="DIR", help="Where to write the job's files.")
]
Sbatch = Annotated[
    str,
    typer.Option(
        metavar="OPTIONS",
        help="Options for sbatch when it submits the array: --sbatch='--partition=farm'.",
    ),
]
Image = Annotated[str, typer.Option(metavar="IMAGE", help="Container image with ganfx in it.")]
Volumes = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CLAIM:/PATH",
        help="What pods mount, at the paths of this job: a claim, or a node's folder. Repeatable.",
    ),
]
Parallel = Annotated[int, typer.Option(min=1, metavar="N", help="Pods at a time.")]
Gpus = Annotated[int, typer.Option(min=0, metavar="N", help="GPUs of a pod.")]
Cpus = Annotated[float, typer.Option(min=0.1, metavar="N", help="CPUs of a pod.")]
Memory = Annotated[str, typer.Option(metavar="SIZE", help="Memory of a pod.")]
Bundle = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Also write an OpenJD job bundle to DIR.")
]
Array = Annotated[Path | None, typer.Option(metavar="DIR", help="Also write a Slurm array to DIR.")]


def _is_of_runs(each: Declared) -> bool:
    return each.about.farm != ""


of_stylize = takes_options(*PANELS, hides=_is_of_runs)
"""Gives a command the options of stylize; those that a job cannot follow are refused, and told."""


@farm_app.command("openjd", cls=Command)
@of_stylize
def farm_openjd(
    source: Sources,
    job: JobFolder,
    look: LookOptions,
    options: Options,
    run: RunOptions,
    chunk: Chunk = CHUNK,
) -> None:
    """Write an OpenJD job bundle, for AWS Deadline Cloud and others. Takes stylize's options."""
    from ganfx.farm.openjd import write_bundle

    described = _described(source, look, options, run)
    console.show_job(described.name, described.frames, len(described.files), chunk)
    console.show_files(write_bundle(described, job, chunk=chunk))


@farm_app.command("slurm", cls=Command)
@of_stylize
def farm_slurm(
    source: Sources,
    job: JobFolder,
    look: LookOptions,
    options: Options,
    run: RunOptions,
    chunk: Chunk = CHUNK,
    sbatch: Sbatch = "",
) -> None:
    """Write a Slurm array, and submit.sh, which submits it. Takes stylize's options."""
    from ganfx.farm.slurm import write_array

    described = _described(source, look, options, run)
    console.show_job(described.name, described.frames, len(described.files), chunk)
    console.show_files(write_array(described, job, chunk=chunk, options=sbatch))


@farm_app.command("opencue", cls=Command)
@of_stylize
def farm_opencue(
    source: Sources,
    job: JobFolder,
    look: LookOptions,
    options: Options,
    run: RunOptions,
    chunk: Chunk = CHUNK,
) -> None:
    """Write a list of tasks for OpenCue's cuecmd, and submit.sh. Takes stylize's options."""
    from ganfx.farm.opencue import write_cuecmd

    described = _described(source, look, options, run)
    console.show_job(described.name, described.frames, len(described.files), chunk)
    console.show_files(write_cuecmd(described, job, chunk=chunk))


@farm_app.command("kubernetes", cls=Command)
@of_stylize
def farm_kubernetes(
    source: Sources,
    job: JobFolder,
    look: LookOptions,
    options: Options,
    run: RunOptions,
    image: Image,
    volume: Volumes = None,
    parallel: Parallel = 10,
    gpus: Gpus = 0,
    cpus: Cpus = 2.0,
    memory: Memory = "8Gi",
    chunk: Chunk = CHUNK,
) -> None:
    """Write an Indexed Job of Kubernetes, and submit.sh. Takes stylize's options."""
    from ganfx.farm.kubernetes import Pods, write_indexed_job

    pods = Pods(image, tuple(volume or ()), parallel, gpus, cpus, memory)
    described = _described(source, look, options, run)
    console.show_job(described.name, described.frames, len(described.files), chunk)
    console.show_files(write_indexed_job(described, job, pods, chunk=chunk))


@farm_app.command("local", cls=Command)
@of_stylize
def farm_local(
    source: Sources,
    look: LookOptions,
    options: Options,
    run: RunOptions,
    processes: Processes = 2,
    chunk: LocalChunk = None,
) -> None:
    """Run a job's tasks on this machine, several at a time, by OpenJD. Takes stylize's options."""
    from tempfile import TemporaryDirectory

    from ganfx.farm.local import local_chunk, run_bundle
    from ganfx.farm.openjd import write_bundle

    described = _described(source, look, options, run)
    size = chunk or local_chunk(described, processes)
    console.show_job(described.name, described.frames, len(described.files), size)
    with TemporaryDirectory(prefix="ganfx-job-") as folder:
        write_bundle(described, Path(folder), chunk=size)
        console.show_tasks(run_bundle(Path(folder), processes=processes))


@takes_options(*PANELS, hides=lambda each: _is_of_runs(each) and each.field != "json")
def plan(
    source: Sources,
    look: LookOptions,
    options: Options,
    run: RunOptions,
    openjd: Bundle = None,
    slurm: Array = None,
) -> None:
    """Forecast a job: its shots, time, memory, disk, chunk size. Takes stylize's options."""
    hold_to_portable(options)  # two frames are timed: as they will be made
    sleep_when_idle()
    from ganfx.farm.openjd import write_bundle
    from ganfx.farm.planning import forecast
    from ganfx.farm.slurm import write_array
    from ganfx.media.allocation import keep_freed_memory

    # Before frames are timed: what is wrong with the job is told at once.
    told = replace(run, json=False)
    job = None if openjd is None and slurm is None else _described(source, look, options, told)
    refuse_of_runs("plan", options, run, but=("expect", "json"))
    keep_freed_memory()  # as the tasks will
    found = forecast(_one_source(source), look.look, options)
    if not run.json:
        console.show_forecast(found)
    files: list[Path] = []
    if job is not None and openjd is not None:
        files += write_bundle(job, openjd, chunk=found.chunk)
    if job is not None and slurm is not None:
        files += write_array(job, slurm, chunk=found.chunk)
    if run.json:
        console.print_forecast(found, files)
    else:
        console.show_files(files)


def refuse_of_runs(command: str, *options: Any, but: Collection[str] = ()) -> None:
    """Refuse what a command that makes nothing cannot follow.

    Args:
        command: Its name.
        options: Dataclasses of options.
        but: Fields that it can follow after all.

    Raises:
        UsageError: Such an option is given.
    """
    for each, option in _refusable(options):
        if each.field not in but:
            raise UsageError(f"{option} has no meaning for ganfx {command}")


def _refuse_in_jobs(*options: Any) -> None:
    """Nothing that was asked for is left out in silence."""
    for each, option in _refusable(options):
        raise UsageError(f"{option} has no meaning in a farm job", hint=each.about.farm)


def _refuse_half(options: Options) -> None:
    """Frames of one job are made in one precision."""
    if options.precision == "half":
        raise UsageError(
            "--precision half is another one on nodes with a GPU than on those without",
            hint="give --precision float16 for GPUs, or bfloat16",
        )


def _refusable(options: tuple[Any, ...]) -> list[tuple[Declared, str]]:
    return [
        (each, name_of(each, getattr(values, name)))
        for values in options
        for name, each in given(values).items()
        if each.about.farm
    ]


def _pinned(options: Options) -> list[str]:
    """Options that each node would else decide by itself: nodes of different kinds share a shot."""
    decided = options.precision != "auto" or options.portable
    config = None if options.ocio else chosen_config()
    return [
        *([] if decided else ["--precision", "float32"]),
        *(["--motion", "opencv"] if options.motion == "auto" else []),
        *([] if config is None else ["--ocio", str(_absolute(config))]),
    ]


def _absolute(config: str) -> str | Path:
    return config if config.startswith("ocio:") else Path(config).absolute()


TIMELINES = (".otio", ".edl")


def _one_source(source: list[Path]) -> Path:
    sources = listed(source)
    if len(sources) != 1:
        raise UsageError(
            f"a farm job has one SRC, not {len(sources)}",
            hint="give the folder that holds them all, or make a job for each",
        )
    if sources[0].suffix.lower() in TIMELINES:
        raise UsageError(
            f"{sources[0]}: a timeline is done by ganfx stylize, not on a farm",
            hint="give the folder of the media that it uses, with --frames",
        )
    return sources[0]


def _described(source: list[Path], look: LookOptions, options: Options, run: RunOptions) -> FarmJob:
    """The job that a command line of stylize means.

    Raises:
        UsageError: It says something that no farm job can do, or there is nothing to do.
    """
    from ganfx.farm.job import describe_job
    from ganfx.styles.library import find_style, identity
    from ganfx.stylize.job.source_files import chooser

    chosen = look.look
    _refuse_in_jobs(options, run)
    _refuse_half(options)
    if options.out is None:
        raise UsageError("a farm job needs --out DIR: the same folder for every node")
    styles = [chosen] if isinstance(chosen, str | Path) else list(chosen)
    paths = [find_style(each) for each in styles]
    regional = [find_style(each.look) for each in options.region]
    named = {str(s): _anywhere(s, path) for s, path in zip(styles, paths, strict=True)}
    only = _one_source(source)
    return describe_job(
        only,
        options.out,
        _written_look(look, named),
        expect=identity([*paths, *regional]),
        arguments=(*as_words(options, without=OF_JOB), *_pinned(options)),
        frames=options.frames,
        missing=options.missing,
        mixed=bool(look.mix),
        choose=chooser(only, options),
    )


def _written_look(look: LookOptions, named: dict[str, str]) -> str:
    """A style, or a mix, by names that every node finds."""
    if not look.mix:
        (style,) = named.values()
        return style
    parts = [part.strip().rpartition(":") for part in look.mix.split(",")]
    return ",".join(f"{named[each]}:{n}" for each, _, n in parts if each in named)


def _anywhere(style: str | Path, path: Path) -> str:
    """A look as every node finds it: by name in its library, else by the whole path."""
    from ganfx.styles.library import BUILT_IN, user_library

    by_name = path.parent in (BUILT_IN, user_library()) and str(style) == path.stem
    return path.stem if by_name else str(path.absolute())
