"""Encoding of videos: changed frames with the source's codec, timing, sound and metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ganfx.errors import MediaError
from ganfx.media.atomic import replacing
from ganfx.media.frame_fingerprint import Seal
from ganfx.media.video.containers import copied_streams
from ganfx.media.video.cutting import Cut
from ganfx.media.video.encoders import add_video_stream
from ganfx.media.video.reading import Timing, opened, read_timing, stream_encoding
from ganfx.media.video.stream_metadata import (
    StreamMetadata,
    keeps_attachments,
    read_stream_metadata,
)
from ganfx.media.video.yuv import Samples, from_rgb, in_format, put_back

Floats = NDArray[np.float32]

# Properties of the source file; the muxer sets its own for the new one.
_FILE_FACTS = {"major_brand", "minor_version", "compatible_brands", "encoder", "DURATION"}
_REORDERED = 64  # frames: no codec decodes one earlier than that
_QUICKTIME = (".mov", ".mp4", ".m4v")


class VideoWriter:
    """Encodes changed frames as a video that is otherwise like its source.

    Use it as a context manager::

        with VideoWriter(out, like=source) as writer:
            for frame in read_video(source):
                writer.write(look(frame))

    Kept from the source: codec family (H.264 at CRF 16; lossless stays lossless), bit depth
    and chroma subsampling where the encoder has them, size, pixel aspect ratio, frame rate
    and start time, colour tags, display matrix, HDR10 static metadata in HEVC, metadata with
    timecode and reel, chapters, attachments of Matroska, and all packets of sound and
    subtitles that the container takes. Left out: data streams, cover pictures and further
    video streams. AVI starts at 0. The bytes do not depend on the machine's cores or clock.

    The file appears complete when the block ends; after an exception there is none.
    """

    def __init__(
        self,
        path: Path,
        like: Path,
        *,
        vfr: bool = False,
        frames: range | None = None,
        seal: Seal | None = None,
    ) -> None:
        """Prepare to write a video; the suffix chooses the container.

        Entering the block raises `MediaError` if the source is damaged or truncated, there
        is no encoder for its codec, or the file cannot be written.

        Args:
            path: Output file.
            like: The source video.
            vfr: Whether a variable frame rate is accepted; the times of frames are kept. A
                container that counts in whole frames cannot hold it.
            frames: Frames of the source that are going to be written, with the sound of their
                time; None is all.
            seal: What is done to the written file before it gets its name.
        """
        self._path = path
        self._like = like
        self._vfr = vfr
        self._frames = frames
        self._seal = seal
        self._block = self._writing()
        self._written = 0

    def __enter__(self) -> Self:
        self._block.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._block.__exit__(kind, error, traceback)

    def write(
        self, rgb: Floats, *, plate: Samples | None = None, where: NDArray[np.bool_] | None = None
    ) -> None:
        """Append one frame, of the source's size.

        Args:
            rgb: ``(H, W, 3)`` float32 display in [0, 1]; unclipped where ``plate`` is given.
            plate: Sample codes of the source's frame.
            where: ``(H, W)`` mask of pixels to copy from the plate, exact to the code before
                encoding. Without effect where the output has another pixel format.
        """
        context = self._stream.codec_context
        assert rgb.shape == (context.height, context.width, 3), "a video has one size"
        frame = from_rgb(rgb, self._encoding, clipped=plate is None)
        if plate is not None and where is not None and plate.encoding == self._encoding:
            put_back(frame, plate, where)
        if frame.format.name != context.pix_fmt:
            frame = frame.reformat(format=str(context.pix_fmt))
        frame.color_range = context.color_range
        frame.colorspace = context.colorspace
        frame.color_primaries = context.color_primaries
        frame.color_trc = context.color_trc
        frame.pts = self._written
        frame.time_base = 1 / self._timing.rate
        self._written += 1
        with self._reported():
            self._mux(self._stream.encode(frame))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        whole = read_timing(self._like, vfr=self._vfr)
        self._cut = Cut(whole, self._frames or range(whole.count))
        self._timing: Timing = self._cut.timing
        metadata = read_stream_metadata(self._like)
        with (
            opened(self._like) as (source, video),
            replacing(self._path) as temporary,
            self._opened_output(temporary, source) as output,
        ):
            self._output = output
            with self._reported():
                self._set_up(source, video, metadata)
            yield
            with self._reported():
                self._mux(self._stream.encode(None))
                self._copy_until(None)
                output.close()
            if self._seal is not None:
                self._seal(temporary)

    @contextmanager
    def _opened_output(self, temporary: Path, like: InputContainer) -> Iterator[OutputContainer]:
        options = {"fflags": "+bitexact"}  # else Matroska puts random ids in
        if temporary.suffix.lower() in _QUICKTIME and any("." in key for key in like.metadata):
            options["movflags"] = "use_metadata_tags"  # else only keys that FFmpeg knows
        with self._reported():
            output = av.open(str(temporary), "w", options=options)
        try:
            yield output
        finally:
            with suppress(av.FFmpegError):  # after an error; else it is closed already
                output.close()

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (av.FFmpegError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise MediaError(f"cannot write {self._path}: {reason}") from error

    def _set_up(self, source: InputContainer, video: VideoStream, metadata: StreamMetadata) -> None:
        read_as, rate = stream_encoding(video, self._like), self._timing.rate
        self._stream = add_video_stream(
            self._output, video, read_as, rate, self._like, hdr=metadata.hdr
        )
        self._encoding = in_format(read_as, str(self._stream.pix_fmt))
        if metadata.matrix:
            self._stream.set_display_matrix(metadata.matrix)
        self._set_clock(video)
        _copy_metadata(video, self._stream)
        self._stream.metadata.update(self._cut.timecode(video.metadata))
        self._stream.metadata.update(_reel(source))  # of its own stream of timecode
        self._set_up_copies(source, video)
        self._output.metadata.update(_kept(source.metadata))
        self._output.metadata.update(self._cut.timecode(source.metadata))
        self._output.set_chapters(self._cut.chapters(source.chapters()))

    def _set_clock(self, video: VideoStream) -> None:
        if self._output.format.name == "avi":  # AVI counts chunks, and would pad a late start
            self._timing = _from_zero(self._timing)
        self._tick = Fraction(video.time_base or 1 / self._timing.rate)
        if self._timing.times is not None:  # a constant rate counts in frames
            self._stream.time_base = self._tick

    def _set_up_copies(self, source: InputContainer, video: VideoStream) -> None:
        copied = copied_streams(source, self._path.suffix.lower(), video)
        self._copies: dict[int, Stream] = {}
        for stream in copied:
            self._copies[stream.index] = self._output.add_stream_from_template(stream)
            _copy_metadata(stream, self._copies[stream.index])
        if keeps_attachments(self._path):
            _copy_attachments(source, self._output)
        packets = source.demux(copied) if copied else iter(())
        self._packets = (p for p in packets if p.size and self._cut.shift(p))
        self._next_copied = next(self._packets, None)

    def _mux(self, packets: Iterable[Packet[Any]]) -> None:
        """Write encoded packets at the source's times, and sound and subtitles up to them."""
        timing, tick = self._timing, self._tick
        for packet in packets:
            # The encoder's times are frame numbers.
            frames = Fraction(packet.time_base) * timing.rate
            number = round((packet.pts or 0) * frames)
            order = round((packet.dts or 0) * frames)
            if number - order > _REORDERED:  # x265's, of films that end before it looks ahead
                order = number
            decoded = timing.time(order)
            self._copy_until(decoded)
            packet.pts = round(timing.time(number) / tick)
            packet.dts = round(decoded / tick)
            packet.duration = round(timing.duration(number) / tick)
            packet.time_base = tick
            self._output.mux(packet)

    def _copy_until(self, seconds: Fraction | None) -> None:
        """Copy packets of sound and subtitles up to a time; None for the rest."""
        while (packet := self._next_copied) is not None:
            time = packet.dts if packet.dts is not None else packet.pts
            if seconds is not None and time is not None and time * packet.time_base > seconds:
                return
            packet.stream = self._copies[packet.stream.index]
            self._output.mux(packet)
            self._next_copied = next(self._packets, None)


def _from_zero(timing: Timing) -> Timing:
    times = timing.times and tuple(time - timing.start for time in timing.times)
    return replace(timing, start=Fraction(0), times=times)


def _reel(source: InputContainer) -> dict[str, str]:
    """Reel name, which QuickTime stores with the timecode."""
    reels = (stream.metadata.get("reel_name") for stream in source.streams.data)
    reel = next(filter(None, reels), None)
    return {"reel_name": reel} if reel else {}


def _copy_attachments(source: InputContainer, target: OutputContainer) -> None:
    """Copy attachments: mostly fonts of subtitles."""
    for stream in source.streams.attachments:
        name = stream.metadata.get("filename", f"attachment {stream.index}")
        kind = stream.mimetype or "application/octet-stream"
        target.add_attachment(name, kind, stream.data)


def _copy_metadata(source: Stream, target: Stream) -> None:
    target.metadata.update(_kept(source.metadata))
    target.disposition = source.disposition


def _kept(metadata: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in metadata.items() if key not in _FILE_FACTS}
