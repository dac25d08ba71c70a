"""What ganfx writes into a picture about how it was made, where its format has room."""

from __future__ import annotations

from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.headers import opened

HOLD_NOTES = ("openexr", "png")
"""Formats whose files hold attributes of any name."""
_NAME = "ganfx:fingerprint"


def set_note(spec: oiio.ImageSpec, format_name: str, note: str) -> None:
    """Put a note in, in place of one that the source had."""
    spec.erase_attribute(_NAME)
    if note and format_name in HOLD_NOTES:
        spec.attribute(_NAME, note)


def read_note(path: Path) -> str:
    """The note of a picture; "" where there is none, or no picture that can be read."""
    try:
        with opened(path) as (_, picture):
            return str(picture.spec.get_string_attribute(_NAME))
    except MediaError:
        return ""
