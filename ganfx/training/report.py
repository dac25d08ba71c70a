"""The report of a run: ``report.html``, one file that needs nothing beside it.

It is made of the files in the run folder alone, so that it can be made again at any time,
also of a run that was killed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ganfx.errors import MediaError, UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.atomic import write_text
from ganfx.media.frames import read_picture
from ganfx.preset import LossConfig
from ganfx.quality.charts import line_chart, readable
from ganfx.quality.pages import (
    Html,
    details,
    element,
    image,
    join,
    page,
    section,
    strip,
    table,
    text,
)
from ganfx.quality.sampling import spread
from ganfx.quality.wording import GIBIBYTE, duration
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

REPORT = "report.html"
SHOWN_PREVIEWS = 12
SHOWN_REMARKS = 20
PREVIEW_WIDTH = 1280  # pixels of a row of pictures

GROUPS = GENERATOR, DISCRIMINATION, BALANCE, RATES, SPEED = (
    "Losses of the generator",
    "Discriminators",
    "Balance",
    "Learning rates",
    "Speed and memory",
)
_LOSSES = {name: plain(field.description or "") for name, field in LossConfig.model_fields.items()}


def write_report(run: Path) -> Path:
    """Write ``report.html`` into a run folder, or write it again.

    Raises:
        UsageError: The folder holds no run.
        MediaError: The file cannot be written.
    """
    preset, record, history = _read_preset(run), read_record(run), read_history(run)
    marks = sorted({remark.step for remark in record.remarks if remark.step})
    whole = page(
        f"{preset.get('name', run.name)}: training report",
        _heading(preset, record, history, run),
        section("Remarks", *_remarks(record)),
        section("Previews", *_previews(run, preset)),
        section("Copied patches", *_copies(run)),
        *_curves(history, marks),
        section("Learned from", *provenance_tables(record)),
        section("Settings", *settings_tables(preset)),
        section("The run", run_table(record, history)),
    )
    path = run / REPORT
    write_text(path, whole)
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


def _heading(preset: dict[str, Any], record: RunRecord, history: Sequence[Row], run: Path) -> Html:
    device = f" on {record.sessions[-1].device}" if record.sessions else ""
    step = max([record.last_step, *(int(row["step"]) for row in history[-1:])])
    if record.style:
        state = f"{step:,} steps in {duration(record.seconds)}{device}."
        next_ = f"ganfx stylize shots/ --style {run / record.style}"
    else:
        known = record.steps is not None and step <= record.steps
        planned = f" of {record.steps:,}" if known else ""
        state = f"Stopped after step {step:,}{planned}{device}."
        next_ = f"ganfx train ... --resume --out {run}"
    return join(
        [
            element("h1", text(preset.get("name", run.name))),
            element("p", text(preset.get("description", "")), css="dim"),
            element("p", text(state)),
            element("p", element("code", text(next_))),
        ]
    )


def _remarks(record: RunRecord) -> Iterator[Html]:
    """Notices of the run in a table; of many, the rest is folded away."""
    head = ("after step", "")
    rows = [(f"{remark.step:,}", remark.message) for remark in record.remarks]
    if rows:
        yield table(rows[:SHOWN_REMARKS], head=head)
    if len(rows) > SHOWN_REMARKS:
        more = rows[SHOWN_REMARKS:]
        yield details(f"{len(more):,} more", table(more, head=head))


def _previews(run: Path, preset: dict[str, Any]) -> Iterator[Html]:
    """The photos, their look over time, and what it should resemble."""
    found = sorted(path for path in (run / PREVIEWS).glob("*.png") if path.stem.isdecimal())
    sheets = [(path, _preview(path)) for path in spread(found, SHOWN_PREVIEWS)]
    whole = [(int(path.stem), rows) for path, rows in sheets if rows]
    if not whole:
        return
    _, last = whole[-1]
    yield strip("photos", last[0], width=PREVIEW_WIDTH)
    for step, rows in whole:
        yield strip(f"step {step:,}", rows[1], width=PREVIEW_WIDTH)
    if len(last) > 2:
        paired = bool((preset.get("data") or {}).get("pairs"))
        yield strip("painted" if paired else "art", last[2], width=PREVIEW_WIDTH)


def _preview(path: Path) -> list[ImageU8]:
    """Its rows; none if it cannot be read or is no preview of ours."""
    try:
        rows = preview_rows(read_picture(path))
    except MediaError:
        return []
    return rows if len(rows) > 1 else []


def _copies(run: Path) -> Iterator[Html]:
    """What of the art came out again, side by side; nothing where it was not looked for."""
    record = read_copies(run)
    if record is None:
        return
    yield element("p", text(f"{record.summary}."))
    if record.copies:
        with suppress(MediaError):
            yield element("p", image("look above, art below", read_picture(run / SHEET)))
        yield details(f"where ({len(record.copies):,})", table([(c,) for c in record.copies]))
    yield element("p", text(record.threshold), css="dim")


def _curves(history: Sequence[Row], marks: Sequence[int]) -> Iterator[Html]:
    names = dict.fromkeys(name for row in history for name in row)
    groups: dict[str, list[Html]] = {title: [] for title in GROUPS}
    for name in names:
        points = _points(name, history)
        if points and name not in ("step", "seconds"):
            groups[_group(name)].append(_curve(name, points, marks))
    for title, charts in groups.items():
        yield section(title, element("div", *charts, css="grid") if charts else Html(""))


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


def _curve(name: str, points: Sequence[tuple[float, float]], marks: Sequence[int]) -> Html:
    steps, values = zip(*points, strict=True)
    label = f"{name} by step, last {readable(values[-1])}"
    return element(
        "figure",
        element(
            "figcaption",
            element("b", text(name)),
            element("span", text(readable(values[-1])), css="number"),
        ),
        line_chart(steps, values, label=label, marks=marks),
        element("small", text(_explained(name))),
    )
