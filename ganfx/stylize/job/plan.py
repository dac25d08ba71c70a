"""The plan of a run: every input with its output, checked before anything is written."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from fileseq.frameset import FrameSet

from ganfx.errors import MediaError, UsageError
from ganfx.media.headers import holds_data
from ganfx.media.ktx2 import SUFFIX as KTX2
from ganfx.media.ktx2 import check_toktx
from ganfx.media.sequences import Shot, find_shots, group_files, select_frames
from ganfx.media.video.reading import count_frames
from ganfx.stylize.declared.kinds import Missing
from ganfx.stylize.job.data_textures import is_data
from ganfx.stylize.job.depths import with_distances
from ganfx.stylize.job.jobs import Job, Plan, PlannedShot, is_plate
from ganfx.stylize.job.notices import notices_of, some
from ganfx.stylize.job.output_paths import (
    common_folder,
    is_picture,
    listed_output,
    mirrored_output,
    only_output,
    refuse_inside,
    target_of,
)
from ganfx.stylize.job.painted import keys_around, match_painted
from ganfx.stylize.job.picture_sets import with_sets
from ganfx.stylize.job.resolved import ResolvedOptions
from ganfx.stylize.job.source_files import chooser, without_excluded
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.filter import HANDLES
from ganfx.stylize.temporal.holds import shown_between

Place = Callable[[Path], Path]
"""Where the result of a file goes."""


def make_plan(sources: Sequence[Path], style: str, resolved: ResolvedOptions) -> Plan:
    """Find the shots of every source, and where their results go.

    Args:
        sources: Folders, files or fileseq notations.
        style: Name of the style, for the default output.
        resolved: For ``out``, ``frames``, ``format`` and ``force``, and known motion.

    Raises:
        UsageError: Nothing to do, or a result would be lost or would overwrite an input.
    """
    if not sources:
        raise UsageError("nothing to stylise: give a folder, a picture, a video or a sequence")
    options = resolved.options
    planned: list[PlannedShot] = []
    lost: list[Path] = []
    targets = [target_of(source, style, options, alone=len(sources) == 1) for source in sources]
    own: list[Path] = []
    for shot, place, single in _placed(sources, targets, style, options, own):
        each = _planned(shot, place, resolved, single=single)
        lost += [job.source for job in each.jobs if _loses_data(job)]
        each = replace(each, jobs=tuple(job for job in each.jobs if not _loses_data(job)))
        planned += [each] if each.jobs else []
    if not planned and lost:
        raise _nothing_but_data(lost)
    if not planned:
        raise UsageError(
            "nothing to stylise: what was asked for is left out by --exclude, or is a missing"
            " frame of data textures",
            hint="exclude less, or choose other --frames",
        )
    _refuse_gaps(planned, options)
    _refuse_unwritten(planned)
    _refuse_losses(planned)
    if resolved.painted:
        planned = [_painted_over(planned, resolved.painted)]
    planned, depths = with_distances(planned, resolved)
    notices = (*notices_of(planned, resolved, sources, own), *depths)
    if lost:
        notices += (f"left out, as {options.suffix} does not hold their data: {some(lost)}",)
    return Plan(tuple(planned), common_folder(targets), notices)


def _placed(
    sources: Sequence[Path],
    targets: Sequence[Path],
    style: str,
    options: Options,
    own: list[Path],
) -> Iterator[tuple[Shot, Place, bool]]:
    """Every shot, where its results go, and whether it is a file that was named by itself.

    ``own`` gets the files that ganfx wrote and that are therefore left out.
    """
    listed = [source for source in sources if is_picture(source) and source.is_file()]
    if len(sources) == 1:
        listed = []
    grouped: list[Shot] | None = None
    for source, target in zip(sources, targets, strict=True):
        if source in listed and grouped is None:
            kept = [f for f in listed if without_excluded([f], f, options.exclude)]
            grouped = _select(group_files(kept), options) if kept else []
            for shot in grouped:
                frames = shot.kind == "sequence"
                yield (
                    shot,
                    partial(listed_output, of_sequence=frames, style=style, options=options),
                    False,
                )
        if source in listed:
            continue
        refuse_inside(source, target)
        shots = find_shots(
            source,
            frames=options.frames,
            gaps_too=options.fills_gaps,
            choose=chooser(source, options, own),
        )
        for shot in shots:
            single = source.is_file()
            place = partial(mirrored_output, root=shot.root, target=target, options=options)
            yield shot, partial(only_output, target) if single else place, single


def _select(shots: list[Shot], options: Options) -> list[Shot]:
    if options.frames is None:
        return shots
    return select_frames(shots, options.frames, gaps_too=options.fills_gaps)


def _planned(shot: Shot, place: Place, resolved: ResolvedOptions, *, single: bool) -> PlannedShot:
    options = resolved.options
    if shot.kind == "video":
        return _planned_video(shot, place, options, single=single)
    frames = shot.frames or (None,) * len(shot.files)
    jobs = tuple(
        _job(file, frame, place, options) for file, frame in zip(shot.files, frames, strict=True)
    )
    jobs = with_sets(_with_copies(jobs, shot), shot, options)
    if options.region and any(job.tiles or job.cube for job in jobs):
        raise UsageError(
            f"--region: {shot.name} is one picture in several files, which have no regions",
            hint="--wrap none does each file by itself",
        )
    paints_sequence = shot.kind == "sequence" and not any(job.copied for job in jobs)
    if options.fills_gaps and paints_sequence:
        jobs = tuple(sorted((*jobs, *_filled(shot, place, options)), key=_frame_number))
    if options.holds_still and paints_sequence:
        jobs = _with_neighbors(jobs, shot, resolved)
    jobs = tuple(replace(job, canvas=shot.canvas) for job in jobs) if shot.canvas else jobs
    output = jobs[0].output if jobs else Path()  # without a job nobody will look at it
    return PlannedShot(shot, jobs, output if single else output.parent, alone=single)


def _job(file: Path, frame: int | None, place: Place, options: Options) -> Job:
    """The job of a file: data textures are copied, in their own format."""
    if options.force or not is_data(file):
        return Job(file, place(file), frame, number=frame)
    output = place(file)
    if output.suffix.lower() != file.suffix.lower() and options.suffix is None:
        raise UsageError(
            f"{file} holds data by its name, and is copied as it is: --out {output} is of another"
            " format",
            hint=f"give a name that ends in {file.suffix}, or stylise it with --force",
        )
    return Job(file, output.with_name(f"{output.stem}{file.suffix}"), frame, copied=True)


def _with_copies(jobs: tuple[Job, ...], shot: Shot) -> tuple[Job, ...]:
    """Jobs of files that hold no colour copy them; the first frame speaks for its sequence."""
    asked = jobs[:1] if shot.kind == "sequence" else jobs
    data = {job.source for job in asked if _is_exr(job.source) and holds_data(job.source)}
    if data and shot.kind == "sequence":
        data = {job.source for job in jobs}
    return tuple(replace(job, copied=True) if job.source in data else job for job in jobs)


def _is_exr(path: Path) -> bool:
    return path.suffix.lower() == ".exr"


def _loses_data(job: Job) -> bool:
    """Whether the written format cannot hold what a source without colour holds."""
    return job.copied and _is_exr(job.source) and not _is_exr(job.output)


def _nothing_but_data(files: Sequence[Path]) -> UsageError:
    holds = "holds" if len(files) == 1 else "hold"
    return UsageError(
        f"nothing to stylise: {some(files)} {holds} data (depth, vectors, ids), not colour",
        hint="give the pictures that they belong to",
    )


def _planned_video(shot: Shot, place: Place, options: Options, *, single: bool) -> PlannedShot:
    """A video that stays one, or each of its frames as a picture: ``NAME.0000.png``."""
    (file,) = shot.files
    output = place(file)
    if is_data(file) and not options.force:
        job = _job(file, None, place, options)
        return PlannedShot(replace(shot, kind="stills"), (job,), job.output, alone=single)
    if options.suffix:
        folder = output if single else output.parent
        names = {n: f"{file.stem}.{n:04d}{options.suffix}" for n in _numbers(shot)}
        jobs = tuple(Job(file, folder / name, number) for number, name in names.items())
        return PlannedShot(shot, jobs, folder)
    chosen = None
    if shot.frames:
        chosen = range(shot.frames[0], shot.frames[-1] + 1)
        _refuse_parts(shot, chosen)
    job = Job(file, output, None, frames=chosen)
    return PlannedShot(shot, (job,), output, alone=single)


def _numbers(shot: Shot) -> Sequence[int]:
    """Frames of a video; the first where it cannot be read, which is reported in its turn."""
    if shot.frames:
        return shot.frames
    try:
        return range(count_frames(shot.files[0]))
    except MediaError:
        return range(1)


def _refuse_parts(shot: Shot, chosen: range) -> None:
    if len(chosen) != len(shot.frames):
        raise UsageError(
            f"{shot.name}: a video is cut to one range of frames, not to several",
            hint="give --frames FIRST-LAST, or --format png for its frames as pictures",
        )


def _with_neighbors(
    jobs: tuple[Job, ...], shot: Shot, resolved: ResolvedOptions
) -> tuple[Job, ...]:
    """The files of each job's window, of those on disk; and those that its hold may begin with."""
    numbers, options = list(shot.on_disk), resolved.options
    frames = {path: number for number, path in shot.on_disk.items()}

    def within(first: int, last: int) -> list[int]:
        return numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]

    known = resolved.vectors.files if resolved.vectors else lambda _: ()

    @cache
    def dependent(frame: int) -> dict[str, Any]:
        first, last = shown_between(frame, options)
        near = within(first - HANDLES, last + HANDLES)
        moved = (path for number in near for path in known(number))
        keys = within(first, last) if options.hold.is_active else ()
        return {
            "keys": tuple((number, shot.on_disk[number]) for number in keys),
            "neighbors": (*(shot.on_disk[number] for number in near), *moved),
            "window": tuple(near) if options.region else (),
        }

    def complete(job: Job) -> Job:
        if job.black or job.copied:
            return job
        held = replace(job, **dependent(frames[job.source]))
        return job if is_plate(held, options) else held

    return tuple(map(complete, jobs))


