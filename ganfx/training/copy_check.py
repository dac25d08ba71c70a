"""Copy check at the end of a run: does the look paint pieces of its art?

The patches of the last preview are compared with the art (`ganfx.quality.copied_patches`). What
was found lies in the run folder, for the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from ganfx.errors import MediaError
from ganfx.media.atomic import write_text
from ganfx.media.frames import read_picture, write_picture
from ganfx.preset import Section
from ganfx.quality.copied_patches import (
    SIDE,
    CopiedPatch,
    CopyTest,
    find_copied_patches,
    side_by_side,
)
from ganfx.training.checkpoints import PREVIEWS
from ganfx.training.data import PictureSet
from ganfx.training.events import Notice
from ganfx.training.previews import preview_squares

RECORD = "copied_patches.json"
SHEET = "copied_patches.png"
SHOWN = 8


class CopyRecord(Section):
    """A run folder's ``copied_patches.json``."""

    summary: str
    """``3 of 300 patches of the last preview copy art``."""
    threshold: str
    """How that was told."""
    copies: tuple[str, ...] = ()
    """Where: ``art/plate7.png at 120, 340: preview 2 at 24, 96, correlation 0.97``."""


def check_copies(art: PictureSet, scales: tuple[float, float], run: Path) -> Iterator[Notice]:
    """Compare the last preview of a run with its art; a notice where there are copies.

    Args:
        art: What the discriminators called real.
        scales: At which sizes they saw it.
        run: The run folder; a record and, where there are copies, a sheet of them are written.

    A check that cannot be made fails nothing.
    """
    try:
        yield from _checked(art, scales, run)
    except MediaError as error:
        yield Notice(f"whether the look copies its art was not checked: {error.message}")


def _checked(art: PictureSet, scales: tuple[float, float], run: Path) -> Iterator[Notice]:
    sheet = max((run / PREVIEWS).glob("*.png"), default=None)
    if sheet is None:
        return
    photos, looks, *_ = preview_squares(read_picture(sheet))
    found = find_copied_patches(looks, art.pictures, sources=photos, scales=scales)
    record = _record(found, art)
    write_text(run / RECORD, record.model_dump_json(indent=2) + "\n")
    (run / SHEET).unlink(missing_ok=True)  # of an earlier end
    if found.copied:
        write_picture(run / SHEET, side_by_side(found.copied[:SHOWN], looks, art.pictures))
        shown = "; ".join(record.copies[:2])
        yield Notice(f"{record.summary}: {shown}; the report shows them side by side")


def read_copies(run: Path) -> CopyRecord | None:
    """What the check of a run found; None where there was none."""
    with suppress(OSError, ValidationError, UnicodeDecodeError):
        return CopyRecord.model_validate_json((run / RECORD).read_text(encoding="utf-8"))
    return None


def _record(found: CopyTest, art: PictureSet) -> CopyRecord:
    count, whole = len(found.copied), len(art.pictures)
    return CopyRecord(
        summary=f"{count:,} of {found.patches:,} patches of the last preview copy"
        f"{'' if count != 1 else ' a piece of'} art",
        threshold=f"A copy is a square of {SIDE} pixels whose luma correlates with a place of the"
        f" art by {found.threshold:.2f} or more, where the photo does not. Squares of one picture"
        f" of the art correlate with other art by {found.usual:.2f} at most, 99 in 100 of them."
        f" {found.art:,} of {whole:,} pictures of the art were compared. Flat squares and plain"
        " edges do not count.",
        copies=tuple(_place(copy, art) for copy in found.copied),
    )


def _place(copy: CopiedPatch, art: PictureSet) -> str:
    name = str(art.paths[copy.art]) if art.paths else f"{art.source}, picture {copy.art + 1}"
    mirrored = ", mirrored" if copy.mirrored else ""
    return (
        f"{name} at {copy.art_x}, {copy.art_y}{mirrored} (preview {copy.picture + 1} at"
        f" {copy.x}, {copy.y}; correlation {copy.correlation:.2f})"
    )
