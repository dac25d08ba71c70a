"""Samples on disk: a rendered shot with its flow and an art set, or a user's photos as pairs."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.atomic import replacing
from ganfx.media.file_search import find_files
from ganfx.media.flow_files import write_flow
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.frames import (
    new_frame,
    read_picture,
    write_frame,
    write_picture,
)
from ganfx.media.sources import FILE, MADE_WITH, Credits, read_sources, write_sources
from ganfx.media.sources import NAME as SOURCES
from ganfx.samples.camera import FIRST_FRAME
from ganfx.samples.events import Event, FileWritten, PictureSkipped
from ganfx.samples.noise import Plane
from ganfx.samples.pictures import PREFIX, sample_pictures
from ganfx.samples.scene import Scene, develop
from ganfx.samples.teachers import check_teacher, teach

MAKER = "ganfx samples --teacher "
"""What painted pairs are made with, before the teacher's name."""
_Made = TypeVar("_Made")


def write_samples(
    out: Path,
    *,
    frames: int,
    width: int,
    height: int,
    seed: int,
    format: str = "png",
    teacher: str = "noir",
    art: int = 0,
) -> Generator[Event, None, None]:
    """Render a shot and what belongs to it, one file after another.

    Writes ``shot/plate.1001.png`` (or ``.exr``: half, scene-linear), for all frames but
    the last ``flow/flow.1001.flo`` (where each pixel goes in the next frame) and
    ``flow/occlusion.1001.png`` (white: not seen there), and ``art/noir/001.png``, other
    places painted by the teacher.

    Args:
        out: Folder to write to; it is made.
        frames: Length of the shot, from 1.
        width: Of frames, in pixels.
        height: Of frames, in pixels.
        seed: Another seed is another place.
        format: ``png`` or ``exr``.
        teacher: One of `TEACHERS`, who paints the art.
        art: Pictures in the art set; 0 for none.

    Raises:
        UsageError: An option is wrong, or ``out`` cannot be written to; nothing is written.
        MediaError: A file cannot be written; what was written before is whole.
    """
    if format not in ("png", "exr"):
        raise UsageError(f"frames cannot be written as {format}", hint="use png or exr")
    if frames < 1 or art < 0:
        raise UsageError(f"cannot render {frames} frames and {art} pictures of art")
    check_teacher(teacher)
    scene = Scene(seed, width, height)
    _make_folder(out)
    total = frames + 2 * (frames - 1) + art
    last = FIRST_FRAME + frames - 1
    for frame in range(FIRST_FRAME, last + 1):
        plate = out / "shot" / f"plate.{frame:04d}.{format}"
        _write_plate(plate, scene.render(frame))
        yield FileWritten(plate, total)
        if frame < last:
            yield from _write_motion(out / "flow", scene, frame, total)
    yield from _write_art(out / "art" / teacher, teacher, art, seed, total)


def teach_folder(photos: Path, out: Path, teacher: str) -> Generator[Event, None, None]:
    """Paint a folder of photos, as pairs to learn from: ``photos/`` and ``painted/``.

    The folder tree is kept; every picture becomes a PNG. Where the photos have a
    ``SOURCES.tsv``, its rows come along.

    Args:
        photos: Folder of pictures, with subfolders.
        out: Folder to write to; it is made.
        teacher: One of `TEACHERS`.

    Raises:
        UsageError: The teacher or the folder is wrong, or ``out`` cannot be written to.
        MediaError: A file cannot be written. One that cannot be read is left out.
    """
    check_teacher(teacher)
    paths = list(_pictures(photos, out))
    if not paths:
        raise UsageError(f"no picture in {photos}", hint="PNG, JPEG, TIFF, EXR and others")
    _make_folder(out)
    total = 2 * len(paths)
    rows: dict[Path, list[str]] = {}
    names = _unique_names(photos, paths)
    pairs = _ahead(partial(_pair, teacher=teacher), paths)
    try:
        for path, name, pair in zip(paths, names, pairs, strict=True):
            if isinstance(pair, str):
                total -= 2
                yield PictureSkipped(path, pair, total)
                continue
            photo, painted = out / "photos" / name, out / "painted" / name
            write_picture(photo, pair[0])
            write_picture(painted, pair[1])  # before anyone can stop us: halves do not pair
            rows[path] = [f"{part}/{name.as_posix()}" for part in ("photos", "painted")]
            yield FileWritten(photo, total)
            yield FileWritten(painted, total)
    finally:
        pairs.close()
        _copy_sources(out, rows, teacher)


