"""Jobs of files that are one picture with others: UDIM tiles, and faces of a cube map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ganfx.errors import MediaError, UsageError
from ganfx.media.sequences import Shot
from ganfx.media.tile_sets import TileSet, cube_files_of, refuse_sizes, tile_set_of
from ganfx.stylize.effects.grain import grain_number
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.options import Options

_APART = "bring them to one size, or do each by itself: --wrap none"


def with_sets(jobs: tuple[Job, ...], shot: Shot, options: Options) -> tuple[Job, ...]:
    """Jobs of stills with the sets that they are of, as far as the options let them be of any.

    Raises:
        UsageError: Files of a set have several sizes, or an option does not go with sets.
    """
    if shot.kind != "stills" or options.cells or options.strength == 0:
        return jobs
    if options.wrap == "cube":
        return _checked(tuple(_of_cube(job, options) for job in jobs))
    if options.wrap:
        return jobs
    return _checked(tuple(_of_tiles(job, named=shot.are_tiles) for job in jobs))


def _of_tiles(job: Job, *, named: bool) -> Job:
    return job if job.copied else replace(job, tiles=tile_set_of(job.source, named=named))


def _of_cube(job: Job, options: Options) -> Job:
    files = None if job.copied else cube_files_of(job.source)
    if files is None:
        return job
    if options.detail or options.direction or options.guide:
        raise UsageError(
            f"{job.source} is a face of a cube map: --detail, --direction and --guide do not go"
            " with it",
            hint="leave them out, or do each face by itself: --wrap none",
        )
    return replace(job, cube=files)


def _checked(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """The same, if files of each set are of one size."""
    sets: dict[str, tuple[Path, ...]] = {}
    for job in jobs:
        if job.tiles is not None:
            name = str(job.source.with_name(job.tiles.name))
            sets.setdefault(name, tuple(job.tiles.tiles.values()))
        if job.cube:
            sets.setdefault(f"the cube map of {job.cube[0]}", job.cube)
    try:
        for name, files in sets.items():
            refuse_sizes(files, name, _APART)
    except MediaError as error:
        raise UsageError(error.message, hint=error.hint) from error
    return jobs


def others_of(job: Job) -> tuple[Path, ...]:
    """Files of a job's set that its pixels depend on, beside its own."""
    if job.tiles is not None:
        return tuple(job.tiles.near(job.source).values())
    return tuple(file for file in job.cube if file != job.source)


def number_of(job: Job) -> int:
    """The number by which a job's picture gets its grain: one for all files of a set."""
    if job.tiles is not None:
        return grain_number(job.source.with_name(job.tiles.name))
    return grain_number(job.cube[0] if job.cube else job.source, job.number)


def text_of(tiles: TileSet, source: Path) -> str:
    """Where a tile and those that it depends on lie, for fingerprints."""
    near = " ".join(f"{u},{v}" for u, v in tiles.near(source))
    return f"tile {tiles.place_of(source)} near {near}"
