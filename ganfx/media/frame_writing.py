"""Writing of picture files through OpenImageIO, preserving the source's data and metadata."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError
from ganfx.media.atomic import replacing
from ganfx.media.color_conversion import ColorConversion, find_conversion
from ganfx.media.color_spaces import ColorSpace
from ganfx.media.exr_compression import keep_values
from ganfx.media.formats import FORMATS, WRITTEN_SUFFIXES, Depth
from ganfx.media.frame_fingerprint import NOTHING, Note, Seal
from ganfx.media.frame_reading import (
    LARGEST_HALF,
    Floats,
    Frame,
    Part,
    alpha_divisor,
    color_planes,
    upright,
)
from ganfx.media.headers import STRANGE_NAME, is_unicode
from ganfx.media.ktx2 import SUFFIX as KTX2
from ganfx.media.ktx2 import write_ktx2
from ganfx.media.part_writing import keep_own_chunks, write_parts
from ganfx.media.windows import placed, window_of
from ganfx.media.write_specs import (
    GRAY_ALPHA,
    GRAY_BECOMES_RGB,
    NO_ALPHA,
    sample_bits,
    set_channels,
    written_depth,
    written_spec,
)

_KINDS: dict[Depth, str] = {
    "uint8": "uint8",
    "uint10": "uint16",
    "uint16": "uint16",
    "half": "half",
    "float": "float",
}


class _Channel(NamedTuple):
    name: str
    pixels: NDArray[Any]  # (H, W), in the type of the file
    kind: str  # OpenImageIO's name of that type


class _Target(NamedTuple):
    """Format, depth and colour space of a written file, and the frame it comes from."""

    path: Path
    like: Frame
    format: str
    depth: Depth
    space: ColorSpace | None

    @property
    def same_format(self) -> bool:
        return self.format == self.like.header.format

    @property
    def linear(self) -> bool:
        return self.depth in ("half", "float")

    @property
    def has_alpha(self) -> bool:
        return self.like.alpha is not None and self.format not in NO_ALPHA

    @property
    def holds_gray(self) -> bool:
        """Whether a grey picture may stay one channel."""
        if self.format in GRAY_BECOMES_RGB:
            return False
        if not self.has_alpha or self.format in GRAY_ALPHA:
            return True
        return self.format == "targa" and self.same_format  # few programs know it: none made anew

    def conversion(self, *, gray: bool) -> ColorConversion:
        """Colour conversion for a file of one channel (``gray``) or of three."""
        header = self.like.header
        same_model = header.color in ("rgb", "palette") or gray
        return find_conversion(header, self.space, self.format, self.depth, same_model=same_model)

    @property
    def holds_orientation(self) -> bool:
        """Whether readers of the written file apply its orientation tag."""
        kept = self.same_format and self.format in ("openexr", "dpx")
        return kept or self.format in ("jpeg", "png", "tiff")

    @property
    def associated(self) -> bool:
        """Whether the written file stores premultiplied colour."""
        if self.like.alpha is None:
            return False
        return self.format == "openexr" or (self.format == "tiff" and self.like.stored.associated)


def write_frame(
    path: Path,
    rgb: Floats,
    like: Frame,
    *,
    depth: Depth | None = None,
    note: Note = NOTHING,
    space: ColorSpace | None = None,
    partly: bool = False,
    seal: Seal | None = None,
    data: bool = False,
) -> None:
    """Write a changed picture with everything else of its source file.

    Alpha (and premultiplication), extra channels bit for bit, parts, windows, metadata,
    orientation, depth and compression are those of ``like``. The suffix chooses the format.
    A format other than the source's loses what it cannot hold (extra channels; the data
    window is cropped or padded to the display window); orientation is baked in where the
    format has no tag for it, and colours are converted: see `ganfx.media.color_conversion`.
    A grey source stays one channel if ``rgb`` is grey to half a code value. Integers are
    clamped and rounded half up; halves are clamped to the largest half. JPEG is written at
    quality 95 in 4:4:4, WebP lossless (but for colour under alpha 0, which its encoder
    drops). The bytes depend on nothing but the arguments.

    Args:
        path: Output file, written atomically; missing folders are created.
        rgb: ``(H, W, 3)`` float32, encoded and unpremultiplied as ``like.rgb``.
        like: The frame that was read.
        depth: Depth to write instead of that of ``like`` (or the nearest to it that the
            format supports).
        note: What the file says of how it was made, where its format holds that: see
            `ganfx.media.frame_fingerprint`.
        space: Colour space of ``rgb``, instead of the one in the header of ``like``.
        partly: Whether pixels of ``rgb`` may be those of ``like``, to be written as they are: a
            lossy compression of EXR that would change them again becomes zip, as it does for
            extra channels.
        seal: What is done to the written file before it gets its name.
        data: Whether a format that says so is to say that pixels are linear: KTX2.

    Raises:
        UsageError: If the suffix is no known format, or the format cannot hold ``depth``.
        MediaError: If the file cannot be written, its name is not in UTF-8, or ``rgb`` is not
            finite.
    """
    assert rgb.shape == like.rgb.shape, f"expected {like.rgb.shape}, got {rgb.shape}"
    name = format_of(path)
    part = changed_part(
        path,
        rgb,
        like,
        depth=depth,
        note=note,
        space=space,
        partly=partly,
    )
    parts = [part]
    if name == like.header.format:
        parts = [part if each is like.stored.part else _copied(each) for each in like.stored.parts]
    with replacing(path) as temporary:
        if path.suffix.lower() == KTX2:
            write_ktx2(parts, temporary, path, profile=like.header.profile, data=data)
            return
        write_parts(temporary, parts, path, name)
        keep_own_chunks(temporary, like.header, name)
        if seal is not None:
            seal(temporary)


def changed_part(
    path: Path,
    rgb: Floats,
    like: Frame,
    *,
    depth: Depth | None = None,
    note: Note = NOTHING,
    space: ColorSpace | None = None,
    partly: bool = False,
) -> Part:
    """Build the part that `write_frame` writes; arguments and errors as there."""
    name = format_of(path)
    same_format = name == like.header.format
    kind = written_depth(name, like.header.depth, depth, same_format=same_format)
    target = _Target(path, like, name, kind, space)
    if not is_unicode(str(path)):
        raise MediaError(f"cannot write {path}: {STRANGE_NAME}")
    _refuse_undefined(path, rgb)
    part = _changed_part(target, rgb)
    if name == like.header.format == "openexr":
        keep_values(part.spec, new=() if partly else _new_channels(part, like))
    note.set_in(part.spec, name)
    return part


def _new_channels(part: Part, like: Frame) -> set[str]:
    """Channels of a written part that are not copied from its source."""
    names = like.stored.part.spec.channelnames
    colors = {names[index] for index in like.stored.layout.colors}
    return {name for name in part.spec.channelnames if name in colors or name not in names}


def _copied(part: Part) -> Part:
    """A part for writing as it was read."""
    spec = oiio.ImageSpec(part.spec)
    keep_values(spec)
    return replace(part, spec=spec)


def check_depth(path: Path, depth: Depth) -> None:
    """Raise `UsageError` if the format of ``path`` cannot hold ``depth``."""
    written_depth(format_of(path), depth, depth)


def format_of(path: Path) -> str:
    """OpenImageIO's format name for a path's suffix; `UsageError` if it is not known."""
    suffix = path.suffix.lower()
    if suffix not in WRITTEN_SUFFIXES:
        raise UsageError(
            f"cannot write {path}: {path.suffix or 'no suffix'} is not a picture format",
            hint=f"use one of {' '.join(sorted(WRITTEN_SUFFIXES))}",
        )
    return FORMATS[suffix]


def _refuse_undefined(path: Path, rgb: Floats) -> None:
    if not np.isfinite(rgb).all():
        count = np.count_nonzero(~np.isfinite(rgb).all(axis=-1))
        raise MediaError(f"cannot write {path}: {count} pixels are infinite or not a number")


def _changed_part(target: _Target, rgb: Floats) -> Part:
    like, source = target.like, target.like.stored.part
    gray = _stays_gray(target, rgb)
    conversion = target.conversion(gray=gray)
    spec = written_spec(
        source.spec, like.header, target.format, target.depth, conversion=conversion, gray=gray
    )
    colors = _encoded_colors(target, rgb, spec, conversion, gray=gray)
    alpha = _encoded_alpha(target, spec)
    if alpha is not None and not target.associated:
        spec.attribute("oiio:UnassociatedAlpha", 1)
    if not target.same_format:
        colors, alpha = (_display_window(plane, source.spec) for plane in (colors, alpha))
    if not target.holds_orientation:
        colors, alpha = (_turned(plane, like.header.orientation) for plane in (colors, alpha))
        spec.erase_attribute("Orientation")
    if target.same_format:
        channels = _in_the_source_order(target, colors, alpha)
    else:
        channels = _plain_channels(target, colors, alpha)
    if (spec.height, spec.width) != colors.shape[:2] or not target.same_format:
        _set_size(spec, *colors.shape[:2])
    set_channels(spec, [c.name for c in channels], [c.kind for c in channels])
    return Part(spec, _interleaved(channels))


def _stays_gray(target: _Target, rgb: Floats) -> bool:
    if target.like.header.color != "gray" or not target.holds_gray:
        return False
    conversion = target.conversion(gray=True)
    if conversion.mixes_channels:
        rgb = conversion.apply(rgb)
    spread = rgb.max(axis=-1) - rgb.min(axis=-1)
    if target.linear:
        return bool((spread <= 2.0**-11 * np.abs(rgb).max(axis=-1)).all())  # half of half's step
    levels = {"uint8": 255, "uint10": 1023}.get(target.depth, 65535)
    return bool((spread <= 0.5 / levels).all())


def _encoded_colors(
    target: _Target, rgb: Floats, spec: oiio.ImageSpec, conversion: ColorConversion, *, gray: bool
) -> NDArray[Any]:
    """Colour ``(H, W, 1 or 3)`` in the encoding and type of the written file."""
    like, picture = target.like, rgb
    if like.alpha is not None and like.stored.associated and not target.has_alpha:
        picture = picture * alpha_divisor(like.alpha)  # as it looked over black
    picture = conversion.apply(picture)
    if conversion.mixes_channels:  # light of a logarithm may be beyond all numbers
        _refuse_undefined(target.path, picture)
    if gray:
        rgb, picture = rgb[..., 1:2], picture[..., 1:2]
    if like.alpha is not None and target.associated:
        # Colour under alpha 0 of an unassociated file covers nothing and is no light either,
        # unless there is no other.
        light = like.stored.associated or like.additive
        opacity = alpha_divisor(like.alpha) if light else like.alpha[..., None]
        picture = picture * opacity
    if target.same_format and target.depth == like.header.depth == "float":
        picture = _as_stored_where_unchanged(like, rgb, picture)
    if target.format == "hdr":
        picture = np.maximum(picture, np.float32(0.0))  # it has no sign, and its writer wraps
    return _quantized(picture, target.depth, spec)


def _encoded_alpha(target: _Target, spec: oiio.ImageSpec) -> NDArray[Any] | None:
    """Alpha ``(H, W)`` in the type of the written file; its own, where an EXR mixes types."""
    like = target.like
    if like.alpha is None or not target.has_alpha:
        return None
    if target.same_format and target.depth == like.header.depth == "half":
        channel = like.stored.layout.alpha
        if channel is not None and str(like.stored.part.spec.channelformat(channel)) == "float":
            return like.alpha
    return _quantized(like.alpha, target.depth, spec)


def _as_stored_where_unchanged(like: Frame, rgb: Floats, picture: Floats) -> Floats:
    """Restore unchanged pixels exactly: unpremultiplying and back rounds in float32."""
    before = color_planes(like.stored.part.pixels, like.stored.layout)
    unchanged = (rgb == like.rgb[..., : rgb.shape[-1]]) & np.isfinite(before)
    return np.where(unchanged, before, picture).astype(np.float32)


def _quantized(values: Floats, depth: Depth, spec: oiio.ImageSpec) -> NDArray[Any]:
    if depth == "float":
        return values
    if depth == "half":
        return np.clip(values, -LARGEST_HALF, LARGEST_HALF).astype(np.float16)
    bits = 8 if depth == "uint8" else sample_bits(spec)
    codes = np.clip(values, 0.0, 1.0) * np.float32(2**bits - 1)
    codes += np.float32(0.5)
    if bits == 8:
        return codes.astype(np.uint8)
    whole = codes.astype(np.uint16)
    return (whole << (16 - bits)) | (whole >> (2 * bits - 16))  # the top bits fill the low ones


def _in_the_source_order(
    target: _Target, colors: NDArray[Any], alpha: NDArray[Any] | None
) -> list[_Channel]:
    """The source's channels in their order, with changed colour; a grey one may become three."""
    like = target.like
    spec, pixels = like.stored.part.spec, like.stored.part.pixels
    layout, kind = like.stored.layout, _KINDS[target.depth]
    same_depth = target.depth == like.header.depth
    channels: list[_Channel] = []
    for index, name in enumerate(spec.channelnames):
        if index in layout.colors and len(layout.colors) < colors.shape[-1]:
            layer = name[: name.rfind(".") + 1]
            channels += [
                _Channel(layer + letter, colors[..., i], kind) for i, letter in enumerate("RGB")
            ]
        elif index in layout.colors:
            channels.append(_Channel(name, colors[..., layout.colors.index(index)], kind))
        elif index == layout.alpha and alpha is not None:
            channels.append(_Channel(name, alpha, _kind_of(alpha)))
        elif target.format == "openexr" or same_depth:  # only EXR holds two depths
            channels.append(_Channel(name, pixels[..., index], str(spec.channelformat(index))))
    return channels


