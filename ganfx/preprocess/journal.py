"""How far a run has come, so that ``--resume`` does only the rest.

The output folder of an unfinished run has a hidden ``.journal.jsonl``: first what the run is,
then a line for each source that was surveyed and each piece that was written. Lines are only
ever appended; a killed run leaves at most a torn line, which is ignored.
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
    """What tells that a file has changed."""

    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True)
class Survey:
    """What was found in one source."""

    width: int  # of the source, upright
    height: int
    pieces: tuple[Piece, ...]
    tones: tuple[tuple[float, ...], ...] = ()  # of each piece, where tones are to match
    profile: str = ""  # why the file's colour profile was left out of account


@dataclass(frozen=True)
class Written:
    """What was made of one piece, and from what."""

    digest: str  # of everything that the files' bytes depend on
    files: Mapping[str, int]  # size in bytes, by path relative to the output folder


class Journal:
    """The record of one run; kept in memory only, where it has no folder.

    Attributes:
        head: What the run is: its first line.
        begun: Whether an earlier process began this run.
    """

    def __init__(self, folder: Path | None, head: Mapping[str, Any], *, anew: bool = True) -> None:
        """Begin the journal of a folder, or continue it unless ``anew``.

        Raises:
            UsageError: The folder cannot be written, or another process is at work there.
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
        """What was found in a source, if it is still the same."""
        known = self._surveys.get(key)
        return known[1] if known and known[0] == stamp else None

    def record_survey(self, key: str, stamp: Stamp, survey: Survey) -> None:
        """Put on record what was found in a source."""
        self._surveys[key] = stamp, survey
        self._append({"surveyed": key, "stamp": stamp, **asdict(survey)})

    def chosen(self, key: str, stamp: str) -> tuple[int, ...] | None:
        """The frames picked from a shot, if its files are still the same."""
        known = self._choices.get(key)
        return known[1] if known and known[0] == stamp else None

    def record_choice(self, key: str, stamp: str, frames: Sequence[int]) -> None:
        """Put on record which frames of a shot were picked."""
        self._choices[key] = stamp, tuple(frames)
        self._append({"chosen": key, "stamp": stamp, "frames": list(frames)})

    def written(self, piece: str) -> Written | None:
        """What was made of a piece."""
        return self._written.get(piece)

    def record_written(self, piece: str, written: Written) -> None:
        """Put on record what was made of a piece."""
        self._written[piece] = written
        self._append({"written": piece, **asdict(written)})

    @property
    def files(self) -> set[str]:
        """Every file that the run wrote, up to date or not."""
        return {name for written in self._written.values() for name in written.files}

    @property
    def is_cleared(self) -> bool:
        """Whether the files of the run before are gone."""
        return self._cleared

    def record_cleared(self) -> None:
        """Put on record that the files of the run before are gone."""
        self._cleared = True
        self._append({"cleared": True})

    def close(self) -> None:
        """Let others use the folder."""
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
                survey = Survey(values["width"], values["height"], pieces, tones, values["profile"])
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
    """The whole lines of a folder's journal; none if it has no journal."""
    return read_records(folder / JOURNAL)


def _piece(values: Mapping[str, Any]) -> Piece:
    return Piece(**{**values, "box": Box(*values["box"]), "edits": tuple(values["edits"])})


def _claim(file: int, folder: Path) -> None:
    """Keep others out until the file is closed."""
    try:
        lock_file(file)
    except BlockingIOError:
        raise UsageError(
            f"another run is writing to {folder}", hint="wait for it, or choose another folder"
        ) from None
