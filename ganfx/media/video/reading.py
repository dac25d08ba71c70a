"""Decoding of videos: stream properties, timing, completeness checks, and frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import av
import av.container
import numpy as np
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ganfx.errors import MediaError
from ganfx.media.video.orientation import display_matrix, upright
from ganfx.media.video.yuv import Encoding, Samples, encoding_of, samples_of, to_rgb

Floats = NDArray[np.float32]

_UNEVEN = 0.4  # of a frame's duration: VFR from here on; containers round to a millisecond
_EXTRACT = "turn it into numbered pictures first: ffmpeg -i IN -fps_mode passthrough frame.%04d.png"
_HINT = f"or {_EXTRACT}"
_DAMAGED = "copy it again, or leave it out"
_WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}  # decoders that return alpha


@dataclass(frozen=True)
class VideoInfo:
    """Properties of a video stream."""

    width: int
    height: int
    rate: Fraction  # frames per second
    frames: int | None  # None where the container does not store the count
    pixel_format: str  # FFmpeg's name: "yuv420p10le"
    bits: int  # of one sample
    codec: str  # FFmpeg's name: "h264", "prores"
    has_audio: bool
    color_codes: tuple[int, int] = (2, 2)  # primaries and transfer (ITU-T H.273); 2: unspecified


@dataclass(frozen=True)
class Timing:
    """Presentation times of the frames of a video, in seconds."""

    rate: Fraction  # frames per second; the average of a variable rate
    start: Fraction  # of the first frame, in seconds
    count: int
    times: tuple[Fraction, ...] | None = None  # of every frame, of a variable rate

    def time(self, number: int) -> Fraction:
        """Presentation time of a frame, in seconds; extrapolated for negative numbers."""
        if self.times is None or not 0 <= number < len(self.times):
            return self.start + number / self.rate
        return self.times[number]

    def duration(self, number: int) -> Fraction:
        """Duration of a frame, in seconds; the last one has the average duration."""
        if self.times is None or not 0 <= number < len(self.times) - 1:
            return 1 / self.rate
        return self.times[number + 1] - self.times[number]


class Plate(NamedTuple):
    """A decoded frame of a video, with the data that makes an unchanged one exact."""

    rgb: Floats
    """``(H, W, 3)`` display in [0, 1], encoded as stored."""
    beyond: Floats | None
    """``(H, W, 3)`` float32: the part of the values outside [0, 1] (super-white, out of
    gamut); None without any, or if not asked for."""
    samples: Samples | None
    """Decoded sample codes; None if not asked for."""


class _Packet(NamedTuple):
    time: Fraction | None  # presentation time, in seconds
    decoded: Fraction | None  # decoding time
    discarded: bool  # excluded by an edit list
    corrupt: bool


def read_video_info(path: Path) -> VideoInfo:
    """Read the properties of a video; frames are not decoded.

    Raises:
        MediaError: If the file is missing or not a video, or its pixel format is not supported.
    """
    with opened(path) as (container, stream):
        return VideoInfo(
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            rate=_rate(stream, path),
            frames=_shown(container, stream) or None,
            pixel_format=str(stream.codec_context.pix_fmt),
            bits=stream_encoding(stream, path).bits,
            codec=stream.codec_context.codec.canonical_name,
            has_audio=bool(container.streams.audio),
            color_codes=(
                int(stream.codec_context.color_primaries),
                int(stream.codec_context.color_trc),
            ),
        )


def count_frames(path: Path) -> int:
    """Number of frames of a video; raises as `read_timing` does."""
    return read_video_info(path).frames or read_timing(path, vfr=True).count


def read_timecode(path: Path) -> str:
    """The timecode of a video's first frame, as stored; "" where there is none.

    Raises:
        MediaError: As `read_video_info`.
    """
    with opened(path) as (container, stream):
        told = [stream.metadata, container.metadata, *(each.metadata for each in container.streams)]
        return next((str(each["timecode"]) for each in told if "timecode" in each), "")


def read_video(path: Path, *, vfr: bool = False) -> Iterator[Floats]:
    """Decode a video frame by frame.

    Args:
        path: The video.
        vfr: Whether a variable frame rate is accepted.

    Yields:
        ``(H, W, 3)`` float32 display pictures in [0, 1], encoded as stored: the stream's
        matrix and range are applied, its transfer function is not (log and PQ footage stays
        log and PQ), nor its display matrix.

    Raises:
        MediaError: If the file is truncated or damaged (the message names the last good
            frame, from 0), has a variable frame rate that is not accepted, or has alpha.
    """
    for frame, encoding in _decoded(path, vfr=vfr):
        yield to_rgb(frame, encoding)


def read_plates(path: Path, *, exact: bool, vfr: bool = False) -> Iterator[Plate]:
    """Decode a video as `read_video` does, optionally with unclipped values and sample codes.

    Args:
        path: The video.
        exact: Whether to return the values outside [0, 1] and the sample codes too, so that
            unchanged pixels can be written back exactly.
        vfr: Whether a variable frame rate is accepted.

    Raises:
        MediaError: As `read_video` does.
    """
    for frame, encoding in _decoded(path, vfr=vfr):
        if not exact:
            yield Plate(to_rgb(frame, encoding), None, None)
            continue
        whole = to_rgb(frame, encoding, clipped=False)
        rgb = np.clip(whole, 0.0, 1.0)
        whole -= rgb
        yield Plate(rgb, whole if whole.any() else None, samples_of(frame, encoding))


def read_upright_frames(
    path: Path, wanted: Callable[[int], bool], *, vfr: bool = False
) -> Iterator[tuple[int, Floats]]:
    """Decode selected frames of a video, with its display matrix applied.

    Args:
        path: The video.
        wanted: Whether to yield the frame of this number, counted from 0.
        vfr: Whether a variable frame rate is accepted.

    Yields:
        The number, and the picture ``(H, W, 3)`` as of `read_video`, rotated and mirrored.

    Raises:
        MediaError: As `read_video` does.
    """
    for number, (frame, encoding) in enumerate(_decoded(path, vfr=vfr)):
        if wanted(number):
            rgb = to_rgb(frame, encoding)
            yield number, np.ascontiguousarray(upright(rgb, display_matrix(frame)))


def _decoded(path: Path, *, vfr: bool = False) -> Iterator[tuple[av.VideoFrame, Encoding]]:
    """Every frame with its sample encoding; raises as `read_video` does."""
    expected = read_timing(path, vfr=vfr).count
    done = 0
    with opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        encoding = stream_encoding(stream, path)
        size = (stream.codec_context.width, stream.codec_context.height)
        try:
            for frame in container.decode(stream):
                if frame.is_corrupt:
                    raise damaged(path, done, "is damaged")
                if (frame.width, frame.height) != size:
                    raise MediaError(f"{path} changes its size at frame {done}", hint=_EXTRACT)
                yield frame, encoding
                done += 1
        except av.FFmpegError as error:
            raise damaged(path, done, f"is damaged ({error.strerror})") from error
    if done < expected:
        raise damaged(path, done, f"is cut short: {done} of {expected} frames")


def read_timing(path: Path, *, vfr: bool = False) -> Timing:
    """Read the presentation times of all frames from the packets; nothing is decoded.

    Args:
        path: The video.
        vfr: Whether a variable frame rate is accepted.

    Raises:
        MediaError: If the file is truncated, or has a variable frame rate that is not accepted.
    """
    with opened(path) as (container, stream):
        rate = _rate(stream, path)
        counted = _promised(container, stream, rate)
        end = _duration(stream)
        packets = _packets(path, container, stream)
        if container.format.name == "avi":
            counted -= _gaps(packets, rate)
    whole = sum(not packet.corrupt for packet in packets)
    _refuse_short(path, whole, max(counted, len(packets)))
    shown = [packet for packet in packets if not packet.discarded]
    times = sorted(packet.time for packet in shown if packet.time is not None)
    varies = len(times) == len(shown) and not _is_even(times, rate)
    if varies:
        _refuse_early_end(path, times, end)
        if not vfr:
            message = f"{path} has a variable frame rate: keep it with --vfr keep"
            raise MediaError(message, hint=_HINT)
        return Timing(rate, times[0], len(shown), tuple(times))
    start = times[0] if times else Fraction(0)
    _refuse_short(path, whole, int((end - start) * rate - Fraction(1, 2)))
    return Timing(rate, start, len(shown))


def stream_encoding(stream: VideoStream, path: Path) -> Encoding:
    """Sample encoding of a stream; `MediaError` if its pixel format is not supported."""
    context = stream.codec_context
    _refuse_hidden_alpha(stream, path)
    try:
        return encoding_of(
            str(context.pix_fmt), int(context.colorspace), int(context.color_range), context.height
        )
    except MediaError as error:
        raise MediaError(f"{path}: {error.message}", hint=_EXTRACT) from error


def _refuse_hidden_alpha(stream: VideoStream, path: Path) -> None:
    """VP8 and VP9 keep alpha as a second picture, which FFmpeg's own decoders leave out."""
    tags = {key.lower(): value for key, value in stream.metadata.items()}
    if tags.get("alpha_mode", "0").strip() in ("", "0"):
        return
    codec = stream.codec_context.codec.canonical_name
    decoder = _WITH_ALPHA.get(codec)
    raise MediaError(
        f"{path}: {codec} has alpha, which would be lost",
        hint=_EXTRACT.replace("-i IN", f"-c:v {decoder} -i IN") if decoder else _EXTRACT,
    )


