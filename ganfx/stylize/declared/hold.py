"""How long drawings are held: on ones, on twos, each matte by itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ganfx.errors import UsageError, nearest

LONGEST = 12
"""Frames of a drawing at the most: what is carried further along the motion falls apart."""
SOURCE = "source"
OF_PLATES = ("channel:", "crypto:")
"""What mattes that are in the plates begin with."""

_EXPECTED = f"give 2, MATTE:2,MATTE:4,1 or {SOURCE}; at most {LONGEST} frames"


@dataclass(frozen=True)
class Hold:
    """Frames from drawing to drawing.

    Raises:
        UsageError: On construction: a number that makes no sense.
    """

    frames: int = 1
    """Of each drawing; 1 draws every frame."""
    mattes: tuple[tuple[str, int], ...] = ()
    """Where drawings are held otherwise: later ones lie over earlier ones."""
    source: bool = False
    """Whether no more is asked for than that drawings that the plate holds stay held."""

    def __post_init__(self) -> None:
        for frames in (self.frames, *(each for _, each in self.mattes)):
            if not 1 <= frames <= LONGEST:
                told = f"--hold {frames}: expected a whole number from 1 to {LONGEST}"
                raise UsageError(told, hint=_EXPECTED)

    def __str__(self) -> str:
        if self.source:
            return SOURCE
        return ",".join([*(f"{matte}:{n}" for matte, n in self.mattes), str(self.frames)])

    @property
    def is_active(self) -> bool:
        """Whether anything is held."""
        return self.frames > 1 or bool(self.mattes) or self.source

    @property
    def longest(self) -> int:
        """Frames of the longest drawing."""
        return max(self.frames, *(frames for _, frames in self.mattes), 1)

    @property
    def matte_paths(self) -> tuple[str, ...]:
        """Mattes that are files, by paths that any working folder has."""
        return tuple(matte for matte, _ in self.absolute().mattes if Path(matte).is_absolute())

    def without_folders(self) -> Hold:
        """With the names of mattes alone: the same on every machine."""
        names = ((matte.rpartition("/")[2], frames) for matte, frames in self.mattes)
        return Hold(self.frames, tuple(names), self.source)

    def absolute(self, folder: Path = Path()) -> Hold:
        """With mattes by paths that any working folder has; these are from a folder."""
        found = ((absolute_matte(matte, folder), frames) for matte, frames in self.mattes)
        return Hold(self.frames, tuple(found), self.source)


def absolute_matte(matte: str, folder: Path) -> str:
    """A matte as options name it, by a path that any working folder has; it is from a folder."""
    return matte if matte.startswith(OF_PLATES) else str((folder / matte).absolute())


ONES = Hold()
"""Every frame is drawn."""


def read_hold(text: str) -> Hold:
    """``2``, ``hero.####.exr:2,sky*:4``, ``hero.####.exr:2,3``, or ``source``.

    Raises:
        UsageError: It is something else.
    """
    if text.strip() == SOURCE:
        return Hold(source=True)
    frames: list[int] = []
    mattes: list[tuple[str, int]] = []
    for part in map(str.strip, text.split(",")):
        matte, colon, number = part.rpartition(":")
        if colon and not matte:
            raise UsageError(f"--hold {text}: {part!r} names no matte", hint=_EXPECTED)
        if matte:
            mattes.append((matte, _whole(number, text)))
        else:
            frames.append(_whole(number, text))
    if len(frames) > 1:
        told = f"--hold {text}: {frames[0]} and {frames[1]} are both for what no matte covers"
        raise UsageError(told, hint=_EXPECTED)
    return Hold(frames[0] if frames else 1, tuple(mattes))


def _whole(number: str, text: str) -> int:
    try:
        return int(number)
    except ValueError:
        near = nearest(number, [SOURCE])
        hint = f"did you mean {near}?" if near else _EXPECTED
        raise UsageError(f"--hold {text}: {number!r} is no number of frames", hint=hint) from None
