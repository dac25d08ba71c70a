"""Writes that are whole or not there at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ganfx.errors import MediaError

_MOST_OF_A_NAME = 100  # bytes


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


def cannot_write(path: Path, error: OSError) -> MediaError:
    """What a user is told when the system refuses to write ``path``."""
    hint = "choose another folder with --out, or free some space and run it again"
    return MediaError(f"cannot write {path}: {error.strerror or error}", hint=hint)
