"""Events of a review, as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ReviewStarted:
    """Shots are found and matched; the first frame comes next."""

    output: Path
    shots: int
    frames: int  # that the page will show
    looks: tuple[str, ...]
    view: str  # "" where nothing needs one


@dataclass(frozen=True)
class FrameShown:
    """One frame is in the page, with its source and in every look."""

    shot: str
    frame: int


@dataclass(frozen=True)
class Notice:
    """Something the user should know, which the page says, too."""

    message: str


@dataclass(frozen=True)
class ReviewDone:
    """The page is on disk."""

    page: Path
    frames: int
    size: int  # bytes, of all its files
    seconds: float
    sheet: Path | None = None
    video: Path | None = None


Event = ReviewStarted | FrameShown | Notice | ReviewDone
