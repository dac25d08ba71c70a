"""Typed events of a preprocessing run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PassKind = Literal["surveying", "writing", "reporting"]


@dataclass(frozen=True)
class PreprocessStarted:
    """The sources are found and the output folder is locked; nothing has been read yet."""

    source: Path
    output: Path
    shots: int
    stills: int
    frames: int  # of sequences, before selection
    videos: int
    workers: int
    resumed: bool


@dataclass(frozen=True)
class PassStarted:
    """A pass over the pictures begins."""

    kind: PassKind
    total: int | None  # pictures; None where videos or cuts leave it open


@dataclass(frozen=True)
class FramesSeen:
    """Progress of frame selection in a sequence or video."""

    source: str
    frames: int  # so far


@dataclass(frozen=True)
class SourceSurveyed:
    """One source was read and analysed."""

    source: str
    dropped: tuple[str, ...]  # the filter that dropped each piece, "" for those kept so far
    resumed: bool  # taken from the journal of the interrupted run


@dataclass(frozen=True)
class SourceWritten:
    """The pictures of one source are on disk."""

    source: str
    files: tuple[str, ...]  # relative to the output folder
    resumed: bool  # written by the interrupted run


@dataclass(frozen=True)
class SourceFailed:
    """One source could not be read or written; the others continue."""

    source: str
    reason: str


@dataclass(frozen=True)
class PieceShown:
    """Progress of the report: one more source is drawn."""


@dataclass(frozen=True)
class Notice:
    """A message for the user; nothing failed."""

    message: str


@dataclass(frozen=True)
class ReportWritten:
    """The contact sheets are on disk."""

    folder: Path
    pages: int


@dataclass(frozen=True)
class PreprocessDone:
    """Totals of the run, or of a dry run."""

    sources: int
    kept: int  # pieces of picture
    dropped: Mapping[str, int]  # pieces, by the filter that dropped them
    edits: Mapping[str, int]  # pieces kept, by edit
    failed: int  # sources
    files: int  # written, or to be written
    megapixels: float  # of the sources read in this run
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
