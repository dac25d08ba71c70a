"""The files of a page: pictures in scripts that it loads when their turn comes.

A page that is opened from a disk may load scripts, but no data. As scripts the pictures are no
pictures to other programs, which would take them for frames of the shot.
"""

from __future__ import annotations

import base64
import json
import os
import re
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
_IN_USE = re.compile(r'"pictures":\s*"([\w-]+)"')
_SCRIPT = re.compile(r"\d+-(whole-)?\d+\.js")

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
        UsageError: It cannot be written, or holds a page of somebody else, or pictures where
            the page's own would be.
    """
    page = folder / PAGE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(None, "no permission to write in this folder")
        before = page.read_text("utf-8", "replace") if page.exists() else MARK
        strange = [folder / name for name in FOLDERS if not _only_scripts(folder / name)]
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror or error}",
            hint="choose another folder with --out",
        ) from error
    if MARK not in before[:_HEAD]:
        strange.append(page)
    if strange:
        raise UsageError(
            f"{strange[0]} is there, and ganfx review did not make it",
            hint="choose another folder with --out",
        )
    used = _IN_USE.search(before)
    pictures = next(name for name in FOLDERS if used is None or name != used[1])
    shutil.rmtree(folder / pictures, ignore_errors=True)  # of a run that was killed
    return Store(folder, pictures)


def _only_scripts(folder: Path) -> bool:
    """Whether a folder may be removed: it holds scripts of a page and hidden files, or is not."""
    if not os.path.lexists(folder):
        return True
    if folder.is_symlink() or not folder.is_dir():
        return False
    return all(
        each.name.startswith(".") or _SCRIPT.fullmatch(each.name) for each in folder.iterdir()
    )
