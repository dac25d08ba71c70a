"""What is told of plates pixel by pixel: where a look shows, and how its marks lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import UsageError, nearest
from ganfx.media.cryptomatte import is_crypto_channel
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.frames import Frame
from ganfx.media.headers import Header
from ganfx.media.sequences import group_files
from ganfx.stylize.job.directions import Directions, find_directions
from ganfx.stylize.job.framing import WHAT as FRAMING
from ganfx.stylize.job.framing import Framing, find_framing
from ganfx.stylize.job.guides import Depth, Normals, find_guides
from ganfx.stylize.job.mattes import CHANNEL, CRYPTO, Mattes, find_mattes
from ganfx.stylize.network.plate import Prepared
from ganfx.stylize.options import Options

Plane = NDArray[np.float32]


Told = Mattes | Directions | Normals | Framing | Depth
"""What pixels are told by."""


@dataclass(frozen=True)
class Planes:
    """Those that a run was given."""

    matte: Mattes | None = None
    """Where the look shows; None is everywhere."""
    detail: Mattes | None = None
    """Where the finest marks go, whatever detail there is; None is where detail is."""
    direction: Directions | Normals | None = None
    """Which way marks run; None is along the picture's form."""
    framing: Framing | None = None
    """What is framed: outside of it nothing of the look shows. None is all of a plate."""
    depth: Depth | None = None
    """What the size of marks goes by; None leaves all of them as large as the look has them."""

    holds: tuple[Mattes, ...] = ()
    """Where drawings are held otherwise, in the order of the option."""
    regions: tuple[Mattes, ...] = ()
    """Where other looks show, in the order of the option."""

    def channels(self, plate: Frame) -> list[str]:
        """Names of a plate's channels that are looked at."""
        mattes = list(self._mattes)
        names = [each.channel for each in mattes if each.channel]
        for guide in (self.direction, self.depth):
            names += guide.channel_names if guide else ()
        if any(each.crypto for each in mattes):
            there = (name for part in plate.stored.parts for name in part.spec.channelnames)
            names += filter(is_crypto_channel, there)
        return names

    @property
    def show_plate(self) -> bool:
        """Whether pixels of plates come out as they went in where these say so."""
        return self.matte is not None or self.framing is not None

    @property
    def need_whole(self) -> bool:
        """Whether a picture is done whole: for files of these, or marks that become larger."""
        return self.depth is not None or any(each.files is not None for _, each in self.given())

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
        self,
        prepared: Prepared,
        size: tuple[int, int],
        frame: int | None,
        plate: Frame | None,
        *,
        distance: float | None = None,
    ) -> Prepared:
        """A picture with those of its frame.

        Args:
            prepared: The picture.
            size: Height and width of the plate as stored.
            frame: Its number; None for stills.
            plate: With all its channels; None for video.
            distance: Depth at which its marks are as large as the look has them, where none is
                given.

        Raises:
            MediaError: One is not there, cannot be read, or is of another size.
        """
        found = {name: each.read(size, frame, plate) for name, each in self._of_pictures()}
        nearness = found.get("depth")
        if self.depth is not None and nearness is not None:
            prepared = replace(prepared, sizes=self.depth.sizes(nearness, distance))
        return replace(
            prepared,
            matte=_both(found.get("matte"), found.get(FRAMING)),
            detail=found.get("detail"),
            direction=found.get("direction"),
        )

    def of_holds(
        self, size: tuple[int, int], frame: int | None, plate: Frame | None
    ) -> tuple[NDArray[np.float32], ...]:
        """Mattes of ``holds`` for a frame; takes and raises what `laid_on` does."""
        return tuple(each.read(size, frame, plate) for each in self.holds)

    def of_regions(
        self, size: tuple[int, int], frame: int | None, plate: Frame | None
    ) -> tuple[NDArray[np.float32], ...]:
        """Mattes of ``regions`` for a frame; takes and raises what `laid_on` does."""
        return tuple(each.read(size, frame, plate) for each in self.regions)

    def of_windows(self, frame: int) -> str:
        """Fingerprint of what a frame's picture depends on before it is held still."""
        return "".join(each.fingerprint(frame) for each in self.regions)

    @property
    def _mattes(self) -> Iterator[Mattes]:
        yield from (each for each in (self.matte, self.detail) if each)
        yield from (*self.holds, *self.regions)

    def given(self) -> Iterator[tuple[str, Told]]:
        """By name."""
        yield from self._of_pictures()
        yield from ((f"hold {number}", each) for number, each in enumerate(self.holds))
        yield from ((f"region {number}", each) for number, each in enumerate(self.regions))

    def _of_pictures(self) -> Iterator[tuple[str, Told]]:
        for name, each in (
            ("matte", self.matte),
            ("detail", self.detail),
            ("direction", self.direction),
            (FRAMING, self.framing),
            ("depth", self.depth),
        ):
            if each is not None:
                yield name, each


def find_planes(options: Options) -> Planes:
    """Those that the options mean.

    Raises:
        UsageError: A file is not there, or is not what the option takes.
    """
    normals, depth = find_guides(options.guide)
    if normals is not None and options.direction:
        raise UsageError(
            f"--direction {options.direction}: --guide normal says which way marks run already",
            hint="give one of both",
        )
    return Planes(
        find_mattes(options.matte),
        find_mattes(options.detail, option="--detail", what="detail matte"),
        normals or find_directions(options.direction),
        find_framing(options.fdl, options.fdl_decision, options.fdl_area),
        depth,
        tuple(_called(matte, "--hold") for matte, _ in options.hold.mattes),
        tuple(_called(each.matte, "--region") for each in options.region),
    )


def _both(matte: Plane | None, framing: Plane | None) -> Plane | None:
    """Where the look shows by a matte and by what is framed."""
    if matte is None or framing is None:
        return framing if matte is None else matte
    return matte * framing


def _called(text: str, option: str) -> Mattes:
    """A matte of ``--hold`` or ``--region``: as ``--matte`` takes it, or by a pattern: ``sky*``.

    Raises:
        UsageError: Nothing is called so, or more than one matte is.
    """
    found = text
    if not (text.startswith((CHANNEL, CRYPTO)) or Path(text).exists()) and any(
        c in text for c in "*?["
    ):
        found = _matching(text, option)
    try:
        matte = find_mattes(found, option=option, what="matte")
    except UsageError as error:
        told = error.message.removeprefix(f"{option} {found}: ")
        raise UsageError(f"{option} {text}: {told}", hint=error.hint) from error
    assert matte is not None, "an empty name is refused before"
    return matte


def _matching(pattern: str, option: str) -> str:
    """The one picture, sequence or folder that a pattern fits, as `find_mattes` takes it."""
    path = Path(pattern)
    there = sorted(path.parent.glob(path.name))
    pictures = [each for each in there if each.suffix.lower() in PICTURE_SUFFIXES]
    found = [str(each) for each in there if each.is_dir()]
    for shot in group_files(pictures):
        sequence = shot.kind == "sequence"
        files = [shot.files[0].with_name(shot.pattern)] if sequence else shot.files
        found += [str(each) for each in files]
    if not found:
        names = [each.name for each in path.parent.glob("*")] if path.parent.is_dir() else []
        near = nearest(path.name, names)
        hint = f"did you mean {near}?" if near else f"looked in {path.parent.absolute()}"
        raise UsageError(f"{option} {pattern}: no matte is called so", hint=hint)
    if len(found) > 1:
        raise UsageError(
            f"{option} {pattern}: several mattes are called so: {', '.join(found)}",
            hint="give a name that only one has",
        )
    return found[0]
