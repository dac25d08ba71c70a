"""Pictures to be shown: read from files and videos, kept as they are until a size is asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np

from ganfx.errors import MediaError
from ganfx.media.arrays import ImageF32, ImageU8
from ganfx.media.file_color import ColorSettings, FileColor, file_color, shown, video_color
from ganfx.media.frame_reading import read_frame, upright
from ganfx.media.frames import over
from ganfx.media.headers import read_header
from ganfx.media.icc import to_srgb
from ganfx.media.portable import use_portable_opencv
from ganfx.media.scans import quantized, read_scan
from ganfx.media.video import read_upright_frames, read_video_info
from ganfx.media.views import View, needs_view, through_view
from ganfx.media.windows import placed

T = TypeVar("T")

BLACK = (0.0, 0.0, 0.0)


class Where(NamedTuple):
    """A picture of a shot: a file, or a frame of a video."""

    path: Path
    frame: int | None = None


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture that has not got its size yet."""

    pixels: ImageU8 | ImageF32
    """``(H, W, 3)``: 8-bit sRGB, or scene-linear Rec. 709 in float32."""
    view: View | None = None
    """For scene-linear light."""

    def at(self, size: tuple[int, int] | None = None) -> ImageU8:
        """The picture as a display shows it.

        Args:
            size: Width and height in pixels; None for its own. Light is averaged, not codes.
        """
        pixels = self.pixels
        if size is not None and (pixels.shape[1], pixels.shape[0]) != size:
            use_portable_opencv()
            smaller = size[0] < pixels.shape[1]
            kind = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
            resized: Any = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=kind)
            pixels = resized
        if pixels.dtype == np.uint8:
            return np.asarray(pixels, np.uint8)
        assert self.view is not None, "light needs a view"
        return through_view(np.asarray(pixels, np.float32), self.view)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.pixels.shape[:2]
        return width, height


@dataclass(frozen=True)
class Eye:
    """How pictures are to be seen."""

    view: View
    settings: ColorSettings

    def color_of(self, where: Where) -> tuple[FileColor, bool]:
        """What a picture's colours are, and whether it needs the view.

        Raises:
            MediaError: It cannot be read.
        """
        if where.frame is not None:
            color = video_color(where.path, read_video_info(where.path).color_codes, self.settings)
            return color, needs_view(color, scene_linear=False)
        header = read_header(where.path)
        color = file_color(header, self.settings)
        return color, needs_view(color, scene_linear=header.scene_linear)

    def read(self, path: Path) -> Picture:
        """Read a picture file.

        Raises:
            MediaError: It cannot be read.
        """
        header = read_header(path, data=True)
        color = file_color(header, self.settings)
        plain = color.space is None and not header.scene_linear and not color.is_data
        if plain and header.depth in ("uint8", "uint10", "uint16"):
            scan = read_scan(path, background=BLACK)
            if scan.profile is None:
                return Picture(quantized(scan.pixels, "uint8"))
            scale = np.float32(1 / _most(scan.pixels.dtype))
            return Picture(quantized(to_srgb(scan.pixels * scale, scan.profile), "uint8"))
        frame = read_frame(path, data=True)
        rgb = placed(over(frame, BLACK), header.window, header.window.display, outside=0.0)
        rgb = np.ascontiguousarray(upright(rgb, header.orientation))
        linear = header.scene_linear
        return self._seen(rgb, color, scene_linear=linear, profile=header.profile)

    def read_video(self, path: Path, frames: Sequence[int]) -> Iterator[tuple[int, Picture]]:
        """Decode frames of a video, in their order.

        Raises:
            MediaError: As `read_upright_frames`.
        """
        color = video_color(path, read_video_info(path).color_codes, self.settings)
        wanted = set(frames)
        for number, rgb in read_upright_frames(path, wanted.__contains__, vfr=True):
            yield number, self._seen(rgb, color, scene_linear=False, profile=None)
            if number == max(wanted):
                return

    def _seen(
        self, rgb: ImageF32, color: FileColor, *, scene_linear: bool, profile: bytes | None
    ) -> Picture:
        if needs_view(color, scene_linear=scene_linear):
            return Picture(rgb if color.space is None else color.space.to_linear(rgb), self.view)
        seen = shown(rgb, color, scene_linear=scene_linear, profile=profile)
        return Picture(quantized(seen, "uint8"))


def _most(kind: Any) -> int:
    """The largest code of integers."""
    return int(np.iinfo(kind).max)


Made = tuple[int, T | MediaError]
"""A frame's number, with what was made of it or why it was not."""


def each_picture(
    frames: Sequence[tuple[int, Where]],
    eye: Eye,
    make: Callable[[int, Picture], T],
    pool: ThreadPoolExecutor,
    ahead: int,
) -> Iterator[Made[T]]:
    """Read the pictures of a shot and make something of each, some at a time, in order.

    Args:
        frames: Numbers in ascending order, with the pictures; all files, or all of one video.
        eye: How they are to be seen.
        make: From a number and its picture; runs in the pool.
        pool: Threads.
        ahead: How many are in hand at a time: memory is bound by it.
    """
    if frames and frames[0][1].frame is not None:
        yield from _of_video(frames, eye, make, pool, ahead)
        return

    def read(number: int, path: Path) -> T:
        return make(number, eye.read(path))

    jobs = ((number, partial(read, number, where.path)) for number, where in frames)
    yield from _in_order(jobs, pool, ahead)


def _of_video(
    frames: Sequence[tuple[int, Where]],
    eye: Eye,
    make: Callable[[int, Picture], T],
    pool: ThreadPoolExecutor,
    ahead: int,
) -> Iterator[Made[T]]:
    """Of one video, which is decoded in this thread; where it breaks, the rest is not there."""
    path = frames[0][1].path
    numbers = {where.frame: number for number, where in frames if where.frame is not None}
    left = list(numbers.values())
    failed: list[MediaError] = []

    def jobs() -> Iterator[tuple[int, Callable[[], T]]]:
        try:
            for frame, picture in eye.read_video(path, list(numbers)):
                number = numbers[frame]
                left.remove(number)
                yield number, partial(make, number, picture)
        except MediaError as error:
            failed.append(error)

    yield from _in_order(jobs(), pool, ahead)
    reason = failed[0] if failed else MediaError(f"{path} has no such frame")
    yield from ((number, reason) for number in left)


def _in_order(
    jobs: Iterator[tuple[int, Callable[[], T]]], pool: ThreadPoolExecutor, ahead: int
) -> Iterator[Made[T]]:
    waiting: deque[tuple[int, Future[T]]] = deque()

    def first() -> Made[T]:
        number, future = waiting.popleft()
        try:
            return number, future.result()
        except MediaError as error:
            return number, error

    try:
        for number, job in jobs:
            waiting.append((number, pool.submit(job)))
            if len(waiting) > ahead:
                yield first()
        while waiting:
            yield first()
    finally:
        for _, future in waiting:
            future.cancel()
