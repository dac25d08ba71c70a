"""Writes that are whole or not there at all."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ganfx.errors import MediaError

_MOST_OF_A_NAME = 100  # bytes
_TEMPORARY = re.compile(r"\..*\.(\d+)-\d+(\.\w+)?", re.DOTALL)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a hidden temporary file beside ``path``, which takes its place at the end.

    The temporary name keeps the extension (the libraries choose the format by it) and is
    unique to the thread, so that two render nodes on one frame do not meet. If the body
    raises, the temporary file is removed and ``path`` is as it was. Folders are made.

    Raises:
        MediaError: If the folder cannot be made, or the file cannot be put in place.
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
        yield temporary
        try:
            temporary.replace(path)
        except OSError as error:
            raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):  # what went wrong is already on its way
            temporary.unlink(missing_ok=True)


def process_of(path: Path) -> int | None:
    """The process that a temporary file of `replacing` is, or was, of; None of any other file."""
    named = _TEMPORARY.fullmatch(path.name)
    return int(named[1]) if named else None


def is_temporary(path: Path) -> bool:
    """Whether a file has the name of a temporary one of `replacing`."""
    return process_of(path) is not None


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        MediaError: If it cannot be written.
    """
    with replacing(path) as temporary:
        try:
            temporary.write_bytes(data)
        except OSError as error:
            raise cannot_write(path, error) from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8, whole or not at all; line ends stay as they are.

    Raises:
        MediaError: If it cannot be written.
    """
    write_bytes(path, text.encode())


def cannot_write(path: Path, error: OSError) -> MediaError:
    """What a user is told when the system refuses to write ``path``."""
    hint = "choose another folder with --out, or free some space and run it again"
    return MediaError(f"cannot write {path}: {error.strerror or error}", hint=hint)
