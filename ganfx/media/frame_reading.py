"""Reading of picture files through OpenImageIO: the picture, and all else for writing it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from numpy.typing import NDArray

from ganfx.errors import MediaError
from ganfx.media.channels import Layout
from ganfx.media.formats import MOST_PIXELS, Depth
from ganfx.media.headers import (
    Header,
    OpenedImage,
    last_error,
    opened,
    part_specs,
    unreadable,
)
from ganfx.media.windows import placed, window_of

Floats = NDArray[np.float32]

LARGEST_HALF = 65504.0
"""Largest finite half float."""
_SMALLEST_DIVISOR = np.float32(1e-4)  # dividing colour by less would blow noise up


@dataclass(frozen=True, eq=False)
class Part:
    """One part (subimage) of a file as stored.

    ``pixels`` is ``(H, W, C)`` in the file's own type. Where an EXR mixes types it is
    float32, and UINT channels are reinterpreted bit by bit, not converted: float32 cannot
    represent ids above 2**24.
    """

    spec: oiio.ImageSpec
    pixels: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Stored:
    """All stored channels and parts of a file, from which `write_frame` restores the rest."""

    parts: tuple[Part, ...]
    picture: int  # index of the part with the picture
    layout: Layout  # channel indices of the picture in that part
    associated: bool  # whether colour is stored premultiplied by alpha

    @property
    def part(self) -> Part:
        """The part that holds the picture."""
        return self.parts[self.picture]


@dataclass(frozen=True, eq=False)
class Frame:
    """One decoded frame: the picture to be changed, and all else that is preserved."""

    header: Header
    rgb: Floats
    """``(H, W, 3)`` float32, unpremultiplied, encoded as stored: scene-linear where the
    header says so, else display in [0, 1]. Values above 1 and below 0 are kept."""
    alpha: Floats | None
    """``(H, W)`` float32, 0 to 1; None without an alpha channel."""
    repaired: int
    """Number of infinite or NaN pixels, replaced by the largest half, or by 0."""
    stored: Stored = field(repr=False)
    additive: bool = False
    """Whether alpha is 0 everywhere, and there is colour all the same: light that covers
    nothing, or an alpha channel that nobody filled. All of the colour counts then."""

    @property
    def cover(self) -> Floats | None:
        """Alpha that says where the colour counts; None where all of it does."""
        return None if self.additive else self.alpha


def read_frame(path: Path, *, max_pixels: int = MOST_PIXELS, data: bool = False) -> Frame:
    """Read a whole picture file.

    Orientation is not applied: it is a tag of the file, and `write_frame` keeps it.
    Palette and CMYK files come as RGB.

    Args:
        path: The file.
        max_pixels: Larger pictures are refused before decoding: a small damaged file may
            claim a size that exceeds memory.
        data: Whether data may be taken for the picture, where there is no colour: motion
            vectors, masks.

    Raises:
        MediaError: If the file is missing, damaged, truncated or not a picture, or holds
            data that could not be written back (deep pixels, mip levels, animation).
    """
    with opened(path, data=data) as (source, picture):
        refuse_larger(path, picture.header, max_pixels)
        parts = tuple(_read_parts(source, path))
    return frame_of(picture, parts)


def frame_of(picture: OpenedImage, parts: tuple[Part, ...]) -> Frame:
    """Build a frame from decoded parts: all rows, or a band of rows of a single part."""
    layout, header = picture.layout, picture.header
    associated = header.has_alpha and is_associated(header.format, picture.spec)
    stored = Stored(parts, picture.part, layout, associated)
    pixels = stored.part.pixels
    rgb = to_floats(color_planes(pixels, layout))
    alpha = _alpha(picture, stored)
    repaired = repair(rgb, alpha)
    if alpha is not None and associated:
        rgb /= alpha_divisor(alpha)
    if rgb.shape[-1] == 1:
        rgb = np.repeat(rgb, 3, axis=-1)
    additive = alpha is not None and not alpha.any() and bool(rgb.any())
    return Frame(header, rgb, alpha, repaired, stored, additive)


def _alpha(picture: OpenedImage, stored: Stored) -> Floats | None:
    """Alpha ``(H, W)``; that of a part with another data window is 0 outside of it."""
    if stored.layout.alpha is not None:
        return to_floats(stored.part.pixels[..., stored.layout.alpha])
    if picture.alpha_apart is None:
        return None
    index, channel = picture.alpha_apart
    part = stored.parts[index]
    plane = placed(part.pixels[..., channel], window_of(part.spec), picture.header.window)
    return to_floats(plane)


def refuse_larger(path: Path, header: Header, max_pixels: int) -> None:
    """Raise `MediaError` if a header gives more than ``max_pixels`` pixels."""
    pixels = header.width * header.height
    if pixels > max_pixels:
        size = f"{header.width}x{header.height}"
        raise MediaError(
            f"{path} claims {size} pixels, {_mega(pixels)} megapixels: more than the limit of"
            f" {_mega(max_pixels)}",
            hint="if it really is that large, raise --max-pixels",
        )


def _mega(pixels: int) -> str:
    millions = pixels / 1e6
    return f"{millions:,.0f}" if millions >= 10 else f"{millions:.2g}"


def new_frame(rgb: Floats, *, depth: Depth, alpha: Floats | None = None) -> Frame:
    """Create a frame without a source file, for `write_frame` to write in any format.

    Args:
        rgb: ``(H, W, 3)`` float32: scene-linear for the depths half and float, else display.
        depth: Sample type to store, if the format supports it.
        alpha: ``(H, W)`` float32, 0 to 1; ``rgb`` is unpremultiplied.
    """
    height, width = rgb.shape[:2]
    names = ("R", "G", "B") if alpha is None else ("R", "G", "B", "A")
    layout = Layout((0, 1, 2), None if alpha is None else 3, 0)
    header = Header(
        width=width,
        height=height,
        depth=depth,
        format="new",
        channels=names,
        color="rgb",
        has_alpha=alpha is not None,
        scene_linear=depth in ("half", "float"),
        orientation=1,
    )
    spec = oiio.ImageSpec(width, height, len(names), "float")
    part = Part(spec, rgb)
    return Frame(header, rgb, alpha, 0, Stored((part,), 0, layout, False))


def stored_channel(frame: Frame, name: str, *, outside: float = 0.0) -> Floats:
    """A channel of a frame's file by its name: ``(H, W)`` float32, integers scaled to 0 to 1.

    Args:
        frame: From `read_frame`.
        name: As stored, such as ``mask.a``; case-insensitive.
        outside: Value where the picture has pixels, and the part with the channel has none.

    Raises:
        MediaError: No part has the channel, or it holds 32-bit ids.
    """
    for part in frame.stored.parts:
        names = [each.lower() for each in part.spec.channelnames]
        if name.lower() in names:
            index = names.index(name.lower())
            kinds = part.spec.channelformats or [part.spec.format] * len(names)
            if kinds[index].basetype == oiio.UINT32:
                raise MediaError(f"channel {name} holds ids, not values from 0 to 1")
            plane, window = to_floats(part.pixels[..., index]), window_of(part.spec)
            onto = frame.header.window
            if window[:2] == onto[:2] and plane.shape == frame.rgb.shape[:2]:
                return plane  # some rows of a large picture among them
            return placed(plane, window, onto, outside=outside)
    raise no_channel(name, [n for part in frame.stored.parts for n in part.spec.channelnames])


def no_channel(name: str, there: Iterable[str]) -> MediaError:
    """Error for a channel that a file lacks, listing the channels ``there``."""
    return MediaError(f"there is no channel {name}", hint=f"there is {', '.join(there)}")


def alpha_divisor(alpha: Floats) -> Floats:
    """Divisor ``(H, W, 1)`` that unpremultiplies colour: alpha, but 1 where alpha is 0.

    Colour on alpha 0 is additive light (flames, flares) and stays as it is.
    """
    divisor = np.where(alpha > 0, np.maximum(alpha, _SMALLEST_DIVISOR), np.float32(1.0))
    return divisor[..., np.newaxis]


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Apply an EXIF orientation (CIPA DC-008, 0x0112) to ``(H, W)`` or ``(H, W, C)``."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    rows = slice(None, None, -1 if orientation in (3, 4, 7, 8) else 1)
    columns = slice(None, None, -1 if orientation in (2, 3, 6, 7) else 1)
    return np.ascontiguousarray(pixels[rows, columns])


def color_planes(pixels: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """The colour channels of stored pixels, ``(H, W, 3)`` or ``(H, W, 1)``."""
    first, last = layout.colors[0], layout.colors[-1]
    if layout.colors == tuple(range(first, last + 1)):
        return pixels[..., first : last + 1]  # a view: picking by index copies, slowly
    return pixels[..., list(layout.colors)]


def to_floats(pixels: NDArray[Any]) -> Floats:
    """Convert stored values to a new float32 array: integers scaled to 0 to 1, floats kept."""
    values = pixels.astype(np.float32)
    if np.issubdtype(pixels.dtype, np.integer):
        values /= np.float32(np.iinfo(pixels.dtype).max)
    return values


def is_associated(format_name: str, spec: oiio.ImageSpec) -> bool:
    """Whether a file with alpha stores premultiplied (associated) colour."""
    if format_name == "tiff":
        return not spec.get_int_attribute("oiio:UnassociatedAlpha")
    return format_name == "openexr"


def _read_parts(source: oiio.ImageInput, path: Path) -> Iterator[Part]:
    for index, spec in enumerate(part_specs(source, path)):
        stored_as = "float" if spec.channelformats else spec.format
        pixels = read_channels(source, path, index, (0, spec.nchannels), stored_as)
        for channel, kind in enumerate(spec.channelformats):
            if str(kind) == "uint":
                ids = read_channels(source, path, index, (channel, channel + 1), kind)
                pixels[..., channel] = ids[..., 0].view(np.float32)
        yield Part(spec, pixels)


def read_channels(
    source: oiio.ImageInput, path: Path, part: int, channels: tuple[int, int], kind: Any
) -> NDArray[Any]:
    """Decode the channel range ``channels`` of a part: ``(H, W, C)`` of OpenImageIO type ``kind``.

    Args:
        source: The open file.
        path: Its path, for messages.
        part: Index of the part.
        channels: First channel, and the one after the last.
        kind: Type to convert to.

    Raises:
        MediaError: If the file is damaged or truncated.
    """
    pixels = source.read_image(part, 0, channels[0], channels[1], kind)
    error = last_error(source)  # a JPEG that is cut short comes with pixels and an error
    if pixels is None or error:
        raise unreadable(path, error)
    return pixels


def repair(rgb: Floats, alpha: Floats | None) -> int:
    """Replace infinite and NaN values in place; returns the number of such pixels."""
    if np.isfinite(rgb).all() and (alpha is None or np.isfinite(alpha).all()):
        return 0  # which nearly all are; to look at pixels one by one takes much longer
    bad = ~np.isfinite(rgb).all(axis=-1)
    if alpha is not None:
        bad |= ~np.isfinite(alpha)
        np.nan_to_num(alpha, copy=False, nan=0.0, posinf=1.0, neginf=0.0)
    count = int(np.count_nonzero(bad))
    if count:
        np.nan_to_num(rgb, copy=False, nan=0.0, posinf=LARGEST_HALF, neginf=-LARGEST_HALF)
    return count
