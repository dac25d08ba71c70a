"""Output of ``ganfx evaluate``: scores as tables, JSON or CSV."""

from __future__ import annotations

import csv as csv_format
import json as json_format
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from ganfx.console.output import count, note, out, print_result
from ganfx.console.running import to_json
from ganfx.errors import EXIT_GATE, GanfxError, UsageError

if TYPE_CHECKING:
    from ganfx.quality.appearance import LookScore, PictureScore
    from ganfx.quality.steadiness import ShotScore, StepScore
    from ganfx.styles.header import Gates
    from ganfx.stylize.chunk_check import SplitProved

COLUMNS = (
    ("shot", "shot", ""),
    ("frames", "frames", "d"),
    ("E_warp in", "source", ".6f"),
    ("out", "output", ".6f"),
    ("ratio", "ratio", ".2f"),
    ("tone in", "source_tone", ".5f"),
    ("out", "output_tone", ".5f"),
    ("by filter", "steadied", ".2f"),
    ("detail", "detail", ".2f"),
    ("ghost", "ghost", ".3f"),
)
"""Title, field and format of each."""
WIDE = 1000
"""Columns of what is no terminal: a script wants a shot in one line."""
FORMER_KEYS = {"source_flat_area_noise": "source_unrest", "flat_area_noise": "unrest"}
"""Keys of the JSON of `show_look` that are there under the name of version 0.1.0 too."""
OF_FILTER = ("steadied", "detail", "ghost")


class GateError(GanfxError):
    """Something is not as good as was asked for."""

    exit_code = EXIT_GATE


def show_flicker(
    scores: Iterable[StepScore | ShotScore], *, json: bool = False, csv: Path | None = None
) -> list[ShotScore]:
    """Show the shots' scores on stdout; returns them.

    Args:
        scores: Of steps and shots, as they are found.
        json: Every score as a line of JSON instead.
        csv: A file for the steps' scores.
    """
    from ganfx.quality.steadiness import ShotScore

    shots: list[ShotScore] = []
    steps: list[StepScore] = []
    for score in scores:
        if json:
            print_result(to_json(score))
        if isinstance(score, ShotScore):
            shots.append(score)
            if not json:
                note(f"{score.shot}: {score.frames} frames")
        else:
            steps.append(score)
    if shots and not json:
        out.print(_table(shots), width=None if out.is_terminal else WIDE)
    if csv is not None:
        _write_csv(csv, steps)
    return shots


def check_flicker(
    shots: Iterable[ShotScore], max_ratio: float | None, marks: Sequence[str] = ()
) -> None:
    """Hold shots to a limit.

    Args:
        shots: What was found.
        max_ratio: The limit; None for none.
        marks: Options of what was laid over the frames and changes on purpose: ``--grain 0.03``.

    Raises:
        GateError: One flickers more than ``max_ratio`` times its source.
    """
    if max_ratio is None:
        return
    over = [shot for shot in shots if shot.ratio is not None and shot.ratio > max_ratio]
    if over:
        told = ", ".join(f"{shot.shot} {shot.ratio:.2f}" for shot in over)
        raise GateError(
            f"more than {max_ratio:g} times the source's own flicker: {told}",
            hint=_steadier(marks),
        )


def _steadier(marks: Sequence[str]) -> str:
    """Advice on lowering the number: first the effects that are there on purpose."""
    higher = "a higher --consistency of ganfx stylize holds shots stiller"
    if not marks:
        return f"{higher}; grain and lines count as flicker: measure with --grain 0 --lines 0"
    off = " ".join(f"{mark.split()[0]} 0" for mark in marks)
    return (
        f"the frames have {', '.join(marks)}, which count as flicker, and which --consistency"
        f" does not steady: measure frames made with {off}; if these are over the limit, {higher}"
    )


def show_look(
    scores: Iterable[PictureScore | LookScore], *, json: bool = False
) -> LookScore | None:
    """Show what a look did to pictures on stdout; returns the score of all, if it came to that.

    Args:
        scores: Of pictures and of all, as they are found.
        json: Every score as a line of JSON instead.
    """
    from ganfx.quality.appearance import LookScore

    whole = None
    for score in scores:
        if json:
            print_result(_look_json(score))
        if isinstance(score, LookScore):
            whole = score
        elif not json:
            note(f"{score.picture}: structure {score.structure:.2f}")
    if whole is not None and not json:
        out.print(_look_table(whole), width=None if out.is_terminal else WIDE)
        weakest = f"the weakest structure is {whole.weakest.structure:.2f}"
        print_result(f"{count(whole.pictures, 'picture')}; {weakest}, of {whole.weakest.picture}")
    return whole


