"""A shot and the frames of it that somebody painted over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ganfx.errors import UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.color_spaces import find_space
from ganfx.media.file_color import ColorSettings
from ganfx.media.headers import read_header
from ganfx.media.ocio_configs import chosen_config
from ganfx.media.sequences import Shot, find_shots
from ganfx.stylize.job.painted import PaintedKey, find_painted, match_painted
from ganfx.stylize.proxy import read_proxy

WHOLE = 1 << 20  # lines: no picture has more
TOLD = 4  # of keys that do not fit


@dataclass(frozen=True)
class KeyShot:
    """A frame sequence with its keys."""

    shot: Shot
    keys: tuple[PaintedKey, ...]
    """In order of their frames."""
    color: ColorSettings = field(default_factory=ColorSettings)
    """Of the plates; of paintings, too, where these are files of the same format."""

    @property
    def frames(self) -> tuple[int, ...]:
        """Numbers of all frames, in order."""
        return tuple(sorted(self.shot.on_disk))

    def plate(self, frame: int, *, lines: int = WHOLE) -> ImageU8:
        """A frame as the network sees it: ``(H, W, 3)`` uint8, of so many lines at the most."""
        return _seen(self.shot.on_disk[frame], self.color, lines)

    def painting(self, key: PaintedKey, *, lines: int = WHOLE) -> ImageU8:
        """What was painted over a frame, likewise."""
        alike = key.picture.suffix.lower() == key.plate.suffix.lower()
        color = self.color if alike else ColorSettings(None, self.color.config)
        return _seen(key.picture, color, lines)


def open_key_shot(
    source: str, painted: str = "", *, colorspace: str = "auto", ocio: Path | None = None
) -> KeyShot:
    """Find a shot and its keys.

    Args:
        source: A folder with one frame sequence, or its fileseq notation.
        painted: The painted frames: a folder, a picture, or fileseq notation; "" is none yet.
        colorspace: Of the plates, as for ``ganfx stylize``.
        ocio: OpenColorIO configuration, likewise.

    Raises:
        UsageError: There is no such sequence, or more than one; a painted file is of no frame of
            it, or of another size than its frame.
        MediaError: A file cannot be read.
    """
    shot = _only_sequence(source)
    keys = match_painted(find_painted(painted), shot)
    if misfits := list(_misfits(keys)):
        raise UsageError(
            "--painted: " + "; ".join(misfits[:TOLD]),
            hint="paint over the frames in their own size, and keep their borders",
        )
    config = chosen_config(ocio)
    return KeyShot(shot, tuple(keys), ColorSettings(find_space(colorspace, config), config))


def _only_sequence(source: str) -> Shot:
    shots = find_shots(Path(source))
    sequences = [shot for shot in shots if shot.kind == "sequence"]
    if len(sequences) == 1:
        return sequences[0]
    if sequences:
        raise UsageError(
            f"{source} holds {len(sequences)} sequences, and keys are of one",
            hint=f"name it: {sequences[0].files[0].parent / sequences[0].pattern}",
        )
    raise UsageError(
        f"{source} is no frame sequence",
        hint="of a video, write its frames: ganfx stylize VIDEO --style noir --strength 0"
        " --format png",
    )


def _misfits(keys: Sequence[PaintedKey]) -> Iterator[str]:
    for key in keys:
        own, plate = (_size(path) for path in (key.picture, key.plate))
        if own != plate:
            width, height = own
            yield f"{key.picture.name} is {width}x{height}, and its frame {plate[0]}x{plate[1]}"


def _size(path: Path) -> tuple[int, int]:
    """Width and height as viewers show them."""
    header = read_header(path)
    display = header.window.upright(header.orientation).display
    return display.width, display.height


def _seen(path: Path, color: ColorSettings, lines: int) -> ImageU8:
    display = read_proxy(path, lines=lines, settings=color).prepared.display
    code: ImageU8 = (np.clip(display, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return code
