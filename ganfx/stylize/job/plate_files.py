"""Pictures that go with plates: one for all frames, or one for each by its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError
from ganfx.media.headers import Header
from ganfx.media.sequences import find_shots
from ganfx.media.windows import Window, laid_over, plain_window
from ganfx.stylize.job.manifest import file_hash

Plane = NDArray[np.float32]

TURNED_BACK = {6: 8, 8: 6}
"""Orientations that undo others; the rest undo themselves."""


@dataclass(frozen=True)
class PlateFiles:
    """Either a still or files by frame number."""

    what: str
    """For messages: ``matte``."""
    still: Path | None = None
    """One for all frames."""
    files: tuple[tuple[int, Path], ...] = ()
    """By frame number."""

    def fingerprint(self, frame: int | None) -> str:
        """Of the file of a frame; None is a still, or a whole video.

        Raises:
            MediaError: There is none for the frame, or it cannot be read.
        """
        if self.files and frame is None:
            return " ".join(f"{number}:{file_hash(path)}" for number, path in self.files)
        return file_hash(self.of(frame))

    def of(self, frame: int | None) -> Path:
        """The file of a frame.

        Raises:
            MediaError: There is none.
        """
        if self.still is not None:
            return self.still
        for number, path in self.files:
            if number == frame:
                return path
        named = "a picture without a frame number" if frame is None else f"frame {frame}"
        raise MediaError(f"there is no {self.what} for {named}")


def find_plate_files(text: str, *, option: str, what: str, channels: str) -> PlateFiles:
    """A picture, or a sequence: a folder of one, or fileseq notation, ``roto.1001-1100#.exr``.

    Args:
        text: As it was typed.
        option: Its name.
        what: What the pictures are, for messages.
        channels: What may be given instead, likewise.

    Raises:
        UsageError: There is no such file, or it is neither one picture nor one sequence.
    """
    shots = find_shots(Path(text))
    if len(shots) == 1 and shots[0].kind == "sequence":
        return PlateFiles(what, files=tuple(zip(shots[0].frames, shots[0].files, strict=True)))
    if len(shots) == 1 and shots[0].kind == "stills" and len(shots[0].files) == 1:
        return PlateFiles(what, still=shots[0].files[0])
    raise UsageError(
        f"{option} {text}: there is more than one {what}, or a video",
        hint=f"give one picture, one sequence (roto.####.exr), or {channels}",
    )


def as_stored(
    upright: tuple[Plane, Window],
    size: tuple[int, int],
    plate: Header | None,
    *,
    turned: Callable[[Plane, int], Plane],
    what: str,
) -> Plane:
    """A picture that goes with a plate, laid over it and turned as the plate is stored.

    Args:
        upright: ``(h, w)`` or ``(h, w, C)``, and its data and display window, both as viewers
            show it.
        size: Height and width of the plate as stored.
        plate: Its header; None for video, which is upright and has no windows.
        turned: Applies an EXIF orientation to such a picture.
        what: What it is, for messages.

    Returns:
        ``size``, or ``(*size, C)``; 0 outside of its data window.

    Raises:
        MediaError: It fits neither the display window nor what the plate stores.
    """
    window, tag = plain_window(size[1], size[0]), 1
    if plate is not None:
        window, tag = plate.window, plate.orientation
    laid = laid_over(*upright, window.upright(tag), what=f"the {what} is")
    return turned(laid, TURNED_BACK.get(tag, tag))
