"""Append-only JSON Lines files, robust against interrupted writes.

A killed process leaves at most a truncated line at the end. It is skipped when reading, and
records appended after it are intact.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT
"""Flags of `os.open` for `append_record`."""


def append_record(file: int, values: Mapping[str, Any]) -> None:
    """Append a record to a file descriptor opened with `APPENDING`, in one write.

    Raises:
        OSError: It cannot be written, or not to its end.
    """
    # The newline comes first: a torn line before it must not swallow this one.
    line = b"\n" + json.dumps(values).encode()
    if os.write(file, line) < len(line):  # what a disk does with its last bytes
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Complete records of a file, in order; none if it is missing or cannot be read."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError):
            values = json.loads(line)
            if isinstance(values, dict):
                yield values
