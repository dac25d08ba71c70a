"""Framing decision lists as cameras write them, small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def decision(
    canvas: str,
    framing: tuple[float, ...],
    protection: tuple[float, ...] | None = None,
    *,
    intent: str = "WIDE",
    label: str = "",
) -> dict[str, Any]:
    """A framing decision: x, y, width and height."""
    x, y, width, height = framing
    values: dict[str, Any] = {
        "label": label,
        "id": f"{canvas}-{intent}",
        "framing_intent_id": intent,
        "dimensions": {"width": width, "height": height},
        "anchor_point": {"x": x, "y": y},
    }
    if protection is not None:
        x, y, width, height = protection
        values["protection_dimensions"] = {"width": width, "height": height}
        values["protection_anchor_point"] = {"x": x, "y": y}
    return values


def canvas(
    id: str, width: int, height: int, *decisions: dict[str, Any], squeeze: float = 1.0
) -> dict[str, Any]:
    return {
        "label": f"canvas {id}",
        "id": id,
        "source_canvas_id": id,
        "dimensions": {"width": width, "height": height},
        "anamorphic_squeeze": squeeze,
        "framing_decisions": list(decisions),
    }


def write_fdl(
    path: Path, *canvases: dict[str, Any], default: str = "WIDE", version: tuple[int, int] = (2, 0)
) -> Path:
    """A list with the framing intents WIDE and TALL."""
    intents = [("WIDE", "2.39-1", 239), ("TALL", "9-16", 56)]
    values = {
        "uuid": "BCD142EB-3BAA-4EA8-ADD8-A46AE8DC4D97",
        "version": {"major": version[0], "minor": version[1]},
        "framing_intents": [
            {"label": label, "id": id, "aspect_ratio": {"width": wide, "height": 100}}
            for id, label, wide in intents
        ],
        "contexts": [{"label": "camera A", "canvases": list(canvases)}],
    }
    if default:
        values["default_framing_intent"] = default
    path.write_text(json.dumps(values), encoding="utf-8")
    return path
