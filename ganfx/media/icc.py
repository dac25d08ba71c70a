"""Conversion between ICC profiles and sRGB.

OpenColorIO reads matrix/TRC profiles (cameras, displays, Adobe RGB, Display P3, ProPhoto).
For LUT profiles of calibrated scanners and for grey profiles, Pillow's LittleCMS computes an
8-bit lookup table once, which OpenColorIO then interpolates. Both ways the profile's white is
mapped to the white of sRGB.
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
    """A parsed profile: its processors, or the reason why it cannot be used."""

    processor: Any  # OpenColorIO's CPU processor to sRGB; None where pixels stay as they are
    problem: str
    back: Any = None  # the processor from sRGB; None where there is none


def to_srgb(rgb: ImageF32, profile: bytes | None) -> ImageF32:
    """Convert a picture from an ICC profile to sRGB.

    Args:
        rgb: ``(H, W, 3)`` float32 from 0 to 1, encoded by the profile; three equal channels
            for a grey profile.
        profile: The profile's bytes; None is sRGB.

    Returns:
        ``(H, W, 3)`` float32, sRGB-encoded, clipped to 0 to 1; ``rgb`` itself where the
        profile is sRGB or unusable (see `find_problem`).
    """
    processor = _read(profile).processor if profile else None
    if processor is None:
        return rgb
    converted = np.array(rgb, dtype=np.float32, order="C")
    processor.applyRGB(converted)
    return np.clip(converted, 0.0, 1.0, out=converted)


def to_linear(rgb: ImageF32, profile: bytes) -> ImageF32:
    """Convert a picture from an ICC profile to linear light.

    Args:
        rgb: ``(H, W, 3)`` float32 from 0 to 1, encoded by the profile.
        profile: The profile's bytes; it `has_effect`.

    Returns:
        ``(H, W, 3)`` float32, linear, Rec. 709 primaries. Colours out of that gamut have
        channels below 0 or above 1; LUT profiles clip them.
    """
    converted = np.array(rgb, dtype=np.float32, order="C")
    _read(profile).processor.applyRGB(converted)
    return display_to_linear(converted)


def from_srgb(rgb: ImageF32, profile: bytes) -> ImageF32:
    """Convert a picture from sRGB to an ICC profile that `is_invertible`.

    Args:
        rgb: ``(H, W, 3)`` float32, sRGB-encoded.
        profile: The profile's bytes.

    Returns:
        ``(H, W, 3)`` float32, encoded by the profile, clipped to 0 to 1.
    """
    converted = np.array(rgb, dtype=np.float32, order="C")
    _read(profile).back.applyRGB(converted)
    return np.clip(converted, 0.0, 1.0, out=converted)


def is_invertible(profile: bytes | None) -> bool:
    """Whether a profile differs from sRGB and can be converted both ways.

    Matrix/TRC profiles can (cameras, displays, Display P3, Adobe RGB), LUT profiles of
    scanners cannot.
    """
    return profile is not None and _read(profile).back is not None


def is_srgb(profile: bytes | None) -> bool:
    """Whether a profile is equivalent to sRGB, to half a code of 8 bits; None is."""
    return not profile or _read(profile) == _Profile(None, "")


def has_effect(profile: bytes | None) -> bool:
    """Whether `to_srgb` converts pixels with this profile."""
    return bool(profile) and _read(profile).processor is not None


def find_problem(profile: bytes) -> str:
    """Reason why a profile cannot be used; "" where it can."""
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
    """Check a processor with sample colours over the whole RGB cube."""
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
    """Processor of a matrix/TRC profile; None for another kind, or a damaged one."""
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
    """Lookup-table processor of any profile that LittleCMS reads; None for a damaged one."""
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
