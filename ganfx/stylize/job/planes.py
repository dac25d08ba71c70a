"""What is told of plates pixel by pixel: where a look shows, and how its marks lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ganfx.media.cryptomatte import is_crypto_channel
from ganfx.media.frames import Frame
from ganfx.media.headers import Header
from ganfx.stylize.job.directions import Directions, find_directions
from ganfx.stylize.job.mattes import Mattes, find_mattes
from ganfx.stylize.network.plate import Prepared
from ganfx.stylize.options import Options


@dataclass(frozen=True)
class Planes:
    """Those that a run was given."""

    matte: Mattes | None = None
    """Where the look shows; None is everywhere."""
    detail: Mattes | None = None
    """Where the finest marks go, whatever detail there is; None is where detail is."""
    direction: Directions | None = None
    """Which way marks run; None is along the picture's form."""

    def channels(self, plate: Frame) -> list[str]:
        """Names of a plate's channels that are looked at."""
        mattes = [each for each in (self.matte, self.detail) if each is not None]
        names = [each.channel for each in mattes if each.channel]
        names += self.direction.channel_names if self.direction else ()
        if any(each.crypto for each in mattes):
            there = (name for part in plate.stored.parts for name in part.spec.channelnames)
            names += filter(is_crypto_channel, there)
        return names

    @property
    def need_whole(self) -> bool:
        """Whether any is read whole: those of the plates' channels are there with their rows."""
        return any(each.files is not None for _, each in self.given())

    def fingerprint(self, frame: int | None) -> str:
        """Of what they are for a frame, beside the frame itself; None is a whole video.

        Raises:
            MediaError: There is none for the frame, or it cannot be read.
        """
        # A matte's has no name: records of earlier versions have it so.
        named = {"matte": ""}
        return "".join(
            named.get(name, name) + each.fingerprint(frame) for name, each in self.given()
        )

    def check(self, plate: Path, header: Header, frame: int | None) -> None:
        """Make sure, from headers alone, that a picture has all of them.

        Raises:
            MediaError: One is not there, or does not fit.
        """
        for _, each in self.given():
            each.check(plate, header, frame)

    def laid_on(
        self, prepared: Prepared, size: tuple[int, int], frame: int | None, plate: Frame | None
    ) -> Prepared:
        """A picture with those of its frame.

        Args:
            prepared: The picture.
            size: Height and width of the plate as stored.
            frame: Its number; None for stills.
            plate: With all its channels; None for video.

        Raises:
            MediaError: One is not there, cannot be read, or is of another size.
        """
        found = {name: each.read(size, frame, plate) for name, each in self.given()}
        return replace(
            prepared,
            matte=found.get("matte"),
            detail=found.get("detail"),
            direction=found.get("direction"),
        )

    def given(self) -> Iterator[tuple[str, Mattes | Directions]]:
        """By name."""
        for name, each in (
            ("matte", self.matte),
            ("detail", self.detail),
            ("direction", self.direction),
        ):
            if each is not None:
                yield name, each


def find_planes(options: Options) -> Planes:
    """Those that the options mean.

    Raises:
        UsageError: A file is not there, or is not what the option takes.
    """
    return Planes(
        find_mattes(options.matte),
        find_mattes(options.detail, option="--detail", what="detail matte"),
        find_directions(options.direction),
    )
