"""Run metadata in ``run.json``: sessions, provenance, notices; kept up to date as the run goes.

It holds what the report tells and the other files of a run folder do not: sources and
licences, hardware and versions of each session, and what the user was told.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import NonNegativeFloat, NonNegativeInt, ValidationError

from ganfx.media.atomic import write_text
from ganfx.preset import Section
from ganfx.styles.header import Provenance
from ganfx.training.checkpoints import STATS

RECORD = "run.json"

Row = dict[str, float]


class Session(Section):
    """From a start, or a resume, to the next stop."""

    begun: str
    """Date and time, UTC."""
    first_step: NonNegativeInt
    device: str
    precision: str
    processor: str
    system: str
    python: str
    torch: str
    ganfx: str


class Remark(Section):
    """Something the user was told."""

    step: NonNegativeInt
    """The last step done before."""
    message: str


class RunRecord(Section):
    """A run folder's ``run.json``."""

    steps: NonNegativeInt | None = None
    """Of the whole run; None as long as it is not known how many fit its minutes."""
    last_step: NonNegativeInt = 0
    seconds: NonNegativeFloat = 0.0
    """Wall-clock time of a finished run."""
    style: str = ""
    """Name of the style file, once there is one."""
    generator_parameters: NonNegativeInt = 0
    discriminator_parameters: NonNegativeInt = 0
    provenance: Provenance = Provenance()
    sessions: tuple[Session, ...] = ()
    remarks: tuple[Remark, ...] = ()


def save_record(record: RunRecord, run: Path) -> Path:
    """Write ``run.json``, whole or not at all.

    Raises:
        MediaError: It cannot be written.
    """
    path = run / RECORD
    write_text(path, record.model_dump_json(indent=2) + "\n")
    return path


def read_record(run: Path) -> RunRecord:
    """The record of a run; an empty one where there is none that can be read."""
    try:
        return RunRecord.model_validate_json((run / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError):
        return RunRecord()


def read_history(run: Path) -> list[Row]:
    """The lines of ``stats.jsonl`` that count, in ascending order of their steps.

    After an interruption or a rollback, steps are done anew: the later line counts, and
    what lay ahead of it does not. A line cut short by a crash is left out.
    """
    rows: list[Row] = []
    for row in _read_rows(run / STATS):
        while rows and rows[-1]["step"] >= row["step"]:
            rows.pop()
        rows.append(row)
    return rows


def _read_rows(path: Path) -> Iterator[Row]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, dict) and isinstance(row.get("step"), int):
                yield {name: v for name, v in row.items() if isinstance(v, int | float)}


def describe_processor() -> str:
    """The CPU's name, as well as the system knows it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
