"""The report of a run: ``report.html``, one file that needs nothing beside it.

It is made of the files in the run folder alone, so that it can be made again at any time,
also of a run that was killed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ganfx.errors import MediaError, UsageError
from ganfx.media.atomic import write_text
from ganfx.media.frames import read_picture
from ganfx.preset import LossConfig
from ganfx.quality.charts import line_chart, readable
from ganfx.quality.pages import Strip, Table, data_uri, render
from ganfx.quality.sampling import spread
from ganfx.quality.wording import GIBIBYTE, duration
from ganfx.styles.header import SUFFIX
from ganfx.training.checkpoints import PRESET, PREVIEWS
from ganfx.training.copy_check import SHEET, read_copies
from ganfx.training.previews import preview_rows
from ganfx.training.report_tables import (
    plain,
    provenance_tables,
    run_table,
    settings_tables,
)
from ganfx.training.run_record import Row, RunRecord, read_history, read_record
from ganfx.training.step_metrics import DESCRIPTIONS
from ganfx.training.watch import FOLDER as WATCHED
from ganfx.training.watch import SOURCE

REPORT = "report.html"
SHOWN_PREVIEWS = 12
SHOWN_REMARKS = 20
KEPT = 256  # pictures
SHOWN_STATES = 3  # of each plate that is watched
REFRESH = 15  # seconds after which the page of a run that goes on loads itself again
STEP = "step"
PREVIEW_WIDTH = 1280  # pixels of a row of pictures

GROUPS = GENERATOR, DISCRIMINATION, BALANCE, RATES, SPEED = (
    "Losses of the generator",
    "Discriminators",
    "Balance",
    "Learning rates",
    "Speed and memory",
)


@dataclass(frozen=True)
class Curve:
    """A value of the statistics over time."""

    name: str
    last: str
    drawn: Markup
    explained: str


_LOSSES = {name: plain(field.description or "") for name, field in LossConfig.model_fields.items()}


def write_report(run: Path, *, going: bool = False) -> Path:
    """Write ``report.html`` into a run folder, or write it again.

    Args:
        run: The folder.
        going: Whether the run goes on: the page loads itself again then, now and then.

    Raises:
        UsageError: The folder holds no run.
        MediaError: The file cannot be written.
    """
    preset, record, history = _read_preset(run), read_record(run), read_history(run)
    previews = _previews(run, preset)
    values = {
        "refresh": REFRESH if going else None,
        **_heading(preset, record, history, run, going=going),
        "watched": _watched(run),
        "remarks": _remarks(record),
        "previews": previews,
        "newest": max(
            (i for i, one in enumerate(previews) if one.label.startswith(STEP)), default=0
        ),
        "copies": _copies(run),
        "curves": _curves(history, _marks(record)),
        "learned": provenance_tables(record),
        "settings": settings_tables(preset),
        "facts": run_table(record, history),
    }
    path = run / REPORT
    write_text(path, render("training_report.html", values))
    return path


def _read_preset(run: Path) -> dict[str, Any]:
    """The preset as it was written, also by a version with other keys."""
    try:
        values = json.loads((run / PRESET).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{run} holds no run: cannot read {PRESET}", hint="name a folder that ganfx train wrote"
        ) from error
    return values if isinstance(values, dict) else {}


def _heading(
    preset: dict[str, Any], record: RunRecord, history: Sequence[Row], run: Path, *, going: bool
) -> dict[str, object]:
    """Name, description, how far it is, and the commands that come next."""
    device = f" on {record.sessions[-1].device}" if record.sessions else ""
    step = max([record.last_step, *(int(row["step"]) for row in history[-1:])])
    next_: list[str] = []
    if record.style:
        state = f"{step:,} steps in {duration(record.seconds)}{device}."
        next_.append(f"ganfx stylize shots/ --style {run / record.style}")
    else:
        look = run / f"{preset.get('name', run.name)}{SUFFIX}"
        if look.is_file():
            next_.append(f"ganfx stylize shots/ --style {look}")
        known = record.steps is not None and step <= record.steps
        planned = f" of {record.steps:,}" if known else ""
        state = f"{'In training, at' if going else 'Stopped after'} step {step:,}{planned}{device}."
        if not going:
            next_.append(f"ganfx train ... --resume --out {run}")
    return {
        "name": preset.get("name", run.name),
        "description": preset.get("description", ""),
        "state": state,
        "commands": next_,
    }


def _marks(record: RunRecord) -> dict[float, str]:
    """Steps where something happened, and what."""
    marks: dict[float, str] = {}
    for remark in sorted(record.remarks, key=lambda remark: remark.step):
        if remark.step:
            before = f"{marks[remark.step]}; " if remark.step in marks else ""
            marks[remark.step] = before + remark.message
    return marks


def _remarks(record: RunRecord) -> tuple[Table, Table]:
    """Notices of the run; of many, the rest for itself."""
    rows = [(f"{remark.step:,}", remark.message) for remark in record.remarks]
    head = ("after step", "")
    return Table(rows[:SHOWN_REMARKS], head), Table(rows[SHOWN_REMARKS:], head)


def _previews(run: Path, preset: dict[str, Any]) -> list[Strip]:
    """The photos, their look over time, and what it should resemble."""
    found = sorted(path for path in (run / PREVIEWS).glob("*.png") if path.stem.isdecimal())
    sheets = [(path, _encoded(path)) for path in spread(found, SHOWN_PREVIEWS)]
    whole = [(int(path.stem), rows) for path, rows in sheets if len(rows) > 1]
    if not whole:
        return []
    _, last = whole[-1]
    strips = [
        Strip("photos", last[0]),
        *(Strip(f"{STEP} {step:,}", rows[1]) for step, rows in whole),
    ]
    if len(last) > 2:
        paired = bool((preset.get("data") or {}).get("pairs"))
        strips.append(Strip("painted" if paired else "art", last[2]))
    return strips


def _watched(run: Path) -> list[tuple[str, list[Strip]]]:
    """Every plate, and a few states of the look on it, the last one first."""
    found: dict[str, dict[str, Path]] = {}
    for path in sorted((run / WATCHED).glob("*.png")):
        name, _, step = path.stem.rpartition(".")
        found.setdefault(name, {})[step] = path
    return [(name, list(_states(paths))) for name, paths in found.items()]


def _states(paths: dict[str, Path]) -> Iterator[Strip]:
    steps = [step for step in paths if step.isdecimal()]
    chosen = [*reversed(spread(steps, SHOWN_STATES)), SOURCE]
    for step in (step for step in chosen if step in paths):
        label = f"step {int(step):,}" if step.isdecimal() else step
        yield from (Strip(label, picture) for picture in _encoded(paths[step], whole=True))


def _encoded(path: Path, *, whole: bool = False) -> tuple[str, ...]:
    """A picture, or the rows of a preview sheet, as they stand in the page; none if unreadable.

    A report is written often while a run goes on: what was encoded once is kept.
    """
    try:
        return _encode(path, path.stat().st_mtime_ns, whole)
    except (MediaError, OSError):
        return ()


@lru_cache(maxsize=KEPT)
def _encode(path: Path, _changed: int, whole: bool) -> tuple[str, ...]:
    picture = read_picture(path)
    rows = [picture] if whole else preview_rows(picture)
    return tuple(data_uri(row, width=PREVIEW_WIDTH) for row in rows)


def _copies(run: Path) -> dict[str, object] | None:
    """What of the art came out again, side by side; None where it was not looked for."""
    record = read_copies(run)
    if record is None:
        return None
    sheet = None
    if record.copies:
        with suppress(MediaError):
            sheet = data_uri(read_picture(run / SHEET))
    return {"record": record, "sheet": sheet, "table": Table([(copy,) for copy in record.copies])}


def _curves(history: Sequence[Row], marks: Mapping[float, str]) -> dict[str, list[Curve]]:
    names = dict.fromkeys(name for row in history for name in row)
    groups: dict[str, list[Curve]] = {title: [] for title in GROUPS}
    for name in names:
        points = _points(name, history)
        if points and name not in ("step", "seconds"):
            groups[_group(name)].append(_curve(name, points, marks))
    return groups


def _group(name: str) -> str:
    if name in ("images_per_second", "memory"):
        return SPEED
    if name.endswith("_lr"):
        return RATES
    if name in _LOSSES:
        return GENERATOR
    return DISCRIMINATION if name.startswith("d_") else BALANCE


def _explained(name: str) -> str:
    if name.startswith("balance_"):
        return f"What {name.removeprefix('balance_')} is multiplied by, beside its weight."
    return DESCRIPTIONS.get(name) or _LOSSES.get(name, "")


def _points(name: str, history: Sequence[Row]) -> list[tuple[float, float]]:
    """Steps and values to draw."""
    scale = 1 / GIBIBYTE if name == "memory" else 1.0
    timed = name == "images_per_second"  # 0 before there was anything to time
    return [
        (row["step"], row[name] * scale)
        for row in history
        if name in row and not (timed and row[name] == 0)
    ]


def _curve(name: str, points: Sequence[tuple[float, float]], marks: Mapping[float, str]) -> Curve:
    steps, values = zip(*points, strict=True)
    last = readable(values[-1])
    label = f"{name} by step, last {last}"
    drawn = line_chart(steps, values, label=label, marks=marks, along="step")
    return Curve(name, last, drawn, _explained(name))
