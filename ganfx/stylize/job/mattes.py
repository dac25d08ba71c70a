"""Soft mattes, one for each frame, from files or from a plate's own channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError
from ganfx.media.color import luma_of
from ganfx.media.cryptomatte import check_crypto, crypto_matte
from ganfx.media.frame_reading import no_channel, upright
from ganfx.media.frames import Frame, read_frame, stored_channel
from ganfx.media.headers import Header, read_channels, read_header, read_specs
from ganfx.media.windows import Window, refuse_other
from ganfx.stylize.job.manifest import file_hash
from ganfx.stylize.job.plate_files import PlateFiles, as_stored, find_plate_files

Plane = NDArray[np.float32]

CHANNEL, CRYPTO = "channel:", "crypto:"


@dataclass(frozen=True)
class Mattes:
    """The mattes of a run: exactly one of these is there."""

    channel: str = ""
    """Name of a channel in the plates."""
    crypto: tuple[str, ...] = ()
    """Names of objects in the plates' Cryptomattes."""
    files: PlateFiles | None = None
    what: str = "matte"
    """For messages."""

    def fingerprint(self, frame: int | None) -> str:
        """Of what a frame's matte depends on, beside the frame itself; None is a whole video.

        Raises:
            MediaError: There is no matte for the frame, or it cannot be read.
        """
        if self.crypto:
            return f"{CRYPTO}{self.crypto}"
        return self.files.fingerprint(frame) if self.files else f"{CHANNEL}{self.channel}"

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
        if self.files:
            path = self.files.of(frame)
            header = None if plate is None else plate.header
            matte = as_stored(
                _read(path, file_hash(path)), size, header, turned=upright, what=self.what
            )
        elif plate is None:
            raise MediaError(f"a video has no channels to take a {self.what} from")
        elif self.crypto:
            return crypto_matte(plate, self.crypto)
        else:
            matte = stored_channel(plate, self.channel)
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
        if self.files is not None:
            check_size(self.files.of(frame), header, self.what)
        elif self.crypto:
            check_crypto(read_specs(plate), plate, self.crypto)
        else:
            check_channel(plate, self.channel)


def check_channel(plate: Path, channel: str) -> None:
    """Make sure that a picture has a channel, in upper or lower case.

    Raises:
        MediaError: It has not, or cannot be read.
    """
    there = read_channels(plate)
    if channel.lower() not in map(str.lower, there):
        raise no_channel(channel, there)


def check_size(path: Path, plate: Header, what: str) -> None:
    """Make sure that a picture can be laid over a plate.

    Raises:
        MediaError: It cannot, or cannot be read.
    """
    own = read_header(path, data=True)
    window = own.window.upright(own.orientation)
    refuse_other(window, plate.window.upright(plate.orientation), what=f"the {what} is")


def find_mattes(text: str, *, option: str = "--matte", what: str = "matte") -> Mattes | None:
    """The mattes that an option means: none (""), files, ``channel:NAME``, ``crypto:NAME,...``.

    A sequence is a folder of one, or fileseq notation: ``roto.1001-1100#.exr``.

    Args:
        text: As it was typed.
        option: Its name.
        what: What it takes, for messages.

    Raises:
        UsageError: There is no such file, or it is neither one picture nor one sequence.
    """
    if not text:
        return None
    if text.startswith(CHANNEL):
        if text == CHANNEL:
            raise UsageError(f"{option} {text}: expected a name, as in channel:mask.a")
        return Mattes(channel=text.removeprefix(CHANNEL), what=what)
    if text.startswith(CRYPTO):
        names = tuple(name.strip() for name in text.removeprefix(CRYPTO).split(","))
        if not all(names):
            raise UsageError(f"{option} {text}: expected names, as in crypto:hero*,hat")
        return Mattes(crypto=names, what=what)
    files = find_plate_files(text, option=option, what=what, channels="channel:NAME")
    return Mattes(files=files, what=what)


@lru_cache(maxsize=8)
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
