"""Events of a run, as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StylizeStarted:
    """Shots are found, the style is loaded, the first frame comes next."""

    style: str
    description: str
    device: str  # "NVIDIA H100" or "CPU, 2 threads"
    precision: str  # "float32", "bfloat16", "float16", or what differs by depth
    shots: int
    frames: int
    output: Path
    scale: str = ""
    """Size of the brush in the first picture: ``0.44 at 480 lines``; "" is 1."""
    color: str = ""
    """Assumed color space of the plates: ``ACEScg (colorInteropID lin_ap1_scene)``."""


@dataclass(frozen=True)
class ShotStarted:
    """A sequence, a folder's stills or a video begins."""

    shot: str  # "sh010/plate.1001-1140#.png", "photos (40 stills)", "ref.mp4"
    frames: int


@dataclass(frozen=True)
class FramePlanned:
    """One frame that a run would write; only where nothing is written."""

    shot: str
    source: Path
    frame: int | None
    output: Path
    why: str = "missing"
    """``missing``, ``damaged``, or ``outdated``: from another source, with other options or
    versions."""
    copied: bool = False  # a data texture, as it is


@dataclass(frozen=True)
class FrameDone:
    """One frame written, whole."""

    shot: str
    source: Path
    frame: int | None  # frame number; None for a still
    output: Path
    seconds: float  # since the previous frame of the shot was written
    copied: bool = False  # a data texture, as it is


@dataclass(frozen=True)
class FrameSkipped:
    """One frame left alone, because its output is whole and up to date."""

    shot: str
    source: Path
    frame: int | None
    output: Path


@dataclass(frozen=True)
class FrameFailed:
    """One frame that could not be done; the others go on."""

    shot: str
    source: Path
    frame: int | None
    reason: str


@dataclass(frozen=True)
class Notice:
    """Something the user should know; nothing failed."""

    message: str


@dataclass(frozen=True)
class ShotDone:
    """The sum of one shot."""

    shot: str
    done: int
    skipped: int
    failed: int
    seconds: float
    output: Path  # folder, or the video file
    left: int = 0  # frames that were not come to


@dataclass(frozen=True)
class StylizeDone:
    """The sum of the run."""

    done: int
    skipped: int
    failed: int
    seconds: float
    output: Path
    left: int = 0  # frames that were not come to


Event = (
    StylizeStarted
    | ShotStarted
    | FramePlanned
    | FrameDone
    | FrameSkipped
    | FrameFailed
    | Notice
    | ShotDone
    | StylizeDone
)
