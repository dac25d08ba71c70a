"""Encoders: choice of FFmpeg's encoder, quality settings and pixel format for a source's codec."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from ganfx.errors import MediaError
from ganfx.media.video.hdr import StaticHdr, x265_parameters
from ganfx.media.video.yuv import Encoding, encoding_of, in_format

THREADS = 4
"""Threads of an encoder: fixed, as the bytes of x264, x265 and others depend on it."""


class Encoder(NamedTuple):
    """An FFmpeg encoder and its settings."""

    name: str
    options: dict[str, str]
    finest: int | None = None  # fixed quantiser scale, for encoders without CRF


_ENCODERS: dict[str, Encoder] = {  # by the canonical name of the source's codec
    "h264": Encoder(
        "libx264",
        {"crf": "16", "preset": "fast", "x264-params": f"threads={THREADS}:cpu-independent=1"},
    ),
    "hevc": Encoder(
        "libx265",
        {
            "crf": "17",
            "preset": "fast",
            "x265-params": f"pools={THREADS}:frame-threads=1:log-level=error",
        },
    ),
    "av1": Encoder("libsvtav1", {"crf": "18", "preset": "8", "svtav1-params": "lp=4"}),
    "vp9": Encoder("libvpx-vp9", {"crf": "18", "b": "0", "cpu-used": "4", "row-mt": "0"}),
    "vp8": Encoder("libvpx", {"crf": "6", "b": "20M", "cpu-used": "4"}),
    "prores": Encoder("prores_ks", {"vendor": "apl0"}),
    "dnxhd": Encoder("dnxhd", {}),
    "mjpeg": Encoder("mjpeg", {}, finest=2),
    "mpeg4": Encoder("mpeg4", {}, finest=2),
    "mpeg2video": Encoder("mpeg2video", {}, finest=2),
    "mpeg1video": Encoder("mpeg1video", {}, finest=2),
    "cfhd": Encoder("cfhd", {"quality": "film3+"}),
    "jpeg2000": Encoder("jpeg2000", {"pred": "dwt53"}),  # the reversible wavelet
    "dvvideo": Encoder("dvvideo", {}),
    "ffv1": Encoder("ffv1", {"level": "3", "slicecrc": "1"}),
    "ffvhuff": Encoder("ffvhuff", {}),
    "huffyuv": Encoder("huffyuv", {}),
    "utvideo": Encoder("utvideo", {}),
    "magicyuv": Encoder("magicyuv", {}),
    "v210": Encoder("v210", {}),
    "r210": Encoder("r210", {}),
    "qtrle": Encoder("qtrle", {}),
    "png": Encoder("png", {}),
    "rawvideo": Encoder("rawvideo", {}),
}
_RGB = "libx264rgb"  # libx264 itself has YUV only
_PRORES_PROFILES = {"Proxy": "0", "LT": "1", "Standard": "2", "HQ": "3", "4444": "4", "4444XQ": "5"}


def encoder_of(codec: str) -> Encoder:
    """Encoder for a codec, by FFmpeg's canonical codec name; `KeyError` if there is none."""
    return _ENCODERS[codec]


def known_codecs() -> frozenset[str]:
    """Canonical names of the codecs that there is an encoder for."""
    return frozenset(_ENCODERS)


def check_encoder(codec: str, path: Path) -> None:
    """Raise `MediaError` if there is no encoder for the codec of the video ``path``."""
    if codec not in _ENCODERS:
        hint = f"known are {', '.join(sorted(_ENCODERS))}"
        raise MediaError(
            f"{path} cannot be written back, as there is no encoder for {codec}: write its frames"
            " with --format png, or convert it to ProRes, DNxHR or FFV1 first",
            hint=hint,
        )


