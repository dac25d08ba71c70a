"""Strokes beside an edge keep to their side of it: as a painter's do, whose brush goes along it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganfx.preset import StrokesConfig
from ganfx.stylize.effects.effect import Place
from ganfx.stylize.effects.orientation import directions
from ganfx.stylize.effects.stroke_anchors import Anchors
from ganfx.stylize.effects.stroke_shapes import CHANGE, on_grid, sampled

if TYPE_CHECKING:
    from ganfx.stylize.effects.strokes import Brush

Plane = NDArray[np.float32]

PROBES = (0.25, 0.5)
"""Widths to either side at which a stroke looks whether the color is another."""
ASIDE = sum(PROBES[:1]) * len(PROBES)
"""Widths that a stroke moves aside at the most."""


def beside_edges(
    anchors: Anchors,
    field: Plane,
    soft: Plane,
    strokes: StrokesConfig,
    place: Place,
    brush: Brush,
) -> Anchors:
    """Anchors moved across their strokes, away from where the color is another.

    Half a stroke would lie over the edge otherwise, and edges would be ragged. Where both sides
    have another color, as beside a wire, strokes stay.

    Args:
        anchors: Of the brush.
        field: Of `orientation`, reduced as ``brush`` says.
        soft: ``(h, w, 3)`` colors, reduced likewise.
        strokes: For the direction where nothing leads.
        place: Where the rows lie.
        brush: Its width.
    """
    factor, level = float(brush.reduction), min(brush.level, len(CHANGE) - 1)
    x, y = anchors.x, anchors.y
    doubled = sampled(field, x, y, factor)
    along = directions(doubled, x + anchors.left, y + anchors.top, strokes.angle, place.height)
    across = np.stack([-along[:, 1], along[:, 0]], axis=-1)
    own, push = sampled(soft, x, y, factor), np.zeros(len(x))
    for part in PROBES:
        for sense in (-1, 1):
            at = on_grid(sense * part * brush.width * across)
            differs = np.abs(sampled(soft, x + at[:, 0], y + at[:, 1], factor) - own)
            change = np.maximum(np.maximum(differs[:, 0], differs[:, 1]), differs[:, 2])
            push -= sense * np.clip(change / CHANGE[level] - 1, 0.0, 1.0)
    moved = on_grid((push * PROBES[0] * brush.width)[:, np.newaxis] * across)
    return replace(anchors, x=x + moved[:, 0], y=y + moved[:, 1])
