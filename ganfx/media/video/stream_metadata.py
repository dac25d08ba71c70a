"""What only the decoded frames of a video tell, and what of it a new file cannot keep."""

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


class Details(NamedTuple):
    """Of the first frames."""

    matrix: Matrix | None  # how players turn the picture
    hdr: StaticHdr | None
    interlaced: bool


def read_details(path: Path) -> Details:
    """Decode the first frames of a video for what they carry.

    Raises:
        MediaError: If it cannot be read.
    """
    with opened(path) as (container, stream):
        return _details(path, container, stream)


def keeps_attachments(path: Path) -> bool:
    """Whether attachments are passed on to a file of this name: WebM has none."""
    return path.suffix.lower() == ".mkv"


def losses_of(path: Path) -> Iterator[str]:
    """What a video written like another has not: "its cover picture is left out".

    Raises:
        MediaError: If it cannot be read.
    """
    with opened(path) as (container, stream):
        left_out = _left_out(path, container, stream)
        details = _details(path, container, stream)
        codec = stream.codec_context.codec.canonical_name
    if left_out:
        plural = len(left_out) > 1 or left_out[0].endswith("s")
        yield f"{' and '.join(left_out)} {'are' if plural else 'is'} left out"
    if details.hdr and codec != "hevc":
        yield "its HDR10 metadata (mastering display, light levels) is left out"
    if details.interlaced:
        yield "is interlaced; its fields are done as one picture, deinterlace it first"


def _left_out(path: Path, container: InputContainer, done: VideoStream) -> list[str]:
    """Streams that `VideoWriter` passes by, as a list of "its second video stream"."""
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


def _details(path: Path, container: InputContainer, stream: VideoStream) -> Details:
    try:
        frames = list(islice(container.decode(stream), _LOOKED_AT))
    except av.FFmpegError as error:
        raise damaged(path, 0, f"is damaged ({error.strerror})") from error
    if not frames:
        return Details(None, None, interlaced=False)
    interlaced = any(frame.interlaced_frame for frame in frames)
    return Details(display_matrix(frames[0]), static_hdr(frames[0]), interlaced)
