"""The files of a page: pictures in scripts that it loads when their turn comes.

A page that is opened from a disk may load scripts, but no data. As scripts the pictures are no
pictures to other programs, which would take them for frames of the shot.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ganfx.errors import UsageError
from ganfx.media.atomic import write_text

PAGE = "index.html"
MARK = '<meta name="generator" content="ganfx review">'
"""By which a page is known to be one of these."""
CHUNK = 12
"""Frames in a script."""
FOLDERS = ("pictures", "pictures-2")
"""Of the scripts: one is in use while the other is written."""
_HEAD = 2000  # letters of a page that are looked at

Coded = str | None
"""A JPEG in base64; None where there is no picture."""


def coded(jpeg: bytes) -> str:
    """A JPEG file as letters."""
    return base64.b64encode(jpeg).decode("ascii")


@dataclass
class Store:
    """Scripts of a page that is being made; the page before it stays until `finish`."""

    folder: Path
    pictures: str
    size: int = 0
    _open: dict[str, list[tuple[Sequence[Coded], Sequence[Coded]]]] = field(default_factory=dict)

    def add(self, shot: int, index: int, sides: Sequence[Coded], heat: Sequence[Coded]) -> None:
        """One frame of a shot, in order: its pictures, and its heat maps."""
        held = self._open.setdefault(f"{shot}-{index // CHUNK}", [])
        held.append((sides, heat))
        if len(held) == CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write what is there: a shot is at its end."""
        for name, frames in self._open.items():
            self._write(name, [{"sides": s, "heat": h} for s, h in frames])
        self._open.clear()

    def add_whole(self, shot: int, index: int, sides: Sequence[Coded]) -> None:
        """One frame in its own size."""
        self._write(f"{shot}-whole-{index}", [{"sides": sides}])

    def finish(self, page: str) -> Path:
        """Write the page, and remove what the one before it had."""
        path = self.folder / PAGE
        write_text(path, page)
        self.size += path.stat().st_size
        for name in set(FOLDERS) - {self.pictures}:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        return path

    def abandon(self) -> None:
        """Remove what was written; the page before this one stays."""
        shutil.rmtree(self.folder / self.pictures, ignore_errors=True)
        with suppress(OSError):  # it holds something
            self.folder.rmdir()

    def _write(self, name: str, frames: object) -> None:
        path = self.folder / self.pictures / f"{name}.js"
        write_text(path, f"picturesCame({json.dumps(name)}, {json.dumps(frames)});\n")
        self.size += path.stat().st_size


def open_store(folder: Path) -> Store:
    """Make the folder of a page.

    Raises:
        UsageError: It cannot be written, or holds a page of somebody else.
    """
    page = folder / PAGE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(None, "no permission to write in this folder")
        ours = not page.exists() or MARK in page.read_text("utf-8", "replace")[:_HEAD]
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror or error}",
            hint="choose another folder with --out",
        ) from error
    if not ours:
        raise UsageError(
            f"{page} is not a page that ganfx review made", hint="choose another folder with --out"
        )
    used = (folder / FOLDERS[0]).exists()
    pictures = FOLDERS[1] if used else FOLDERS[0]
    shutil.rmtree(folder / pictures, ignore_errors=True)  # of a run that was killed
    return Store(folder, pictures)