def show_gates(looks: Sequence[str], gates: Gates) -> None:
    """Tell which limits the looks of finished pictures have."""
    if not looks:
        return  # of another tool, or without their record: the limits are the user's to give
    limits = []
    if gates.min_structure is not None:
        limits.append(f"structure at least {gates.min_structure:g}")
    if gates.max_grid is not None:
        limits.append(f"a grid at most {gates.max_grid:g} times the source's")
    note(f"gates of {', '.join(looks)}: {', '.join(limits) or 'none'}")


def check_look(score: LookScore | None, gates: Gates) -> None:
    """Hold a look to limits.

    Raises:
        GateError: It kept too little of the drawing, or shows a grid.
    """
    if score is None:
        return
    least, most = gates.min_structure, gates.max_grid
    if least is not None and score.structure < least:
        weak = f"weakest {score.weakest.picture} at {score.weakest.structure:.2f}"
        raise GateError(
            f"structure {score.structure:.2f} is below {least:g}: {weak}",
            hint="compare the pictures; --min-structure sets another limit",
        )
    if most is None or score.grid is None or score.source_grid is None:
        return
    if (times := score.grid / score.source_grid) > most:
        raise GateError(
            f"a grid {times:.2f} times the source's is above {most:g}",
            hint="look at the pictures at full size; --max-grid sets another limit",
        )


def show_proof(splits: Iterable[SplitProved]) -> None:
    """Show what came of each split of the shots, a line each.

    Raises:
        GateError: Some files of a split are not those of the whole.
    """
    different: list[str] = []
    for split in splits:
        same = "equal" if not split.different else f"{len(split.different)} different"
        print_result(f"split {split.split}: {' | '.join(split.chunks)}: {split.files} files {same}")
        different += split.different
    if different:
        more = len(different) - 1
        raise GateError(
            f"not as in the whole: {different[0]}" + (f" and {more} more" if more else "")
        )


def _table(shots: list[ShotScore]) -> Table:
    filtered = any(shot.unfiltered is not None for shot in shots)
    columns = [column for column in COLUMNS if filtered or column[1] not in OF_FILTER]
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title, name, _ in columns:
        table.add_column(title, justify="left" if name == "shot" else "right", overflow="fold")
    for shot in shots:
        cells = ((getattr(shot, name), form) for _, name, form in columns)
        table.add_row(*(Text("-" if value is None else f"{value:{form}}") for value, form in cells))
    return table


def _look_json(score: PictureScore | LookScore) -> str:
    """A score as one JSON object, with `FORMER_KEYS`."""
    return json_format.dumps(json_format.loads(to_json(score), object_hook=_with_former_keys))


def _with_former_keys(values: dict[str, Any]) -> dict[str, Any]:
    return values | {old: values[new] for new, old in FORMER_KEYS.items() if new in values}


def _look_table(score: LookScore) -> Table:
    """A line for each measure: of the sources, of what came out, and of the art."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    for title in ("source", "output", "art"):
        table.add_column(title, justify="right")
    table.add_column("")
    rows = (
        ("distance to the art", score.source_distance, score.distance, None, ".4f", "of style"),
        ("structure", None, score.structure, None, ".2f", "1 keeps every edge where it was"),
        ("grid", score.source_grid, score.grid, None, ".2f", "about 1 without one"),
        (
            "unrest",
            score.source_flat_area_noise,
            score.flat_area_noise,
            None,
            ".4f",
            "where the source is flat",
        ),
        (
            "chroma",
            score.source_chroma,
            score.chroma,
            score.art_chroma,
            ".1f",
            "of the mean colour",
        ),
    )
    for name, *values, form, told in rows:
        if any(value is not None for value in values):
            table.add_row(name, *("" if v is None else f"{v:{form}}" for v in values), told)
    return table


def _write_csv(path: Path, steps: list[StepScore]) -> None:
    from ganfx.quality.steadiness import StepScore

    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv_format.DictWriter(file, [field.name for field in fields(StepScore)])
            writer.writeheader()
            writer.writerows(asdict(step) for step in steps)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
