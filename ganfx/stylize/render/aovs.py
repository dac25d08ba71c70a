"""Frames without the channels that nobody looks at before they are written.

A render may hold a hundred channels, and a window a dozen frames: only their pictures have to
be in memory. The rest is read again when a result is written around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.frame_reading import Part
from ganfx.media.frames import Frame, read_frame

HEAVY = 2
"""Times the picture in float32 that all channels take, from which on reading them again costs
less than keeping them."""


def is_heavy(frame: Frame) -> bool:
    """Whether the file of a frame holds much more than its picture."""
    return sum(part.pixels.nbytes for part in frame.stored.parts) > HEAVY * frame.rgb.nbytes


def drop_aovs(frame: Frame, names: Iterable[str]) -> Frame:
    """The picture alone, with some stored channels: for `stored_channel`, not to be written.

    Args:
        frame: From `read_frame`.
        names: Of channels to keep where there are any; upper and lower case are alike.
    """
    parts = tuple(_parts_with(frame, {name.lower() for name in names}))
    return replace(frame, stored=replace(frame.stored, parts=parts, picture=0))


def reload_aovs(frame: Frame, path: Path, *, max_pixels: int) -> Frame:
    """A frame that was slimmed, with everything that its file holds.

    Raises:
        MediaError: The file cannot be read any more, or shows another picture by now.
    """
    again = read_frame(path, max_pixels=max_pixels)
    if not np.array_equal(again.rgb, frame.rgb):
        raise MediaError(f"{path} has changed meanwhile", hint="run the same command again")
    return again


def _parts_with(frame: Frame, names: set[str]) -> Iterator[Part]:
    attributes = (each for part in frame.stored.parts for each in part.spec.extra_attribs)
    # Any part may have the manifest of the ranks that are kept.
    told = [each for each in attributes if each.name.startswith("cryptomatte/")]
    for part in frame.stored.parts:
        before = part.spec
        kept = [n for n, name in enumerate(before.channelnames) if name.lower() in names]
        if not kept:
            continue
        spec = oiio.ImageSpec(before.width, before.height, len(kept), before.format)
        spec.roi, spec.roi_full = before.roi, before.roi_full
        spec.channelnames = tuple(before.channelnames[n] for n in kept)
        for each in told:
            spec.attribute(each.name, each.value)
        if before.channelformats:
            spec.channelformats = tuple(before.channelformats[n] for n in kept)
        yield Part(spec, part.pixels[..., kept])  # by index: a copy, that lets go of the rest
