"""Losses of `write_frame` in a file of the same format, to be told before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import OpenImageIO as oiio  # noqa: N813

from ganfx.media.aces_container import is_flagged, why_no_container
from ganfx.media.exr_compression import changed_again
from ganfx.media.formats import FORMATS, Depth
from ganfx.media.headers import OpenedImage, opened, part_specs

_MOST_NAMES = 4


def losses_of_picture(path: Path, out: Path, depth: Depth | None, *, partly: bool) -> Iterator[str]:
    """Describe what a written file will not have of its source, or have otherwise.

    Args:
        path: The source.
        out: What is written of it.
        depth: Depth that is asked for; None is the source's.
        partly: Whether pixels may come out as they went in.

    Raises:
        MediaError: If the source cannot be read.
    """
    written = FORMATS.get(out.suffix.lower())
    if partly and written == "jpeg":
        yield "jpg compresses what is left as it is once more; --format png keeps it"
    with opened(path, pixels=False) as (source, picture):
        if not picture.header.format == written == "openexr":
            return
        specs = list(part_specs(source, path))
    yield from _exr_losses(picture, specs, depth, partly=partly)


def _exr_losses(
    picture: OpenedImage, specs: list[oiio.ImageSpec], depth: Depth | None, *, partly: bool
) -> Iterator[str]:
    spec = oiio.ImageSpec(picture.spec)
    if depth is not None:
        spec.channelformats = ()
        spec.set_format(oiio.TypeDesc(depth))
    spec.erase_attribute("chromaticities")  # those of a container are corrected
    if is_flagged(spec) and (why := why_no_container(spec)):
        yield f"the result is no ACES container, and has no flag of one: {why}"
    colors = {spec.channelnames[index] for index in picture.layout.colors}
    for index, each in enumerate(specs):
        new = colors if index == picture.part and not partly else set()
        names = [name for name in each.channelnames if name not in new]
        if again := changed_again(each, names):
            compression = each.get_string_attribute("compression")
            yield f"written with zip: {compression} would change {_some(again)} once more"


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown} and {more} channels more" if more > 0 else shown
