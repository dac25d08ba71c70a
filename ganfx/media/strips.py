"""Scanline access to pictures too large for memory: read and written in strips of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from numpy.typing import NDArray

from ganfx.errors import MediaError
from ganfx.media.formats import FORMATS
from ganfx.media.frame_reading import Frame, Part, frame_of, refuse_larger
from ganfx.media.frame_writing import format_of
from ganfx.media.full_disk import refuse_full_disk
from ganfx.media.headers import Header, OpenedImage, last_error, opened, unreadable
from ganfx.media.part_writing import (
    close_output,
    failed,
    keep_own_chunks,
    new_output,
    settle_exr,
)

BY_ROWS = ("openexr", "tiff", "png")
"""Formats that can be written in strips."""
_ROWS = 256  # at a time, to look at alpha


class StripReader:
    """Sequential reader of a picture file, from its first row to its last.

    Attributes:
        header: Header of the file.
        additive: That of the whole picture: see `Frame`.
    """

    def __init__(
        self, source: oiio.ImageInput, picture: OpenedImage, path: Path, *, additive: bool = False
    ) -> None:
        self.header: Header = picture.header
        self.additive = additive
        self._source, self._path = source, path
        self._spec: oiio.ImageSpec = picture.spec
        self._picture = picture._replace(part=0)
        self._kind = "float" if self._spec.channelformats else self._spec.format
        self._first = self._next = 0  # rows in hand, the second not among them
        self._rows: NDArray[Any] | None = None

    def read(self, first: int, last: int) -> Frame:
        """Read rows ``first`` up to ``last`` (excluded) as a frame of their own.

        Neither number may be smaller than in the call before.

        Raises:
            MediaError: The file is damaged or truncated.
        """
        kept = [] if self._rows is None else [self._rows[first - self._first :]]
        step = max(self._spec.tile_height, 1)
        stop = min(-(-last // step) * step, self.header.height)
        if stop > self._next:
            kept.append(self._decoded(self._next, stop))
        self._rows = np.concatenate(kept) if len(kept) > 1 else kept[0]
        self._first, self._next = first, max(stop, self._next)
        return self._frame(self._rows[: last - first])

    def _decoded(self, first: int, last: int) -> NDArray[Any]:
        spec, source = self._spec, self._source
        top, channels = spec.y, (0, spec.nchannels)
        if spec.tile_width:
            area = (spec.x, spec.x + spec.width, top + first, top + last, 0, 1)
            pixels = source.read_tiles(0, 0, *area, *channels, self._kind)
        else:
            pixels = source.read_scanlines(0, 0, top + first, top + last, 0, *channels, self._kind)
        error = last_error(source)
        if pixels is None or error:
            raise unreadable(self._path, error)
        rows: NDArray[Any] = pixels.reshape(last - first, spec.width, spec.nchannels)
        return rows

    def _frame(self, pixels: NDArray[Any]) -> Frame:
        frame = frame_of(self._picture, (Part(_of_height(self._spec, len(pixels)), pixels),))
        return replace(frame, additive=self.additive)


@contextmanager
def open_strips(path: Path, *, max_pixels: int) -> Iterator[StripReader]:
    """Open a picture for reading in strips; check `can_be_read_by_rows` first.

    Raises:
        MediaError: As `ganfx.media.frames.read_frame` does.
    """
    with opened(path) as (source, picture):
        refuse_larger(path, picture.header, max_pixels)
        source.seek_subimage(picture.part, 0)
        additive = picture.header.has_alpha and _is_additive(StripReader(source, picture, path))
        yield StripReader(source, picture, path, additive=additive)


def _is_additive(reader: StripReader) -> bool:
    """Whether a picture's alpha is 0 everywhere; mostly known from its first rows."""
    lit = False
    for top in range(0, reader.header.height, _ROWS):
        frame = reader.read(top, min(top + _ROWS, reader.header.height))
        if frame.alpha is not None and frame.alpha.any():
            return False
        lit = lit or bool(frame.rgb.any())
    return lit


