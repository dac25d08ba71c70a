"""What a user should know of a plan before it is carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from fileseq.frameset import FrameSet

from ganfx.errors import MediaError, UsageError
from ganfx.media.footage import find_files
from ganfx.media.frames import Depth, Header, check_depth, other_views, read_header
from ganfx.media.spaces import ColorSpace, find_space, space_of
from ganfx.stylize.options import DEPTHS, Options

if TYPE_CHECKING:
    from ganfx.stylize.plan import PlannedShot

FLOAT_SUFFIXES = (".exr", ".hdr", ".jxl")  # formats of light above 1
NO_ALPHA_SUFFIXES = (".jpg", ".jpeg", ".bmp", ".hdr", ".dpx")
UNREAD_SUFFIXES = frozenset(
    ".ts .mts .m2ts .mpg .mpeg .m2v .vob .3gp .wmv .flv .r3d .braw .ari .arw .cr2 .cr3 .nef .dng"
    " .psd .psb .gif .heic .avif .tx .dds .ktx .ktx2".split()
)
"""Pictures and videos of formats that are not read; lower case, with the dot."""
SHOWN = 5  # file names in a message

_GAPS = {"hold": "the frames before them are held", "black": "black in their places"}


def notices_of(
    planned: Sequence[PlannedShot],
    left_alone: Sequence[Path],
    options: Options,
    sources: Sequence[Path] = (),
) -> Iterator[str]:
    """What is left out, guessed, or will be less than the source.

    Args:
        planned: Shots, each with its jobs.
        left_alone: Files that hold data by their names.
        options: Of the run.
        sources: What was asked for: folders are searched for what cannot be read.

    Raises:
        UsageError: The format that was asked for cannot hold the depth that was.
    """
    if left_alone:
        yield f"left out as data, not colour: {some(left_alone)} (--force takes them too)"
    yield from _unread_notices(sources)
    for each in planned:
        doubts = (*each.shot.holes, *each.shot.doubts)
        yield from (f"{doubt}: its pictures are stills, and not held steady" for doubt in doubts)
        if each.shot.missing:
            missing = FrameSet(each.shot.missing).frameRange()
            done = _GAPS.get(options.missing, "numbers are kept")
            yield f"{each.shot.name}: missing frames {missing}; {done}"
        if options.flow and options.holds_still and each.shot.kind == "video":
            yield f"{each.shot.name}: --flow is for sequences; its motion is estimated"
    yield from _view_notices(planned)
    if options.suffix:
        yield from _format_notices(planned, options)
    if options.depth:
        yield from _depth_notices(planned, options.depth)


def _unread_notices(sources: Sequence[Path]) -> Iterator[str]:
    for source in sources:
        if source.is_dir():
            with suppress(UsageError):  # there is none
                folders = find_files(source, UNREAD_SUFFIXES)
                unread = [file for _, files in folders for file in files]
                yield f"left out, as this format is not read: {some(unread)}"


def _view_notices(planned: Sequence[PlannedShot]) -> Iterator[str]:
    """Eyes of stereo plates that are not stylised, by the first picture of each shot."""
    for each in planned:
        if each.shot.kind == "video" or each.jobs[0].source.suffix.lower() != ".exr":
            continue
        with suppress(MediaError):  # reported when its turn comes
            views = other_views(each.jobs[0].source)
            if views:
                others = f"{' and '.join(views)} {'is' if len(views) == 1 else 'are'} copied"
                yield f"{each.shot.name}: one view is stylised, {others}"


def _format_notices(planned: Sequence[PlannedShot], options: Options) -> Iterator[str]:
    """What the chosen format cannot hold, by the first picture of each shot."""
    light, alpha, suffix = [], [], options.suffix
    space = find_space(options.colorspace, options.ocio)
    for each in planned:
        first = each.jobs[0].source
        if each.shot.kind == "video":
            yield f"{each.shot.name} stays a video: --format is for pictures"
            continue
        try:
            header = read_header(first)
        except MediaError:
            continue  # reported when its turn comes
        bright = _holds_brighter_than_white(header, space)
        light += [first] if bright and suffix not in FLOAT_SUFFIXES else []
        alpha += [first] if header.has_alpha and suffix in NO_ALPHA_SUFFIXES else []
    if light:
        yield f"{suffix} clips light above 1 (of {some(light)}); exr keeps it"
    if alpha:
        yield f"{suffix} has no alpha: that of {some(alpha)} is lost"


def _holds_brighter_than_white(header: Header, space: ColorSpace | None) -> bool:
    """Whether a file, in that space if there is one, can hold light above 1."""
    space = space or space_of(header)
    if space is None or space.is_display:
        return header.scene_linear
    most = space.to_light(np.ones((1, 1, 3), np.float32)).max()
    return header.scene_linear or bool(most > 1.01)


def _depth_notices(planned: Sequence[PlannedShot], depth: Depth) -> Iterator[str]:
    """What the chosen depth cannot hold, by the first picture of each shot.

    Raises:
        UsageError: A format cannot hold the depth.
    """
    narrowed, order = [], list(DEPTHS.values())
    for each in planned:
        first = each.jobs[0]
        if each.shot.kind == "video":
            yield f"{each.shot.name} keeps its depth: --depth is for pictures"
            continue
        check_depth(first.output, depth)
        with suppress(MediaError):  # reported when its turn comes
            more = order.index(read_header(first.source).depth) > order.index(depth)
            narrowed += [first.source] if more else []
    if narrowed:
        yield f"--depth {depth} holds fewer tones than {some(narrowed)}"


def some(paths: Sequence[Path]) -> str:
    """The first few paths, and how many more there are."""
    shown = ", ".join(str(path) for path in paths[:SHOWN])
    more = len(paths) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
