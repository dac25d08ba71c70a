"""The page of a comparison: one file that asks pair after pair, and hands out the votes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from ganfx.media.atomic import replacing
from ganfx.media.frames import read_picture
from ganfx.quality.blind.comparison import Comparison, Files
from ganfx.quality.pages import data_uri, render

QUALITY = 92


def write_page(path: Path, comparison: Comparison, files: Files, *, side: int) -> None:
    """Write the page; it names no set and no file.

    Args:
        path: Where.
        comparison: What is asked.
        files: The pictures.
        side: Longest side of a picture, in pixels.

    Raises:
        MediaError: A picture cannot be read, or the page not be written.
    """
    places = _places(comparison, files)
    addresses = [""] * len(places)
    for name, paths in files.items():
        for index, path_of in enumerate(paths):
            picture = read_picture(path_of, max_side=side)
            addresses[places[name, index]] = data_uri(picture, quality=QUALITY)
    pairs = [(places[p.picture, p.left], places[p.picture, p.right]) for p in comparison.pairs]
    values = {
        "title": comparison.ask,
        "comparison": {"id": comparison.id, "pairs": pairs, "pictures": addresses},
    }
    with replacing(path) as temporary:
        temporary.write_text(render("comparison.html", values), encoding="utf-8")


def _places(comparison: Comparison, files: Files) -> dict[tuple[str, int], int]:
    """Where each picture of each set stands in the page: in an order that says nothing."""
    every = [(name, index) for name, paths in files.items() for index in range(len(paths))]
    # From the key, not from what the page has: whoever votes cannot work it out.
    secret = hashlib.sha256(repr(comparison.pairs).encode()).digest()
    order = np.random.default_rng(list(secret)).permutation(len(every))
    return {every[index]: place for place, index in enumerate(order)}
