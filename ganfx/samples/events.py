"""Events of writing samples, as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileWritten:
    """One file, whole."""

    path: Path
    total: int  # files that the whole run writes


@dataclass(frozen=True)
class PictureSkipped:
    """A photo that could not be used; the others go on."""

    path: Path
    reason: str
    total: int


Event = FileWritten | PictureSkipped
