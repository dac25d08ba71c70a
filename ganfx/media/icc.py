"""ICC profiles: what a file says its colours are, to sRGB.

OpenColorIO reads profiles of a matrix and curves (cameras, displays, Adobe RGB, Display P3,
ProPhoto). What it does not read, tables of calibrated scanners and grey profiles, Pillow's
LittleCMS converts once, as a table in 8 bits that OpenColorIO then interpolates in. Both
ways the white of the profile becomes the white of sRGB.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ganfx.media.arrays import ImageF32
from ganfx.media.color import display_to_linear

_SIGNATURE = slice(36, 40)  # ICC.1, 7.2: the header's fields
_COLOR_MODEL = slice(16, 20)
_HEADER = 128  # bytes
_GRID = 33  # steps of a colour table each way
_SAME = 1 / 512  # half a code: below this a profile is sRGB under another name
_PROBES = 5  # steps each way of the colours that a profile is tried with


class _Profile(NamedTuple):
    """What became of a profile: a way to convert, or what is wrong with it."""

    processor: Any  # an OpenColorIO CPU processor; None where pixels stay as they are
    problem: str
    back: Any = None  # the way from sRGB; None where there is none


def to_srgb(rgb: ImageF32, profile: bytes | None) -> ImageF32:
    """Convert a picture from the colours of an ICC profile to sRGB.

    Args:
        rgb: ``(H, W, 3)`` float32 from 0 to 1, encoded as the profile says; for a profile
            of grey, three equal channels.
        profile: The profile's bytes; None is sRGB.

    Returns:
        ``(H, W, 3)`` float32, sRGB-encoded, clipped to 0 to 1. It is ``rgb`` itself where
        there is nothing to convert: the profile is sRGB, or `find_problem` has a reason.
    """
    processor = _read(profile).processor if profile else None
    if processor is None:
        return rgb
    converted = np.array(rgb, dtype=np.float32, order="C")
    processor.applyRGB(converted)
    return np.clip(converted, 0.0, 1.0, out=converted)


def to_light(rgb: ImageF32, profile: bytes) -> ImageF32:
    """Convert a picture from the colours of an ICC profile to scene-linear light.

    Args:
        rgb: ``(H, W, 3)`` float32 from 0 to 1, encoded as the profile says.
        profile: The profile's bytes; it `has_effect`.

    Returns:
        ``(H, W, 3)`` float32, Rec. 709 primaries. What those do not reach has channels below
        0 or above 1, but by way of a table it is clipped.
    """
    converted = np.array(rgb, dtype=np.float32, order="C")
    _read(profile).processor.applyRGB(converted)
    return display_to_linear(converted)


def from_srgb(rgb: ImageF32, profile: bytes) -> ImageF32:
    """The inverse of `to_srgb`, for profiles that `goes_back` knows the way from.

    Args:
        rgb: ``(H, W, 3)`` float32, sRGB-encoded.
        profile: The profile's bytes.

    Returns:
        ``(H, W, 3)``, encoded as the profile says, clipped to 0 to 1.
    """
    converted = np.array(rgb, dtype=np.float32, order="C")
    _read(profile).back.applyRGB(converted)
    return np.clip(converted, 0.0, 1.0, out=converted)


def goes_back(profile: bytes | None) -> bool:
    """Whether pixels have to be converted to sRGB, and can be converted back.

    Profiles of a matrix and curves can: cameras, displays, Display P3, Adobe RGB. Tables of
    scanners cannot.
    """
    return profile is not None and _read(profile).back is not None


def is_srgb(profile: bytes | None) -> bool:
    """Whether pixels with this profile are sRGB as they are, to half a code of 8 bits."""
    return not profile or _read(profile) == _Profile(None, "")


def has_effect(profile: bytes | None) -> bool:
    """Whether `to_srgb` changes pixels with this profile."""
    return bool(profile) and _read(profile).processor is not None


def find_problem(profile: bytes) -> str:
    """Why `to_srgb` leaves pictures with this profile alone; "" where it does not."""
    return _read(profile).problem


@lru_cache(maxsize=64)
def _read(profile: bytes) -> _Profile:
    if len(profile) < _HEADER or profile[_SIGNATURE] != b"acsp":
        return _Profile(None, "the colour profile is damaged")
    model = profile[_COLOR_MODEL].decode("latin-1").strip()
    if model not in ("RGB", "GRAY"):
        return _Profile(None, f"the colour profile is for {model} pixels")
    processor = _matrix_processor(profile, back=False)
    back = processor and _matrix_processor(profile, back=True)
    return _checked(processor or _table_processor(profile, model), model, back)


def _checked(processor: Any, model: str, back: Any) -> _Profile:
    """Try a processor with colours all over the cube."""
    damaged = _Profile(None, "the colour profile is damaged")
    if processor is None:
        return damaged
    steps = np.linspace(0.0, 1.0, _PROBES, dtype=np.float32)
    levels = [steps] if model == "GRAY" else np.meshgrid(steps, steps, steps, indexing="ij")
    colors = np.stack([level.ravel() for level in levels], axis=-1)
    colors = np.ascontiguousarray(np.broadcast_to(colors, (len(colors), 3)))
    converted = colors.copy()
    processor.applyRGB(converted)
    if not np.isfinite(converted).all() or (converted[-1] - converted[0]).min() < 0.5:
        return damaged  # black and white must be far apart
    same = np.abs(converted - colors).max() <= _SAME
    return _Profile(None, "") if same else _Profile(processor, "", back)


def _matrix_processor(profile: bytes, *, back: bool) -> Any:
    """A processor for a profile of matrix and curves; None for another, or a damaged one."""
    import PyOpenColorIO as ocio  # noqa: N813  (slow to load, and few pictures need it)

    with tempfile.TemporaryDirectory() as folder:  # OpenColorIO reads profiles from files alone
        path = Path(folder) / f"{hashlib.sha256(profile).hexdigest()}.icc"  # it caches by name
        path.write_bytes(profile)
        # A profile's forward direction is from light to the device.
        to_xyz = ocio.FileTransform(src=str(path), direction=ocio.TRANSFORM_DIR_INVERSE)
        to_display = ocio.BuiltinTransform(style="DISPLAY - CIE-XYZ-D65_to_sRGB")
        try:
            both = ocio.GroupTransform([to_xyz, to_display])
            both.setDirection(ocio.TRANSFORM_DIR_INVERSE if back else ocio.TRANSFORM_DIR_FORWARD)
            return _processor(both)
        except ocio.Exception:
            return None


def _table_processor(profile: bytes, model: str) -> Any:
    """A processor for any profile that LittleCMS reads; None for a damaged one."""
    import PyOpenColorIO as ocio  # noqa: N813
    from PIL import Image, ImageCms

    steps = np.linspace(0, 255, _GRID if model == "RGB" else 256).round().astype(np.uint8)
    if model == "RGB":
        colors = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
        asked = Image.fromarray(colors.reshape(_GRID**2, _GRID, 3))
        table = ocio.Lut3DTransform(_GRID, interpolation=ocio.INTERP_TETRAHEDRAL)
    else:
        asked = Image.fromarray(steps[np.newaxis])
        table = ocio.Lut1DTransform(256, False)
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            asked.mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        found = ImageCms.applyTransform(asked, transform)
    except (ImageCms.PyCMSError, OSError):
        return None
    assert found is not None, "a picture is only returned where it is not changed in place"
    table.setData((np.asarray(found).astype(np.float32) / 255.0).ravel())
    return _processor(table)


def _processor(transform: Any) -> Any:
    import PyOpenColorIO as ocio  # noqa: N813

    return ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor()
