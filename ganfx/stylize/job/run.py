"""A run: look, options and records, and the fingerprints of its frames."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from ganfx import __version__
from ganfx.errors import GanfxError, MediaError
from ganfx.media.file_color import FileColor, file_color, video_color
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.media.headers import Header, read_header
from ganfx.media.tile_sets import cube_files_of
from ganfx.media.video import read_video_info
from ganfx.option import Pixels, declared
from ganfx.stylize.effects import Effects
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.libraries import other_versions
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

Unfinished = Literal["missing", "damaged", "outdated"]
"""Not there; there but not whole; made from another source, or with other options or versions."""


@dataclass(frozen=True, eq=False)
class Run:
    """A look, the options, and the records of the output folders."""

    look: Look
    resolved: ResolvedOptions
    manifests: Mapping[Path, Manifest]
    _hashes: dict[Path, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Of files that were read: a frame is asked for in the window of each of its neighbours."""
    _colors: dict[Path, FileColor] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def options(self) -> Options:
        """As they were given."""
        return self.resolved.options

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
        return self.planes.matte is not None or self.options.strength == 0

    def fingerprint(self, job: Job) -> str:
        """Of everything that the output's pixels depend on: input, style, options, versions.

        Tiles, threads and device are not among it.
        """
        return self._fingerprint(job, self._precision)

    def _fingerprint(self, job: Job, precision: str) -> str:
        if job.copied:
            return hashlib.sha256(f"copied {self._hash(job.source)}".encode()).hexdigest()
        text = (
            self._shared(precision)
            + self._hash(job.source)
            + self.planes.fingerprint(job.frame)
            + ("black" if job.black else "")
            + (f"canvas {tuple(job.canvas)}" if job.canvas else "")
            + "".join(self._painted(key) for key in job.painted)
        )
        if job.tiles is not None:
            text += text_of(job.tiles, job.source)
        text += "".join(self._neighbor(path) for path in others_of(job))
        if job.source.suffix.lower() in VIDEO_SUFFIXES:
            text += _part_of_video(job)
        if self.effects.per_frame:  # which goes by the name
            text += str(number_of(job))
        if job.neighbors or job.source.suffix.lower() in VIDEO_SUFFIXES:
            text += self._temporal + "".join(self._neighbor(path) for path in job.neighbors)
        return hashlib.sha256(text.encode()).hexdigest()

    def is_finished(self, job: Job, fingerprint: str) -> bool:
        """Whether the output can be left as it is."""
        if self.options.overwrite:
            return False
        if job.copied and is_same_file(job):
            return True
        manifest = self.manifests[job.output.parent]
        if manifest.is_finished(job.output, fingerprint):
            return True
        # Whoever leaves the precision to ganfx takes what is more exact, too: a farm's frames.
        exact = self._fingerprint(job, "float32") if self._precision == "auto" else fingerprint
        return exact != fingerprint and manifest.is_finished(job.output, exact)

    def why_not_finished(self, job: Job) -> Unfinished:
        """Why the output cannot be left as it is."""
        if not job.output.exists():
            return "missing"
        manifest, fingerprint = self.manifests[job.output.parent], self.fingerprint(job)
        known = {fingerprint, self._fingerprint(job, "float32")}
        return "damaged" if manifest.fingerprint_of(job.output) in known else "outdated"

    def record(self, job: Job, fingerprint: str) -> None:
        """Put the finished output on record."""
        manifest = self.manifests[job.output.parent]
        settings = None if job.copied else self.settings(job)
        manifest.record(job.output, fingerprint, settings)

    def settings(self, job: Job) -> dict[str, Any]:
        """The look and the options that the output is made with, as records have them."""
        return settings_of(job, self.look, self.options, self._own)

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

    @cached_property
    def _temporal(self) -> str:
        """The part of the fingerprint of temporally filtered frames."""
        resolved = self.resolved
        starts, vectors = resolved.shot_starts, resolved.vectors
        read = {
            "cuts": "auto" if starts is None else sorted(starts),
            "flow": vectors.told if vectors else (),
        }
        return json.dumps({name: read.get(name, value) for name, value in self._of("over time")})

    @cached_property
    def _precision(self) -> str:
        """As it is computed here, whatever it was called; ``auto`` where that goes by the frame."""
        kinds = {str(self.look.precision(self.options, deep=deep)) for deep in (False, True)}
        if self.options.precision == "auto" and kinds != {"torch.float32"}:
            return "auto"
        return kinds.pop().removeprefix("torch.")

    @lru_cache(maxsize=2)  # noqa: B019  (a run ends with the process, or soon)
    def _shared(self, precision: str) -> str:
        """The part of the fingerprint that all frames share.

        Only `Option.pixels` says which options these are. Their order, and what is left out where
        it is not set, are those of records of earlier versions, which stay valid.
        """
        effects = self.effects.fingerprint()
        scale = recorded_scale(self.options.scale, self.look.scale)
        read = {"scale": scale, "precision": precision, "ocio": self.resolved.ocio_hash}
        shared: dict[str, Any] = {"ganfx": __version__, "style": self.look.fingerprint}
        tables = {name: effects.pop(name) for name in self.effects.always}
        by_effect = dict(self._of("by effect"))
        for name, value in self._of("always", "by effect"):
            if name in tables or name not in by_effect:
                shared[name] = tables[name] if name in tables else read.get(name, value)
        unset = Options()
        shared |= {n: value for n, value in self._of("if set") if value != getattr(unset, n)}
        other = {"libraries": versions} if (versions := other_versions()) else {}
        return json.dumps(shared | effects | other)

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
