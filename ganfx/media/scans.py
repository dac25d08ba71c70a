"""Training pictures at full resolution: display-encoded RGB in the stored sample type.

`read_frame` keeps all data of a file, as float32. A scan of 100 megapixels would need 2 GB
that way; here it needs 300 MB, and little more while it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from numpy.typing import NDArray

from ganfx.errors import MediaError
from ganfx.media.atomic import replacing
from ganfx.media.background import WHITE, Color, put_on
from ganfx.media.channels import Layout
from ganfx.media.file_color import FileColor, file_color, has_effect, shown
from ganfx.media.frame_reading import (
    Part,
    color_planes,
    is_associated,
    read_channels,
    repair,
    to_floats,
)
from ganfx.media.frame_writing import format_of
from ganfx.media.headers import OpenedImage, opened, refuse_animation
from ganfx.media.part_writing import write_parts
from ganfx.media.windows import placed, window_of
from ganfx.media.write_specs import written_depth

Pixels = NDArray[np.uint8 | np.uint16 | np.float32]
ScanDepth = Literal["uint8", "uint16"]

_KINDS = {"uint8": "uint8", "uint10": "uint16", "uint16": "uint16"}  # the others: float
_ROWS = 128  # at a time, where a step needs float32
_WRITTEN: dict[str, dict[str, Any]] = {
    # One filter instead of the best of five: twice as fast, 1 to 3 % larger. Level 3 would
    # take half as long again for 1 to 10 % less.
    "png": {"png:compressionLevel": 2, "png:filter": 0x40},
    "jpeg": {"compression": "jpeg:95", "jpeg:subsampling": "4:4:4"},
    "tiff": {"compression": "lzw"},  # a quarter of the time of zip, a tenth larger
}


@dataclass(frozen=True, eq=False)
class Scan:
    """A display-encoded picture, upright."""

    pixels: Pixels
    """``(H, W, 3)`` display-encoded: uint8, uint16, or float32 from 0 to 1."""
    profile: bytes | None = None
    """ICC profile of the pixels, for `to_srgb`; None where they are sRGB."""
    problem: str = ""
    """Problem with the file's declaration of colour; "" for nothing."""
    transparent: bool = False
    """Whether the background shows through somewhere."""


def read_scan(path: Path, *, background: Color = WHITE) -> Scan:
    """Read a picture in its stored sample type, without alpha and other data.

    The orientation tag is applied. Grey becomes three equal channels, palette and CMYK
    files become RGB, 10-bit samples become uint16, half becomes float32. Colours that the
    file declares otherwise than by a profile, and scene-linear light, are sRGB-encoded and
    clipped to 0 to 1; infinite values become 0 or 1, NaN becomes 0. What is transparent is put
    on ``background``, unless alpha is 0 everywhere: all of the colour is taken then. What lies
    outside of the display window is cut off. Of a file with several parts or layers, only the
    picture is decoded.

    Raises:
        MediaError: If the file is missing, damaged, truncated or not a picture, or says that
            it holds data.
    """
    with opened(path) as (source, picture):
        refuse_animation(source, path)
        color, header = file_color(picture.header), picture.header
        if color.is_data:
            raise MediaError(f"{path} holds data, not colour, by its {color.by}")
        colors, alpha = _read_planes(source, path, picture)
        transparent = alpha is not None and bool(alpha.any() and (alpha < _full(alpha)).any())
        if alpha is not None:
            colors = _opaque(colors, alpha, picture, background)
        pixels = _in_three_channels(_shown(colors, picture))
    profile = None
    if color.space is None and not header.scene_linear:
        converts = has_effect(color, scene_linear=False, profile=header.profile)
        profile = header.profile if converts else None
    else:
        pixels = as_shown(pixels, color, scene_linear=header.scene_linear)
    return Scan(_turned(pixels, header.orientation), profile, color.problem, transparent)


def write_scan(path: Path, rgb: Pixels, depth: ScanDepth) -> None:
    """Write an sRGB picture atomically, with its colour space as its only metadata.

    The bytes depend on nothing but the arguments.

    Args:
        path: Output file, .png, .tif or .jpg; missing folders are created.
        rgb: ``(H, W, 3)`` sRGB-encoded; float32 is clipped to 0 to 1.
        depth: Sample type to store; values are rounded half up.

    Raises:
        UsageError: If the suffix is no known format, or the format cannot hold ``depth``.
        MediaError: If the file cannot be written, or ``rgb`` is not finite.
    """
    name = format_of(path)
    written_depth(name, depth, depth)
    if rgb.dtype == np.float32 and not np.isfinite(rgb).all():
        raise MediaError(f"cannot write {path}: pixels are infinite or not a number")
    height, width = rgb.shape[:2]
    spec = oiio.ImageSpec(width, height, 3, depth)
    spec.attribute("oiio:ColorSpace", "srgb_rec709_scene")
    for key, value in _WRITTEN.get(name, {}).items():
        spec.attribute(key, value)
    codes = np.ascontiguousarray(quantized(rgb, depth))
    with replacing(path) as temporary:
        write_parts(temporary, [Part(spec, codes)], path, name)


