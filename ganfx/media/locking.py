"""One process at a time in a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCK = ".lock"


class FolderLock:
    """Keeps other processes out of a folder; the system lets go of it when this one ends.

    The hidden file of the lock stays behind: were it removed, a process that has just
    opened it and one that comes after would each hold a file of that name.
    """

    def __init__(self) -> None:
        self._file: int | None = None

    def take(self, folder: Path) -> bool:
        """Whether the folder, which exists, is now this process's.

        Where the file system has no locks, as some network ones, it always is.

        Raises:
            OSError: The folder cannot be written.
        """
        file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            lock_file(file)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Let others in."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def lock_file(file: int) -> None:
    """Keep other processes out until the file is closed, or this process ends.

    Where the file system has no locks, nobody is kept out.

    Raises:
        BlockingIOError: Another process is in.
    """
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError):
            raise
        # Anything else says that there are no locks here.
