"""Conversion between Y'CbCr video samples and RGB, in float32 and without swscale.

swscale dispatches by CPU and rounds to 8 bits on the way. Here the matrix, range and bit
depth of the stream are applied in float32, so that 10-bit footage stays 10-bit and results
are bit-identical on every machine. Subsampled chroma is interpolated linearly, with the
default siting of MPEG-2, H.264 and HEVC (left, and between two lines); 4:1:1 is sited left too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError

Floats = NDArray[np.float32]

# Packed or semi-planar formats and their planar equivalents: swscale only reorders samples.
_REPACKED = {
    "nv12": "yuv420p",
    "nv16": "yuv422p",
    "yuyv422": "yuv422p",
    "uyvy422": "yuv422p",
    "vyu444": "yuv444p",
    "v30xle": "yuv444p10le",
    "uyyvyy411": "yuv411p",
    "p010le": "yuv420p10le",
    "rgb24": "gbrp",
    "bgr24": "gbrp",
    "bgr0": "gbrp",
    "0rgb": "gbrp",
    "rgb48le": "gbrp16le",
    "rgb48be": "gbrp16le",
}

# Weights of red and blue in luma, by matrix_coefficients (ITU-T H.273, table 4).
_LUMA_WEIGHTS = {
    1: (0.2126, 0.0722),  # BT.709
    4: (0.30, 0.11),  # FCC
    5: (0.299, 0.114),  # BT.601, 625 lines
    6: (0.299, 0.114),  # BT.601, 525 lines
    7: (0.212, 0.087),  # SMPTE 240M
    9: (0.2627, 0.0593),  # BT.2020, non-constant luminance
}
_UNSPECIFIED = 2
_FULL_RANGE = 2


@dataclass(frozen=True)
class Encoding:
    """Sample encoding of a stream: pixel format, matrix and range.

    Attributes:
        format: FFmpeg's name of the planar pixel format.
        bits: Bits per sample.
        chroma: Chroma subsampling, luma columns and rows per sample; None for RGB and grey.
        weights: Luma weights of red and blue.
        full_range: Whether black is code 0 (else 16 of 255, and white 235).
    """

    format: str
    bits: int
    chroma: tuple[int, int] | None
    weights: tuple[float, float]
    full_range: bool

    @property
    def is_rgb(self) -> bool:
        """Whether the planes are green, blue and red."""
        return self.format.startswith("gbr")


def encoding_of(format_name: str, matrix: int, color_range: int, height: int) -> Encoding:
    """Determine the sample encoding of a stream.

    Args:
        format_name: FFmpeg's name of the pixel format.
        matrix: matrix_coefficients of ITU-T H.273. Unspecified means BT.709 above 576
            lines and BT.601 up to there, as players assume.
        color_range: 1 limited, 2 full, 0 unspecified (limited for YUV).
        height: Picture height, in pixels.

    Raises:
        MediaError: If the pixel format or matrix is not supported, or the format has alpha.
    """
    planar = _REPACKED.get(format_name, format_name)
    known = av.VideoFormat(planar)
    if any(component.is_alpha for component in av.VideoFormat(format_name).components):
        raise MediaError(f"pixel format {format_name} has alpha, which would be lost")
    is_rgb, is_gray = planar.startswith("gbr"), len(known.components) == 1
    planes = {component.plane for component in known.components}
    if len(planes) != len(known.components) or known.is_big_endian or planar.endswith("f32le"):
        raise MediaError(f"pixel format {format_name} is not supported")
    if matrix == _UNSPECIFIED or is_rgb or is_gray:
        matrix = 1 if height > 576 else 6
    if matrix not in _LUMA_WEIGHTS:
        raise MediaError(f"colour matrix {matrix} (ITU-T H.273) is not supported")
    by_nature_full = is_rgb or is_gray or planar.startswith("yuvj")
    chroma = None
    if not (is_rgb or is_gray):
        chroma = (64 // known.chroma_width(64), 64 // known.chroma_height(64))
        if chroma[0] > 4 or chroma[1] > 2:
            raise MediaError(f"pixel format {format_name} is not supported")
    full = color_range == _FULL_RANGE or (by_nature_full and color_range == 0) or is_rgb
    bits = known.components[0].bits
    return Encoding(planar, bits, chroma, _LUMA_WEIGHTS[matrix], full)


def in_format(encoding: Encoding, format_name: str) -> Encoding:
    """The same matrix and range in another pixel format, for an encoder."""
    planar = _REPACKED.get(format_name, format_name)
    known = av.VideoFormat(planar)
    chroma = None
    if not planar.startswith("gbr"):
        chroma = (64 // known.chroma_width(64), 64 // known.chroma_height(64))
    return replace(encoding, format=planar, bits=known.components[0].bits, chroma=chroma)


class Samples(NamedTuple):
    """Sample codes of a decoded frame, by plane."""

    planes: tuple[NDArray[Any], ...]
    encoding: Encoding


def samples_of(frame: av.VideoFrame, encoding: Encoding) -> Samples:
    """Copy the sample codes of a decoded frame, for `put_back`."""
    if frame.format.name != encoding.format:
        frame = frame.reformat(format=encoding.format)
    planes = range(len(frame.planes))
    return Samples(tuple(_view(frame, plane, encoding).copy() for plane in planes), encoding)


def put_back(frame: av.VideoFrame, samples: Samples, where: NDArray[np.bool_]) -> None:
    """Restore sample codes in a masked area of a frame.

    Args:
        frame: Frame of ``samples.encoding``, changed in place.
        samples: From `samples_of`.
        where: ``(H, W)`` mask. A chroma sample is restored if all its pixels are masked.
    """
    for plane, kept in enumerate(samples.planes):
        view, inside = _view(frame, plane, samples.encoding), where
        if samples.encoding.chroma and plane:
            inside = _all_of(where, *samples.encoding.chroma)
        view[inside] = kept[inside]


def to_rgb(frame: av.VideoFrame, encoding: Encoding, *, clipped: bool = True) -> Floats:
    """Convert a decoded frame to RGB ``(H, W, 3)`` float32, with the stream's transfer function.

    Values are in [0, 1]. Unclipped, codes below black and above white and out-of-gamut
    colours exceed it.
    """
    if frame.format.name != encoding.format:
        frame = frame.reformat(format=encoding.format)
    rgb = np.empty((frame.height, frame.width, 3), np.float32)
    if encoding.is_rgb:
        for plane, channel in enumerate((1, 2, 0)):
            rgb[..., channel] = _samples(frame, plane, encoding)
        rgb /= np.float32(2**encoding.bits - 1)
    else:
        _yuv_to_rgb(frame, encoding, rgb)
    return np.clip(rgb, 0.0, 1.0, out=rgb) if clipped else rgb


def from_rgb(rgb: Floats, encoding: Encoding, *, clipped: bool = True) -> av.VideoFrame:
    """Convert RGB ``(H, W, 3)`` float32 to a frame; samples are rounded half up.

    Values are clipped to [0, 1], or unclipped only to the range of codes.
    """
    height, width = rgb.shape[:2]
    frame = av.VideoFrame(width, height, encoding.format)
    rgb = np.clip(rgb, 0.0, 1.0) if clipped else rgb
    if encoding.is_rgb:
        for plane, channel in enumerate((1, 2, 0)):
            _store(frame, plane, rgb[..., channel] * np.float32(2**encoding.bits - 1), encoding)
        return frame
    weight_r, weight_b = (np.float32(weight) for weight in encoding.weights)
    r, g, b = (rgb[..., channel] for channel in range(3))
    luma = weight_r * r + (1 - weight_r - weight_b) * g + weight_b * b
    (black, span), (middle, chroma_span) = _ranges(encoding)
    _store(frame, 0, luma * span + black, encoding)
    for plane, (color, weight) in enumerate(((b, weight_b), (r, weight_r)), start=1):
        difference = (color - luma) / (2 * (1 - weight))
        if encoding.chroma:
            chroma = _reduced(difference, *encoding.chroma) * chroma_span + middle
            _store(frame, plane, chroma, encoding)
    return frame


def _yuv_to_rgb(frame: av.VideoFrame, encoding: Encoding, rgb: Floats) -> None:
    (black, span), (middle, chroma_span) = _ranges(encoding)
    luma = (_samples(frame, 0, encoding) - black) / span
    if encoding.chroma is None:
        rgb[...] = luma[..., np.newaxis]
        return
    weight_r, weight_b = (np.float32(weight) for weight in encoding.weights)
    weight_g = 1 - weight_r - weight_b
    blue, red = (
        _enlarged((_samples(frame, plane, encoding) - middle) / chroma_span, encoding, luma.shape)
        for plane in (1, 2)
    )
    blue *= 2 * (1 - weight_b)
    red *= 2 * (1 - weight_r)
    rgb[..., 0] = luma + red
    rgb[..., 2] = luma + blue
    rgb[..., 1] = luma - (weight_b / weight_g) * blue - (weight_r / weight_g) * red


def _ranges(encoding: Encoding) -> tuple[tuple[np.float32, np.float32], ...]:
    """Black code and span of luma, neutral code and span of chroma."""
    step, top = 2 ** (encoding.bits - 8), 2**encoding.bits - 1
    luma = (0, top) if encoding.full_range else (16 * step, 219 * step)
    chroma = (128 * step, top if encoding.full_range else 224 * step)
    return tuple((np.float32(low), np.float32(span)) for low, span in (luma, chroma))


def _samples(frame: av.VideoFrame, plane: int, encoding: Encoding) -> Floats:
    return _view(frame, plane, encoding).astype(np.float32)


def _store(frame: av.VideoFrame, plane: int, codes: Floats, encoding: Encoding) -> None:
    top = np.float32(2**encoding.bits - 1)
    view = _view(frame, plane, encoding)
    view[...] = np.clip(np.floor(codes + np.float32(0.5)), 0, top).astype(view.dtype)


def _view(frame: av.VideoFrame, plane: int, encoding: Encoding) -> NDArray[Any]:
    """View of a plane's samples in the frame's buffer, without line padding."""
    buffer = frame.planes[plane]
    dtype = np.dtype(np.uint8 if encoding.bits <= 8 else "<u2")
    samples: NDArray[Any] = np.frombuffer(memoryview(buffer), dtype)
    lines = samples[: buffer.height * buffer.line_size // dtype.itemsize]
    return lines.reshape(buffer.height, -1)[:, : buffer.width]


def _all_of(where: NDArray[np.bool_], columns: int, rows: int) -> NDArray[np.bool_]:
    """Mask of chroma samples all of whose pixels are in a mask."""
    height, width = where.shape
    padded = np.pad(where, ((0, -height % rows), (0, -width % columns)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // rows, rows, padded.shape[1] // columns, columns)
    return np.asarray(blocks.all(axis=(1, 3)), dtype=np.bool_)


def _enlarged(chroma: Floats, encoding: Encoding, shape: tuple[int, ...]) -> Floats:
    assert encoding.chroma
    if encoding.chroma[1] == 2:
        above, below = np.vstack([chroma[:1], chroma[:-1]]), np.vstack([chroma[1:], chroma[-1:]])
        lines = np.empty((2 * chroma.shape[0], chroma.shape[1]), np.float32)
        lines[0::2] = np.float32(0.75) * chroma + np.float32(0.25) * above
        lines[1::2] = np.float32(0.75) * chroma + np.float32(0.25) * below
        chroma = lines[: shape[0]]
    step = encoding.chroma[0]
    if step > 1:
        right = np.hstack([chroma[:, 1:], chroma[:, -1:]])
        columns = np.empty((chroma.shape[0], step * chroma.shape[1]), np.float32)
        columns[:, 0::step] = chroma
        for place in range(1, step):
            share = np.float32(place / step)
            columns[:, place::step] = (1 - share) * chroma + share * right
        chroma = columns[:, : shape[1]]
    return chroma


def _reduced(difference: Floats, columns: int, rows: int) -> Floats:
    if rows == 2:
        if difference.shape[0] % 2:
            difference = np.vstack([difference, difference[-1:]])
        difference = np.float32(0.5) * (difference[0::2] + difference[1::2])
    if columns == 2:
        left = np.hstack([difference[:, :1], difference[:, :-1]])[:, 0::2]
        right = np.hstack([difference[:, 1:], difference[:, -1:]])[:, 0::2]
        difference = np.float32(0.5) * difference[:, 0::2] + np.float32(0.25) * (left + right)
    elif columns > 2:
        difference = _averaged(difference, columns)
    return difference


def _averaged(difference: Floats, columns: int) -> Floats:
    """Every so many columns, the mean around them: weights fall to 0 at the next sample."""
    reach, width = columns - 1, difference.shape[1]
    padded = np.pad(difference, ((0, 0), (reach, reach)), mode="edge")
    total = np.zeros((len(difference), -(-width // columns)), np.float32)
    for offset in range(-reach, reach + 1):
        weight = np.float32((columns - abs(offset)) / columns**2)
        total += weight * padded[:, reach + offset : reach + offset + width : columns]
    return total
