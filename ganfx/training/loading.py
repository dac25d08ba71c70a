"""Data loading: from a preset's sources to decoded pictures, with progress events."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from ganfx.errors import MediaError, UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.background import parse_color
from ganfx.media.file_search import find_files, missing_source
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.preset import DataConfig, KeyedError, Preset
from ganfx.quality.sampling import spread
from ganfx.samples.pictures import PREFIX, SCENES, sample_pictures
from ganfx.samples.teachers import check_teacher, teach
from ganfx.training.cache import LIMIT_VARIABLE, PictureCache
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.events import Loading

MIN_SIDE = 32
MOST_ENLARGED = 4  # a shorter side below this part of the crop is nothing but blur
EVERY = 0.2  # seconds between two words of how far it is


def load_pictures(
    preset: Preset, *, most: int | None = None
) -> Generator[Loading, None, TrainingSet]:
    """Decode everything a preset learns from, saying how far it is.

    Sources are looked at before anything is decoded.

    Args:
        preset: The look.
        most: Pictures of each set that are decoded, evenly spread; None is all of them. Of
            rendered ones, which take longer, it is a quarter.

    Raises:
        UsageError: A source is missing, empty or holds no usable picture.
    """
    background = parse_color(preset.data.background, "data.background")
    sources = _sources(preset)
    paths = [path for source in sources.values() for path in source.paths]
    cache = PictureCache(paths, preset.data.max_side, background=background)
    minimum = smallest_side(preset.train.crop_size)
    if most is not None:
        sources = {name: _some_of(source, most) for name, source in sources.items()}
    tasks = [task for source in sources.values() for task in _tasks(source, cache, minimum)]
    results = iter((yield from _run_all(tasks)))
    loaded = {name: list(islice(results, source.count)) for name, source in sources.items()}
    if preset.data.pairs:
        _keep_whole_pairs(loaded["photos"], loaded["painted"])
    sets = {name: _picture_set(source, loaded[name]) for name, source in sources.items()}
    if preset.data.pairs:
        _check_sizes(sets["photos"], sets["painted"])
    photos, art, painted = (sets.get(name) for name in ("photos", "art", "painted"))
    assert photos is not None
    return TrainingSet(photos, art, painted, tuple(_remarks(cache, preset)))


def smallest_side(crop_size: int) -> int:
    """The shorter side that a picture needs, in pixels, to be of use at all."""
    return max(MIN_SIDE, crop_size // MOST_ENLARGED)


def find_pictures(folder: Path, key: str) -> list[Path]:
    """All pictures in a folder tree, in a fixed order, hidden ones left out.

    Args:
        folder: Where they are.
        key: For the message: of the preset, ``data.art``.

    Raises:
        KeyedError: No such folder, or no picture in it.
    """
    if not folder.is_dir():
        if folder.exists():
            hint = "name the folder that the pictures are in"
            raise KeyedError(key, f"not a folder: {folder}", hint=hint)
        raise KeyedError(key, f"no such folder: {folder}", hint=missing_source(folder).hint)
    try:
        found = find_files(folder, PICTURE_SUFFIXES, what="picture")
    except UsageError as error:
        raise KeyedError(key, error.message, hint=error.hint) from error
    return [path for _, files in found for path in files]


@dataclass(frozen=True)
class _Source:
    """The source of one set of pictures: files, or a renderer."""

    key: str  # of the preset: "data.photos"
    name: str  # its value
    count: int
    paths: tuple[Path, ...] = ()
    seed: int = 0  # of rendered ones
    teacher: str = ""  # who paints the rendered photos
    left_out: tuple[str, ...] = ()
    total: int = 0  # where these are only some of it


_Result = ImageU8 | str  # a string says why there is no picture


def _sources(preset: Preset) -> dict[str, _Source]:
    data, seed = preset.data, preset.train.seed
    if data.pairs.startswith(PREFIX):
        sources = _rendered_pairs(data, seed)
    elif data.pairs:
        sources = _pairs(data)
    else:
        sources = {"photos": _source("data.photos", data.photos, data, seed)}
    if data.art:
        sources["art"] = _source("data.art", data.art, data, seed + 1)
    return sources


def _source(key: str, name: str, data: DataConfig, seed: int) -> _Source:
    if name.startswith(PREFIX):
        return _Source(key, name, data.samples, seed=seed)
    paths = tuple(find_pictures(Path(name), key))
    return _Source(key, name, len(paths), paths)


def _some_of(source: _Source, most: int) -> _Source:
    if source.paths:
        paths = tuple(spread(source.paths, most))
        total = source.count if len(paths) < source.count else 0
        return replace(source, count=len(paths), paths=paths, total=total)
    return replace(source, count=min(source.count, max(1, most // 4)), total=source.count)


def _rendered_pairs(data: DataConfig, seed: int) -> dict[str, _Source]:
    """Sample photos, and the same painted by a teacher."""
    teacher = data.pairs.removeprefix(PREFIX)
    check_teacher(teacher)
    photos = _Source("data.pairs", data.pairs, data.samples, seed=seed)
    return {"photos": photos, "painted": replace(photos, teacher=teacher)}


def _pairs(data: DataConfig) -> dict[str, _Source]:
    """Photos and their painted versions, matched by path without suffix."""
    root, key = Path(data.pairs), "data.pairs"
    photos, painted = (
        {p.relative_to(root / part).with_suffix(""): p for p in _find_part(root, part)}
        for part in ("photos", "painted")
    )
    lone = tuple(f"{name}: only in one folder" for name in sorted(photos.keys() ^ painted.keys()))
    both = sorted(photos.keys() & painted.keys())
    if not both:
        raise KeyedError(key, f"no picture has the same name in photos and painted: {root}")
    ours, theirs = (tuple(part[name] for name in both) for part in (photos, painted))
    return {
        "photos": _Source(key, data.pairs, len(both), ours, left_out=lone),
        "painted": _Source(key, data.pairs, len(both), theirs),
    }


def _find_part(root: Path, part: str) -> list[Path]:
    if not (root / part).is_dir():
        raise KeyedError(
            "data.pairs",
            f"no folder {part} in {root}",
            hint="put the plain pictures in photos/, their painted versions in painted/",
        )
    return find_pictures(root / part, "data.pairs")


def _tasks(source: _Source, cache: PictureCache, minimum: int) -> list[Callable[[], _Result]]:
    if source.paths:
        return [partial(_read, path, cache, minimum) for path in source.paths]
    return [partial(_render, source, index) for index in range(source.count)]


def _read(path: Path, cache: PictureCache, minimum: int) -> _Result:
    try:
        picture = cache.read(path)
    except MediaError as error:
        return error.message.removeprefix("cannot read ")  # it follows on "left out"
    height, width = picture.shape[:2]
    if min(height, width) < minimum:
        return f"{path}: {width}x{height} is too small: the shorter side must be {minimum} or more"
    return picture


def _render(source: _Source, index: int) -> ImageU8:
    name = PREFIX + SCENES if source.key == "data.pairs" else source.name
    (picture,) = sample_pictures(name, 1, seed=source.seed, first=index)
    return teach(source.teacher, picture) if source.teacher else picture


def _run_all(tasks: Sequence[Callable[[], _Result]]) -> Generator[Loading, None, list[_Result]]:
    """Run everything on as many threads as there are cores."""
    total, told = len(tasks), time.monotonic()
    yield Loading(0, total)
    pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="loading")
    try:
        futures = [pool.submit(task) for task in tasks]
        for done, _ in enumerate(as_completed(futures), start=1):
            if done == total or time.monotonic() - told > EVERY:
                told = time.monotonic()
                yield Loading(done, total)
        return [future.result() for future in futures]
    finally:
        pool.shutdown(cancel_futures=True)


def _keep_whole_pairs(photos: list[_Result], painted: list[_Result]) -> None:
    """Where one of a pair is missing, so is the other; the reason is told once."""
    for index, (photo, paint) in enumerate(zip(photos, painted, strict=True)):
        if isinstance(photo, str):
            painted[index] = ""
        elif isinstance(paint, str):
            photos[index], painted[index] = paint, ""


def _picture_set(source: _Source, results: Sequence[_Result]) -> PictureSet:
    """The usable pictures of a source, and why the others are not.

    Raises:
        KeyedError: There is none.
    """
    pictures = tuple(result for result in results if not isinstance(result, str))
    reasons = tuple(result for result in results if isinstance(result, str) and result)
    paths = [
        path
        for path, result in zip(source.paths, results, strict=bool(source.paths))
        if not isinstance(result, str)
    ]
    if not pictures:
        what = "the only picture" if source.count == 1 else f"none of the {source.count} pictures"
        usable = "is not usable" if source.count == 1 else "is usable"
        raise KeyedError(
            source.key, f"{what} in {source.name} {usable}", hint=next(iter(reasons), None)
        )
    left_out = reasons + source.left_out
    return PictureSet(pictures, source.name, tuple(paths), left_out, source.total)


def _check_sizes(photos: PictureSet, painted: PictureSet) -> None:
    for path, photo, paint in zip(photos.paths, photos.pictures, painted.pictures, strict=False):
        if photo.shape != paint.shape:
            sizes = f"{photo.shape[1]}x{photo.shape[0]} and {paint.shape[1]}x{paint.shape[0]}"
            name = path.relative_to(Path(photos.source) / "photos").with_suffix("")
            raise KeyedError("data.pairs", f"{name} differs in size: {sizes}")


def _remarks(cache: PictureCache, preset: Preset) -> Iterator[str]:
    if cache.transparent:
        color = preset.data.background
        put = "picture is" if cache.transparent == 1 else "pictures are"
        yield (
            f"{cache.transparent} {put} transparent in part and put on {color}: --background COLOR"
            " (data.background) takes another colour"
        )
    if cache.kept_in_memory:
        yield (
            f"{cache.kept_in_memory} of the pictures found no room in {cache.folder} and will "
            f"be decoded again next time: {LIMIT_VARIABLE} sets its size in GiB"
        )
