"""Proxy videos: H.264 encoding of frame sequences for review."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ganfx.errors import MediaError
from ganfx.media.atomic import replacing
from ganfx.media.video.encoders import THREADS, encoder_of
from ganfx.media.video.yuv import encoding_of, from_rgb

Floats = NDArray[np.float32]

BT709 = 1
"""Code of BT.709 as matrix, primaries and transfer function (ITU-T H.273)."""
LIMITED = 1
"""Code of limited range: black is 16 of 255, white 235."""


def write_proxy(path: Path, frames: Iterable[Floats], rate: Fraction) -> int:
    """Encode frames as H.264 in BT.709, 8 bits, at CRF 16; the suffix chooses the container.

    Args:
        path: ``.mp4``, ``.mov`` or ``.mkv``, written atomically.
        frames: ``(H, W, 3)`` display pictures in [0, 1], all of one size; an odd last row or
            column is cropped, as 4:2:0 needs even sizes.
        rate: Frames per second.

    Returns:
        Number of frames.

    Raises:
        MediaError: There are no frames, sizes differ, or the file cannot be written.
    """
    count = 0
    with replacing(path) as temporary:
        try:
            with av.open(str(temporary), "w", options={"fflags": "+bitexact"}) as output:
                stream: VideoStream | None = None
                for rgb in frames:
                    even = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]
                    stream = stream or _add_stream(output, even, rate)
                    if even.shape[:2] != (stream.height, stream.width):
                        raise MediaError(f"frame {count + 1} of the video has another size")
                    output.mux(stream.encode(_frame(even, count, rate)))
                    count += 1
                if stream is None:
                    raise MediaError(f"cannot write {path}: there is no frame")
                output.mux(stream.encode(None))
        except (av.FFmpegError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise MediaError(f"cannot write {path}: {reason}") from error
    return count


def _add_stream(output: av.container.OutputContainer, rgb: Floats, rate: Fraction) -> VideoStream:
    encoder = encoder_of("h264")
    stream = output.add_stream(encoder.name, rate=rate)
    assert isinstance(stream, VideoStream)
    stream.height, stream.width = rgb.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.options = {**encoder.options}
    context = stream.codec_context
    context.thread_count = THREADS
    context.color_range = LIMITED
    context.colorspace = context.color_primaries = context.color_trc = BT709
    return stream


def _frame(rgb: Floats, number: int, rate: Fraction) -> av.VideoFrame:
    frame = from_rgb(np.ascontiguousarray(rgb), encoding_of("yuv420p", BT709, LIMITED, len(rgb)))
    frame.color_range = LIMITED
    frame.colorspace = frame.color_primaries = frame.color_trc = BT709
    frame.pts, frame.time_base = number, 1 / rate
    return frame
