"""Motion that a renderer knows: vectors beside the plates, or in their own channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
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
from ganfx.stylize.temporal.renderer_motion import MotionPass, find_pass, renderer_like

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
    """Where the motion of a shot's frames is found: one of these is there."""

    channels: tuple[str, ...] = ()
    """Names in the plates: right and down to the next frame, then to the one before; a minus
    before a name turns it round."""
    next_files: Mapping[int, Path] = field(default_factory=dict)
    """By frame number."""
    back_files: Mapping[int, Path] = field(default_factory=dict)
    motion_pass: MotionPass | None = None
    """Of a renderer, in the plates."""

    @property
    def is_in_plates(self) -> bool:
        """Whether it is in channels of the plates."""
        return bool(self.channels or self.motion_pass)

    @property
    def told(self) -> tuple[str, ...]:
        """What it was asked for by, for fingerprints; files are in these by themselves."""
        if self.motion_pass is None:
            return self.channels
        return self.motion_pass.renderer, f"{self.motion_pass.most:g}"

    def names(self, plate: Frame) -> tuple[str, ...]:
        """The channels of a plate that it is in, with their signs.

        Raises:
            MediaError: A renderer's are not there.
        """
        if self.motion_pass is None:
            return self.channels
        there = [name for part in plate.stored.parts for name in part.spec.channelnames]
        return self.motion_pass.channels(there)

    def kept(self, plate: Frame) -> Iterator[str]:
        """The channels of a plate that have to be kept for it; none where it has them not."""
        with suppress(MediaError):
            yield from (name.removeprefix("-") for name in self.names(plate))

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
        inside = self.is_in_plates
        flows = self._from_channels(plate) if inside else self._from_files(frame, window)
        ahead, back = (_fitted(flow, plate.rgb.shape[:2], guide_size) for flow in flows)
        return ahead, back

    def _from_channels(self, plate: Frame) -> Pair:
        planes = [self._plane(plate, name) for name in self.names(plate)]
        ahead = np.stack(planes[:2], axis=-1)
        return ahead, np.stack(planes[2:], axis=-1) if len(planes) > 2 else None

    def _plane(self, plate: Frame, name: str) -> NDArray[np.float32]:
        plane = stored_channel(plate, name.removeprefix("-"), outside=np.nan)
        if self.motion_pass is not None:
            return self.motion_pass.in_pixels(plane, name)
        return -plane if name.startswith("-") else plane

    def _from_files(self, frame: int, window: Window) -> Pair:
        if not self.files(frame):
            raise MediaError(f"there are no motion vectors for frame {frame}")
        both = (files.get(frame) for files in (self.next_files, self.back_files))
        ahead, back = (None if path is None else read_flow(path, onto=window) for path in both)
        return ahead, back


def find_vectors(text: str) -> Vectors | None:
    """The vectors that an option means: "" (none), a folder, channels, or a renderer's pass.

    Channels are ``channel:U,V[,BACK_U,BACK_V]``, a renderer ``blender``, or ``vray:24``.

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
        if found := find_pass(text):
            return Vectors(motion_pass=found)
        near = renderer_like(text)
        hint = f"did you mean {near}?" if near else "or channel:forward.u,forward.v, or blender"
        raise UsageError(f"--flow {text}: no such folder, nor a renderer", hint=hint)
    ahead: dict[int, Path] = {}
    back: dict[int, Path] = {}
    for group in largest_groups(files_in(folder, FLOW_SUFFIXES)):
        side = back if BACK in group.naming.pattern.lower() else ahead
        side.update(group.files)
    if not (ahead or back):
        raise UsageError(f"--flow {text}: no .flo or .exr file with a frame number")
    return Vectors(next_files=ahead, back_files=back)


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
