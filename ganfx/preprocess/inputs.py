"""Inputs of a run: all pictures of a source, and frames selected from footage.

Stills are loaded by the workers, in their threads. Frames of a video come from one decoder in
order, in the iterating thread, and are passed on decoded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from ganfx.errors import GanfxError, MediaError
from ganfx.media.background import WHITE, Color
from ganfx.media.file_color import video_color
from ganfx.media.headers import STRANGE_NAME, is_unicode
from ganfx.media.scans import Pixels, Scan, ScanDepth, as_shown, quantized, read_scan
from ganfx.media.sequences import Shot
from ganfx.media.video import read_upright_frames, read_video_info
from ganfx.preprocess.cuts import FrameSignature, ShotPicker, frame_signature
from ganfx.preprocess.journal import Journal, Stamp
from ganfx.preprocess.options import Options
from ganfx.preprocess.pool import in_order

CHANGED = "changed while it was read"
_SAY_EVERY = 50  # frames between progress events


@dataclass(frozen=True)
class Source:
    """One picture to prepare: a still, a frame of a sequence, or a frame of a video."""

    key: str
    """Path relative to the source, with the frame number in a video: "clip.mp4#000120"."""
    path: Path
    stamp: Stamp
    frame: int | None = None
    """Frame number in a video, from 0; None for pictures."""


@dataclass(frozen=True)
class Item:
    """A source that is ready to be processed."""

    source: Source
    scan: Scan | None = field(default=None, repr=False)
    """Decoded frame of a video; None for pictures, which `load` reads."""

    def load(self, background: Color = WHITE) -> Scan:
        """Load the pixels; what is transparent is put on the background.

        Raises:
            MediaError: The file cannot be read, or has changed since it was found.
        """
        if self.scan is not None:
            return self.scan
        refuse_changed(self.source)
        scan = read_scan(self.source.path, background=background)
        refuse_changed(self.source)
        return scan


@dataclass(frozen=True)
class Unreadable:
    """A source that cannot be read."""

    key: str
    path: Path
    reason: str


@dataclass(frozen=True)
class Seen:
    """Progress of frame selection: number of analysed frames of a shot."""

    key: str
    frames: int


Found = Item | Unreadable | Seen


def find_items(
    shots: Sequence[Shot], options: Options, journal: Journal, *, workers: int
) -> Generator[Found, None, None]:
    """List all sources in order; frames of footage are selected by ``every`` or ``per_cut``.

    Args:
        shots: Shots of the source.
        options: Options of the run.
        journal: Record of an interrupted run; sources in it are not read again.
        workers: Number of threads.
    """
    for shot in shots:
        if shot.kind == "video":
            yield from _video_items(shot, options, journal)
        elif shot.kind == "sequence" and options.per_cut:
            yield from _picked_items(shot, journal, workers)
        else:
            files = shot.files[:: options.every] if shot.kind == "sequence" else shot.files
            yield from (_still_item(file, shot.root) for file in files)


def reopen(sources: Iterable[Source]) -> Iterator[Item | Unreadable]:
    """Yield sources again for another pass; frames of one video are decoded together.

    Args:
        sources: In order. If a video has changed or is damaged, each of its remaining frames
            is `Unreadable`.
    """
    for path, group in groupby(sources, lambda source: source.path):
        wanted = list(group)
        if wanted[0].frame is None:
            yield from (Item(source) for source in wanted)
        else:
            yield from _frames_again(path, wanted)


def refuse_changed(source: Source) -> None:
    """Raise `MediaError` if a file has changed since it was found."""
    if stamp_of(source.path) != source.stamp:
        raise MediaError(CHANGED)


def stamp_of(path: Path) -> Stamp:
    """Size and modification time of a file, by which changes are detected.

    Raises:
        MediaError: The file is missing or cannot be accessed.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    return Stamp(status.st_size, status.st_mtime_ns)


