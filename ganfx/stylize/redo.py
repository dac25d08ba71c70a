"""A finished frame made once more, by its record: the same bytes, or why they cannot be had."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from ganfx import __version__
from ganfx.errors import EXIT_GATE, GanfxError, StyleError, UsageError
from ganfx.media.atomic import replacing
from ganfx.media.formats import PICTURE_SUFFIXES, VIDEO_SUFFIXES
from ganfx.media.ocio_configs import VARIABLE
from ganfx.media.sequences import Shot
from ganfx.media.tile_sets import TileSet
from ganfx.media.windows import Window
from ganfx.option import declared
from ganfx.stylize.declared.hold import Hold, read_hold
from ganfx.stylize.declared.region import Region, read_region
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped, Notice
from ganfx.stylize.job.credentials import Credentials
from ganfx.stylize.job.history import History, Input, history_of, inputs_of
from ganfx.stylize.job.jobs import Job, PlannedShot
from ganfx.stylize.job.manifest import Manifest, file_hash
from ganfx.stylize.job.origin import arithmetic_of
from ganfx.stylize.job.painted import PaintedKey
from ganfx.stylize.job.resolved import ResolvedOptions, resolve
from ganfx.stylize.job.run import Run
from ganfx.stylize.network.look import open_look, open_looks
from ganfx.stylize.network.mixing import Shares
from ganfx.stylize.options import Options
from ganfx.stylize.render.pictures import stylize_pictures
from ganfx.stylize.render.video_frames import stylize_video_frames
from ganfx.stylize.render.videos import stylize_video

_MOST = 3  # inputs in a message
_PATHS = frozenset(each.field for each in declared(Options) if each.about.path)


class DifferentError(GanfxError):
    """The frame that was made again is not the one on record."""

    exit_code = EXIT_GATE


@dataclass(frozen=True)
class Redone:
    """A frame that was made again, with the bytes on record."""

    file: Path
    """What was asked about."""
    sha256: str
    """Of the bytes that were made."""
    is_there: bool
    """Whether ``file`` has these bytes; else somebody changed it since."""
    written: Path | None
    """The copy beside it; None where it was compared alone."""


def redo(file: Path, out: Path | None = None) -> Redone:
    """Make a finished frame again, and compare it with its record.

    Args:
        file: A picture or a video that ganfx wrote.
        out: Where to put what is made; None compares only.

    Raises:
        UsageError: Nothing is known of the file, or not enough to make it again.
        StyleError: The style or the version is another.
        DifferentError: It came out with other bytes.
        GanfxError: An input is gone or changed, or the frame cannot be done.
    """
    history = history_of(file)
    _refuse_unknown(history)
    _refuse_sets(history)
    if out is not None and out.exists():
        raise UsageError(f"{out} is there already", hint="give another name with --out")
    if out is not None and out.suffix.lower() != file.suffix.lower():
        raise UsageError(
            f"--out {out}: what is made again has the format of {file.name}",
            hint=f"end in {file.suffix}",
        )
    _refuse_changed(history)
    with tempfile.TemporaryDirectory(prefix="ganfx-redo-") as folder:
        made = Path(folder) / file.name
        run = _remade(history, made)
        sha256 = file_hash(made)
        written = None if out is None else _put(made, out)
        return _compared(history, run, sha256, written)


def options_on_record(history: History) -> Options:
    """Options that a file was made with.

    Raises:
        UsageError: They are not those of this version.
    """
    repeated = {each.field for each in declared(Options) if each.repeats}
    values: dict[str, Any] = {
        n: tuple(v) if n in repeated else v for n, v in history.options.items()
    }
    values.pop("credentials", None)  # what is compared is what was signed
    if "ocio" in history.origin:  # it may have been the environment's
        values["ocio"] = history.origin["ocio"]["config"]
    values = {n: _found(history, v) if n in _PATHS else v for n, v in values.items()}
    if "hold" in values:
        values["hold"] = _found_hold(history, read_hold(str(values["hold"])))
    if "region" in values:
        values["region"] = tuple(_found_region(history, text) for text in values["region"])
    try:
        return Options(**values)
    except TypeError as error:
        raise UsageError(f"{history.file}: its record has options unknown here: {error}") from error


def _found(history: History, value: Any) -> Any:
    return history.found(value) if isinstance(value, str) else value


def _found_hold(history: History, hold: Hold) -> Hold:
    return replace(hold, mattes=tuple((history.found(m), frames) for m, frames in hold.mattes))


def _found_region(history: History, text: str) -> Region:
    region = read_region(text)
    return replace(region, matte=history.found(region.matte))


def _refuse_unknown(history: History) -> None:
    if history.by == "file":
        raise UsageError(
            f"{history.file} says what it was made with, but not where that lies: its folder's"
            " record does, and it has none of it",
            hint="ganfx why shows what it says",
        )
    if not history.origin:
        raise UsageError(
            f"{history.file} was recorded by an earlier version, without its origin",
            hint="give the source and the look to ganfx stylize",
        )
    if history.origin["ganfx"] != __version__:
        raise StyleError(
            f"{history.file} was made by ganfx {history.origin['ganfx']}; this is {__version__}",
            hint=f"only that version makes the same bytes: pip install ganfx=="
            f"{history.origin['ganfx']}",
        )


def _refuse_sets(history: History) -> None:
    """Tiles and faces go on into their neighbors, of which earlier records have the names alone."""
    beside = history.origin.get("beside")
    if isinstance(beside, list):
        raise UsageError(
            f"{history.file} is one picture with {', '.join(beside[:4])}: not redone alone",
            hint="ganfx stylize makes the set again with --overwrite",
        )


def _refuse_changed(history: History) -> None:
    lost = [each for each in inputs_of(history) if each.state != "as it was"]
    if not lost:
        return
    told = "; ".join(_told(each) for each in lost[:_MOST])
    more = f"; and {len(lost) - _MOST} more" if len(lost) > _MOST else ""
    kind = StyleError if any(each.what == "style" for each in lost) else GanfxError
    raise kind(
        f"{history.file} cannot be made again: {told}{more}",
        hint="put back what it was made from; ganfx why lists it",
    )


def _told(each: Input) -> str:
    if each.state == "gone":
        return f"{each.what} {each.path} is gone"
    return f"{each.what} {each.path} has changed (it was {each.sha256[:12]})"


def _remade(history: History, made: Path) -> Run | None:
    """Make the file; the run that did, or None of a copy."""
    job = _job(history, made)
    if job.copied:
        shutil.copyfile(job.source, made)
        return None
    options = options_on_record(history)
    look = open_look(_style(history), device=options.network_device, compiled=options.compile)
    resolved = _resolved(history, options)
    if (said := history.origin.get("credentials")) is not None:
        resolved = replace(resolved, credentials=Credentials(said))
    regional = open_looks(
        _regional(history), device=options.network_device, compiled=options.compile
    )
    run = Run(look, resolved, {made.parent: Manifest(made.parent)}, regional)
    with closing(_events(PlannedShot(_shot(job, history), (job,), made, alone=True), run)) as done:
        for event in done:
            if isinstance(event, FrameFailed):
                raise GanfxError(f"{history.file} cannot be made again: {event.reason}")
    return run


def _resolved(history: History, options: Options) -> ResolvedOptions:
    """Options with what they name read; cuts are on record themselves."""
    cuts = history.origin.get("cuts")
    with _no_environment():
        if cuts is None:
            return resolve(options)
        resolved = resolve(replace(options, cuts="none"))
    return replace(resolved, options=options, shot_starts=frozenset(cuts))


@contextmanager
def _no_environment() -> Iterator[None]:
    """Without ``$OCIO``: what counts is on record."""
    before = os.environ.pop(VARIABLE, None)
    try:
        yield
    finally:
        if before is not None:
            os.environ[VARIABLE] = before


def _events(
    planned: PlannedShot, run: Run
) -> Generator[FrameDone | FrameSkipped | FrameFailed | Notice, None, None]:
    if planned.as_video:
        yield from stylize_video(planned, run)
    elif planned.shot.kind == "video":
        yield from stylize_video_frames(planned, run, Event())
    else:
        yield from stylize_pictures(planned, run)


def _style(history: History) -> Path | Shares:
    """Styles by their files, with their shares."""
    paths = _style_files(history)[: len(history.origin["styles"])]
    if len(paths) == 1:
        return paths[0]
    shares = [float(each["share"]) for each in history.origin["styles"]]
    return dict(zip(paths, shares, strict=True))


def _regional(history: History) -> list[Path]:
    """Styles of the regions by their files."""
    return _style_files(history)[len(history.origin["styles"]) :]


def _style_files(history: History) -> list[Path]:
    return [Path(each.path) for each in inputs_of(history) if each.what == "style"]


def _job(history: History, made: Path) -> Job:
    origin = history.origin
    source = history.place(origin["source"]["file"])
    canvas, frames = origin.get("canvas"), origin.get("frames")
    return Job(
        source,
        made,
        origin.get("frame"),
        black=bool(origin.get("black")),
        canvas=Window(*canvas) if canvas else None,
        number=origin.get("number"),
        copied=bool(origin.get("copied")),
        neighbors=tuple(_normal(source.parent / name) for name in origin.get("neighbors", ())),
        frames=range(*frames) if frames else None,
        distance=origin.get("distance"),
        window=tuple(origin.get("window", ())),
        tiles=_tiles(origin["tiles"], source) if "tiles" in origin else None,
        cube=tuple(_normal(source.parent / name) for name in origin.get("cube", ())),
        keys=tuple((number, history.place(path)) for number, path in origin.get("keys", ())),
        painted=tuple(
            PaintedKey(key["frame"], history.place(key["picture"]), history.place(key["plate"]))
            for key in origin.get("painted", ())
        ),
    )


def _tiles(found: dict[str, Any], source: Path) -> TileSet:
    places = {(u, v): _normal(source.parent / name) for u, v, name in found["places"]}
    return TileSet(found["name"], places)


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path))


def _shot(job: Job, history: History) -> Shot:
    """The shot as far as the frame depends on it."""
    video = job.source.suffix.lower() in VIDEO_SUFFIXES
    around = _numbered(job) if job.neighbors and not video else {}
    frames = () if job.frame is None else (job.frame,)
    kind: Any = "video" if video else "sequence" if around else "stills"
    name, root = history.file.name, job.source.parent
    return Shot(name, kind, (job.source,), frames, (), root, around, canvas=job.canvas)


def _numbered(job: Job) -> dict[int, Path]:
    """Frames around a frame, by the number in which their names differ."""
    paths = [each for each in job.neighbors if each.suffix.lower() in PICTURE_SUFFIXES]
    for found in re.finditer(r"-?\d+", job.source.name):
        if int(found[0]) != job.number:
            continue
        before, after = job.source.name[: found.start()], job.source.name[found.end() :]
        named = re.compile(re.escape(before) + r"(-?\d+)" + re.escape(after))
        near = [each for each in paths if each.parent == job.source.parent]
        matches = {each: named.fullmatch(each.name) for each in near}
        numbered = {int(match[1]): each for each, match in matches.items() if match}
        if len(numbered) > 1 or len(near) == 1:
            return dict(sorted({**numbered, int(found[0]): job.source}.items()))
    return {job.number or 0: job.source}


def _put(made: Path, out: Path) -> Path:
    with replacing(out) as temporary:
        shutil.copyfile(made, temporary)
    return out


def _compared(history: History, run: Run | None, sha256: str, written: Path | None) -> Redone:
    assert history.record is not None, "what has no record is refused"
    if sha256 != history.origin.get("unsigned", history.record.sha256):
        raise DifferentError(
            f"{history.file} came out with other bytes: {_why_different(history, run)}",
            hint="machines of different kinds agree with --portable; else make it again on the"
            " kind that made it",
        )
    return Redone(history.file, sha256, history.is_as_written is True, written)


def _why_different(history: History, run: Run | None) -> str:
    if run is None:
        return "a copy is not what was copied"
    source = history.place(history.origin["source"]["file"])
    before, now = history.origin["arithmetic"], arithmetic_of(run, source)
    others = [
        f"{name} {was}, here {now.get(name, 'none')}"
        for name, was in before.items()
        if was != now.get(name)
    ]
    return f"computed otherwise: {'; '.join(others)}" if others else "all on record is as it was"
