"""Tables of ``ganfx evaluate``: of shots, of a look, of styles and of approved pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from ganfx.quality.appearance import LookScore
    from ganfx.quality.golden import GoldenScore
    from ganfx.quality.steadiness import ShotScore
    from ganfx.quality.style import StyleScore

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
OF_FILTER = ("steadied", "detail", "ghost")
GOLDENS_SHOWN = 12


def shots_table(shots: Sequence[ShotScore]) -> Table:
    """A line for each shot."""
    filtered = any(shot.unfiltered is not None for shot in shots)
    columns = [column for column in COLUMNS if filtered or column[1] not in OF_FILTER]
    table = _empty([title for title, _, _ in columns])
    for shot in shots:
        _add(table, ((getattr(shot, name), form) for _, name, form in columns))
    return table


def look_table(score: LookScore) -> Table:
    """A line for each measure: of the sources, of what came out, and of the art."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    for title in ("source", "output", "art"):
        table.add_column(title, justify="right")
    table.add_column("")
    unrest = (score.source_flat_area_noise, score.flat_area_noise, None)
    chroma = (score.source_chroma, score.chroma, score.art_chroma)
    rows = (
        ("distance to the art", score.source_distance, score.distance, None, ".4f", "of style"),
        ("structure", None, score.structure, None, ".2f", "1 keeps every edge where it was"),
        ("grid", score.source_grid, score.grid, None, ".2f", "about 1 without one"),
        ("unrest", *unrest, ".4f", "where the source is flat"),
        ("chroma", *chroma, ".1f", "of the mean colour"),
    )
    for name, *values, form, told in rows:
        if any(value is not None for value in values):
            table.add_row(name, *("" if v is None else f"{v:{form}}" for v in values), told)
    return table


def styles_table(scores: Sequence[StyleScore]) -> Table:
    """A line for each set: the baselines beside the output."""
    with_kid = any(score.kid is not None for score in scores)
    kid = ("KID", "error") if with_kid else ()
    table = _empty(("", "pictures", "distance to the art", *kid, "structure"))
    for score in scores:
        measured = ((score.kid, ".4f"), (score.kid_error, ".4f")) if with_kid else ()
        cells = ((score.pictures, "d"), (score.distance, ".4f"), *measured)
        _add(table, ((score.name, ""), *cells, (score.structure, ".2f")))
    return table


def goldens_table(scores: Sequence[GoldenScore]) -> Table:
    """A line for each picture, those that look most different first."""
    table = _empty(("picture", "FLIP", "most", "largest difference", "pixels that differ"))
    for score in sorted(scores, key=lambda each: -each.flip)[:GOLDENS_SHOWN]:
        seen = ((score.flip, ".4f"), (score.most_flip, ".3f"))
        stored = ((score.error, ".4g"), (score.differing, ".1%"))
        _add(table, ((score.picture, ""), *seen, *stored))
    return table


def _empty(titles: Iterable[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for index, title in enumerate(titles):
        table.add_column(title, justify="right" if index else "left", overflow="fold")
    return table


def _add(table: Table, cells: Iterable[tuple[object, str]]) -> None:
    table.add_row(
        *(Text("-" if v is None else f"{v:{form}}" if form else str(v)) for v, form in cells)
    )
