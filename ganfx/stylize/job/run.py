"""A run: look, options and records, and the fingerprints of its frames."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from ganfx import __version__
from ganfx.curve import most
from ganfx.errors import GanfxError, MediaError
from ganfx.media.file_color import FileColor, file_color, video_color
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.media.headers import Header, read_header
from ganfx.media.tile_sets import cube_files_of
from ganfx.media.video import read_video_info
from ganfx.option import Pixels, declared
from ganfx.stylize.effects import Effects
from ganfx.stylize.effects.grain import grain_number
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.libraries import other_versions, runtime_version
from ganfx.stylize.job.manifest import Manifest, file_hash
from ganfx.stylize.job.painted import PaintedKey
from ganfx.stylize.job.picture_sets import number_of, others_of, text_of
from ganfx.stylize.job.planes import Planes
from ganfx.stylize.job.resolved import ResolvedOptions
from ganfx.stylize.job.settings import settings_of
from ganfx.stylize.network.brush_scale import recorded_scale
from ganfx.stylize.network.look import Look
from ganfx.stylize.options import Options
from ganfx.stylize.surface.surfaces import FLAT, Surface, surface_of
from ganfx.stylize.temporal.device_memory import DeviceMemory

Unfinished = Literal["missing", "damaged", "outdated"]
"""Not there; there but not whole; made from another source, or with other options or versions."""

_DIGITS = 64  # of a hash


@dataclass(frozen=True, eq=False)
class Run:
    """A look, the options, and the records of the output folders."""

    look: Look
    resolved: ResolvedOptions
    manifests: Mapping[Path, Manifest]
    _hashes: dict[Path, str] = field(default_factory=dict, repr=False)
    """Of files that were read: a frame is asked for in the window of each of its neighbours."""
    _colors: dict[Path, FileColor] = field(default_factory=dict, repr=False)
    _others: dict[Options, Run] = field(default_factory=dict, repr=False)
    """With the options of single frames, where these change over time."""

    unsigned: dict[Path, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Hashes of files before they were signed, until these are on record."""

    @property
    def options(self) -> Options:
        """As they were given."""
        return self.resolved.options

    def of(self, job: Job) -> Run:
        """As it is for what a job makes; for a whole video, as it is for the first frame."""
        return self.at(job.time)

    def at(self, frame: int) -> Run:
        """As it is for a frame: its options are a number each."""
        options = self.options.at(frame)
        if options is self.options:
            return self
        if options not in self._others:
            resolved = replace(self.resolved, options=options)
            self._others[options] = replace(self, resolved=resolved, _others={})
        return self._others[options]

    @cached_property
    def follows_scene(self) -> bool:
        """Whether any frame has marks that go with the scene: in stabilized shots."""
        if most(self.options.consistency) == 0:
            return False
        curves = self.options.curves.values()
        frames = {frame for curve in curves for frame, _ in curve.keys} or {0}
        return any(self.at(frame).effects.follow_scene for frame in frames)

    @property
    def planes(self) -> Planes:
        """Where the look shows, and how its marks lie."""
        return self.resolved.planes

    def color_of(self, header: Header) -> FileColor:
        """Color encoding of a picture; raises as `file_color` does."""
        return file_color(header, self.resolved.color)

    def color_in(self, path: Path) -> FileColor:
        """Color encoding of a picture or a video.

        Raises:
            MediaError: It cannot be read, or declares what cannot be converted.
        """
        if path not in self._colors:
            self._colors[path] = self._read_color(path)
        return self._colors[path]

    def _read_color(self, path: Path) -> FileColor:
        if path.suffix.lower() in VIDEO_SUFFIXES:
            return video_color(path, read_video_info(path).color_codes, self.resolved.color)
        return self.color_of(read_header(path))

    def surface_of(self, size: tuple[int, int], path: Path, envmap: str = "") -> Surface:
        """What lies beyond the borders of a picture; raises as `surface_of` does.

        Args:
            size: Height and width of what it shows.
            path: Its file.
            envmap: What that says that it is a map of.
        """
        options = self.options
        if options.wrap == "cube" and cube_files_of(path):  # which are done together
            return FLAT
        return surface_of(*size, wrap=options.wrap, cells=options.cell, envmap=envmap, path=path)

    def surface_in(self, path: Path) -> Surface:
        """Likewise, by the file's header."""
        header = read_header(path)
        size = header.window.full_height, header.window.full_width
        return self.surface_of(size, path, header.envmap)

    @property
    def shows_plate(self) -> bool:
        """Whether pixels of plates may come out as they went in."""
        return self.planes.show_plate or self.options.strength == 0

    def fingerprint(self, job: Job) -> str:
        """Of everything that the output's pixels depend on: input, style, options, versions.

        Tiles and threads are not among it, nor the device but for what holds shots still there; of
        what changes over time, the frame's value.
        """
        return self._fingerprint(job, self._precision, self._motion)

    def _fingerprint(self, job: Job, precision: str, motion: str) -> str:
        if job.copied:
            return hashlib.sha256(f"copied {self._hash(job.source)}".encode()).hexdigest()
        run, own = self.of(job), self._own_text(job)
        if job.keys and self.options.holds_frames:  # what is shown is another one's
            run, own = self.at(job.keys[0][0]), _canvas_text(job)
        text = run._shared(precision) + own
        text += "".join(self._key_text(*key) for key in job.keys)
        if job.neighbors or job.source.suffix.lower() in VIDEO_SUFFIXES:
            text += run._temporal(motion) + "".join(self._neighbor(path) for path in job.neighbors)
        return hashlib.sha256(text.encode()).hexdigest()

    def _own_text(self, job: Job) -> str:
        """Of a frame itself, and of what belongs to it."""
        text = (
            self._hash(job.source)
            + self.planes.fingerprint(job.frame)
            + ("black" if job.black else "")
            + _canvas_text(job)
            + "".join(self._painted(key) for key in job.painted)
            + ("" if job.distance is None else f"distance {job.distance}")
        )
        if job.tiles is not None:
            text += text_of(job.tiles, job.source)
        text += "".join(self._neighbor(path) for path in others_of(job))
        if job.source.suffix.lower() in VIDEO_SUFFIXES:
            text += _part_of_video(job)
            if job.frame is None and self.options.curves:
                text += f"over time { ({n: str(c) for n, c in self.options.curves.items()}) }"
        if self.of(job).effects.per_frame:  # which goes by the name
            text += str(number_of(job))
        return text

    def _key_text(self, frame: int, path: Path) -> str:
        """Of a frame whose drawing may be shown at another one; its file is a neighbor of that."""
        run, text = self.at(frame), f" {frame}"
        with suppress(MediaError):  # which is told where the drawing is made
            text += self.planes.fingerprint(frame)
        if run.effects.per_frame:
            text += f" {grain_number(path, frame)}"
        values = {name: getattr(run.options, name) for name in self.options.curves}
        return text + (json.dumps(values, default=str) if values else "")

    def is_finished(self, job: Job, fingerprint: str) -> bool:
        """Whether the output can be left as it is."""
        if self.options.overwrite:
            return False
        if job.copied and is_same_file(job):
            return True
        manifest = self.manifests[job.output.parent]
        if manifest.is_finished(job.output, fingerprint):
            return True
        return any(manifest.is_finished(job.output, each) for each in self._as_good(job))

    def _as_good(self, job: Job) -> set[str]:
        """Fingerprints of frames that do as well: a farm's.

        Whoever leaves the precision to ganfx takes what is more exact, too, and whoever leaves
        motion to it takes the CPU's, which is the reference.
        """
        precisions = {self._precision}
        precisions |= {"float32"} if self._precision == "auto" else set()
        motions = {self._motion} | ({"opencv"} if self.options.motion == "auto" else set())
        found = {self._fingerprint(job, p, motion) for p in precisions for motion in motions}
        return found - {self.fingerprint(job)}

    def why_not_finished(self, job: Job) -> Unfinished:
        """Why the output cannot be left as it is."""
        if not job.output.exists():
            return "missing"
        manifest = self.manifests[job.output.parent]
        known = {
            self._fingerprint(job, precision, motion)
            for precision in (self._precision, "float32")
            for motion in (self._motion, "opencv")
        }
        return "damaged" if manifest.fingerprint_of(job.output) in known else "outdated"

    def record(self, job: Job, fingerprint: str, origin: dict[str, Any] | None = None) -> None:
        """Put the finished output on record, with its `ganfx.stylize.job.origin`."""
        manifest = self.manifests[job.output.parent]
        settings = None if job.copied else self.settings(job)
        manifest.record(job.output, fingerprint, settings, origin)

    def settings(self, job: Job) -> dict[str, Any]:
        """The look and the options that the output is made with, as records have them."""
        whole = job.frame is None and job.source.suffix.lower() in VIDEO_SUFFIXES
        options = self.options if whole else self.options.at(job.time)
        keyed = frozenset(self.options.curves)
        return settings_of(job, self.look, options, self._own, keyed=keyed)

    @cached_property
    def _own(self) -> dict[str, Any]:
        """Values of options that are what the look has anyway, if nothing is asked for."""
        own: dict[str, Any] = dict(Effects(self.look.headers, Options()).amounts)
        asked = self.options.scale
        if recorded_scale(asked, self.look.scale) == recorded_scale(None, self.look.scale):
            own["scale"] = asked
        return own

    def _hash(self, path: Path) -> str:
        """Of a file's bytes, and of what its colours are taken for."""
        if path not in self._hashes:
            self._hashes[path] = file_hash(path) + self._color_text(path)
        return self._hashes[path]

    def _color_text(self, path: Path) -> str:
        """Empty for what cannot be read: that is told when its turn comes."""
        try:
            return self.color_in(path).fingerprint
        except MediaError:
            return ""

    def source_hash(self, path: Path) -> str:
        """SHA-256 of a file, in hexadecimal; "" where it cannot be read."""
        return self._neighbor(path)[:_DIGITS] if path.is_file() else ""

    def _neighbor(self, path: Path) -> str:
        """Of one that cannot be read, that it cannot: windows are without it."""
        try:
            return self._hash(path)
        except OSError:
            return "unreadable"

    def _painted(self, key: PaintedKey) -> str:
        return f"painted {key.frame} {self._hash(key.picture)} {self._neighbor(key.plate)}"

    @cached_property
    def effects(self) -> Effects:
        """The effects of the look, in the amounts that were asked for."""
        return Effects(self.look.headers, self.options)

    def _temporal(self, motion: str) -> str:
        """The part of the fingerprint of temporally filtered frames.

        Of OpenCV's motion nothing is said, as in records of earlier versions.
        """
        resolved = self.resolved
        starts, vectors = resolved.shot_starts, resolved.vectors
        read = {
            "cuts": "auto" if starts is None else sorted(starts),
            "flow": vectors.told if vectors else (),
            "motion": motion,
        }
        said = {name: read.get(name, value) for name, value in self._of("over time")}
        if motion == "opencv":
            del said["motion"]
        hold = {"hold": self.options.hold.without_folders()}  # mattes count by what they hold
        return json.dumps(said | self._set("over time, if set", hold), default=str)

    def _set(self, kind: Pixels, read: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Options that change pixels in a way, where they are not their default.

        ``read`` has what some stand for, which counts in their place.
        """
        unset, read = Options(), read or {}
        values = ((name, read.get(name, value)) for name, value in self._of(kind))
        return {name: value for name, value in values if value != getattr(unset, name)}

    @cached_property
    def _motion(self) -> str:
        """What estimates motion and holds shots still here: ``opencv`` or ``torch``.

        Drawings that are held over frames go by OpenCV's motion on every device.
        """
        if self.options.motion != "auto":
            return self.options.motion
        on_gpu = self.look.device.type == "cuda" and not self.options.hold.is_active
        return "torch" if on_gpu else "opencv"

    @cached_property
    def held_on(self) -> DeviceMemory | None:
        """The device that shots are held still on; None is OpenCV on the CPU."""
        return DeviceMemory(self.look.device) if self._motion == "torch" else None

    def take_remarks(self) -> list[str]:
        """What is to be told of the networks and of the device's memory, each thing once."""
        if self.held_on and self.held_on.problem:
            told = "the temporal filter goes on in smaller bands, to the same pixels"
            self.look.remarks.say(f"{told}: {self.held_on.problem}")
        return self.look.take_remarks()

    @cached_property
    def _precision(self) -> str:
        """As it is computed here, whatever it was called; ``auto`` where that goes by the frame."""
        kinds = {str(self.look.precision(self.options, deep=deep)) for deep in (False, True)}
        if self.options.precision == "auto" and kinds != {"torch.float32"}:
            return "auto"
        return kinds.pop().removeprefix("torch.")

    @lru_cache(maxsize=8)  # noqa: B019  (a run ends with the process, or soon)
    def _shared(self, precision: str) -> str:
        """The part of the fingerprint that all frames share.

        Only `Option.pixels` says which options these are. Their order, and what is left out where
        it is not set, are those of records of earlier versions, which stay valid.
        """
        effects = self.effects.fingerprint()
        scale = recorded_scale(self.options.scale, self.look.scale)
        signed = self.resolved.credentials
        read = {
            "scale": scale,
            "precision": precision,
            "ocio": self.resolved.ocio_hash,
            "credentials": None if signed is None else signed.identity,
        }
        shared: dict[str, Any] = {"ganfx": __version__, "style": self.look.fingerprint}
        tables = {name: effects.pop(name) for name in self.effects.always}
        by_effect = dict(self._of("by effect"))
        for name, value in self._of("always", "by effect"):
            if name in tables or name not in by_effect:
                shared[name] = tables[name] if name in tables else read.get(name, value)
        shared |= self._set("if set", read)
        versions = other_versions() | runtime_version(self.options.backend)
        other = {"libraries": versions} if versions else {}
        return json.dumps(shared | effects | other, default=str)

    def _of(self, *kinds: Pixels) -> list[tuple[str, Any]]:
        """Options that change pixels in one of these ways, with their values."""
        names = [each.field for each in declared(Options) if each.about.pixels in kinds]
        return [(name, getattr(self.options, name)) for name in names]


def is_same_file(job: Job) -> bool:
    """Whether the output of a job is there and has the bytes of its source."""
    try:
        same_size = job.output.stat().st_size == job.source.stat().st_size
        return same_size and file_hash(job.output) == file_hash(job.source)
    except OSError:
        return False


def _canvas_text(job: Job) -> str:
    return f"canvas {tuple(job.canvas)}" if job.canvas else ""


def _part_of_video(job: Job) -> str:
    """Which frames an output has of a video; "" for all, as in records of earlier versions."""
    if job.frame is not None:
        return f"frame {job.frame}"
    return "" if job.frames is None else f"frames {job.frames.start}-{job.frames.stop - 1}"


def reason(error: Exception, source: Path) -> str:
    """Why a frame could not be done, in words, without the name of its source."""
    if isinstance(error, MediaError):
        return error.message.removeprefix("cannot read ").removeprefix(f"{source}: ")
    if isinstance(error, GanfxError):
        return f"{error.message} ({error.hint})" if error.hint else error.message
    if isinstance(error, OSError):
        return f"{error.strerror or error}"
    return f"{type(error).__name__}: {error}"
