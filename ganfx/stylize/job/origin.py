"""Origins of finished files, as records have them: why one looks as it does, and how to redo it.

Paths are relative to the folder of the file, so that a project may move as a whole; those that
options name are on record absolute, with their ``places`` relative to it beside them. What a file
says of itself (`origin_note`) has no paths and no machine: its bytes depend on neither.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import OpenImageIO as oiio  # noqa: N813
import PyOpenColorIO as ocio  # noqa: N813
import torch

from ganfx import __version__
from ganfx.errors import MediaError
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.media.frame_fingerprint import Note, Seal
from ganfx.media.headers import read_header
from ganfx.media.ocio_configs import config_hash, config_name
from ganfx.media.tile_sets import TileSet
from ganfx.media.video import read_video_info
from ganfx.option import Declared, absolute_text, given
from ganfx.stylize.declared.hold import Hold
from ganfx.stylize.declared.region import Regions
from ganfx.stylize.job.credentials import Credentials
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.manifest import file_hash
from ganfx.stylize.job.painted import PaintedKey
from ganfx.stylize.job.picture_sets import others_of
from ganfx.stylize.job.run import Run
from ganfx.stylize.job.settings import LOOK, STEADINESS
from ganfx.stylize.network.look import Look
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.cuts import FOUND

SHORT = 12
"""Digits that stand for the hash of a neighbor, of which a frame has many."""
_BESIDE = ("format", "vfr", "force", "max_pixels")
"""Options that change no pixel of a frame, and decide whether and as what it is made."""


def origin_of(job: Job, run: Run) -> dict[str, Any]:
    """Origin of a file of a run, for its record.

    Args:
        job: The file.
        run: What it was made by.

    Returns:
        A dictionary for JSON: ``ganfx``, ``source``, ``styles``, ``options``, ``arithmetic``, and
        what else applies.
    """
    folder = job.output.parent
    origin: dict[str, Any] = {
        "ganfx": __version__,
        "source": {"file": _relative(job.source, folder), "sha256": run.source_hash(job.source)},
        **_place_of(job),
    }
    if job.copied:  # and nothing else has a part in it
        return origin
    origin["styles"] = styles_of(run.look, folder)
    if run.regional:
        origin["regions"] = [styles_of(look, folder)[0] for look in run.regional]
    origin["options"] = options_of(run.options)
    origin["arithmetic"] = arithmetic_of(run, job.source)
    origin |= dict(_inputs_of(job, run, folder))
    if job.output in run.unsigned:
        origin["unsigned"] = run.unsigned.pop(job.output)
    if (credentials := run.resolved.credentials) is not None:
        origin["credentials"] = credentials.identity
    return origin


def _inputs_of(job: Job, run: Run, folder: Path) -> Iterator[tuple[str, Any]]:
    """Neighbors, painted frames, mattes and the configuration, where there are any."""
    if job.neighbors:
        near = {path: run.source_hash(path)[:SHORT] for path in job.neighbors}
        yield "neighbors", {_relative(path, job.source.parent): h for path, h in near.items()}
    if job.window:
        yield "window", list(job.window)
    yield from _set_of(job, run)
    if job.keys:
        yield "keys", [[number, _relative(path, folder)] for number, path in job.keys]
    if job.painted:
        yield "painted", [_painted(key, run, folder) for key in job.painted]
    if files := dict(_plane_files(job, run)):
        yield "files", files
    if (config := run.resolved.color.config) is not None:
        path = config if config.startswith("ocio:") else str(Path(config).absolute())
        yield "ocio", {"config": path, **_named(config)}
    if run.options.cuts not in FOUND:  # whose file may be gone: a timeline's is
        yield "cuts", sorted(run.resolved.shot_starts or ())
    named = [*_named_paths(run.options), *files]
    if config is not None and not config.startswith("ocio:"):  # the environment's, too
        named.append(str(Path(config).absolute()))
    if named:
        yield "places", {path: _relative(Path(path), folder) for path in named}


def _set_of(job: Job, run: Run) -> Iterator[tuple[str, Any]]:
    """The files of one picture with a job's: those that it depends on, and where they lie."""
    folder = job.source.parent
    if beside := {path: run.source_hash(path)[:SHORT] for path in others_of(job)}:
        yield "beside", {_relative(path, folder): digits for path, digits in beside.items()}
    if job.cube:
        yield "cube", [_relative(path, folder) for path in job.cube]
    if job.tiles is not None:
        yield "tiles", _tiles(job.tiles, job.source)


def _named_paths(options: Options) -> Iterator[str]:
    """What options name, as they are on record: absolute paths, and notations of them."""
    for name, each in given(options).items():
        value = getattr(options, name)
        if isinstance(value, Hold | Regions):
            yield from value.matte_paths
        elif each.about.pixels and each.about.path and not each.about.is_keyword(str(value)):
            yield str(Path(value).absolute())


def _tiles(tiles: TileSet, source: Path) -> dict[str, Any]:
    """A tile's set as far as the tile depends on it."""
    there = {tiles.place_of(source): source} | tiles.near(source)
    places = [[u, v, _relative(path, source.parent)] for (u, v), path in there.items()]
    return {"name": tiles.name, "places": places}


def _painted(key: PaintedKey, run: Run, folder: Path) -> dict[str, Any]:
    return {
        "frame": key.frame,
        "picture": _relative(key.picture, folder),
        "sha256": run.source_hash(key.picture),
        "plate": _relative(key.plate, folder),
        "plate_sha256": run.source_hash(key.plate),
    }