@contextmanager
def opened(path: Path) -> Iterator[tuple[av.container.InputContainer, VideoStream]]:
    """Open a video file at its first video stream; raises as `read_video_info` does."""
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise MediaError(f"cannot read {path}: the file is empty", hint=_DAMAGED)
        container = av.open(str(path), metadata_errors="replace")
    except (OSError, av.FFmpegError) as error:
        reason = error.strerror or "not a video"
        raise MediaError(
            f"cannot read {path}: cut short, damaged or not a video ({reason})", hint=_DAMAGED
        ) from error
    with container:
        streams = [s for s in container.streams.video if s.codec_context and not is_cover(s)]
        if not streams or not streams[0].codec_context.pix_fmt:
            raise MediaError(f"{path} holds no moving picture that can be read", hint=_DAMAGED)
        yield container, streams[0]


def damaged(path: Path, done: int, what: str) -> MediaError:
    """Error for a damaged file: ``what`` is wrong after ``done`` good frames."""
    last = f"frame {done - 1} is the last good one" if done else "no frame is good"
    return MediaError(f"{path} {what}; {last}", hint=_DAMAGED)


def is_cover(stream: VideoStream) -> bool:
    """Whether a stream is attached cover art."""
    return bool(stream.disposition & Disposition.attached_pic)