def _pair(path: Path, teacher: str) -> tuple[ImageU8, ImageU8] | str:
    """A photo and its painting, or why there are none."""
    try:
        picture = read_picture(path)
        return picture, teach(teacher, picture)
    except (MediaError, UsageError) as error:
        return error.message


def _ahead(work: Callable[[Path], _Made], paths: Sequence[Path]) -> Generator[_Made, None, None]:
    """Results in order, made by as many threads as there are cores: filters leave Python alone."""
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads, thread_name_prefix="painting") as pool:
        pending: deque[Future[_Made]] = deque()
        try:
            for path in paths:
                pending.append(pool.submit(work, path))
                if len(pending) > threads:  # no more pictures in memory than that
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for each in pending:
                each.cancel()


def _write_plate(path: Path, light: Plane) -> None:
    if path.suffix == ".exr":
        write_frame(path, light, new_frame(light, depth="half"))
    else:
        write_picture(path, develop(light))


def _write_motion(folder: Path, scene: Scene, frame: int, total: int) -> Iterator[Event]:
    flow, occluded = scene.flow(frame, frame + 1)
    path = folder / f"flow.{frame:04d}.flo"
    write_flow(path, flow)
    yield FileWritten(path, total)
    path = folder / f"occlusion.{frame:04d}.png"
    white: NDArray[np.uint8] = np.repeat(occluded[..., None] * np.uint8(255), 3, axis=2)
    write_picture(path, white)
    yield FileWritten(path, total)


def _write_art(folder: Path, teacher: str, count: int, seed: int, total: int) -> Iterator[Event]:
    for number in range(1, count + 1):
        (picture,) = sample_pictures(PREFIX + teacher, 1, seed=seed, first=number - 1)
        path = folder / f"{number:03d}.png"
        write_picture(path, picture)
        yield FileWritten(path, total)


def _make_folder(out: Path) -> None:
    """Make the output folder, or say at once why it cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if isinstance(error, FileExistsError) else error.strerror
        raise UsageError(
            f"cannot write to {out}: {reason}", hint="choose another folder"
        ) from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise UsageError(f"no permission to write to {out}", hint="choose another folder")


def _pictures(photos: Path, out: Path) -> Iterator[Path]:
    """Pictures of a tree in a fixed order; not hidden ones, nor what is written here."""
    if not photos.is_dir():
        raise UsageError(f"no such folder: {photos}")
    ours = [(out / part).resolve() for part in ("photos", "painted")]
    for folder, files in find_files(photos, PICTURE_SUFFIXES):
        if not any(folder.resolve().is_relative_to(part) for part in ours):
            yield from files


def _unique_names(photos: Path, paths: list[Path]) -> Iterator[Path]:
    """Names relative to the folder, as PNG; ``a.jpg`` beside ``a.png`` becomes ``a_jpg.png``."""
    taken: set[Path] = set()
    kept = {p.relative_to(photos) for p in paths if p.suffix == ".png"}
    for path in paths:
        source = path.relative_to(photos)
        name = source.with_suffix(".png")
        while name in taken or (name in kept and name != source):
            name = name.with_name(f"{name.stem}_{source.suffix[1:]}.png")
        taken.add(name)
        yield name


def _copy_sources(out: Path, rows: dict[Path, list[str]], teacher: str) -> None:
    """Say beside the pairs who made the photos, where a table in or above their folder does.

    Rows of an earlier call, of other pictures, stay.
    """
    credits, copied = Credits(rows), list[Mapping[str, str]]()
    for path, (photo, painted) in rows.items():
        if row := credits.of(path):
            makers = filter(None, (row.get(MADE_WITH), MAKER + teacher))
            copied.append({**row, FILE: photo})
            copied.append({**row, FILE: painted, MADE_WITH: "; ".join(makers)})
    if not copied:
        return
    there = read_sources(out / SOURCES) if (out / SOURCES).is_file() else None
    written = {(out / name).resolve() for names in rows.values() for name in names}
    kept = [row for path, row in there.rows.items() if path not in written] if there else []
    columns = dict.fromkeys((FILE, *(name for row in (*kept, *copied) for name in row)))
    with replacing(out / SOURCES) as temporary:
        write_sources(temporary, columns, [*kept, *copied])