def reason(error: Exception, path: Path) -> str:
    """Error message about a source, without its path."""
    if isinstance(error, GanfxError):
        told = error.message.removeprefix(f"cannot read {path}: ")
        return told.removeprefix(f"{path} ").removeprefix(f"{path}: ")
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def _key(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _still_item(path: Path, root: Path) -> Item | Unreadable:
    key = _key(path, root)
    if not is_unicode(key):
        return Unreadable(key, path, STRANGE_NAME)
    try:
        return Item(Source(key, path, stamp_of(path)))
    except MediaError as error:
        return Unreadable(key, path, reason(error, path))


def _picked_items(shot: Shot, journal: Journal, workers: int) -> Iterator[Found]:
    """The sharpest frame of each shot of a sequence."""
    name = _key(shot.files[0], shot.root)
    items = [_still_item(file, shot.root) for file in shot.files]
    known = [item.source for item in items if isinstance(item, Item)]
    stamps = "\n".join(f"{source.key} {source.stamp}" for source in known)
    stamp = hashlib.sha256(stamps.encode("utf-8", "surrogateescape")).hexdigest()
    chosen = journal.chosen(name, stamp)
    if chosen is None:
        numbers, whole = list[int](), True
        for found in _pick_stills(name, items, workers):
            if isinstance(found, int):
                numbers.append(found)
            else:
                whole = whole and isinstance(found, Seen)
                yield found
        chosen = tuple(numbers)
        if whole:  # else the next run tries again, and reports unreadable frames
            journal.record_choice(name, stamp, chosen)
    yield from (items[number] for number in chosen)


def _pick_stills(
    name: str, items: Sequence[Item | Unreadable], workers: int
) -> Iterator[int | Unreadable | Seen]:
    """Indices of the selected frames, with progress and unreadable frames."""
    picker = ShotPicker[int]()
    with closing(in_order(_signature_of, items, workers)) as signatures:
        for number, (_, signature) in enumerate(signatures):
            if isinstance(signature, Unreadable):
                yield signature
            else:
                yield from picker.add(number, signature)
            if number % _SAY_EVERY == _SAY_EVERY - 1:
                yield Seen(name, number + 1)
    yield from picker.finish()


def _signature_of(item: Item | Unreadable) -> FrameSignature | Unreadable:
    if isinstance(item, Unreadable):
        return item
    try:
        return frame_signature(item.load().pixels)
    except Exception as error:  # of this frame: the others go on
        return Unreadable(item.source.key, item.source.path, reason(error, item.source.path))


def _video_items(shot: Shot, options: Options, journal: Journal) -> Iterator[Found]:
    """Selected frames of a video; without their pixels, if all are in the journal."""
    path = shot.files[0]
    key = _key(path, shot.root)
    if not is_unicode(key):
        yield Unreadable(key, path, STRANGE_NAME)
        return
    try:
        video = Source(key, path, stamp_of(path))
        chosen = journal.chosen(key, str(video.stamp))
        if chosen is None:
            yield from _chosen_frames(video, options, journal)
            return
        sources = [_frame_source(video, number) for number in chosen]
        if all(journal.surveyed(source.key, source.stamp) for source in sources):
            yield from (Item(source) for source in sources)
        else:
            yield from reopen(sources)
    except MediaError as error:
        yield Unreadable(key, path, reason(error, path))


def _chosen_frames(video: Source, options: Options, journal: Journal) -> Iterator[Item | Seen]:
    """Decode a video and select frames; a complete selection is recorded in the journal."""
    chosen = list[int]()
    for found in _sharpest(video) if options.per_cut else _every(video, options.every):
        if isinstance(found, Seen):
            refuse_changed(video)
            yield found
            continue
        number, pixels = found
        chosen.append(number)
        yield Item(_frame_source(video, number), Scan(pixels, None))
    refuse_changed(video)
    journal.record_choice(video.key, str(video.stamp), chosen)


def _every(video: Source, step: int) -> Iterator[tuple[int, Pixels] | Seen]:
    for number, pixels in _decoded(video.path, lambda number: number % step == 0):
        yield number, pixels
        if (number // step) % _SAY_EVERY == _SAY_EVERY - 1:
            yield Seen(video.key, number + 1)


def _sharpest(video: Source) -> Iterator[tuple[int, Pixels] | Seen]:
    """The sharpest frame of each shot of a video; a few frames are in memory at a time."""
    picker = ShotPicker[tuple[int, Pixels]]()
    for number, pixels in _decoded(video.path, lambda number: True):
        yield from picker.add((number, pixels), frame_signature(pixels))
        if number % _SAY_EVERY == _SAY_EVERY - 1:
            yield Seen(video.key, number + 1)
    yield from picker.finish()


def _frames_again(path: Path, wanted: Sequence[Source]) -> Iterator[Item | Unreadable]:
    remaining = {source.frame: source for source in wanted}
    told = CHANGED
    try:
        refuse_changed(wanted[0])
        with closing(_decoded(path, remaining.__contains__)) as frames:
            for number, pixels in frames:
                source = remaining[number]
                refuse_changed(source)
                del remaining[number]
                yield Item(source, Scan(pixels, None))
                if not remaining:
                    return
    except MediaError as error:
        told = reason(error, path)
    yield from (Unreadable(source.key, path, told) for source in remaining.values())


def _frame_source(video: Source, number: int) -> Source:
    return Source(f"{video.key}#{number:06d}", video.path, video.stamp, number)


def _decoded(
    path: Path, wanted: Callable[[int], bool]
) -> Generator[tuple[int, Pixels], None, None]:
    """Decoded frames with their numbers, uint8 or uint16 by the video's bit depth."""
    info = read_video_info(path)
    color = video_color(path, info.color_codes)
    depth: ScanDepth = "uint16" if info.bits > 8 else "uint8"
    for number, rgb in read_upright_frames(path, wanted):
        yield number, quantized(as_shown(rgb, color), depth)
