"""HTML pages: one file that holds everything, with no script and no link outside.

Text and markup are two types, `str` and `Html`, so that a type checker finds what was not
escaped.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from typing import NewType

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.portable import use_portable_opencv

Html = NewType("Html", str)

JPEG_QUALITY = 88

_STYLE = """
:root { color-scheme: dark; }
body { background: #1b1b1b; color: #d2d2d2; margin: 0 auto; padding: 1.5rem 2rem 4rem;
  max-width: 88rem; font: 14px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.7rem; margin: 0; color: #fff; }
h2 { font-size: 1.05rem; margin: 2.4rem 0 .7rem; color: #fff; font-weight: 600; }
h3 { font-size: .9rem; margin: 1.4rem 0 .4rem; color: #9a9a9a; font-weight: 600; }
p { margin: .4rem 0; max-width: 60rem; }
.dim, th, caption { color: #9a9a9a; font-weight: 400; }
code, .number { font-family: ui-monospace, Consolas, Menlo, monospace; font-size: .93em; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .22rem 1.4rem .22rem 0;
  border-bottom: 1px solid #2d2d2d; overflow-wrap: break-word;
  max-width: 40rem; }
td:first-child { white-space: nowrap; }
tr.marked td { color: #fff; }
tr.marked td:first-child::before { content: "\\2022"; color: #6fb1e0; margin-left: -.8em;
  display: inline-block; width: .8em; }
.grid { display: flex; flex-wrap: wrap; gap: .8rem; }
.grid figure { flex: 0 1 calc(33.3% - 2.1rem); min-width: 17rem; }
figure { margin: 0; background: #232323; border-radius: 4px; padding: .6rem .7rem .4rem; }
figcaption { display: flex; justify-content: space-between; gap: 1rem; }
figcaption b { color: #fff; font-weight: 600; }
figure svg { display: block; width: 100%; height: auto; }
figure small { color: #9a9a9a; display: block; line-height: 1.35; }
.strip { display: grid; grid-template-columns: 6rem 1fr; align-items: center;
  background: #222; margin: 0 0 2px; padding-left: .6rem; }
.strip img { display: block; width: 100%; height: auto; }
summary { cursor: pointer; color: #9a9a9a; margin: .8rem 0; }
@media print { figure { break-inside: avoid; } body { max-width: none; } }
"""


def text(value: object) -> Html:
    """Anything as text: letters with a meaning in HTML are escaped."""
    return Html(html.escape(str(value)))


def join(parts: Iterable[Html]) -> Html:
    """One after the other."""
    return Html("".join(parts))


def element(tag: str, *content: Html, css: str = "") -> Html:
    """``<tag class="css">content</tag>``."""
    named = f' class="{html.escape(css)}"' if css else ""
    return Html(f"<{tag}{named}>{''.join(content)}</{tag}>")


def page(title: str, *body: Html) -> Html:
    """A whole document in UTF-8."""
    return Html(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def section(title: str, *content: Html) -> Html:
    """A heading and what is under it; nothing where there is nothing."""
    if not any(content):
        return Html("")
    return element("section", element("h2", text(title)), *content)


def details(summary: str, *content: Html) -> Html:
    """Folded away until it is asked for."""
    return element("details", element("summary", text(summary)), *content)


def table(
    rows: Iterable[Sequence[object]], *, head: Sequence[str] = (), marked: Iterable[int] = ()
) -> Html:
    """A table of plain text.

    Args:
        rows: Cells of each row; they are escaped.
        head: Names of the columns; none for no header.
        marked: Indices of the rows that stand out.
    """
    chosen = set(marked)
    lines = [
        element(
            "tr",
            *(element("td", text(cell)) for cell in row),
            css="marked" if index in chosen else "",
        )
        for index, row in enumerate(rows)
    ]
    top = element("tr", *(element("th", text(name)) for name in head)) if head else Html("")
    return element("table", top, *lines)


def strip(label: str, picture: ImageU8, *, width: int) -> Html:
    """A label, and beside it a picture over the whole width of the page."""
    shown = element("div", image(label, picture, width=width))
    return element("div", element("div", text(label), css="dim"), shown, css="strip")


def image(label: str, picture: ImageU8, *, width: int | None = None) -> Html:
    """A picture in its own size, or reduced to a width in pixels; the label is for readers."""
    return Html(f'<img alt="{text(label)}" src="{data_uri(picture, width=width)}">')


def data_uri(picture: ImageU8, *, width: int | None = None, quality: int = JPEG_QUALITY) -> str:
    """A picture as JPEG, in the text of its own address.

    Args:
        picture: ``(H, W, 3)`` uint8, sRGB.
        width: Reduced to this width in pixels, by area averaging; never enlarged.
        quality: Of the JPEG, 0 to 100.
    """
    use_portable_opencv()
    picture = np.ascontiguousarray(picture)
    if width is not None and width < picture.shape[1]:
        height = max(1, round(picture.shape[0] * width / picture.shape[1]))
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(
            np.uint8
        )
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, code = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return "data:image/jpeg;base64," + base64.b64encode(code.tobytes()).decode("ascii")