def _plain_channels(
    target: _Target, colors: NDArray[Any], alpha: NDArray[Any] | None
) -> list[_Channel]:
    kind = _KINDS[target.depth]
    names = "Y" if colors.shape[-1] == 1 else "RGB"
    channels = [_Channel(name, colors[..., i], kind) for i, name in enumerate(names)]
    return channels if alpha is None else [*channels, _Channel("A", alpha, kind)]


def _kind_of(pixels: NDArray[Any]) -> str:
    return {"float16": "half", "float32": "float"}.get(pixels.dtype.name, pixels.dtype.name)


def _display_window(plane: NDArray[Any] | None, spec: oiio.ImageSpec) -> Any:
    """Crop or pad the data window to the display window; black where there is no data."""
    window = window_of(spec)
    return None if plane is None else placed(plane, window, window.display)


def _turned(plane: NDArray[Any] | None, orientation: int) -> Any:
    return None if plane is None else upright(plane, orientation)


def _set_size(spec: oiio.ImageSpec, height: int, width: int) -> None:
    spec.x = spec.y = spec.full_x = spec.full_y = 0
    spec.width = spec.full_width = width
    spec.height = spec.full_height = height


def _interleaved(channels: list[_Channel]) -> NDArray[Any]:
    """Interleave channels ``(H, W, C)``; float32 where types differ, integers bit by bit."""
    kinds = {channel.kind for channel in channels}
    dtype = channels[0].pixels.dtype if len(kinds) == 1 else np.dtype(np.float32)
    pixels = np.empty((*channels[0].pixels.shape, len(channels)), dtype)
    for index, channel in enumerate(channels):
        pixels[..., index] = channel.pixels
    return pixels