def _painted_over(planned: Sequence[PlannedShot], files: Sequence[Path]) -> PlannedShot:
    """The only shot, with the painted frames that each job, or its window, takes something of."""
    if len(planned) > 1:
        raise UsageError(
            f"--painted is of one shot, and there are {len(planned)}", hint="do one at a time"
        )
    (each,) = planned
    if each.shot.kind != "sequence":
        raise UsageError(
            f"--painted: {each.shot.name} is no frame sequence",
            hint="of a video, take its frames: --format png writes them",
        )
    keys = match_painted(files, each.shot)
    frames = {path: number for number, path in each.shot.on_disk.items()}
    jobs = (
        replace(job, painted=keys_around(keys, frames[job.source], HANDLES * bool(job.neighbors)))
        for job in each.jobs
    )
    return replace(each, jobs=tuple(jobs))


def _filled(shot: Shot, place: Place, options: Options) -> Iterator[Job]:
    """Jobs for the frames that a sequence lacks, from the nearest one before, else after."""
    there = sorted(shot.on_disk)
    for frame in shot.missing:
        number = there[max(0, bisect_left(there, frame) - 1)]
        source = shot.on_disk[number]
        if options.force or not is_data(source):
            black = options.missing == "black"
            yield Job(source, place(shot.path_of(frame)), frame, black=black, number=number)