def origin_note(job: Job, run: Run) -> str:
    """Origin that a file itself says, as JSON: the same wherever and by whomever it is made."""
    run = run.of(job)
    apart = [LOOK, "ocio", "credentials"]  # said on their own, or not at all
    if not job.neighbors and job.source.suffix.lower() not in VIDEO_SUFFIXES:
        apart.append(STEADINESS)  # of a still or at 0 it says nothing
    settings = {name: value for name, value in run.settings(job).items() if name not in apart}
    note: dict[str, Any] = {
        "ganfx": __version__,
        "source": {"file": job.source.name, "sha256": run.source_hash(job.source)},
        "styles": [
            {key: style[key] for key in ("name", "share", "sha256")}
            for style in styles_of(run.look, job.output.parent)
        ],
        "options": settings,
    }
    if run.regional:
        note["regions"] = [
            {key: styles_of(look, job.output.parent)[0][key] for key in ("name", "sha256")}
            for look in run.regional
        ]
    color = run.color_in(job.source)
    if color.space is not None and color.space.config == run.resolved.color.config is not None:
        note["ocio"] = _named(str(color.space.config))
    return json.dumps(note, sort_keys=True, default=str)


def note_of(job: Job, run: Run, fingerprint: str) -> Note:
    """What the file of a job says of itself."""
    credentials = _credentials(job, run)
    is_exr = job.output.suffix.lower() == ".exr"
    marks = credentials.attributes if credentials is not None and is_exr else {}
    return Note(fingerprint, origin_note(job, run), marks)


def seal_of(job: Job, run: Run) -> Seal | None:
    """What marks and signs the file of a job; None for nothing."""
    credentials = _credentials(job, run)
    if credentials is None:
        return None
    sign = credentials.seal(job, origin_note(job, run))

    def seal(temporary: Path) -> None:
        credentials.mark(temporary)
        if sign is not None:
            run.unsigned[job.output] = file_hash(temporary)
            sign(temporary)

    return seal


def _credentials(job: Job, run: Run) -> Credentials | None:
    """What is stated of a job's file; None where no network has a part in it."""
    return None if run.options.leaves_plate or job.black else run.resolved.credentials


def styles_of(look: Look, folder: Path) -> list[dict[str, Any]]:
    """Style files of a look with their hashes, relative to a folder."""
    return [
        {
            "name": each.style.header.name,
            "file": _relative(each.style.path, folder),
            "path": str(each.style.path.absolute()),
            "sha256": each.style.fingerprint,
            "share": each.share,
        }
        for each in look.mix
    ]


def options_of(options: Options) -> dict[str, Any]:
    """Options that decide what a file is, where they are not the default; paths absolute."""
    kept = {
        name: each for name, each in given(options).items() if each.about.pixels or name in _BESIDE
    }
    return {name: _absolute(each, getattr(options, name)) for name, each in kept.items()}


def arithmetic_of(run: Run, source: Path) -> dict[str, Any]:
    """What computes pixels of a source here: device, instructions, precision, libraries."""
    gpu = run.look.device.type == "cuda"
    instructions = torch.backends.cpu.get_cpu_capability()
    return {
        "device": torch.cuda.get_device_name(run.look.device) if gpu else f"CPU, {instructions}",
        "precision": _precision(run, source),
        **library_versions(),
    }


def _precision(run: Run, source: Path) -> str:
    if source.suffix.lower() in VIDEO_SUFFIXES:
        deep = read_video_info(source).bits > 8
    else:
        deep = read_header(source).depth != "uint8"
    return str(run.look.precision(run.options, deep=deep)).removeprefix("torch.")


@cache
def library_versions() -> dict[str, str]:
    """Versions of the libraries that compute or store pixels."""
    found = {"torch": torch, "opencv": cv2, "opencolorio": ocio, "openimageio": oiio}
    return {name: str(module.__version__) for name, module in found.items()}


def _place_of(job: Job) -> dict[str, Any]:
    """Which frame of what it is."""
    frames = None if job.frames is None else [job.frames.start, job.frames.stop]
    place = {
        "frame": job.frame,
        "number": job.number,
        "frames": frames,
        "black": job.black or None,
        "canvas": list(job.canvas) if job.canvas else None,
        "copied": job.copied or None,
        "distance": job.distance,
    }
    return {name: value for name, value in place.items() if value is not None}


def _plane_files(job: Job, run: Run) -> Iterator[tuple[str, str]]:
    """Mattes and directions of the frame: paths with hashes."""
    found: dict[str, str] = {}
    for _, each in run.planes.given():
        if each.files is not None and (job.frame is not None or each.files.still is not None):
            path = each.files.of(job.frame)
            found[str(path.absolute())] = file_hash(path)
    for each in run.planes.regions:  # frames in the window have theirs
        if each.files is not None:
            for frame in job.window:
                with suppress(MediaError):
                    path = each.files.of(frame)
                    found[str(path.absolute())] = file_hash(path)
    yield from found.items()


def _named(config: str) -> dict[str, str]:
    return {"name": config_name(config), "sha256": config_hash(config)}


def _absolute(each: Declared, value: Any) -> Any:
    if isinstance(value, tuple):
        return [absolute_text(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str | Path) and each.about.path and not each.about.is_keyword(str(value)):
        return str(Path(value).absolute())
    return absolute_text(value)  # curves, holds and boils, too, are read from their texts


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return str(path.absolute())