def quantized(rgb: Pixels, depth: ScanDepth) -> NDArray[Any]:
    """Quantize display values to integers of ``depth``, clipped and rounded half up."""
    if rgb.dtype == np.dtype(depth):
        return rgb
    if rgb.dtype == np.uint8:
        return np.multiply(rgb, 257, dtype=np.uint16)
    if rgb.dtype == np.uint16:
        codes = (np.arange(65536) + 128) // 257
        found: NDArray[np.uint8] = codes.astype(np.uint8)[rgb]
        return found
    values = np.clip(rgb, 0.0, 1.0, dtype=np.float32) * np.float32(np.iinfo(depth).max)
    values += np.float32(0.5)
    return np.asarray(values, dtype=depth)


def _read_planes(
    source: oiio.ImageInput, path: Path, picture: OpenedImage
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Colour ``(H, W, 1 or 3)`` and alpha ``(H, W)`` as stored; floats are finite."""
    layout = picture.layout
    wanted = [channel for channel in (*layout.colors, layout.alpha) if channel is not None]
    first, last = min(wanted), max(wanted) + 1
    kind = _KINDS.get(picture.header.depth, "float")
    pixels = read_channels(source, path, picture.part, (first, last), kind)
    colors = color_planes(pixels, Layout(tuple(c - first for c in layout.colors), None, 0))
    alpha = None if layout.alpha is None else pixels[..., layout.alpha - first]
    if picture.alpha_apart is not None:
        alpha = _read_alpha(source, path, picture, kind)
    if kind == "float":
        repair(colors, alpha)
    return colors, alpha


def _read_alpha(
    source: oiio.ImageInput, path: Path, picture: OpenedImage, kind: str
) -> NDArray[Any]:
    """Alpha that a part of its own holds; 0 outside of that part's data window."""
    assert picture.alpha_apart is not None
    part, channel = picture.alpha_apart
    source.seek_subimage(part, 0)
    window = window_of(source.spec())
    plane = read_channels(source, path, part, (channel, channel + 1), kind)[..., 0]
    return placed(plane, window, picture.header.window)


def _opaque(
    colors: NDArray[Any], alpha: NDArray[Any], picture: OpenedImage, background: Color
) -> NDArray[Any]:
    """Colour over a background, in its own type: ``(H, W, 3)``; as it is if alpha is all 0 or 1."""
    most = _full(alpha)
    if not alpha.any() or (alpha >= most).all():
        return colors
    header = picture.header
    result = np.empty((*colors.shape[:2], 3), colors.dtype)
    for top in range(0, len(colors), _ROWS):
        rows = slice(top, top + _ROWS)
        values = put_on(
            to_floats(colors[rows]),
            to_floats(alpha[rows]),
            background,
            associated=is_associated(header.format, picture.spec),
            scene_linear=header.scene_linear,
        )
        if colors.dtype != np.float32:
            values = np.clip(values, 0, 1) * np.float32(most) + np.float32(0.5)
        result[rows] = values
    return result


def _full(alpha: NDArray[Any]) -> float:
    """The value of full coverage in the type of an alpha channel."""
    return 1.0 if alpha.dtype == np.float32 else float(np.iinfo(alpha.dtype).max)


def _shown(pixels: NDArray[Any], picture: OpenedImage) -> NDArray[Any]:
    """The pixels that lie within the display window; all, if none do."""
    x, y, width, height, full_width, full_height = picture.header.window
    shown = pixels[max(-y, 0) : full_height - y, max(-x, 0) : full_width - x]
    return shown if shown.size else pixels


def as_shown(colors: Pixels, color: FileColor, *, scene_linear: bool = False) -> Pixels:
    """Colours ``(H, W, 3)`` in sRGB, in their own type; in place."""
    if not (scene_linear or has_effect(color, scene_linear=scene_linear, profile=None)):
        return colors
    depth: Any = colors.dtype.name
    for top in range(0, len(colors), _ROWS):
        rows = slice(top, top + _ROWS)
        picture = shown(to_floats(colors[rows]), color, scene_linear=scene_linear, profile=None)
        colors[rows] = picture if depth == "float32" else quantized(picture, depth)
    return colors


def _turned(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """`upright` for large pictures: OpenCV is three times as fast, and mirrors in place."""
    if orientation == 1:
        return pixels
    import cv2  # only where it is needed

    turned: NDArray[Any] = cv2.transpose(pixels) if orientation in (5, 6, 7, 8) else pixels
    mirror = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    if mirror is not None:
        cv2.flip(turned, mirror, dst=turned)
    return turned


def _in_three_channels(pixels: NDArray[Any]) -> NDArray[Any]:
    if pixels.shape[-1] == 3:
        return np.ascontiguousarray(pixels)
    import cv2

    return cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_GRAY2RGB)
