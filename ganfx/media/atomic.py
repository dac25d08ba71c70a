"""Atomic file writes: a file appears complete, or not at all."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ganfx.errors import MediaError

_MOST_OF_A_NAME = 100  # bytes
_NO_SPACE = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
"""Codes of errors that only writing has."""
_TEMPORARY = re.compile(r"\..*\.(\d+)-\d+(\.\w+)?", re.DOTALL)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a hidden temporary path beside ``path``; it is renamed to ``path`` at the end.

    The temporary name keeps the extension (the libraries choose the format by it) and is
    unique to the thread, so that two render nodes on one frame do not collide. If the body
    raises, the temporary file is removed and ``path`` stays as it was. Missing folders are
    created.

    Raises:
        MediaError: If the folder cannot be created, the disk is full, or the file cannot be
            renamed.
    """
    # File systems count bytes: 255 of a name. Half a character at the end is left out.
    stem = os.fsencode(path.stem)[:_MOST_OF_A_NAME].decode(errors="ignore")
    hidden = f".{stem}.{os.getpid()}-{threading.get_native_id()}{path.suffix}"
    temporary = path.with_name(hidden)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(None, "no permission to write in this folder")
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        with _told_if_full(path):
            yield temporary
        try:
            temporary.replace(path)
        except OSError as error:
            raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):  # the original error is already being raised
            temporary.unlink(missing_ok=True)


@contextmanager
def _told_if_full(path: Path) -> Iterator[None]:
    """Errors of a full disk as those of ``path``: of themselves they name no file."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise cannot_write(path, error) from error


def process_of(path: Path) -> int | None:
    """Id of the process that created a temporary file of `replacing`; None for other files."""
    named = _TEMPORARY.fullmatch(path.name)
    return int(named[1]) if named else None


def is_temporary(path: Path) -> bool:
    """Whether a file has the name of a temporary one of `replacing`."""
    return process_of(path) is not None


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file atomically.

    Raises:
        MediaError: If it cannot be written.
    """
    with replacing(path) as temporary:
        try:
            temporary.write_bytes(data)
            with temporary.open("r+b") as file:
                os.fsync(file.fileno())  # a network disk says only now that it is full
        except OSError as error:
            raise cannot_write(path, error) from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically; line ends are not converted.

    Raises:
        MediaError: If it cannot be written.
    """
    write_bytes(path, text.encode())


def cannot_write(path: Path, error: OSError) -> MediaError:
    """Error for a ``path`` that the system refused to write."""
    hint = "choose another folder with --out, or free some space and run it again"
    return MediaError(f"cannot write {path}: {error.strerror or error}", hint=hint)