def _rate(stream: VideoStream, path: Path) -> Fraction:
    rate = stream.average_rate or stream.guessed_rate
    if not rate:
        raise MediaError(f"{path} does not say how many frames it has in a second", hint=_EXTRACT)
    return Fraction(rate)


def _packets(
    path: Path, container: av.container.InputContainer, stream: VideoStream
) -> list[_Packet]:
    """Timing of all packets of a stream; their content is dropped to save memory."""
    try:
        return [
            _Packet(
                None if packet.pts is None else packet.pts * Fraction(packet.time_base),
                None if packet.dts is None else packet.dts * Fraction(packet.time_base),
                packet.is_discard,
                packet.is_corrupt,
            )
            for packet in container.demux(stream)
            if packet.size
        ]
    except av.FFmpegError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}", hint=_DAMAGED) from error


def _promised(container: av.container.InputContainer, stream: VideoStream, rate: Fraction) -> int:
    """Number of packets by the container's header; 0 if it has none."""
    if container.format.name == "mxf":  # elsewhere a duration may be a guess from packets
        edit_units = stream.duration or 0  # frames; a rate may be guessed to be that of fields
        return min(edit_units, round(edit_units * (stream.time_base or 0) * rate))
    if _is_indexed(container, stream):  # an edit list leaves out the packets after its end
        return len(stream.index_entries)
    return stream.frames


def _shown(container: av.container.InputContainer, stream: VideoStream) -> int:
    """Number of frames by the container, without those that its edit list hides; 0 if unknown."""
    if _is_indexed(container, stream):
        return sum(not entry.is_discard for entry in stream.index_entries)
    return stream.frames


def _is_indexed(container: av.container.InputContainer, stream: VideoStream) -> bool:
    """Whether the container has an index of all packets: unfragmented MP4 and QuickTime."""
    is_quicktime = "mov" in container.format.name.split(",")
    return is_quicktime and 0 < len(stream.index_entries) <= stream.frames


def _gaps(packets: list[_Packet], rate: Fraction) -> int:
    """Number of empty AVI chunks: each repeats the frame before, and the header counts it."""
    times = [packet.decoded for packet in packets if packet.decoded is not None]
    if not times:
        return 0
    return max(0, round((max(times) - min(times)) * rate) + 1 - len(packets))


def _duration(stream: VideoStream) -> Fraction:
    """End time of a stream by Matroska's metadata, in seconds; 0 if unknown."""
    try:
        hours, minutes, seconds = stream.metadata.get("DURATION", "").split(":")
        return 3600 * int(hours) + 60 * int(minutes) + Fraction(seconds)
    except ValueError:
        return Fraction(0)


def _refuse_short(path: Path, whole: int, promised: int) -> None:
    if whole < promised:
        raise damaged(path, whole, f"is cut short: {whole} of {promised} frames")


def _refuse_early_end(path: Path, times: list[Fraction], end: Fraction) -> None:
    """Frames of a variable rate cannot be counted by the clock: a long gap at the end is a loss."""
    longest = max(after - before for before, after in pairwise(times))
    if end - times[-1] > 2 * longest:
        shown = f"{float(times[-1]):.2f} of {float(end):.2f} s"
        raise damaged(path, len(times), f"is cut short: {shown}")


def _is_even(times: list[Fraction], rate: Fraction) -> bool:
    gaps = (float((after - before) * rate) for before, after in pairwise(times))
    drift = (float((time - times[0]) * rate) - index for index, time in enumerate(times))
    return all(abs(gap - 1) <= _UNEVEN for gap in gaps) and all(abs(d) <= 0.5 for d in drift)
