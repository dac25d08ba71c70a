"""Journal of an unfinished run, from which ``--resume`` continues.

A hidden ``.journal.jsonl`` in the output folder: first the description of the run, then a line
for each analysed source and each written piece. Lines are only appended; a killed run leaves
at most a truncated line, which is ignored.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ganfx.errors import UsageError
from ganfx.media.atomic import cannot_write
from ganfx.media.jsonl import APPENDING, append_record, read_records
from ganfx.media.locking import lock_file
from ganfx.preprocess.pieces import Box, Piece

JOURNAL = ".journal.jsonl"


class Stamp(NamedTuple):
    """Size and modification time of a file, by which changes are detected."""

    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True)
class Survey:
    """Result of analysing one source."""

    width: int  # of the source, upright
    height: int
    pieces: tuple[Piece, ...]
    tones: tuple[tuple[float, ...], ...] = ()  # `Tone` of each piece, if tones are matched
    profile: str = ""  # reason why the file's colour profile is ignored
    transparent: bool = False  # whether some of it was put on the background


@dataclass(frozen=True)
class Written:
    """Written files of one piece, and a digest of all that they depend on."""

    digest: str  # SHA-256 of everything that the files' bytes depend on
    files: Mapping[str, int]  # size in bytes, by path relative to the output folder


class Journal:
    """Journal of one run; in memory only, without a folder.

    Attributes:
        head: Description of the run, the first line.
        begun: Whether the journal continues an interrupted run.
    """

    def __init__(self, folder: Path | None, head: Mapping[str, Any], *, anew: bool = True) -> None:
        """Open the journal of a folder and lock it.

        Args:
            folder: Output folder; None keeps the journal in memory.
            head: Description of the run, for a new journal.
            anew: Whether to discard an existing journal.

        Raises:
            UsageError: The folder cannot be written, or another process is writing to it.
        """
        self.head: Mapping[str, Any] = head
        self.begun = False
        self._surveys: dict[str, tuple[Stamp, Survey]] = {}
        self._choices: dict[str, tuple[str, tuple[int, ...]]] = {}
        self._written: dict[str, Written] = {}
        self._cleared = False
        self._file: int | None = None
        self._lock = threading.Lock()
        if folder is not None:
            self._open(folder / JOURNAL, anew=anew)

    def surveyed(self, key: str, stamp: Stamp) -> Survey | None:
        """Recorded result of a source, if the file is unchanged; else None."""
        known = self._surveys.get(key)
        return known[1] if known and known[0] == stamp else None

    def record_survey(self, key: str, stamp: Stamp, survey: Survey) -> None:
        """Record the result of analysing a source."""
        self._surveys[key] = stamp, survey
        self._append({"surveyed": key, "stamp": stamp, **asdict(survey)})

    def chosen(self, key: str, stamp: str) -> tuple[int, ...] | None:
        """Recorded selection of frames of a shot, if its files are unchanged; else None."""
        known = self._choices.get(key)
        return known[1] if known and known[0] == stamp else None

    def record_choice(self, key: str, stamp: str, frames: Sequence[int]) -> None:
        """Record the selected frames of a shot."""
        self._choices[key] = stamp, tuple(frames)
        self._append({"chosen": key, "stamp": stamp, "frames": list(frames)})

    def written(self, piece: str) -> Written | None:
        """Recorded files of a piece; None if there are none."""
        return self._written.get(piece)

    def record_written(self, piece: str, written: Written) -> None:
        """Record the written files of a piece."""
        self._written[piece] = written
        self._append({"written": piece, **asdict(written)})

    @property
    def files(self) -> set[str]:
        """All files that the run wrote, up to date or not."""
        return {name for written in self._written.values() for name in written.files}

    @property
    def is_cleared(self) -> bool:
        """Whether the files of the previous run are deleted."""
        return self._cleared

    def record_cleared(self) -> None:
        """Record that the files of the previous run are deleted."""
        self._cleared = True
        self._append({"cleared": True})

    def close(self) -> None:
        """Close the file and release the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, path: Path, *, anew: bool) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, APPENDING, 0o666)
            _claim(self._file, path.parent)
            if anew:
                os.ftruncate(self._file, 0)
        except OSError as error:
            raise UsageError(
                f"cannot write to {path.parent}: {error.strerror or error}",
                hint="choose another folder",
            ) from error
        lines = list(read_journal(path.parent))
        if not lines:
            self._append(self.head)
            return
        self.head, self.begun = lines[0], True
        for values in lines[1:]:
            with suppress(KeyError, TypeError, ValueError):  # a line of another version
                self._take(values)

    def _take(self, values: Mapping[str, Any]) -> None:
        match values:
            case {"surveyed": str(key)}:
                pieces = tuple(_piece(piece) for piece in values["pieces"])
                tones = tuple(tuple(tone) for tone in values["tones"])
                size = values["width"], values["height"]
                transparent = values.get("transparent", False)
                survey = Survey(*size, pieces, tones, values["profile"], transparent)
                self._surveys[key] = Stamp(*values["stamp"]), survey
            case {"chosen": str(key)}:
                self._choices[key] = values["stamp"], tuple(values["frames"])
            case {"written": str(piece)}:
                self._written[piece] = Written(values["digest"], values["files"])
            case {"cleared": True}:
                self._cleared = True

    def _append(self, values: Mapping[str, Any]) -> None:
        if self._file is None:
            return
        with self._lock:
            try:
                append_record(self._file, values)
            except OSError as error:
                raise cannot_write(Path(JOURNAL), error) from error


def read_journal(folder: Path) -> Iterator[dict[str, Any]]:
    """Complete records of a folder's journal; none without a journal."""
    return read_records(folder / JOURNAL)


def _piece(values: Mapping[str, Any]) -> Piece:
    return Piece(**{**values, "box": Box(*values["box"]), "edits": tuple(values["edits"])})


def _claim(file: int, folder: Path) -> None:
    """Lock the journal until it is closed."""
    try:
        lock_file(file)
    except BlockingIOError:
        raise UsageError(
            f"another run is writing to {folder}", hint="wait for it, or choose another folder"
        ) from None
