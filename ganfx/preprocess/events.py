"""What happens while pictures are prepared, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PassKind = Literal["surveying", "writing", "reporting"]


@dataclass(frozen=True)
class PreprocessStarted:
    """The sources are found and the output folder is ours; nothing has been read yet."""

    source: Path
    output: Path
    shots: int
    stills: int
    frames: int  # of sequences, before any are picked
    videos: int
    workers: int
    resumed: bool


@dataclass(frozen=True)
class PassStarted:
    """One of the passes over the pictures begins."""

    kind: PassKind
    total: int | None  # pictures; None where videos or cuts leave it open


@dataclass(frozen=True)
class FramesSeen:
    """Frames of a sequence or video were looked at, to pick some of them."""

    source: str
    frames: int  # so far


@dataclass(frozen=True)
class SourceSurveyed:
    """One source was read and looked at."""

    source: str
    dropped: tuple[str, ...]  # the filter that dropped each piece, "" for those kept so far
    resumed: bool  # known from the interrupted run


@dataclass(frozen=True)
class SourceWritten:
    """The pictures made of one source are on disk, whole."""

    source: str
    files: tuple[str, ...]  # relative to the output folder
    resumed: bool  # they were there already


@dataclass(frozen=True)
class SourceFailed:
    """One source that could not be used; the others go on."""

    source: str
    reason: str


@dataclass(frozen=True)
class PieceShown:
    """One more picture is on its way to the report."""


@dataclass(frozen=True)
class Notice:
    """Something the user should know; nothing failed."""

    message: str


@dataclass(frozen=True)
class ReportWritten:
    """The contact sheets are on disk."""

    folder: Path
    pages: int


@dataclass(frozen=True)
class PreprocessDone:
    """The sum of the run, or of what it would do."""

    sources: int
    kept: int  # pieces of picture
    dropped: Mapping[str, int]  # pieces, by the filter that dropped them
    edits: Mapping[str, int]  # pieces kept, by what was done to them
    failed: int  # sources
    files: int  # written, or that would be
    megapixels: float  # of the sources that were read in this run
    dry_run: bool
    seconds: float
    output: Path


Event = (
    PreprocessStarted
    | PassStarted
    | FramesSeen
    | SourceSurveyed
    | SourceWritten
    | SourceFailed
    | PieceShown
    | Notice
    | ReportWritten
    | PreprocessDone
)
