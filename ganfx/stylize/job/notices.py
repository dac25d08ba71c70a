"""Notices of a plan: losses, guesses and files left out, told before a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from fileseq.frameset import FrameSet

from ganfx.errors import MediaError
from ganfx.media.color_spaces import ColorSpace
from ganfx.media.file_color import file_color
from ganfx.media.file_search import unread_files
from ganfx.media.formats import FORMATS
from ganfx.media.frames import Header, check_depth, other_views, read_header
from ganfx.media.headers import count_parts
from ganfx.media.texture_references import problems_near
from ganfx.media.write_specs import NO_ALPHA, written_depth
from ganfx.stylize.declared.kinds import DEPTHS
from ganfx.stylize.job.credentials import lacking_credentials
from ganfx.stylize.job.data_textures import is_data
from ganfx.stylize.job.jobs import Job, PlannedShot
from ganfx.stylize.job.loss_notices import picture_losses
from ganfx.stylize.job.resolved import ResolvedOptions
from ganfx.stylize.job.source_files import without_excluded
from ganfx.stylize.job.texture_roles import two_base_colors
from ganfx.stylize.options import Options

SHOWN = 5  # file names in a message

_GAPS = {"hold": "the frames before them are held", "black": "black in their places"}


def notices_of(
    planned: Sequence[PlannedShot],
    resolved: ResolvedOptions,
    sources: Sequence[Path] = (),
    own: Sequence[Path] = (),
) -> Iterator[str]:
    """Tell what is left out, guessed, or will be less than the source.

    Args:
        planned: Shots, each with its jobs.
        resolved: Options of the run.
        sources: What was asked for: folders are searched for what cannot be read.
        own: Files that are left out because ganfx wrote them.

    Raises:
        UsageError: The format that was asked for cannot hold the depth that was.
    """
    options = resolved.options
    yield from _texture_notices(planned)
    if own:
        yield f"left out, as ganfx wrote them: {some(own)} (--force takes them too)"
    if resolved.credentials is not None:
        yield from lacking_credentials(job for each in planned for job in each.jobs)
    yield from _unread_notices(sources, options)
    for each in planned:
        stills = "its pictures are stills, and not held steady"
        hint = "; as a sequence: name it, as in plate.####.png"
        yield from (f"{hole}: {stills}{hint}" for hole in each.shot.holes)
        yield from (f"{doubt}: {stills}" for doubt in each.shot.doubts)
        yield from each.shot.remarks
        if each.shot.missing:
            missing = FrameSet(each.shot.missing).frameRange()
            done = _GAPS.get(options.missing, "numbers are kept")
            yield f"{each.shot.name}: missing frames {missing}; {done}"
        if options.flow and options.holds_still and each.shot.kind == "video":
            yield f"{each.shot.name}: --flow is for sequences; its motion is estimated"
    yield from _number_notices(planned, options)
    yield from _page_notices(planned)
    yield from _view_notices(planned)
    yield from _data_notices(planned)
    yield from _video_notices(planned, options)
    yield from _format_notices(planned, resolved)
    for loss, files in picture_losses(planned, options):
        yield f"{some(files)}: {loss}"
    if options.depth:
        yield from _depth_notices(planned, options)


def _number_notices(planned: Sequence[PlannedShot], options: Options) -> Iterator[str]:
    """Stills without a place in time, where options change over time."""
    if not options.curves:
        return
    jobs = [job for each in planned if each.shot.kind == "stills" for job in each.jobs]
    unnumbered = [job.source for job in jobs if not job.copied and job.named_time is None]
    if unnumbered:
        yield f"done as frame 0, as their names end with no number: {some(unnumbered)}"


def _texture_notices(planned: Sequence[PlannedShot]) -> Iterator[str]:
    """What is copied as data by names and models, and what they leave open."""
    copied = [job.source for each in planned for job in each.jobs if job.copied]
    named = [file for file in copied if is_data(file)]
    if named:
        yield (
            f"copied as they are, as data and not colour by their names: {some(named)}"
            " (--force stylises them too, --exclude leaves them out)"
        )
    textures = [job.source for each in planned if each.shot.kind == "stills" for job in each.jobs]
    yield from two_base_colors([file for file in textures if file not in copied])
    yield from dict.fromkeys(told for file in textures for told in problems_near(file))


def _unread_notices(sources: Sequence[Path], options: Options) -> Iterator[str]:
    for source in sources:
        if source.is_dir():
            unread = without_excluded(unread_files(source), source, options.exclude)
            if unread:
                yield f"left out, as this format is not read: {some(unread)}"


def _page_notices(planned: Sequence[PlannedShot]) -> Iterator[str]:
    """TIFF files of several pages, by every still and the first frame of a sequence."""
    several: dict[str, list[Path]] = defaultdict(list)
    for each in planned:
        for job in each.jobs if each.shot.kind == "stills" else each.jobs[:1]:
            if FORMATS.get(job.source.suffix.lower()) != "tiff" or job.copied:
                continue
            with suppress(MediaError):  # reported when its turn comes
                if count_parts(job.source) > 1:
                    kept = FORMATS.get(job.output.suffix.lower()) == "tiff"
                    several["copied" if kept else "left out"].append(job.source)
    for what, files in several.items():
        yield f"the first page is stylised, the others are {what}: {some(files)}"


def _view_notices(planned: Sequence[PlannedShot]) -> Iterator[str]:
    """Eyes of stereo plates that are not stylised, by the first picture of each shot."""
    for each in planned:
        first = each.jobs[0]
        if each.shot.kind == "video" or first.copied or first.source.suffix.lower() != ".exr":
            continue
        with suppress(MediaError):  # reported when its turn comes
            views = other_views(each.jobs[0].source)
            if views:
                others = f"{' and '.join(views)} {'is' if len(views) == 1 else 'are'} copied"
                yield f"{each.shot.name}: one view is stylised, {others}"


def _data_notices(planned: Sequence[PlannedShot]) -> Iterator[str]:
    """Files and channels that hold data and are copied; channels by each shot's first picture."""
    copied = [job.source for each in planned for job in each.jobs if job.copied]
    copied = [file for file in copied if not is_data(file)]  # told already
    if copied:
        yield f"copied as data, not colour: {some(copied)}"
    yield from _chroma_notices(planned)
    for each in planned:
        names: list[str] = []
        for job in each.jobs if each.shot.kind == "stills" else each.jobs[:1]:
            if job.copied or not _keeps_channels(job):
                continue
            with suppress(MediaError):  # reported when its turn comes
                names += read_header(job.source).cryptomattes
        if names:
            listed = ", ".join(dict.fromkeys(names))
            yield f"{each.shot.name}: Cryptomatte is data, and copied: {listed}"


