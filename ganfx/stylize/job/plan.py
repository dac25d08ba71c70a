"""What is to be done: every input with its output, checked before anything is written."""

from __future__ import annotations

import os
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fileseq.frameset import FrameSet

from ganfx.errors import UsageError
from ganfx.media.formats import FORMATS, PICTURE_SUFFIXES, UNREAD_SUFFIXES, VIDEO_SUFFIXES
from ganfx.media.sequences import Shot, find_shots, group_files, select_frames
from ganfx.stylize.job.notices import notices_of, some
from ganfx.stylize.options import Missing, Options
from ganfx.stylize.temporal.cuts import shot_starts
from ganfx.stylize.temporal.filter import HANDLES
from ganfx.stylize.temporal.motion_vectors import Vectors, find_vectors

DATA_ENDINGS = (
    *("_normal", "_normals", "_nrm", "_normal_dx", "_normal_gl"),
    *("_normal_directx", "_normal_opengl", "_bump", "_height", "_displacement", "_disp"),
    *("_rough", "_roughness", "_gloss", "_glossiness", "_metal", "_metallic", "_metalness"),
    *("_ao", "_occlusion", "_ambientocclusion", "_orm", "_rma", "_mrao", "_opacity"),
)
"""Names of textures that hold data, not colour, before the frame number and suffix."""

Place = Callable[[Path], Path]
"""Where the result of a file goes."""

_NUMBER = re.compile(r"[._](-?\d+)$")


@dataclass(frozen=True)
class Job:
    """One file to make from another."""

    source: Path
    output: Path
    frame: int | None  # frame number; None for stills and videos
    black: bool = False  # a missing frame: nothing of the source but its size and kind
    neighbors: tuple[Path, ...] = ()  # files that the pixels depend on, too, and the source


@dataclass(frozen=True)
class PlannedShot:
    """A shot with what is made of it."""

    shot: Shot
    jobs: tuple[Job, ...]
    output: Path  # folder, or the file of a video or single picture


@dataclass(frozen=True)
class Plan:
    """All of a run."""

    shots: tuple[PlannedShot, ...]
    output: Path  # what all outputs have in common
    notices: tuple[str, ...]

    @property
    def outputs(self) -> dict[Path, list[Path]]:
        """Output files by folder, in order."""
        folders: dict[Path, list[Path]] = {}
        for planned in self.shots:
            for job in planned.jobs:
                folders.setdefault(job.output.parent, []).append(job.output)
        return folders


def make_plan(sources: Sequence[Path], style: str, options: Options) -> Plan:
    """Find the shots of every source, and where their results go.

    Args:
        sources: Folders, files or fileseq notations.
        style: Name of the style, for the default output.
        options: For ``out``, ``frames``, ``format`` and ``force``.

    Raises:
        UsageError: Nothing to do, or a result would be lost or would overwrite an input.
    """
    if not sources:
        raise UsageError("nothing to stylise: give a folder, a picture, a video or a sequence")
    shot_starts(options.cuts)  # whether it can be read, before anything is done
    find_vectors(options.flow)
    planned: list[PlannedShot] = []
    left_alone: list[Path] = []
    targets = [_target(source, style, options, alone=len(sources) == 1) for source in sources]
    for shot, place, single in _placed(sources, targets, style, options):
        left_alone += [] if options.force else [f for f in shot.files if is_data(f)]
        each = _planned(shot, place, options, single=single)
        planned += [each] if each.jobs else []
    if not planned:
        raise UsageError(
            f"nothing to stylise: {some(left_alone)} hold data, not colour, by their names",
            hint="stylise them anyway with --force",
        )
    _refuse_gaps(planned, options)
    _refuse_losses(planned)
    notices = tuple(notices_of(planned, left_alone, options, sources))
    return Plan(tuple(planned), _common(targets), notices)


def _placed(
    sources: Sequence[Path], targets: Sequence[Path], style: str, options: Options
) -> Iterator[tuple[Shot, Place, bool]]:
    """Every shot, where its results go, and whether it is a file that was named by itself."""
    listed = [source for source in sources if _is_picture(source) and source.is_file()]
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
                    partial(_listed, of_sequence=frames, style=style, options=options),
                    False,
                )
        if source in listed:
            continue
        _refuse_inside(source, target)
        for shot in find_shots(source, frames=options.frames, gaps_too=options.fills_gaps):
            single = source.is_file()
            place = partial(_mirrored, root=shot.root, target=target, options=options)
            yield shot, partial(_alone, target) if single else place, single


def _select(shots: list[Shot], options: Options) -> list[Shot]:
    if options.frames is None:
        return shots
    return select_frames(shots, options.frames, gaps_too=options.fills_gaps)


