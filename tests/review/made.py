"""Shots made by hand: sources, what became of them, and records as stylizing leaves them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import write_picture

RED, BLUE = (200, 40, 30), (30, 60, 210)


def plain(color: tuple[int, int, int], width: int = 64, height: int = 48) -> ImageU8:
    return np.full((height, width, 3), color, np.uint8)


def sequence(
    folder: Path, color: tuple[int, int, int], count: int = 4, *, name: str = "plate", **size: int
) -> Path:
    """Frames from 1001 on, each a little brighter than the one before."""
    for number in range(count):
        shade = tuple(min(255, channel + 3 * number) for channel in color)
        write_picture(folder / f"{name}.{1001 + number}.png", plain(shade, **size))
    return folder


def recorded(output: Path, source: Path | None, look: str = "noir", **settings: object) -> Path:
    """Put every picture of a folder on record, made from that of the same name."""
    lines = []
    for path in sorted(output.glob("*.png")):
        line = {"file": path.name, "fingerprint": "f", "size": path.stat().st_size, "sha256": ""}
        line["settings"] = {"look": look, **settings}
        if source is not None:
            line["origin"] = {"source": {"file": f"../{source.name}/{path.name}"}}
        lines.append(json.dumps(line) + "\n")
    (output / ".ganfx.jsonl").write_text("".join(lines))
    return output