def _chroma_notices(planned: Sequence[PlannedShot]) -> Iterator[str]:
    """EXRs of luminance and chroma, which are written as RGB; by each shot's first picture."""
    for each in planned:
        job = each.jobs[0]
        if _keeps_channels(job) and not job.copied:
            with suppress(MediaError):
                if read_header(job.source).is_subsampled:
                    yield f"{each.shot.name}: luminance and chroma (Y, RY, BY) become R, G and B"


def _keeps_channels(job: Job) -> bool:
    return {job.source.suffix.lower(), job.output.suffix.lower()} == {".exr"}


def _format_notices(planned: Sequence[PlannedShot], resolved: ResolvedOptions) -> Iterator[str]:
    """Losses in the written files: light above 1, alpha.

    Raises:
        UsageError: A format cannot hold the depth.
    """
    options = resolved.options
    light: dict[str, list[Path]] = defaultdict(list)
    alpha: dict[str, list[Path]] = defaultdict(list)
    for job in _changed(planned, options):
        suffix = job.output.suffix.lower()
        if options.depth:
            check_depth(job.output, options.depth)
        try:
            header = read_header(job.source)
            space = file_color(header, resolved.color).space
        except MediaError:
            continue  # reported when its turn comes
        depth = written_depth(
            FORMATS[suffix],
            header.depth,
            options.depth,
            same_format=FORMATS[suffix] == header.format,
        )
        if depth.startswith("uint") and _holds_brighter_than_white(header, space):
            light[suffix].append(job.source)
        if header.has_alpha and FORMATS[suffix] in NO_ALPHA:
            alpha[suffix].append(job.source)
    for suffix, sources in light.items():
        yield f"{suffix} clips light above 1 (of {some(sources)}); exr keeps it"
    for suffix, sources in alpha.items():
        yield f"{suffix} has no alpha: that of {some(sources)} is lost"


def _changed(planned: Sequence[PlannedShot], options: Options) -> Iterator[Job]:
    """Of pictures that become another kind of file: every still, the first of a sequence."""
    for each in planned:
        if each.shot.kind == "video":
            continue
        for job in each.jobs if each.shot.kind == "stills" else each.jobs[:1]:
            if job.copied:
                continue
            known = job.output.suffix.lower() in FORMATS
            other = job.source.suffix.lower() != job.output.suffix.lower()
            if known and (other or options.depth):
                yield job


def _holds_brighter_than_white(header: Header, space: ColorSpace | None) -> bool:
    """Whether a file, in that space if there is one, can hold light above 1."""
    if space is None or space.is_display:
        return header.scene_linear
    most = space.to_linear(np.ones((1, 1, 3), np.float32)).max()
    return header.scene_linear or bool(most > 1.01)


def _depth_notices(planned: Sequence[PlannedShot], options: Options) -> Iterator[str]:
    """Which sources have more tones than the chosen depth."""
    narrowed, order = [], list(DEPTHS.values())
    for job in _changed(planned, options):
        with suppress(MediaError):  # reported when its turn comes
            assert options.depth is not None
            more = order.index(read_header(job.source).depth) > order.index(options.depth)
            narrowed += [job.source] if more else []
    if narrowed:
        yield f"--depth {options.depth} holds fewer tones than {some(narrowed)}"


def _video_notices(planned: Sequence[PlannedShot], options: Options) -> Iterator[str]:
    for each in planned:
        if each.as_video and options.depth:
            yield f"{each.shot.name} keeps its depth: --depth is for pictures"
        elif each.shot.kind == "video" and options.depth:
            check_depth(each.jobs[0].output, options.depth)


def some(paths: Sequence[Path]) -> str:
    """The first few paths, and how many more there are."""
    shown = ", ".join(str(path) for path in paths[:SHOWN])
    more = len(paths) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