def add_video_stream(
    output: OutputContainer,
    source: VideoStream,
    encoding: Encoding,
    rate: Fraction,
    path: Path,
    *,
    hdr: StaticHdr | None = None,
) -> VideoStream:
    """Add a video stream to ``output`` with the codec and colour tags of ``source``.

    Args:
        output: The output container.
        source: The stream whose codec, size, pixel aspect and tags are used.
        encoding: Sample encoding of the source.
        rate: Frames per second.
        path: Path of the source, for messages.
        hdr: HDR10 static metadata, written to HEVC only.

    Raises:
        MediaError: If there is no encoder for its codec.
    """
    before = source.codec_context
    codec = before.codec.canonical_name
    check_encoder(codec, path)
    encoder = _encoder(codec, encoding)
    os.environ.setdefault("SVT_LOG", "1")  # errors only: SVT-AV1 talks of itself on stderr
    stream = output.add_stream(encoder.name, rate=rate)
    assert isinstance(stream, VideoStream)
    context = stream.codec_context
    stream.width, stream.height = before.width, before.height
    stream.pix_fmt = written_format(codec, str(before.pix_fmt), encoding)
    options = {**encoder.options, **_profile(codec, str(before.profile), stream.pix_fmt)}
    if hdr and codec == "hevc":
        options["x265-params"] += ":" + x265_parameters(hdr)
    stream.options = {**options}
    context.thread_count = THREADS
    if encoder.finest:
        context.qmin = context.qmax = encoder.finest
    if source.sample_aspect_ratio:  # the container's, else the codec's
        context.sample_aspect_ratio = source.sample_aspect_ratio
    _tag_samples(stream, source, encoding)
    context.color_primaries = before.color_primaries
    context.color_trc = before.color_trc
    if codec == "hevc" and before.codec_tag in ("hvc1", "hev1"):
        context.codec_tag = before.codec_tag  # some players open only one of them
    return stream


def _encoder(codec: str, encoding: Encoding) -> Encoder:
    encoder = _ENCODERS[codec]
    if codec == "h264" and encoding.is_rgb and encoding.bits == 8 and _RGB in av.codecs_available:
        return encoder._replace(name=_RGB)
    return encoder


def _tag_samples(stream: VideoStream, source: VideoStream, encoding: Encoding) -> None:
    """Set matrix and range: as the source, unless RGB or grey become YUV."""
    before, context = source.codec_context, stream.codec_context
    is_rgb = av.VideoFormat(str(stream.pix_fmt)).is_rgb
    context.color_range = 2 if encoding.full_range and not is_rgb else before.color_range
    context.colorspace = before.colorspace
    if encoding.chroma is None and not is_rgb:
        context.colorspace = _matrix(encoding)


def _matrix(encoding: Encoding) -> int:
    """Matrix (ITU-T H.273) for RGB and grey that become YUV: BT.709 or BT.601."""
    bt709 = encoding_of("yuv444p", 1, 0, 0)
    return 1 if encoding.weights == bt709.weights else 6


def written_format(codec: str, source: str, encoding: Encoding) -> str:
    """The pixel format that a codec is written in: the source's, or what loses least of it.

    Args:
        codec: FFmpeg's canonical name of the codec.
        source: FFmpeg's name of the source's pixel format.
        encoding: Sample encoding of the source.
    """
    encoder = _encoder(codec, encoding).name
    if encoder == _RGB:
        return "rgb24"
    formats = [known.name for known in av.Codec(encoder, "w").video_formats or ()]
    if encoding.format.startswith("gray"):  # a look may bring colour
        chroma = "yuv444p" if encoder == "ffv1" else "yuv420p"
        encoding = in_format(encoding, encoding.format.replace("gray", chroma))
        source = encoding.format
    if not formats or source in formats:
        return source
    if encoding.is_rgb and not any(av.VideoFormat(name).is_rgb for name in formats):
        encoding = in_format(encoding, encoding.format.replace("gbrp", "yuv444p"))
    losses = {name: loss for name in formats if (loss := _loss(encoding, name)) is not None}
    return min(losses, key=losses.__getitem__) if losses else formats[0]


def _loss(encoding: Encoding, name: str) -> tuple[int, ...] | None:
    """How much less, and then how much more, a pixel format is; None if it cannot be written."""
    try:
        written = encoding_of(name, 1, 0, 0)
    except MediaError:
        return None
    before, after = encoding.chroma or (1, 1), written.chroma or (1, 1)
    coarser = sum(max(0, b - a) for a, b in zip(before, after, strict=True))
    finer = sum(max(0, a - b) for a, b in zip(before, after, strict=True))
    bits = written.bits - encoding.bits
    colors = written.is_rgb != encoding.is_rgb or (written.chroma is None and not written.is_rgb)
    return (int(colors), max(0, -bits), coarser, max(0, bits), finer)


def _profile(codec: str, profile: str, pixel_format: str) -> dict[str, str]:
    if codec == "prores":
        fallback = "4" if pixel_format.startswith("yuv444") else "3"
        return {"profile": _PRORES_PROFILES.get(profile.replace(" ", ""), fallback)}
    if codec == "dnxhd":
        names = {"yuv422p": "dnxhr_hq", "yuv422p10le": "dnxhr_hqx"}
        return {"profile": names.get(pixel_format, "dnxhr_444")}
    return {}
