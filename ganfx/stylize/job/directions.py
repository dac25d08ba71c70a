"""Which way marks run: a direction for every pixel, from files or from a plate's own channels.

A direction is a vector, right and down; marks run along it, and of either sense alike. Where its
length is 0 the picture leads them, as without.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError
from ganfx.media.frame_reading import upright
from ganfx.media.frames import Frame, read_frame, stored_channel
from ganfx.media.headers import Header
from ganfx.media.windows import LYING, Window
from ganfx.stylize.job.manifest import file_hash
from ganfx.stylize.job.mattes import CHANNEL, check_channel, check_size
from ganfx.stylize.job.plate_files import PlateFiles, as_stored, find_plate_files

Vectors = NDArray[np.float32]

WHAT = "direction"
MIRRORED = (2, 4, 6, 8)
"""Orientations that turn a line which falls to the right into one that rises: mirrors, and
quarter turns once their axes are exchanged."""
LEAST = 1.5 / 255
"""Length of a component, of files of integers, up to which it is 0: half has no code."""


@dataclass(frozen=True)
class Directions:
    """The directions of a run: exactly one of both is there."""

    channels: tuple[str, ...] = ()
    """Names in the plates: right and down; a minus before a name turns it round."""
    files: PlateFiles | None = None

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Of the plates, without signs."""
        return tuple(name.removeprefix("-") for name in self.channels)

    def fingerprint(self, frame: int | None) -> str:
        """Of what a frame's direction depends on, beside the frame; None is a whole video.

        Raises:
            MediaError: There is none for the frame, or it cannot be read.
        """
        return self.files.fingerprint(frame) if self.files else f"{CHANNEL}{self.channels}"

    def read(self, size: tuple[int, int], frame: int | None, plate: Frame | None) -> Vectors:
        """The direction of a frame, which lies over the plate as a matte does.

        Args:
            size: Height and width of the plate as stored.
            frame: Its number; None for stills.
            plate: With all its channels; None for video, which has none but its colors.

        Returns:
            ``(H, W, 2)`` float32: right and down, of any finite length, as the plate is stored.

        Raises:
            MediaError: There is none for the frame, it cannot be read, or its size differs.
        """
        if self.files:
            path = self.files.of(frame)
            header = None if plate is None else plate.header
            vectors = as_stored(
                _read(path, file_hash(path)), size, header, turned=_turned, what=WHAT
            )
        elif plate is None:
            raise MediaError("a video has no channels to take a direction from")
        else:
            vectors = np.stack([_channel(plate, name) for name in self.channels], axis=-1)
        return np.nan_to_num(vectors, nan=0.0, posinf=0.0, neginf=0.0)

    def check(self, plate: Path, header: Header, frame: int | None) -> None:
        """Make sure, from headers alone, that a picture has a direction.

        Raises:
            MediaError: As `read`.
        """
        if self.files:
            check_size(self.files.of(frame), header, WHAT)
        for name in self.channel_names:
            check_channel(plate, name)


def find_directions(text: str) -> Directions | None:
    """The directions that an option means: "" (none), a picture, a sequence, ``channel:U,V``.

    Raises:
        UsageError: There is no such file, it is neither one picture nor one sequence, or the
            channels are not two.
    """
    if not text:
        return None
    if text.startswith(CHANNEL):
        names = tuple(text.removeprefix(CHANNEL).split(","))
        if len(names) != 2 or not all(name.lstrip("-") for name in names):
            raise UsageError(
                f"--direction {text}: expected two names",
                hint="as in channel:dir.u,dir.v; of normals with y up, channel:N.Y,N.X",
            )
        return Directions(channels=names)
    files = find_plate_files(text, option="--direction", what=WHAT, channels="channel:U,V")
    return Directions(files=files)


def _channel(plate: Frame, name: str) -> NDArray[np.float32]:
    plane = stored_channel(plate, name.removeprefix("-"))
    return -plane if name.startswith("-") else plane


@lru_cache(maxsize=2)
def _read(path: Path, content: str) -> tuple[Vectors, Window]:
    """The first two channels of a file, upright; ``content`` is its hash."""
    frame = read_frame(path, data=True)
    header = frame.header
    if header.color == "gray":
        raise MediaError(f"{path}: a direction needs two channels, right and down; it has one")
    vectors = frame.rgb[..., :2]
    if header.depth not in ("half", "float"):  # as normal maps: half is none
        vectors = vectors * np.float32(2) - np.float32(1)
        vectors = np.where(np.abs(vectors) < LEAST, np.float32(0), vectors)
    tag = header.orientation
    return _turned(vectors, tag), header.window.upright(tag)


def _turned(vectors: Vectors, tag: int) -> Vectors:
    """Directions with an EXIF orientation applied: to where they are, and to what they are."""
    moved = upright(vectors, tag)
    if tag in LYING:
        moved = moved[..., ::-1]
    sign = np.array([-1 if tag in MIRRORED else 1, 1], np.float32)
    return np.asarray(moved * sign, dtype=np.float32)
