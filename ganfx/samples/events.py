"""What happens while samples are written, as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["frame", "flow", "occlusion", "art", "photo", "painted"]


@dataclass(frozen=True)
class FileWritten:
    """One file, whole."""

    path: Path
    kind: Kind
    total: int  # files that the whole run writes

    @property
    def counts(self) -> int:
        return 1

    @property
    def skipped(self) -> str:
        return ""


@dataclass(frozen=True)
class PictureSkipped:
    """A photo that could not be used; the others go on."""

    path: Path
    reason: str
    total: int

    @property
    def counts(self) -> int:
        return 0

    @property
    def skipped(self) -> str:
        return f"left out {self.path}: {self.reason}"


Event = FileWritten | PictureSkipped
