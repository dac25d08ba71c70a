"""Jobs: files to make from others, by shot."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.media.sequences import Shot
from ganfx.media.tile_sets import TileSet
from ganfx.media.windows import Window
from ganfx.stylize.effects.grain import named_number
from ganfx.stylize.job.painted import PaintedKey
from ganfx.stylize.options import Options


@dataclass(frozen=True)
class Job:
    """One file to make from another."""

    source: Path
    output: Path
    frame: int | None  # frame number; None for stills and videos
    black: bool = False  # a missing frame: nothing of the source but its size and kind
    canvas: Window | None = None  # of a sequence whose frames do not all store what they show
    number: int | None = None  # frame number of the source; a missing frame has another's
    copied: bool = False  # holds data, not colour: the output is the source, byte for byte
    neighbors: tuple[Path, ...] = ()  # files that the pixels depend on, too, and the source
    painted: tuple[PaintedKey, ...] = ()  # frames that are laid over it, or over its neighbors
    tiles: TileSet | None = field(default=None, hash=False)  # of which the source is one
    cube: tuple[Path, ...] = ()  # six files of which the source is one
    frames: range | None = None  # of a video that becomes a video: those that are asked for

    distance: float | None = None  # depth at which marks are as large as the look has them

    window: tuple[int, ...] = ()
    """Of a frame whose window has mattes of its own: the numbers of all frames in it."""
    keys: tuple[tuple[int, Path], ...] = ()
    """Of a held frame: those whose drawing it may have, by their numbers."""

    @property
    def time(self) -> int:
        """Frame number by which options change over time.

        A still has the one that its name ends with, so that it is as in its sequence; without
        one, and for a whole video, it is 0. Files that are one picture have one for all: tiles,
        whose numbers are places, have 0.
        """
        number = self.frame if self.number is None else self.number
        return (self.named_time or 0) if number is None else number

    @property
    def named_time(self) -> int | None:
        """The frame number that a still's name says; None without one."""
        if self.tiles is not None:
            return None
        return named_number(self.cube[0] if self.cube else self.source)


def is_plate(job: Job, options: Options) -> bool:
    """Whether nothing of the look shows in what a job makes."""
    shown = [job.time]
    if options.holds_frames and job.keys:
        shown = [frame for frame, _ in job.keys]
    return all(options.at(frame).leaves_plate for frame in shown)


@dataclass(frozen=True)
class PlannedShot:
    """A shot with what is made of it."""

    shot: Shot
    jobs: tuple[Job, ...]
    output: Path  # folder, or the file of a video or single picture
    alone: bool = False  # a file that was named by itself

    @property
    def as_video(self) -> bool:
        """Whether it is a video that becomes a video, not pictures."""
        return self.shot.kind == "video" and self.jobs[0].output.suffix.lower() in VIDEO_SUFFIXES


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
