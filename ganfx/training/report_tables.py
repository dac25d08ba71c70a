"""Tables of the report: what was learned from, the settings, and the run's facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ganfx.preset import Preset, Section
from ganfx.quality.charts import readable
from ganfx.quality.pages import Table
from ganfx.quality.wording import GIBIBYTE, duration
from ganfx.styles.header import Source
from ganfx.training.run_record import Row, RunRecord

SHOWN_AUTHORS = 8


@dataclass(frozen=True)
class Learned:
    """What a run learned from."""

    sources: Table
    """With counts, licences and the first authors."""
    notes: str
    authors: tuple[tuple[str, str], ...]
    """Where there are many authors: what they are of, and all of them."""


def provenance_tables(record: RunRecord) -> Learned | None:
    """Sources with counts, licences and authors; None where none is on record."""
    made = record.provenance
    kinds = (("photos", made.photos), ("art", made.art), ("painted", made.painted))
    sources = [(kind, source) for kind, each in kinds for source in each]
    if not sources:
        return None
    rows = [
        (
            *(kind, source.source, f"{source.count:,}"),
            *(_counted(source.licences), _few_authors(source), _counted(source.made_with)),
        )
        for kind, source in sources
    ]
    authors = tuple(
        (
            f"all {len(source.authors)} authors of {kind} in {source.source}",
            "; ".join(source.authors),
        )
        for kind, source in sources
        if len(source.authors) > SHOWN_AUTHORS
    )
    head = ("", "source", "pictures", "licences", "authors", "made with")
    return Learned(Table(rows, head), made.notes, authors)


def _counted(pictures: Mapping[str, int]) -> str:
    return ", ".join(f"{text} ({count:,})" for text, count in pictures.items())


def _few_authors(source: Source) -> str:
    more = len(source.authors) - SHOWN_AUTHORS
    return "; ".join(source.authors[:SHOWN_AUTHORS]) + (f"; and {more} more" if more > 0 else "")


def settings_tables(preset: dict[str, Any]) -> tuple[Table, Table]:
    """The values that differ from the defaults, and all of them."""
    values = list(_flat(preset))
    known = dict(_defaults(Preset))
    rows = [(key, _shown(value), *_known(known.get(key))) for key, value in values]
    changed = frozenset(index for index, row in enumerate(rows) if row[1] != row[2])
    head = ("key", "value", "default", "is")
    return Table([rows[index] for index in sorted(changed)], head), Table(rows, head, changed)


def _known(entry: tuple[Any, str] | None) -> tuple[str, str]:
    return ("", "") if entry is None else (_shown(entry[0]), entry[1])


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _defaults(kind: type[Section], prefix: str = "") -> Iterator[tuple[str, tuple[Any, str]]]:
    """Dotted keys with their default (None if the user must give one) and what they are."""
    for key, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from _defaults(field.annotation, f"{prefix}{key}.")
        else:
            default = None if field.is_required() else field.default
            yield prefix + key, (default, plain(field.description or ""))


def _shown(value: Any) -> str:
    """As it would stand in a preset: ``[16, 32]``, ``true``; nothing for an unset value."""
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def plain(documentation: str) -> str:
    """A key's documentation as one line without marks."""
    return " ".join(documentation.replace("``", "").split())


def run_table(record: RunRecord, history: Sequence[Row]) -> Table:
    """Time, speed, memory, and what each session ran on."""
    rows: list[tuple[str, str]] = []
    rates = [row["images_per_second"] for row in history if row.get("images_per_second")]
    seconds = record.seconds or max((row.get("seconds", 0.0) for row in history), default=0.0)
    if seconds:
        rows.append(("time", duration(seconds)))
    if rates:
        rows.append(("speed", f"{readable(sorted(rates)[len(rates) // 2])} images/s (median)"))
    memory = max((row.get("memory", 0.0) for row in history), default=0.0)
    if memory:
        rows.append(("memory", f"{memory / GIBIBYTE:.1f} GiB at most"))
    sizes = (record.generator_parameters, record.discriminator_parameters)
    if any(sizes):
        rows.append(
            ("parameters", "generator {:,}, discriminators {:,}".format(*sizes)),
        )
    for session in record.sessions:
        rows.append((f"from step {session.first_step:,}", f"{session.begun} UTC"))
        rows.append(("", f"{session.device}, {session.precision}; {session.processor}"))
        rows.append(
            (
                "",
                f"ganfx {session.ganfx}, torch {session.torch}, Python {session.python},"
                f" {session.system}",
            )
        )
    return Table(rows)
