"""Records that are only ever appended to: JSON, one object a line.

A killed process leaves at most a torn line at the end, which does no harm: it is not read,
and what is appended after it is whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT
"""How the file is opened, with `os.open`."""


def append_record(file: int, values: Mapping[str, Any]) -> None:
    """Add a line to a file that is open for `APPENDING`, in one write.

    Raises:
        OSError: It cannot be written.
    """
    # The newline comes first: a torn line before it must not swallow this one.
    os.write(file, b"\n" + json.dumps(values).encode())


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a file, in order; none if it is not there or cannot be read."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError):
            values = json.loads(line)
            if isinstance(values, dict):
                yield values
