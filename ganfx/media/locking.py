"""File locks: one process at a time in a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCK = ".lock"


class FolderLock:
    """Exclusive lock of a folder; the system releases it when the process ends.

    The hidden lock file is not deleted: a process that has just opened it and a later one
    could then each lock a different file of that name.
    """

    def __init__(self) -> None:
        self._file: int | None = None

    def take(self, folder: Path) -> bool:
        """Try to lock an existing folder.

        Returns:
            Whether this process holds the lock; always, where the file system has no locks
            (as some network file systems).

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
        """Release the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def lock_file(file: int) -> None:
    """Lock an open file exclusively until it is closed, or this process ends.

    Has no effect where the file system has no locks, and on Windows.

    Raises:
        BlockingIOError: Another process holds the lock.
    """
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError):
            raise
        # Any other error means that the file system has no locks.