def is_data(path: Path) -> bool:
    """Whether the name says that a texture holds data: ``wood_normal.png``."""
    stem = _NUMBER.sub("", path.stem).lower()
    return stem.endswith(DATA_ENDINGS)


def _target(source: Path, style: str, options: Options, *, alone: bool) -> Path:
    """The file, for a single picture or video, or folder that the results make up."""
    suffix = options.suffix if options.suffix and _is_picture(source) else source.suffix
    if options.out is None:
        return _beside(source, style, suffix)
    if source.is_dir():
        return options.out if alone else options.out / source.resolve().name
    if not source.is_file():  # a notation
        return options.out
    if alone and _names_a_file(options.out):
        _refuse_other_kind(source, options.out)
        _refuse_other_format(options)
        return options.out
    return options.out / f"{source.stem}{suffix}"


def _beside(source: Path, style: str, suffix: str) -> Path:
    """``shots`` to ``shots-noir``, ``photo.png`` to ``photo-noir.png``."""
    if source.is_file():
        return source.with_name(f"{source.stem}-{style}{suffix}")
    folder = source if source.is_dir() else source.parent
    folder = folder.resolve() if folder.name in ("", "..") else folder
    if not folder.name:
        raise UsageError(f"there is no place beside {folder}", hint="choose a folder with --out")
    return folder.with_name(f"{folder.name}-{style}")


def _planned(shot: Shot, place: Place, options: Options, *, single: bool) -> PlannedShot:
    frames = shot.frames or (None,) * len(shot.files)
    jobs = tuple(
        Job(file, place(file), frame)
        for file, frame in zip(shot.files, frames, strict=True)
        if options.force or not is_data(file)
    )
    if options.fills_gaps and shot.kind == "sequence" and (jobs or not shot.files):
        jobs = tuple(sorted((*jobs, *_filled(shot, place, options)), key=_frame_number))
    if options.holds_still and shot.kind == "sequence":
        jobs = _with_neighbors(jobs, shot, find_vectors(options.flow))
    as_file = single or shot.kind == "video"
    output = jobs[0].output if jobs else Path()  # without a job nobody will look at it
    return PlannedShot(shot, jobs, output if as_file else output.parent)


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


def _alone(target: Path, _file: Path) -> Path:
    return target


def _listed(file: Path, *, of_sequence: bool, style: str, options: Options) -> Path:
    """Where the result of a picture goes that was listed beside others.

    A frame keeps its name, as it does where its sequence is named as one.
    """
    suffix = options.suffix or file.suffix
    if options.out is None and not of_sequence:
        return _beside(file, style, suffix)
    folder = options.out or _beside(file.parent, style, "")
    return folder / f"{file.stem}{suffix}"


def _frame_number(job: Job) -> int:
    assert job.frame is not None, "only sequences have missing frames"
    return job.frame


def _mirrored(file: Path, root: Path, target: Path, options: Options) -> Path:
    output = target / file.relative_to(root)
    if options.suffix and _is_picture(file):
        return output.with_suffix(options.suffix)
    return output


def _names_a_file(path: Path) -> bool:
    if path.suffix.lower() in UNREAD_SUFFIXES and not path.is_dir():
        raise UsageError(
            f"--out {path}: {path.suffix} is not written",
            hint=f"use one of {' '.join(sorted(PICTURE_SUFFIXES | VIDEO_SUFFIXES))}",
        )
    known = path.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES
    return known and not path.is_dir()


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES


def _refuse_other_kind(source: Path, out: Path) -> None:
    if _is_picture(source) != _is_picture(out):
        kind = "a picture" if _is_picture(source) else "a video"
        raise UsageError(f"{source} is {kind}, and --out {out} is not")


def _refuse_other_format(options: Options) -> None:
    assert options.out is not None
    if options.suffix and FORMATS[options.suffix] != FORMATS.get(options.out.suffix.lower()):
        raise UsageError(f"--format {options.suffix[1:]}, and --out {options.out} is another")


def _refuse_inside(source: Path, target: Path) -> None:
    if source.is_dir() and target.resolve().is_relative_to(source.resolve()):
        raise UsageError(
            f"the output {target} is inside the input {source}: the next run would take results"
            " for pictures",
            hint="choose a folder beside it with --out",
        )


def _refuse_gaps(planned: Sequence[PlannedShot], options: Options) -> None:
    refuse_gaps([each.shot for each in planned], options.missing)


def refuse_gaps(shots: Sequence[Shot], missing: Missing) -> None:
    """What ``--missing`` does not allow, or cannot do.

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


def _common(targets: Sequence[Path]) -> Path:
    if len(targets) == 1:
        return targets[0]
    folders = [str(target.absolute()) for target in targets]
    return Path(os.path.relpath(os.path.commonpath(folders)))
