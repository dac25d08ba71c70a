"""What a source has to be judged: shots, which can flicker, and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ganfx.media.sequences import find_shots


@dataclass(frozen=True)
class Kinds:
    """What there is."""

    shots: bool
    """Sequences or videos."""
    pictures: bool
    """Stills or sequences."""


def kinds_of(source: Path) -> Kinds:
    """What a source has.

    Raises:
        UsageError: There is nothing.
    """
    kinds = {shot.kind for shot in find_shots(source)}
    return Kinds(shots=bool(kinds - {"stills"}), pictures=bool(kinds - {"video"}))
