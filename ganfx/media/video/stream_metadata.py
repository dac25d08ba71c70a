"""Metadata of a video stream from its first decoded frames, and losses of re-encoding it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from ganfx.media.video.hdr import StaticHdr, static_hdr
from ganfx.media.video.orientation import Matrix, display_matrix
from ganfx.media.video.reading import damaged, is_cover, opened

_LOOKED_AT = 3  # frames: the first field of a film may stand alone


class StreamMetadata(NamedTuple):
    """Metadata that decoded frames carry, taken from the first few."""

    matrix: Matrix | None  # display matrix: rotation and mirroring
    hdr: StaticHdr | None  # HDR10
    interlaced: bool


def read_stream_metadata(path: Path) -> StreamMetadata:
    """Decode the first frames of a video and read their metadata.

    Raises:
        MediaError: If the video cannot be read.
    """
    with opened(path) as (container, stream):
        return _stream_metadata(path, container, stream)


def keeps_attachments(path: Path) -> bool:
    """Whether a container, by its suffix, keeps attachments: only Matroska does."""
    return path.suffix.lower() == ".mkv"


def losses_of(path: Path) -> Iterator[str]:
    """Describe what `VideoWriter` cannot keep of a video: "its cover picture is left out".

    Raises:
        MediaError: If the video cannot be read.
    """
    with opened(path) as (container, stream):
        left_out = _left_out(path, container, stream)
        metadata = _stream_metadata(path, container, stream)
        codec = stream.codec_context.codec.canonical_name
    if left_out:
        plural = len(left_out) > 1 or left_out[0].endswith("s")
        yield f"{' and '.join(left_out)} {'are' if plural else 'is'} left out"
    if metadata.hdr and codec != "hevc":
        yield "its HDR10 metadata (mastering display, light levels) is left out"
    if metadata.interlaced:
        yield "is interlaced; its fields are done as one picture, deinterlace it first"


def _left_out(path: Path, container: InputContainer, done: VideoStream) -> list[str]:
    """Streams that `VideoWriter` does not copy, such as "its second video stream"."""
    others = [stream for stream in container.streams.video if stream.index != done.index]
    covers = sum(is_cover(stream) for stream in others)
    further = len(others) - covers
    attached = 0 if keeps_attachments(path) else len(container.streams.attachments)
    found = []
    if further:
        found.append(_counted(further, "its second video stream", "further video streams"))
    if covers:
        found.append(_counted(covers, "its cover picture", "cover pictures"))
    if attached:
        found.append(_counted(attached, "its attachment", "attachments"))
    return found


def _counted(number: int, one: str, several: str) -> str:
    return one if number == 1 else f"its {number} {several}"


def _stream_metadata(path: Path, container: InputContainer, stream: VideoStream) -> StreamMetadata:
    try:
        frames = list(islice(container.decode(stream), _LOOKED_AT))
    except av.FFmpegError as error:
        raise damaged(path, 0, f"is damaged ({error.strerror})") from error
    if not frames:
        return StreamMetadata(None, None, interlaced=False)
    interlaced = any(frame.interlaced_frame for frame in frames)
    return StreamMetadata(display_matrix(frames[0]), static_hdr(frames[0]), interlaced)
