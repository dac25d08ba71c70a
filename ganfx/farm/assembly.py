"""Assembly of a finished job for review: a contact sheet, and a proxy video of each sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from fileseq.frameset import FrameSet
from numpy.typing import NDArray

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.sequences import Shot, find_shots
from ganfx.media.video.proxy import write_proxy
from ganfx.media.views import View
from ganfx.quality.sampling import spread
from ganfx.quality.sheets import contact_sheet

ACROSS = 8
"""Pictures in a row of the sheet: evenly spaced frames of a sequence."""
ROWS = 24
"""Rows of the sheet; further shots are left out."""
Gaps = Literal["hold", "black", "skip"]
_FILLED = {"hold": "the frames before them are held", "black": "black in their places"}
THUMBNAIL = 480
"""Longest side of a picture on the sheet, in pixels."""


def write_sheet(folder: Path, sheet: Path, view: View | None = None) -> Path:
    """Write a contact sheet of all shots of a folder, a row each.

    Args:
        folder: Folder of stylised pictures.
        sheet: Output file; an earlier one in ``folder`` is not a shot.
        view: For scene light; None clips it at 1.

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
        rows.append([read_picture(path, max_side=THUMBNAIL, view=view) for path in chosen])
        labels.append([path.name for path in chosen])
    if not rows:
        raise UsageError(f"{folder}: no picture for a contact sheet")
    write_picture(sheet, contact_sheet(rows, labels=labels))
    return sheet


def remarks_on(folder: Path, missing: Gaps) -> Iterator[str]:
    """Notices of a folder's videos: gaps, and files of no sequence."""
    for shot in find_shots(folder):
        yield from (f"{each}: no video" for each in (*shot.holes, *shot.doubts))
        if shot.missing:
            yield f"{shot.name}: missing frames {FrameSet(shot.missing).frameRange()}; " + (
                "the video is shorter" if missing == "skip" else _FILLED[missing]
            )


def write_videos(
    folder: Path,
    out: Path,
    rate: Fraction,
    missing: Gaps = "hold",
    view: View | None = None,
) -> Iterator[Path]:
    """Encode every sequence of a folder as a video.

    Args:
        folder: Folder of stylised sequences, or one of them in fileseq's notation.
        out: A file, if there is one sequence; else a folder for ``SHOT.mp4``.
        rate: Frames per second.
        missing: What is shown for frames that a sequence lacks, so that it keeps time: the frame
            before, or black; ``skip`` shows nothing, and the video is shorter.
        view: For scene light; None clips it at 1.

    Raises:
        UsageError: There is no sequence, or several and ``out`` is one file.
        MediaError: A frame cannot be read, or a video cannot be written.
    """
    shots = [shot for shot in find_shots(folder) if shot.kind == "sequence"]
    if not shots:
        raise UsageError(
            f"{folder}: no sequence for a video",
            hint="if its frames are numbered, name them: plate.####.png",
        )
    if len(shots) > 1 and out.suffix:
        raise UsageError(f"{folder} has {len(shots)} sequences: give a folder for their videos")
    for shot in shots:
        place = out / shot.files[0].parent.relative_to(shot.root)
        path = out if out.suffix else place / f"{_named(shot)}.mp4"
        write_proxy(path, _in_time(shot, missing, view), rate)
        yield path


def _named(shot: Shot) -> str:
    """Name of a video: that of its frames without their number."""
    around = "._- ()[]"
    tag = shot.naming.suffix.rpartition(".")[0].strip(around)
    parts = [shot.naming.prefix.rstrip(around), tag]
    return "_".join(filter(None, parts)) or shot.files[0].parent.resolve().name


def _in_time(shot: Shot, missing: Gaps, view: View | None) -> Iterator[NDArray[np.float32]]:
    """Every frame from the first to the last."""
    frame: NDArray[np.float32] | None = None
    for number in range(shot.frames[0], shot.frames[-1] + 1):
        if number in shot.on_disk:
            frame = _display(shot.on_disk[number], view)
            yield frame
        elif missing != "skip" and frame is not None:
            yield frame if missing == "hold" else np.zeros_like(frame)


def _display(path: Path, view: View | None) -> NDArray[np.float32]:
    return read_picture(path, view=view).astype(np.float32) / np.float32(255.0)


def _without(shot: Shot, sheet: Path) -> Shot:
    """A shot without an earlier contact sheet."""
    return replace(shot, files=tuple(f for f in shot.files if f.resolve() != sheet.resolve()))
