"""Record of finished files in an output folder, so that the same command does only the rest.

Every output folder has a hidden ``.ganfx.jsonl``: one line for each finished file, with
a fingerprint of everything that its pixels depend on and a checksum of the file itself.
Lines are only ever appended, each in one locked write, so that several processes can
share a folder and a killed one leaves at most a torn line, which is ignored.

Where a file was copied without it, its own note of the fingerprint stands in.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganfx.errors import MediaError, UsageError
from ganfx.media.atomic import process_of
from ganfx.media.frame_fingerprint import read_fingerprint
from ganfx.media.frame_reading import read_frame
from ganfx.media.jsonl import APPENDING, append_record, read_records
from ganfx.media.own_outputs import RECORD

if sys.platform != "win32":
    import fcntl

MANIFEST = RECORD

_ABANDONED = 24 * 3600.0  # seconds after which a temporary file is anybody's


@dataclass(frozen=True)
class Record:
    """A finished file."""

    fingerprint: str
    size: int  # bytes
    sha256: str
    settings: dict[str, Any] | None = None
    """Of `ganfx.stylize.job.settings`; None in records of earlier versions."""
    origin: dict[str, Any] | None = None
    """Of `ganfx.stylize.job.origin`; None likewise."""


class Manifest:
    """The finished files of one folder. Made by reading what the folder has on record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._records: dict[str, Record] = {}
        self._claims: set[str] = set()  # names that ganfx wrote, or set out to write
        self._asked: set[str] = set()  # those of this run
        self._runs: set[tuple[str, int]] = set()  # host, process
        self._read()

    def _read(self) -> None:
        for values in read_records(self.folder / MANIFEST):
            with suppress(KeyError, TypeError, ValueError):  # a line of another version
                self._take(values)

    def owns(self, output: Path) -> bool:
        """Whether ganfx wrote, or set out to write, this file."""
        return output.name in self._claims or read_fingerprint(output) != ""

    def is_finished(self, output: Path, fingerprint: str) -> bool:
        """Whether the file is there, whole, and made from the same things."""
        record = self._records.get(output.name)
        if record is None:
            return read_fingerprint(output) == fingerprint and _can_be_read(output)
        if record.fingerprint != fingerprint:
            return False
        try:
            return output.stat().st_size == record.size and file_hash(output) == record.sha256
        except OSError:
            return False

    def settings(self, output: Path) -> dict[str, Any] | None:
        """Settings that a file that is there was made with; None where that is not known."""
        record = self._records.get(output.name)
        return record.settings if record and output.exists() else None

    def record_of(self, output: Path) -> Record | None:
        """What is on record of a file; None for nothing."""
        return self._records.get(output.name)

    def recorded(self) -> tuple[str, ...]:
        """Names of the files on record, whether or not they are still there."""
        return tuple(self._records)

    def all_settings(self) -> dict[str, dict[str, Any]]:
        """Settings of each file on record, by name, whether or not it is still there."""
        return {n: each.settings for n, each in self._records.items() if each.settings is not None}

    def source_of(self, output: Path) -> Path | None:
        """What a file was made from, whether or not that is still there; None if not on record."""
        record = self._records.get(output.name)
        source = ((record and record.origin) or {}).get("source")
        named = source.get("file") if isinstance(source, dict) else None
        return self.folder / named if isinstance(named, str) else None

    def frames_of(self, output: Path) -> range | None:
        """The frames of its source, from 0, that a video was made of; None for all, or unknown."""
        record = self._records.get(output.name)
        frames = ((record and record.origin) or {}).get("frames")
        if not isinstance(frames, list) or len(frames) != 2:
            return None
        first, end = frames
        return range(first, end) if isinstance(first, int) and isinstance(end, int) else None

    def fingerprint_of(self, output: Path) -> str:
        """The fingerprint on record, or of the file itself; "" where neither says any."""
        record = self._records.get(output.name)
        return read_fingerprint(output) if record is None else record.fingerprint

    def claim(self, outputs: Sequence[Path]) -> None:
        """Put on record that this process is going to write these files.

        Also removes what earlier processes left half-written.

        Raises:
            UsageError: The folder cannot be made or written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._remove_leftovers()
            new = [output.name for output in outputs if output.name not in self._claims]
            self._append({"host": socket.gethostname(), "process": os.getpid(), "claims": new})
            self._claims.update(new)
            self._asked.update(output.name for output in outputs)
        except OSError as error:
            raise UsageError(
                f"cannot write to {self.folder}: {error.strerror or error}",
                hint="choose another folder with --out",
            ) from error

    def release(self) -> None:
        """Give up the names that this process claimed and then wrote nothing under.

        What the user puts there later is not ganfx's to replace. A process that is killed
        cannot do this: what it wrote and did not record stays its own.
        """
        with suppress(OSError):  # a claim too many does no harm to what ganfx wrote
            self._read()
            unwritten = sorted(
                name
                for name in self._asked - self._records.keys()
                if not (self.folder / name).exists()
            )
            if unwritten:
                self._append({"released": unwritten})
                self._claims.difference_update(unwritten)

    def record(
        self,
        output: Path,
        fingerprint: str,
        settings: dict[str, Any] | None = None,
        origin: dict[str, Any] | None = None,
    ) -> None:
        """Put a finished file on record, with what it was made with, and from.

        Raises:
            MediaError: The file is there, but that cannot be recorded.
        """
        try:
            values: dict[str, Any] = {
                "file": output.name,
                "fingerprint": fingerprint,
                "size": output.stat().st_size,
                "sha256": file_hash(output),
            }
            if settings is not None:
                values["settings"] = settings
            if origin is not None:
                values["origin"] = origin
            self._append(values)
        except OSError as error:
            raise MediaError(
                f"{output} is written, but not recorded as finished: {error.strerror or error}"
            ) from error

    def _take(self, values: dict[str, Any]) -> None:
        if "file" in values:
            settings, origin = values.get("settings"), values.get("origin")
            self._records[values["file"]] = Record(
                values["fingerprint"],
                values["size"],
                values["sha256"],
                settings if isinstance(settings, dict) else None,
                origin if isinstance(origin, dict) else None,
            )
            self._claims.add(values["file"])
        elif "released" in values:
            self._claims.difference_update(set(values["released"]) - self._records.keys())
        else:
            self._runs.add((values["host"], values["process"]))
            self._claims.update(values["claims"])

    def _append(self, values: dict[str, Any]) -> None:
        file = os.open(self.folder / MANIFEST, APPENDING, 0o666)
        try:
            with _locked(file):
                append_record(file, values)
        finally:
            os.close(file)

    def _remove_leftovers(self) -> None:
        """Remove temporary files of dead processes.

        Of this machine's processes it is known whether they live; a shared folder may
        have those of other machines, which only age tells.
        """
        here = socket.gethostname()
        for path in self.folder.glob(".*"):
            process = process_of(path)
            if process is None:
                continue
            hosts = {host for host, number in self._runs if number == process}
            with suppress(OSError):
                dead_here = hosts == {here} and not _is_alive(process)
                if dead_here or time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()


def _can_be_read(path: Path) -> bool:
    """Whether a picture is whole, as far as decoding it tells."""
    try:
        read_frame(path)
    except MediaError:
        return False
    return True


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _locked(file: int) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    fcntl.flock(file, fcntl.LOCK_EX)  # released by closing the file
    yield


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return True
    if sys.platform == "win32":
        return True  # os.kill would end it; age decides
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
