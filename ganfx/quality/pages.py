"""HTML pages from the templates of `ganfx/quality/templates`: one look for all of them.

Every page extends ``page.html`` and is put together of the macros in ``parts.html``, with one
stylesheet and one script. Text is escaped by the template engine, never by hand. Pages stand for
themselves: styles and scripts are in the file, pictures too or in files beside it, and nothing is
fetched from elsewhere.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ganfx.media.arrays import ImageU8
from ganfx.media.portable import use_portable_opencv

TEMPLATES = Path(__file__).parent / "templates"
JPEG_QUALITY = 88


@dataclass(frozen=True)
class Table:
    """A table of plain text, for the macro ``table``."""

    rows: Sequence[Sequence[object]]
    """Cells of each row."""
    head: Sequence[str] = ()
    """Names of the columns; none for no header."""
    marked: frozenset[int] = frozenset()
    """Indices of the rows that stand out."""


@dataclass(frozen=True)
class Strip:
    """A label, and beside it a picture over the whole width, for the macro ``strip``."""

    label: str
    address: str
    """A `data_uri`, or a file's address relative to the page."""


def render(template: str, values: Mapping[str, object]) -> Markup:
    """A page, or a part of one, from a template.

    Args:
        template: The name of a file in `TEMPLATES`: ``training_report.html``.
        values: What the template names; a name that it misses is an error.

    Returns:
        The text, UTF-8 when it is a whole page. Strings in ``values`` are escaped; `Markup`, which
        only `render` itself makes, is not.

    Raises:
        jinja2.UndefinedError: A value is missing.
    """
    return Markup(_environment().get_template(template).render(values))


def data_uri(picture: ImageU8, *, width: int | None = None, quality: int = JPEG_QUALITY) -> str:
    """A picture as JPEG, in the text of its own address.

    Args:
        picture: ``(H, W, 3)`` uint8, sRGB.
        width: Reduced to this width in pixels, by area averaging; never enlarged.
        quality: Of the JPEG, 0 to 100.
    """
    code = jpeg(picture, width=width, quality=quality)
    return "data:image/jpeg;base64," + base64.b64encode(code).decode("ascii")


def jpeg(picture: ImageU8, *, width: int | None = None, quality: int = JPEG_QUALITY) -> bytes:
    """A picture as the bytes of a JPEG file; see `data_uri`."""
    use_portable_opencv()
    picture = np.ascontiguousarray(picture)
    if width is not None and width < picture.shape[1]:
        height = max(1, round(picture.shape[0] * width / picture.shape[1]))
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(
            np.uint8
        )
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, code = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return code.tobytes()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["source"] = _source
    return environment


def _source(name: str) -> Markup:
    """A stylesheet or script of `TEMPLATES` as it stands in its file."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))
