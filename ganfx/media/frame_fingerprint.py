"""Render fingerprint in a picture's metadata: identifies the settings of a stylised frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.headers import opened

HOLD_FINGERPRINTS = ("openexr", "png")
"""Formats that hold metadata of any name."""
_NAME, _ORIGIN = "ganfx:fingerprint", "ganfx:origin"


@dataclass(frozen=True)
class Note:
    """What a file says of how it was made."""

    fingerprint: str = ""
    origin: str = ""
    """JSON of `ganfx.stylize.job.origin`."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Further attributes, by name."""

    def set_in(self, spec: oiio.ImageSpec, format_name: str) -> None:
        """Set it in a header, replacing the source's; "" removes that."""
        for name, value in {_NAME: self.fingerprint, _ORIGIN: self.origin, **self.marks}.items():
            spec.erase_attribute(name)
            if value and format_name in HOLD_FINGERPRINTS:
                spec.attribute(name, value)


NOTHING = Note()
Seal = Callable[[Path], None]
"""What is done to a written file before it gets its name."""


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
