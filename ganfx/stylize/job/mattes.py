"""Where a look shows: a soft matte for each frame, from files or from a plate's own channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError
from ganfx.media.color import luma_of
from ganfx.media.frame_reading import no_channel, upright
from ganfx.media.frames import Frame, read_frame, stored_channel
from ganfx.media.headers import Header, read_channels, read_header
from ganfx.media.sequences import find_shots
from ganfx.media.windows import Window, laid_over, plain_window, refuse_other
from ganfx.stylize.job.manifest import file_hash

Plane = NDArray[np.float32]

CHANNEL = "channel:"

_MATTE = "the matte is"
_TURNED_BACK = {6: 8, 8: 6}  # the others undo themselves


@dataclass(frozen=True)
class Mattes:
    """The mattes of a run.

    Exactly one of the three is there.
    """

    channel: str = ""
    """Name of a channel in the plates."""
    still: Path | None = None
    """One matte for all frames."""
    files: tuple[tuple[int, Path], ...] = ()
    """Mattes by frame number."""

    def fingerprint(self, frame: int | None) -> str:
        """Of what a frame's matte depends on, beside the frame itself; None is a whole video.

        Raises:
            MediaError: There is no matte for the frame, or it cannot be read.
        """
        if self.channel:
            return f"{CHANNEL}{self.channel}"
        if self.files and frame is None:
            return " ".join(f"{number}:{file_hash(path)}" for number, path in self.files)
        return file_hash(self._file(frame))

    def read(self, size: tuple[int, int], frame: int | None, plate: Frame | None) -> Plane:
        """The matte of a frame: 0 keeps the plate, 1 is the look.

        A file lies over the plate as viewers show the two: each is turned by its own tag, and
        both lie by their display windows; outside of its data window a matte is 0. The plate's
        channels lie as it is stored.

        Args:
            size: Height and width of the plate as stored.
            frame: Its number; None for stills.
            plate: With all its channels; None for video, which has none but its colours.

        Returns:
            ``size`` float32, in [0, 1], as the plate is stored.

        Raises:
            MediaError: There is none for the frame, it cannot be read, or its size differs.
        """
        if self.channel:
            if plate is None:
                raise MediaError("a video has no channels to take a matte from")
            matte = stored_channel(plate, self.channel)
        else:
            path = self._file(frame)
            matte = self._as_stored(path, size, None if plate is None else plate.header)
        return np.clip(np.nan_to_num(matte, nan=0.0), 0.0, 1.0)

    def check(self, plate: Path, header: Header, frame: int | None) -> None:
        """Make sure, from headers alone, that a picture has a matte.

        Args:
            plate: The picture's file.
            header: Its own.
            frame: Its number; None for stills.

        Raises:
            MediaError: As `read`.
        """
        if self.channel:
            there = read_channels(plate)
            if self.channel.lower() not in map(str.lower, there):
                raise no_channel(self.channel, there)
            return
        matte = read_header(self._file(frame), data=True)
        window = matte.window.upright(matte.orientation)
        refuse_other(window, header.window.upright(header.orientation), what=_MATTE)

    def _as_stored(self, path: Path, size: tuple[int, int], plate: Header | None) -> Plane:
        """A matte from a file as the plate of ``size`` is stored."""
        window, tag = plain_window(size[1], size[0]), 1
        if plate is not None:
            window, tag = plate.window, plate.orientation
        matte, own = _read(path, file_hash(path))
        laid = laid_over(matte, own, window.upright(tag), what=_MATTE)
        return upright(laid, _TURNED_BACK.get(tag, tag))

    def _file(self, frame: int | None) -> Path:
        if self.still is not None:
            return self.still
        for number, path in self.files:
            if number == frame:
                return path
        named = "a picture without a frame number" if frame is None else f"frame {frame}"
        raise MediaError(f"there is no matte for {named}")


def find_mattes(text: str) -> Mattes | None:
    """The mattes that an option means: "" (none), a picture, a sequence, ``channel:NAME``.

    A sequence is a folder of one, or fileseq notation: ``roto.1001-1100#.exr``.

    Raises:
        UsageError: There is no such file, or it is neither one picture nor one sequence.
    """
    if not text:
        return None
    if text.startswith(CHANNEL):
        if text == CHANNEL:
            raise UsageError(f"--matte {text}: expected a name, as in channel:mask.a")
        return Mattes(channel=text.removeprefix(CHANNEL))
    shots = find_shots(Path(text))
    if len(shots) == 1 and shots[0].kind == "sequence":
        return Mattes(files=tuple(zip(shots[0].frames, shots[0].files, strict=True)))
    if len(shots) == 1 and shots[0].kind == "stills" and len(shots[0].files) == 1:
        return Mattes(still=shots[0].files[0])
    raise UsageError(
        f"--matte {text}: there is more than one matte, or a video",
        hint="give one picture, one sequence (roto.####.exr), or channel:NAME",
    )


@lru_cache(maxsize=2)
def _read(path: Path, content: str) -> tuple[Plane, Window]:
    """Alpha of a file that has it, else its luma, upright; ``content`` is its hash."""
    frame = read_frame(path, data=True)
    matte = frame.alpha
    if matte is None:
        matte = luma_of(frame.rgb)
    tag = frame.header.orientation
    return upright(matte, tag), frame.header.window.upright(tag)


def amount_of(strength: float, matte: Plane | None) -> np.float32 | Plane:
    """Strength at every pixel: a number, or ``(H, W, 1)``."""
    if matte is None:
        return np.float32(strength)
    return np.float32(strength) * matte[..., np.newaxis]
