"""Forecast of a job: two frames are timed, and the chunk size follows from that."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from ganfx.errors import GanfxError, MediaError, UsageError
from ganfx.media.frames import read_frame, read_header
from ganfx.media.sequences import Shot, find_shots
from ganfx.media.strips import can_be_read_by_rows
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import FrameDone, FrameFailed
from ganfx.stylize.job.data_textures import is_data
from ganfx.stylize.job.source_files import chooser
from ganfx.stylize.network.brush_scale import LARGEST
from ganfx.stylize.network.mixing import Shares
from ganfx.stylize.render.pictures import most_in_hand
from ganfx.stylize.temporal.filter import HANDLES
from ganfx.stylize.temporal.holds import frames_back
from ganfx.training.memory import peak_memory

TASK_SECONDS = 900.0
"""Seconds that a task should take: long beside its start, short beside a night."""
WASTE = 0.25
"""Share of a task that its handles may be, before the chunk is made larger."""
TIMED = 2
"""Frames that are tried."""
PLANES = 12
"""Of float32, that a frame on its way takes beside what its file holds: the picture, as the
network sees it and as it comes out, three each, and alpha, gain and matte."""


@dataclass(frozen=True)
class ShotPlan:
    """A shot as its headers say."""

    name: str
    frames: int
    size: str  # "1920x1080 exr half", or "" where it cannot be told
    megapixels: float


@dataclass(frozen=True)
class Forecast:
    """Time, memory and disk of a job on machines like this one."""

    shots: tuple[ShotPlan, ...]
    frames: int
    seconds: float
    """Of one frame, read, stylised and written; neighbours not counted."""
    memory: int | None
    """Bytes, at the most; None where the system does not tell."""
    disk: int
    """Bytes of all results."""
    chunk: int
    """Frames of a task."""
    handles: int
    """Frames that a task stylises beside its own."""
    tasks: int

    @property
    def machine_hours(self) -> float:
        """Of all tasks, one after the other."""
        return (self.frames + self.tasks * self.handles) * self.seconds / 3600.0


def forecast(source: Path, style: str | Path | Shares, options: Options | None = None) -> Forecast:
    """Look at a source and time two frames of its largest shot, in a temporary folder.

    Args:
        source: As `stylize` takes it.
        style: As `stylize` takes it.
        options: Of the job.

    Raises:
        UsageError: There is nothing to do, or only videos.
        GanfxError: The frames that were tried cannot be done.
    """
    options = options or Options()
    shots = find_shots(source, frames=options.frames, choose=chooser(source, options))
    shots = [each for shot in shots for each in _without_data(shot, options)]
    if not shots:
        raise UsageError(f"{source} holds data textures only, which are copied")
    plans = [_looked_at(shot) for shot in shots]
    pictures = [(p, s) for p, s in zip(plans, shots, strict=True) if s.kind != "video"]
    if not pictures:
        raise UsageError(f"{source} holds videos only: each is one task, and is not planned")
    largest, shot = max(pictures, key=lambda pair: pair[0].megapixels)
    seconds, size, handles = _timed(shot, style, options)
    measured = peak_memory(torch.device("cpu"))
    frames = sum(plan.frames for plan, _ in pictures)
    # Time and size follow the pixels.
    whole = sum(p.frames * (p.megapixels / largest.megapixels or 1.0) for p, _ in pictures)
    chunk = _chunk(seconds, handles, max(plan.frames for plan, _ in pictures))
    return Forecast(
        shots=tuple(plans),
        frames=frames,
        seconds=seconds * whole / frames,
        memory=None if measured is None else measured + _further_memory(shot, options),
        disk=round(size * whole),
        chunk=chunk,
        handles=handles,
        tasks=sum(math.ceil(p.frames / chunk) for p, _ in pictures),
    )


def _without_data(shot: Shot, options: Options) -> Iterator[Shot]:
    """A shot without textures that are copied."""
    if options.force or not any(map(is_data, shot.files)):
        yield shot
    elif shot.kind == "stills" and not all(map(is_data, shot.files)):
        yield replace(shot, files=tuple(file for file in shot.files if not is_data(file)))


def _looked_at(shot: Shot) -> ShotPlan:
    try:
        header = read_header(shot.files[0])
    except MediaError:  # a video, or what its task will tell about
        return ShotPlan(shot.name, len(shot.files), "", 0.0)
    size = f"{header.width}x{header.height} {header.format} {header.depth}"
    return ShotPlan(shot.name, len(shot.files), size, header.width * header.height / 1e6)


def _timed(shot: Shot, style: str | Path | Shares, options: Options) -> tuple[float, float, int]:
    """Seconds of a frame, bytes of its result, and the handles of a task."""
    middle = max(0, len(shot.files) // 2 - 1)
    files = shot.files[middle : middle + TIMED]
    holds = _holds(shot, options)
    with TemporaryDirectory(prefix="ganfx-plan-") as folder:
        tried = replace(options, out=Path(folder), frames=None)
        if holds:
            source: list[Path] = [files[0].parent / shot.pattern]
            picked = ",".join(str(n) for n in shot.frames[middle : middle + TIMED])
            tried = replace(tried, frames=picked)
        else:
            source = list(files)
        started = time.perf_counter()
        done = 0
        with closing(stylize(source, style, tried)) as events:
            for event in events:
                if isinstance(event, FrameFailed):
                    raise GanfxError(f"{event.source}: {event.reason}", hint="mend it first")
                done += isinstance(event, FrameDone)
        taken = time.perf_counter() - started
        made = [p for p in Path(folder).rglob("*") if p.is_file() and not p.name.startswith(".")]
        size = sum(path.stat().st_size for path in made) / len(made)
    near = len(shot.files) - len(files)
    handles = 2 * HANDLES + frames_back(options.hold) if holds else 0
    return taken / (done + min(handles, near)), size, handles


def _holds(shot: Shot, options: Options) -> bool:
    return shot.kind == "sequence" and options.holds_still


def _further_memory(shot: Shot, options: Options) -> int:
    """Bytes of the frames that a longer task has in hand beside the two that were timed."""
    path, holds = shot.files[len(shot.files) // 2], _holds(shot, options)
    out = path.with_suffix(options.suffix or path.suffix)
    if not holds and can_be_read_by_rows(path, above=LARGEST, out=out):
        return 0  # done in strips, one after the other
    frame = read_frame(path, max_pixels=options.max_pixels)
    stored = sum(part.pixels.nbytes for part in frame.stored.parts)
    in_hand, complete = most_in_hand(frame, holds=holds, back=frames_back(options.hold))
    in_hand, complete = (min(count, len(shot.files)) for count in (in_hand, complete))
    picture = PLANES * frame.rgb[..., 0].nbytes
    return max(0, in_hand - TIMED) * picture + max(0, complete - TIMED) * stored


def _chunk(seconds: float, handles: int, longest: int) -> int:
    """Frames of a task: a quarter of an hour, and not mostly handles; never more than a shot."""
    by_time = int(TASK_SECONDS / seconds) - handles
    by_waste = math.ceil(handles * (1.0 - WASTE) / WASTE)
    return max(1, min(longest, max(by_time, by_waste)))
