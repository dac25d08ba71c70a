"""The page itself: what its template needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from ganfx import __version__
from ganfx.quality.charts import readable
from ganfx.quality.pages import Table, render
from ganfx.review.provenance import LookFacts
from ganfx.review.shots import ShotPage
from ganfx.review.steadying import WIDTH

KEYS = (
    ("Space; K", "play or stop; stop"),
    ("J, L", "play backwards, forwards; again: faster"),
    ("\u2190 \u2192", "a frame back, on; with Shift ten"),
    ("Home, End", "first, last frame"),
    ("\u2191 \u2193", "shot before, after"),
    ("1 2 3 ...", "A, B, C on the right; with Shift on the left"),
    ("0", "the source on the left"),
    ("X", "left and right change places: before and after at a glance"),
    ("W", "wipe, side by side, one picture"),
    (", .", "move the edge of the wipe"),
    ("Z", "1:1, and back to all of the picture"),
    ("+ -", "larger, smaller; drag to move"),
    ("N", "to the nearest frame that is there in its own size"),
    ("H", "where it flickers"),
    ("R", "repeat, or stop at the end"),
    ("F", "full screen"),
)


def render_page(
    output: Path,
    pages: Sequence[ShotPage],
    looks: Sequence[LookFacts],
    *,
    pictures: str,
    fps: float | None,
) -> str:
    """The text of ``index.html``.

    Args:
        output: What the review is of.
        pages: Its shots.
        looks: Its looks, the output's first.
        pictures: Folder of the pictures, from the page on.
        fps: Of play; None by the shots.
    """
    names = [f"{look.letter} {look.label}" if len(looks) > 1 else look.label for look in looks]
    shots = [page.data(index, names, fps) for index, page in enumerate(pages)]
    values = {
        "title": f"{output.absolute().name}: review",
        "name": output.absolute().name,
        "looks": looks,
        "data": {"shots": _finite(shots), "pictures": pictures},
        "shots": [_shot(page, index, names) for index, page in enumerate(pages)],
        "keys": Table(KEYS),
        "measured": WIDTH,
        "version": __version__,
    }
    return render("review.html", values)


def _shot(page: ShotPage, index: int, names: Sequence[str]) -> dict[str, object]:
    """What stands below the player of a shot."""
    labels = page.footage.labels
    return {
        "name": page.footage.name,
        "index": index,
        "view": page.view,
        "remarks": page.remarks,
        "scores": _scores(page, names),
        "thumbs": page.thumbs,
        "labels": [labels.get(number, str(number)) for number in page.numbers],
        "facts": _facts(page),
    }


def _facts(page: ShotPage) -> str:
    size = f"{page.size[0]}x{page.size[1]}"
    frames = len(page.footage.numbers)
    kind = "frames" if page.footage.over_time else "pictures"
    plays = f"; plays at {page.played[0]}x{page.played[1]}" if page.played != page.size else ""
    if page.played != page.size:
        whole = len(page.whole)
        plays += f", {whole:,} in their own size" if whole else ", none in its own size"
    return f"{frames:,} {kind if frames > 1 else kind[:-1]}, {size}{plays}"


def _scores(page: ShotPage, names: Sequence[str]) -> Table | None:
    """Steadiness and structure of every side; None where nothing could be measured."""
    sides = [*(["source"] if page.footage.source else []), *names]
    source = page.steadiness.mean(0) if page.footage.source else None
    rows = []
    for side, name in enumerate(sides):
        flicker, tone = page.steadiness.mean(side), page.steadiness.tone(side)
        ratio = (flicker / source) ** 2 if flicker is not None and source and side else None
        cells = (flicker, ratio, tone, page.structure(side))
        rows.append((name, *("" if cell is None else readable(cell) for cell in cells)))
    if not any(any(row[1:]) for row in rows):
        return None
    head = ("", "flicker, %", "E_warp, times the source's", "tone flicker, %", "structure kept")
    return Table(rows, head)


def _finite(value: object) -> object:
    """For JSON: rounded, and None for what is not finite."""
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return value
