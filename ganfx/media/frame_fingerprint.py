"""Render fingerprint in a picture's metadata: identifies the settings of a stylised frame."""

from __future__ import annotations

from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.headers import opened

HOLD_FINGERPRINTS = ("openexr", "png")
"""Formats that hold metadata of any name."""
_NAME = "ganfx:fingerprint"


def set_fingerprint(spec: oiio.ImageSpec, format_name: str, fingerprint: str) -> None:
    """Set the fingerprint in a header, replacing the source's; "" only removes it."""
    spec.erase_attribute(_NAME)
    if fingerprint and format_name in HOLD_FINGERPRINTS:
        spec.attribute(_NAME, fingerprint)


def read_fingerprint(path: Path) -> str:
    """Read the fingerprint of a picture; "" if it has none or cannot be read."""
    try:
        with opened(path, pixels=False) as (_, picture):
            return str(picture.spec.get_string_attribute(_NAME))
    except MediaError:
        return ""
