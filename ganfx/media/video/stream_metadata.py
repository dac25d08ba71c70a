"""Metadata of a video stream from its first decoded frames, and losses of re-encoding it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from ganfx.media.video.containers import copied_streams, keeps_pixel_aspect
from ganfx.media.video.encoders import known_codecs, written_format
from ganfx.media.video.hdr import StaticHdr, static_hdr
from ganfx.media.video.orientation import Matrix, display_matrix
from ganfx.media.video.reading import damaged, is_cover, opened, stream_encoding
from ganfx.media.video.yuv import Encoding, in_format

_KINDS = {"audio": ("sound", "is left out"), "subtitle": ("subtitles", "are left out")}
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


def losses_of(path: Path, out: Path | None = None) -> Iterator[str]:
    """Describe what `VideoWriter` cannot keep of a video: "its cover picture is left out".

    Args:
        path: The video.
        out: What is written of it; None is a file of the same container.

    Raises:
        MediaError: If the video cannot be read.
    """
    out = out or path
    with opened(path) as (container, stream):
        left_out = _left_out(out, container, stream)
        less = [*_not_taken(out, container, stream), *_less(path, out, stream)]
        metadata = _stream_metadata(path, container, stream)
        codec = stream.codec_context.codec.canonical_name
    if left_out:
        plural = len(left_out) > 1 or left_out[0].endswith("s")
        yield f"{' and '.join(left_out)} {'are' if plural else 'is'} left out"
    yield from less
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


def _not_taken(out: Path, container: InputContainer, video: VideoStream) -> Iterator[str]:
    """Sound and subtitles that the written container does not take."""
    copied = {stream.index for stream in copied_streams(container, out.suffix.lower(), video)}
    for stream in container.streams:
        if stream.type in _KINDS and stream.index not in copied:
            codec = stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"
            what, left_out = _KINDS[stream.type]
            yield f"its {what} ({codec}) {left_out}: {out.suffix} does not take this codec"


def _less(path: Path, out: Path, stream: VideoStream) -> Iterator[str]:
    """Losses by the written codec and the container."""
    context, aspect = stream.codec_context, stream.sample_aspect_ratio
    codec = context.codec.canonical_name
    if aspect not in (None, 0, 1) and not keeps_pixel_aspect(out.suffix.lower(), codec):
        shown = f"{aspect.numerator}:{aspect.denominator}"
        yield f"its pixel aspect {shown} is left out: {out.suffix} with {codec} has no place for it"
    if codec not in known_codecs():
        return
    before = stream_encoding(stream, path)
    after = in_format(before, written_format(codec, str(context.pix_fmt), before))
    changes = [
        f"{was} become{'' if was.endswith('s') else 's'} {now}"
        for was, now in zip(_described(before), _described(after), strict=True)
        if was != now
    ]
    if changes and not before.format.startswith("gray"):
        yield f"its {' and '.join(changes)}, as the encoder of {codec} has no more"


def _described(encoding: Encoding) -> tuple[str, str]:
    """Bits, and RGB or the chroma subsampling by its name."""
    names = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (4, 1): "4:1:1", (1, 2): "4:4:0"}
    chroma = "RGB" if encoding.is_rgb else names.get(encoding.chroma or (1, 1), "4:4:4")
    return f"{encoding.bits} bits", chroma


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
