"""The page of an evaluation (``ganfx evaluate --html``): what failed first, then all numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from ganfx.media.arrays import ImageU8
from ganfx.media.atomic import replacing
from ganfx.media.frames import read_picture
from ganfx.quality.charts import line_chart, readable
from ganfx.quality.evaluation import Evaluation
from ganfx.quality.flip import flip_map
from ganfx.quality.golden import GoldenScore
from ganfx.quality.heat import heat_colors
from ganfx.quality.pages import Strip, Table, data_uri, render
from ganfx.quality.steadiness import Hottest, ShotScore, StepScore
from ganfx.quality.wording import ranges

SHOWN = 3
"""Pictures of each judgement that are shown, the worst first."""
WIDTH = 960
"""Of a picture on the page, in pixels."""


@dataclass(frozen=True)
class Shown:
    """A picture in its states."""

    title: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class Part:
    """What one judgement found."""

    title: str
    tables: tuple[Table, ...]
    every: Table
    """Of every step or picture."""
    charts: tuple[tuple[str, str, Markup], ...] = ()
    """Name, last value and drawing."""
    shown: tuple[Shown, ...] = ()


def write_page(
    path: Path, found: Evaluation, *, source: str, output: str, hottest: Hottest | None = None
) -> None:
    """Write the page.

    Args:
        path: Where.
        found: What was found.
        source: What was judged against, as it was given.
        output: What was judged.
        hottest: Pictures of the steps that flicker most.

    Raises:
        MediaError: The page cannot be written, or a picture not be read any more.
    """
    parts = [_flicker(found, hottest), _look(found), _style(found), _golden(found)]
    missed = [
        (each.message, ", ".join(_listed(each.frames)) or "none by itself") for each in found.missed
    ]
    values = {
        "title": f"{output}: evaluation",
        "beside": source,
        "output": output,
        "missed": missed,
        "unmeasured": [(each.gate, each.of, each.why) for each in found.unmeasured],
        "parts": [part for part in parts if part is not None],
    }
    with replacing(path) as temporary:
        temporary.write_text(render("evaluation.html", values), encoding="utf-8")


def _listed(frames: Sequence[str]) -> list[str]:
    if all(frame.isdecimal() for frame in frames) and frames:
        return [f"from frames {ranges([int(frame) for frame in frames])} to the next ones"]
    return list(frames)


def _flicker(found: Evaluation, hottest: Hottest | None) -> Part | None:
    if not found.shots:
        return None
    columns = ("shot", "frames", "E_warp in", "out", "ratio", "tone in", "out")
    names = ("shot", "frames", "source", "output", "ratio", "source_tone", "output_tone")
    shots = Table([_cells(shot, names) for shot in found.shots], columns)
    fields = ("shot", "frame", "source", "output", "followed", "source_tone", "output_tone")
    heads = ("shot", "frame", "E_warp in", "out", "followed", "tone in", "out")
    over = {(missed.of, frame) for missed in found.missed for frame in missed.frames}
    marked = [step for step in found.steps if (step.shot, str(step.frame)) in over]
    every = _every(found.steps, fields, heads, marked)
    order = [] if hottest is None else hottest.hottest_first()
    shown = tuple(_hot(found.steps[i], *hottest.pictures[i]) for i in order if hottest)
    charts = tuple(_chart(shot, found.steps) for shot in found.shots)
    return Part("Flicker", (shots,), every, charts, shown)


def _hot(step: StepScore, frame: ImageU8, heat: ImageU8) -> Shown:
    pictures = (("output", frame), ("where it flickers", heat))
    strips = tuple(Strip(label, data_uri(each)) for label, each in pictures)
    return Shown(f"{step.shot}, from frame {step.frame} to the next", strips)


def _chart(shot: ShotScore, steps: Sequence[StepScore]) -> tuple[str, str, Markup]:
    own = [step for step in steps if step.shot == shot.shot and step.output is not None]
    values = [float(step.output or 0.0) for step in own]
    name = f"{shot.shot}: E_warp of the output"
    drawn = line_chart([step.frame for step in own], values, label=name, along="frame")
    return name, readable(values[-1]) if values else "", drawn


def _look(found: Evaluation) -> Part | None:
    if not found.looks:
        return None
    rows = []
    for score in found.looks:
        rows += [
            ("structure", "", _text(score.structure), ""),
            ("grid", _text(score.source_grid), _text(score.grid), ""),
            ("unrest", _text(score.source_flat_area_noise), _text(score.flat_area_noise), ""),
            ("chroma", *map(_text, (score.source_chroma, score.chroma, score.art_chroma))),
            ("distance to the art", _text(score.source_distance), _text(score.distance), ""),
        ]
    fields = ("picture", "structure", "source_grid", "grid", "flat_area_noise")
    heads = ("picture", "structure", "grid in", "out", "unrest")
    bad = {frame for missed in found.missed for frame in missed.frames}
    marked = [each for each in found.pictures if str(each.picture) in bad]
    every = _every(found.pictures, fields, heads, marked)
    worst = sorted(found.pictures, key=lambda each: (each not in marked, each.structure))[:SHOWN]
    shown = tuple(
        _states(str(each.picture), (("source", each.source), ("output", each.picture)))
        for each in worst
    )
    return Part("Look", (Table(rows, ("", "source", "output", "art")),), every, (), shown)


def _style(found: Evaluation) -> Part | None:
    if not found.styles:
        return None
    names = ("pictures", "distance", "kid", "kid_error", "structure")
    table = Table(
        [(score.name, *_cells(score, names)) for score in found.styles],
        ("", "pictures", "distance to the art", "KID", "error", "structure"),
    )
    fields = ("picture", "distance", "structure")
    return Part("Style", (table,), _every(found.style_pictures, fields, fields, ()))


def _golden(found: Evaluation) -> Part | None:
    if not found.goldens:
        return None
    worst = sorted(found.goldens, key=lambda each: -each.flip)
    fields = ("picture", "flip", "most_flip", "error", "differing")
    heads = ("picture", "FLIP", "most", "largest difference", "share that differs")
    shown = tuple(_apart(each) for each in worst[:SHOWN] if each.error)
    return Part("Golden", (), _every(worst, fields, heads, ()), (), shown)


def _apart(score: GoldenScore) -> Shown:
    seen = [read_picture(path) for path in (score.golden, score.picture)]
    heat = heat_colors(flip_map(*seen))
    labels = ("golden", "output", "FLIP")
    strips = tuple(
        Strip(label, data_uri(each, width=WIDTH))
        for label, each in zip(labels, (*seen, heat), strict=True)
    )
    return Shown(str(score.picture), strips)


def _states(title: str, pictures: Iterable[tuple[str, Path]]) -> Shown:
    shown = ((label, read_picture(path, max_side=WIDTH)) for label, path in pictures)
    return Shown(title, tuple(Strip(label, data_uri(each)) for label, each in shown))


def _every(
    scores: Sequence[object], fields: Sequence[str], heads: Sequence[str], marked: Sequence[object]
) -> Table:
    rows = [_cells(score, fields) for score in scores]
    chosen = frozenset(index for index, score in enumerate(scores) if score in marked)
    return Table(rows, heads, chosen)


def _cells(score: object, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(_text(getattr(score, name)) for name in names)


def _text(value: object) -> str:
    if value is None:
        return "-"
    return readable(value) if isinstance(value, float) else str(value)