def _frame_number(job: Job) -> int:
    assert job.frame is not None, "only sequences have missing frames"
    return job.frame


def _refuse_gaps(planned: Sequence[PlannedShot], options: Options) -> None:
    refuse_gaps([each.shot for each in planned], options.missing)


def refuse_gaps(shots: Sequence[Shot], missing: Missing) -> None:
    """Refuse gaps that ``--missing`` does not allow, or cannot fill.

    Raises:
        UsageError: A sequence lacks frames; or pictures that lack too many to be one were
            to be checked or filled.
    """
    holes = [hole for shot in shots for hole in shot.holes]
    if holes and missing != "skip":
        raise UsageError(
            f"{holes[0]}: too many to be taken for a sequence, so --missing {missing} has no say",
            hint="name the sequence itself: plate.####.exr",
        )
    if missing != "error":
        return
    lacking = [shot for shot in shots if shot.missing]
    if lacking:
        first, more = lacking[0], len(lacking) - 1
        frames = FrameSet(first.missing).frameRange()
        others = f", and {more} sequences more lack frames" if more else ""
        raise UsageError(
            f"{first.name}: missing frames {frames}{others}",
            hint="render them, or choose --missing skip, hold or black",
        )


def _refuse_unwritten(planned: Sequence[PlannedShot]) -> None:
    """Refuse results in a format that is read only, or that a program is lacking for."""
    made = [job for each in planned for job in each.jobs if not job.copied]
    only_read = [job.output for job in made if job.output.suffix.lower() == ".dds"]
    if only_read:
        raise UsageError(
            f"DDS is read, and not written: {some(only_read)}",
            hint="choose another format: --format png, or ktx2; or --exclude '*.dds'",
        )
    if any(job.output.suffix.lower() == KTX2 for job in made):
        check_toktx()


def _refuse_losses(planned: Sequence[PlannedShot]) -> None:
    jobs = [job for each in planned for job in each.jobs]
    # Not Path.resolve: a link to itself is one bad frame, and no reason to stop.
    sources = {os.path.realpath(job.source) for job in jobs}
    over = [job.source for job in jobs if os.path.realpath(job.output) in sources]
    if over:
        raise UsageError(
            f"{some(over)} would be overwritten by what is made of them",
            hint="choose another folder with --out",
        )
    counts = Counter(job.output for job in jobs)
    twice = [job.source for job in jobs if counts[job.output] > 1]
    if twice:
        raise UsageError(
            f"{some(twice)} would become the same file",
            hint="stylise them in separate runs with different --out, or without --format",
        )
