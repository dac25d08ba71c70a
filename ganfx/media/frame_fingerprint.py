"""Render fingerprint in a picture's metadata: identifies the settings of a stylised frame."""

from __future__ import annotations

from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.headers import opened

HOLD_FINGERPRINTS = ("openexr", "png")
"""Formats that hold metadata of any name."""
_NAME, _ORIGIN = "ganfx:fingerprint", "ganfx:origin"


def set_fingerprint(
    spec: oiio.ImageSpec, format_name: str, fingerprint: str, origin: str = ""
) -> None:
    """Set the fingerprint and the origin in a header, replacing the source's; "" removes them."""
    for name, value in ((_NAME, fingerprint), (_ORIGIN, origin)):
        spec.erase_attribute(name)
        if value and format_name in HOLD_FINGERPRINTS:
            spec.attribute(name, value)


def read_fingerprint(path: Path) -> str:
    """Read the fingerprint of a picture; "" if it has none or cannot be read."""
    return _read(path, _NAME)


def read_origin(path: Path) -> str:
    """Read what a picture says of its origin, as JSON; "" if it says nothing."""
    return _read(path, _ORIGIN)


def _read(path: Path, name: str) -> str:
    try:
        with opened(path, pixels=False) as (_, picture):
            return str(picture.spec.get_string_attribute(name))
    except MediaError:
        return ""
