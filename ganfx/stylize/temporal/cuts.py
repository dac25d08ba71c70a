"""Where shots begin within a sequence, told by the user or found by the motion."""

from __future__ import annotations

from pathlib import Path

from ganfx.errors import UsageError

FOUND = ("auto", "none")
"""Values that are no file: cuts found by the motion, and no cut at all."""


def shot_starts(cuts: str) -> frozenset[int] | None:
    """Frames that a new shot begins with; None where they are to be found.

    Args:
        cuts: ``auto``, ``none``, or a text file with one frame number a line; what follows
            a ``#`` is a comment.

    Raises:
        UsageError: The file cannot be read, or holds something else.
    """
    if cuts in FOUND:
        return None if cuts == "auto" else frozenset()
    try:
        lines = Path(cuts).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot read the cuts {cuts}: {getattr(error, 'strerror', None) or 'not text'}",
            hint="give auto, none, or a file with one frame number a line",
        ) from error
    return frozenset(
        _number(text, Path(cuts), line)
        for line, text in enumerate(lines, start=1)
        if text.partition("#")[0].strip()
    )


def _number(text: str, path: Path, line: int) -> int:
    try:
        return int(text.partition("#")[0])
    except ValueError:
        raise UsageError(
            f"{path}, line {line}: {text.strip()!r} is no frame number",
            hint="one number a line: the first frame of each shot but the first",
        ) from None