def can_be_read_by_rows(path: Path, *, above: int, out: Path) -> bool:
    """Whether a picture has more than ``above`` pixels and can be processed in strips.

    Not with several parts, or with UINT channels; and for an ``out`` of another format, not
    with an orientation or a data window of its own. Damaged files are found while reading.
    """
    written = "" if out.suffix.lower() == ".ktx2" else FORMATS.get(out.suffix.lower())
    with suppress(MediaError), opened(path, pixels=False) as (source, picture):
        header, spec = picture.header, picture.spec
        plain = {header.format, written} <= set(BY_ROWS) and header.color == "rgb"
        kept = written == header.format or (header.orientation == 1 and spec.roi == spec.roi_full)
        large = header.width * header.height > above
        ids = "uint" in map(str, spec.channelformats) or str(spec.format) == "uint"
        return plain and kept and large and not ids and not source.seek_subimage(1, 0)
    return False


def cut(frame: Frame, rows: slice, *, path: Path) -> Frame:
    """Crop a frame from `StripReader.read` to ``rows``, for writing to ``path``."""
    whole = frame.stored
    pixels = whole.part.pixels[rows]
    part = Part(_of_height(whole.part.spec, len(pixels)), pixels)
    if format_of(path) != frame.header.format:  # no data window in another format
        part.spec.roi_full = part.spec.roi
    alpha = None if frame.alpha is None else frame.alpha[rows]
    return replace(frame, rgb=frame.rgb[rows], alpha=alpha, stored=replace(whole, parts=(part,)))


def _of_height(spec: oiio.ImageSpec, height: int) -> oiio.ImageSpec:
    spec = oiio.ImageSpec(spec)
    spec.height = height
    return spec


class StripWriter:
    """Sequential writer of a picture file, from its first row to its last.

    Args:
        temporary: File to write.
        path: Final path of the file.
        header: Header of the source, for its height and format.
    """

    def __init__(self, temporary: Path, path: Path, header: Header) -> None:
        self._temporary, self._path = temporary, path
        self._height, self._format, self._source = header.height, format_of(path), header
        self._same_format = header.format == self._format
        self._output: oiio.ImageOutput | None = None
        self._pending: list[NDArray[Any]] = []
        self._done = 0

    def write(self, part: Part) -> None:
        """Write the next rows; the spec of the first ones is that of the file.

        Raises:
            MediaError: The file cannot be written.
        """
        if self._output is None:
            self._open(part.spec)
        self._pending.append(part.pixels)
        self._flush(everything=False)

    def close(self) -> None:
        """Finish the file; `MediaError` if it is incomplete."""
        self._flush(everything=True)
        assert self._output is not None
        assert self._done == self._height
        close_output(self._output, self._temporary, self._path, self._format)
        keep_own_chunks(self._temporary, self._source, self._format)

    def _open(self, rows: oiio.ImageSpec) -> None:
        spec = _of_height(rows, self._height)
        if not self._same_format:  # the display window is that of the first rows so far
            spec.full_height = self._height
        settle_exr(spec, self._format)
        tiled, pixels = spec.tile_width > 0, spec.image_bytes()
        refuse_full_disk(self._temporary, pixels, self._path, self._format, tiled=tiled)
        output = new_output(self._temporary, self._path)
        if not output.open(str(self._temporary), spec):
            raise failed(output, self._path)
        self._output, self._spec = output, spec

    def _flush(self, *, everything: bool) -> None:
        """Write pending rows, in whole tiles."""
        rows = sum(map(len, self._pending))
        if not everything:
            rows -= rows % max(self._spec.tile_height, 1)
        if not rows:
            return
        pixels = np.concatenate(self._pending)
        self._pending = [pixels[rows:]] if len(pixels) > rows else []
        first, spec = self._spec.y + self._done, self._spec
        self._done += rows
        assert self._output is not None
        if spec.tile_width:
            area = (spec.x, spec.x + spec.width, first, first + rows, 0, 1)
            written = self._output.write_tiles(*area, pixels[:rows])
        else:
            written = self._output.write_scanlines(first, first + rows, 0, pixels[:rows])
        if not written:
            raise failed(self._output, self._path)
