"""Checks of containers: a header is written into memory, as only its writer knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from ganfx.errors import MediaError
from ganfx.media.video.encoders import add_video_stream
from ganfx.media.video.yuv import Encoding

FORMATS = {".m4v": "mp4", ".mkv": "matroska"}
"""FFmpeg's names of containers, where they are not the suffix."""
_QUICKTIME = (".mov", ".mp4", ".m4v")
_HOLD_THEIR_ASPECT = frozenset(
    ("h264", "hevc", "mjpeg", "mpeg4", "mpeg2video", "mpeg1video", "dvvideo")
)
"""Codecs whose streams have the pixel aspect in themselves."""


def copied_streams(source: InputContainer, suffix: str, video: VideoStream) -> list[Stream]:
    """Sound and subtitles that a container takes, of those that a video has."""
    found = [stream for stream in source.streams if stream.type in ("audio", "subtitle")]
    return [stream for stream in found if _takes(suffix, video, stream)]


def keeps_pixel_aspect(suffix: str, codec: str) -> bool:
    """Whether a pixel aspect other than 1 can be written.

    FFmpeg's writers of other containers than QuickTime and MXF take it from where PyAV does not
    set it.
    """
    return suffix in (*_QUICKTIME, ".mxf") or codec in _HOLD_THEIR_ASPECT


def check_container(path: Path, source: VideoStream, encoding: Encoding, like: Path) -> None:
    """Raise `MediaError` unless a container takes the codec, and the encoder the picture.

    Args:
        path: What is to be written.
        source: The stream of the source.
        encoding: Its sample encoding.
        like: Path of the source, for messages.
    """
    suffix, codec = path.suffix.lower(), source.codec_context.codec.canonical_name
    rate = Fraction(source.average_rate or source.guessed_rate or 1)
    with _in_memory(suffix) as output:
        try:
            add_video_stream(output, source, encoding, rate, like)
            output.start_encoding()
        except (av.FFmpegError, ValueError) as error:
            context = source.codec_context
            what = f"{codec}, {context.width}x{context.height} {context.pix_fmt}"
            raise MediaError(
                f"{like} cannot be written as {suffix} of {what}: name another container with --out"
                " NAME.mov or NAME.mkv, or write its frames with --format png"
            ) from error


def _takes(suffix: str, video: VideoStream, stream: Stream) -> bool:
    with _in_memory(suffix) as output:
        try:
            output.add_stream_from_template(video)
            output.add_stream_from_template(stream)
            output.start_encoding()
        except (av.FFmpegError, ValueError):
            return False
    return True


@contextmanager
def _in_memory(suffix: str) -> Iterator[OutputContainer]:
    """An output container that is thrown away."""
    output = av.open(BytesIO(), "w", format=FORMATS.get(suffix, suffix[1:]))
    try:
        yield output
    finally:
        with suppress(av.FFmpegError, ValueError):  # without a header there is no end either
            output.close()
