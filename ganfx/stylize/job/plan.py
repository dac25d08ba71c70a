"""The plan of a run: every input with its output, checked before anything is written."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from fileseq.frameset import FrameSet

from ganfx.errors import MediaError, UsageError
from ganfx.media.sequences import Shot, find_shots, group_files, select_frames
from ganfx.media.video.reading import count_frames
from ganfx.stylize.job.data_textures import is_data
from ganfx.stylize.job.jobs import Job, Plan, PlannedShot
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
from ganfx.stylize.job.resolved import ResolvedOptions
from ganfx.stylize.options import Missing, Options
from ganfx.stylize.temporal.filter import HANDLES
from ganfx.stylize.temporal.motion_vectors import Vectors

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
    left_alone: list[Path] = []
    targets = [target_of(source, style, options, alone=len(sources) == 1) for source in sources]
    for shot, place, single in _placed(sources, targets, style, options):
        left_alone += [] if options.force else [f for f in shot.files if is_data(f)]
        each = _planned(shot, place, resolved, single=single)
        planned += [each] if each.jobs else []
    if not planned:
        raise UsageError(
            f"nothing to stylise: {some(left_alone)} hold data, not colour, by their names",
            hint="stylise them anyway with --force",
        )
    _refuse_gaps(planned, options)
    _refuse_losses(planned)
    notices = tuple(notices_of(planned, left_alone, resolved, sources))
    return Plan(tuple(planned), common_folder(targets), notices)


def _placed(
    sources: Sequence[Path], targets: Sequence[Path], style: str, options: Options
) -> Iterator[tuple[Shot, Place, bool]]:
    """Every shot, where its results go, and whether it is a file that was named by itself."""
    listed = [source for source in sources if is_picture(source) and source.is_file()]
    if len(sources) == 1:
        listed = []
    grouped: list[Shot] | None = None
    for source, target in zip(sources, targets, strict=True):
        if source in listed and grouped is None:
            grouped = _select(group_files(listed), options)
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
        for shot in find_shots(source, frames=options.frames, gaps_too=options.fills_gaps):
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
        Job(file, place(file), frame)
        for file, frame in zip(shot.files, frames, strict=True)
        if options.force or not is_data(file)
    )
    if options.fills_gaps and shot.kind == "sequence" and (jobs or not shot.files):
        jobs = tuple(sorted((*jobs, *_filled(shot, place, options)), key=_frame_number))
    if options.holds_still and shot.kind == "sequence":
        jobs = _with_neighbors(jobs, shot, resolved.vectors)
    output = jobs[0].output if jobs else Path()  # without a job nobody will look at it
    return PlannedShot(shot, jobs, output if single else output.parent)


def _planned_video(shot: Shot, place: Place, options: Options, *, single: bool) -> PlannedShot:
    """A video that stays one, or each of its frames as a picture: ``NAME.0000.png``."""
    (file,) = shot.files
    output = place(file)
    if is_data(file) and not options.force:
        return PlannedShot(shot, (), output)
    if options.suffix:
        folder = output if single else output.parent
        names = {n: f"{file.stem}.{n:04d}{options.suffix}" for n in _numbers(shot)}
        jobs = tuple(Job(file, folder / name, number) for number, name in names.items())
        return PlannedShot(shot, jobs, folder)
    chosen = None
    if shot.frames:
        chosen = range(shot.frames[0], shot.frames[-1] + 1)
        _refuse_parts(shot, chosen)
    return PlannedShot(shot, (Job(file, output, None, frames=chosen),), output)


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


def _with_neighbors(jobs: tuple[Job, ...], shot: Shot, vectors: Vectors | None) -> tuple[Job, ...]:
    """The files of each job's window, of those on disk."""
    numbers, paths = list(shot.on_disk), list(shot.on_disk.values())
    frames = {path: number for number, path in shot.on_disk.items()}
    windows: dict[int, tuple[Path, ...]] = {}
    for frame in {frames[job.source] for job in jobs}:
        first, last = bisect_left(numbers, frame - HANDLES), bisect_right(numbers, frame + HANDLES)
        known = vectors.files if vectors else lambda _: ()
        moved = [path for number in numbers[first:last] for path in known(number)]
        windows[frame] = (*paths[first:last], *moved)
    return tuple(
        job if job.black else replace(job, neighbors=windows[frames[job.source]]) for job in jobs
    )


def _filled(shot: Shot, place: Place, options: Options) -> Iterator[Job]:
    """Jobs for the frames that a sequence lacks, from the nearest one before, else after."""
    there = sorted(shot.on_disk)
    for frame in shot.missing:
        if is_data(shot.path_of(frame)) and not options.force:
            continue
        source = shot.on_disk[there[max(0, bisect_left(there, frame) - 1)]]
        yield Job(source, place(shot.path_of(frame)), frame, black=options.missing == "black")


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
