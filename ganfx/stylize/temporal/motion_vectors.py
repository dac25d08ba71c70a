"""Motion that a renderer knows: vectors beside the plates, or in their own channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError
from ganfx.media.file_search import files_in
from ganfx.media.flow import Flow
from ganfx.media.flow_files import UNKNOWN, read_flow
from ganfx.media.formats import FLOW_SUFFIXES
from ganfx.media.frame_names import largest_groups
from ganfx.media.frames import Frame, stored_channel
from ganfx.media.portable import use_portable_opencv
from ganfx.media.windows import Window

CHANNEL = "channel:"
BACK = "back"
"""In the name of a file of vectors to the frame before."""
AWAY = np.float32(1e7)
"""Motion of a pixel whose motion is not known: out of any frame, so that it is not followed."""

Mask = NDArray[np.bool_]
Pair = tuple[Flow | None, Flow | None]
"""To the next frame, and to the one before; None is not known."""


@dataclass(frozen=True)
class Vectors:
    """Where the motion of a shot's frames is found: one of both is there."""

    channels: tuple[str, ...] = ()
    """Names in the plates: right and down to the next frame, then to the one before; a minus
    before a name turns it round."""
    next_files: Mapping[int, Path] = field(default_factory=dict)
    """By frame number."""
    back_files: Mapping[int, Path] = field(default_factory=dict)

    def files(self, frame: int) -> tuple[Path, ...]:
        """The files that a frame's motion is in."""
        both = (files.get(frame) for files in (self.next_files, self.back_files))
        return tuple(path for path in both if path is not None)

    def read(self, frame: int, plate: Frame, guide_size: tuple[int, int]) -> Pair:
        """Motion of a frame, at the size of its guide.

        Args:
            frame: Its number.
            plate: With all its channels.
            guide_size: Height and width of the result.

        Raises:
            MediaError: It is not there, cannot be read, or is of another size than the plate.
        """
        window = plate.header.window
        flows = self._from_channels(plate) if self.channels else self._from_files(frame, window)
        ahead, back = (_fitted(flow, plate.rgb.shape[:2], guide_size) for flow in flows)
        return ahead, back

    def _from_channels(self, plate: Frame) -> Pair:
        planes = [_channel(plate, name) for name in self.channels]
        ahead = np.stack(planes[:2], axis=-1)
        return ahead, np.stack(planes[2:], axis=-1) if len(planes) > 2 else None

    def _from_files(self, frame: int, window: Window) -> Pair:
        if not self.files(frame):
            raise MediaError(f"there are no motion vectors for frame {frame}")
        both = (files.get(frame) for files in (self.next_files, self.back_files))
        ahead, back = (None if path is None else read_flow(path, onto=window) for path in both)
        return ahead, back


def find_vectors(text: str) -> Vectors | None:
    """The vectors that an option means: "" (none), a folder, or ``channel:U,V[,BACK_U,BACK_V]``.

    A folder holds ``.flo`` or EXR files with the frame's number in their names; those with "back"
    in their names lead to the frame before, the others to the next.

    Raises:
        UsageError: There is no such folder, or nothing in it, or the channels do not pair.
    """
    if not text:
        return None
    if text.startswith(CHANNEL):
        names = tuple(text.removeprefix(CHANNEL).split(","))
        if len(names) not in (2, 4) or not all(name.lstrip("-") for name in names):
            raise UsageError(
                f"--flow {text}: expected two names or four",
                hint="as in channel:forward.u,forward.v,back.u,back.v; -back.v turns one round",
            )
        return Vectors(channels=names)
    folder = Path(text)
    if not folder.is_dir():
        raise UsageError(f"--flow {text}: no such folder", hint="or channel:forward.u,forward.v")
    ahead: dict[int, Path] = {}
    back: dict[int, Path] = {}
    for group in largest_groups(files_in(folder, FLOW_SUFFIXES)):
        side = back if BACK in group.naming.pattern.lower() else ahead
        side.update(group.files)
    if not (ahead or back):
        raise UsageError(f"--flow {text}: no .flo or .exr file with a frame number")
    return Vectors(next_files=ahead, back_files=back)


def _channel(plate: Frame, name: str) -> NDArray[np.float32]:
    plane = stored_channel(plate, name.removeprefix("-"), outside=np.nan)
    return -plane if name.startswith("-") else plane


def _fitted(flow: Flow | None, size: tuple[int, int], guide_size: tuple[int, int]) -> Flow | None:
    """A flow at the size of the guide; pixels that are not known lead out of the frame."""
    if flow is None:
        return None
    if flow.shape[:2] != size:
        (height, width), (rows, columns) = size, flow.shape[:2]
        raise MediaError(f"the vectors are {columns}x{rows} pixels, the frame {width}x{height}")
    x, y = flow[..., 0], flow[..., 1]
    unknown: Mask = ~(
        np.isfinite(x) & np.isfinite(y) & (np.abs(x) < UNKNOWN) & (np.abs(y) < UNKNOWN)
    )
    known = np.where(unknown[..., None], np.float32(0.0), flow).astype(np.float32)
    if size != guide_size:
        known, unknown = _reduced(known, guide_size), _reduced(unknown, guide_size) > 0
        (height, width), (rows, columns) = size, guide_size
        known *= np.array([columns / width, rows / height], dtype=np.float32)
    return np.where(unknown[..., None], AWAY, known).astype(np.float32)


def _reduced(plane: NDArray[np.float32] | Mask, size: tuple[int, int]) -> NDArray[np.float32]:
    use_portable_opencv()
    values = np.asarray(plane, dtype=np.float32)
    reduced = cv2.resize(values, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, dtype=np.float32)
