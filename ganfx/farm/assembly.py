"""Assembly of a finished job for review: a contact sheet, and a proxy video of each sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.sequences import Shot, find_shots
from ganfx.media.video.proxy import write_proxy
from ganfx.quality.sampling import spread
from ganfx.quality.sheets import contact_sheet

ACROSS = 8
"""Pictures in a row of the sheet: evenly spaced frames of a sequence."""
ROWS = 24
"""Rows of the sheet; further shots are left out."""
THUMBNAIL = 480
"""Longest side of a picture on the sheet, in pixels."""


def write_sheet(folder: Path, sheet: Path) -> Path:
    """Write a contact sheet of all shots of a folder, a row each.

    Args:
        folder: Folder of stylised pictures.
        sheet: Output file; an earlier one in ``folder`` is not a shot.

    Returns:
        ``sheet``.

    Raises:
        UsageError: The folder holds no picture.
        MediaError: A frame cannot be read, or the sheet cannot be written.
    """
    shots = [_without(shot, sheet) for shot in find_shots(folder)]
    rows, labels = [], []
    for shot in [shot for shot in shots if shot.kind != "video" and shot.files][:ROWS]:
        chosen = spread(shot.files, ACROSS)
        rows.append([read_picture(path, max_side=THUMBNAIL) for path in chosen])
        labels.append([path.name for path in chosen])
    if not rows:
        raise UsageError(f"{folder}: no picture for a contact sheet")
    write_picture(sheet, contact_sheet(rows, labels=labels))
    return sheet


def write_videos(folder: Path, out: Path, rate: Fraction) -> Iterator[Path]:
    """Encode every sequence of a folder as a video.

    Args:
        folder: Folder of stylised sequences.
        out: A file, if there is one sequence; else a folder for ``SHOT.mp4``.
        rate: Frames per second.

    Raises:
        UsageError: There is no sequence, or several and ``out`` is one file.
        MediaError: A frame cannot be read, or a video cannot be written.
    """
    shots = [shot for shot in find_shots(folder) if shot.kind == "sequence"]
    if not shots:
        raise UsageError(f"{folder}: no sequence for a video")
    if len(shots) > 1 and out.suffix:
        raise UsageError(f"{folder} has {len(shots)} sequences: give a folder for their videos")
    for shot in shots:
        path = out if out.suffix else out / shot.files[0].parent.relative_to(folder) / _named(shot)
        write_proxy(path, (_display(file) for file in shot.files), rate)
        yield path


def _named(shot: Shot) -> str:
    return shot.pattern.partition("#")[0].partition("@")[0].rstrip("._") + ".mp4"


def _display(path: Path) -> NDArray[np.float32]:
    return read_picture(path).astype(np.float32) / np.float32(255.0)


def _without(shot: Shot, sheet: Path) -> Shot:
    """A shot without an earlier contact sheet."""
    return replace(shot, files=tuple(f for f in shot.files if f.resolve() != sheet.resolve()))
