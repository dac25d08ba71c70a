"""The depth at which marks of a shot have the look's own size: of its first frame on disk.

Whatever part of a shot is done, wherever, goes by the same frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import read_frame
from ganfx.stylize.job.guides import Depth
from ganfx.stylize.job.jobs import Job, PlannedShot
from ganfx.stylize.job.resolved import ResolvedOptions
from ganfx.stylize.options import Options


def with_distances(
    planned: list[PlannedShot], resolved: ResolvedOptions
) -> tuple[list[PlannedShot], list[str]]:
    """Shots whose jobs know their distance, and what is to be said of these; raises as below."""
    depth, told = resolved.planes.depth, list[str]()
    if depth is None or depth.reference is not None:
        return planned, told
    return [with_distance(each, depth, resolved.options, told) for each in planned], told


def with_distance(
    planned: PlannedShot, depth: Depth, options: Options, told: list[str]
) -> PlannedShot:
    """A shot whose jobs know their distance; of stills, each its own, and tiles one for all.

    Args:
        planned: The shot. What cannot be read has no distance: that is told when its turn comes.
        depth: Without a reference.
        options: For ``max_pixels``.
        told: Gets what is to be said of it.

    Raises:
        UsageError: The depth of a picture is nowhere above 0.
    """
    if planned.shot.kind == "video":
        return planned
    first = {job: _first(job, planned) for job in planned.jobs if not job.copied}
    paths = dict.fromkeys(first.values())
    found = {path: _middle(path, depth, options.max_pixels) for path in paths}
    told += _notices(found, depth)
    jobs = (
        replace(job, distance=found[first[job]]) if job in first else job for job in planned.jobs
    )
    return replace(planned, jobs=tuple(jobs))


def _first(job: Job, planned: PlannedShot) -> Path:
    """The picture that a job's distance is of."""
    there = planned.shot.on_disk
    if there:
        return there[min(there)]
    return job.source if job.tiles is None else job.tiles.tiles[min(job.tiles.tiles)]


def _middle(path: Path, depth: Depth, max_pixels: int) -> float | None:
    try:
        middle = depth.middle(read_frame(path, max_pixels=max_pixels))
    except MediaError:
        return None
    if middle is None:
        raise UsageError(
            f"{path}: --guide depth={depth.told}: its depth is nowhere above 0",
            hint=f"where it counts below 0, depth=-{depth.channel}; or say at which depth marks"
            f" have the look's own size: depth={depth.told}@12.5",
        )
    return middle


def _notices(found: dict[Path, float | None], depth: Depth) -> Iterator[str]:
    there = {path: middle for path, middle in found.items() if middle is not None}
    for path, middle in list(there.items())[:1]:
        more = f"; of {len(there) - 1} others likewise" if len(there) > 1 else ""
        yield (
            f"marks have the look's own size at a depth of {middle:g}, the median of {path.name}"
            f" (--guide depth={depth.told}@{middle:g}){more}"
        )
