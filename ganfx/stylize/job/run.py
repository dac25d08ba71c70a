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
from ganfx.media.color_spaces import ColorSpace
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.option import Pixels, declared
from ganfx.stylize.effects import Effects
from ganfx.stylize.effects.grain import grain_number
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.libraries import other_versions
from ganfx.stylize.job.manifest import Manifest, file_hash
from ganfx.stylize.job.mattes import Mattes
from ganfx.stylize.job.resolved import ResolvedOptions
from ganfx.stylize.network.brush_scale import recorded_scale
from ganfx.stylize.network.look import Look
from ganfx.stylize.options import Options

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

    @property
    def options(self) -> Options:
        """As they were given."""
        return self.resolved.options

    @property
    def mattes(self) -> Mattes | None:
        """Where the look shows; None is everywhere."""
        return self.resolved.mattes

    @property
    def shows_plate(self) -> bool:
        """Whether pixels of plates may come out as they went in."""
        return self.mattes is not None or self.options.strength == 0

    @property
    def space(self) -> ColorSpace | None:
        """Color space of all plates; None goes by each file."""
        return self.resolved.space

    def fingerprint(self, job: Job) -> str:
        """Of everything that the output's pixels depend on: input, style, options, versions.

        Tiles, threads and device are not among it.
        """
        return self._fingerprint(job, self._precision)

    def _fingerprint(self, job: Job, precision: str) -> str:
        matte = self.mattes.fingerprint(job.frame) if self.mattes else ""
        text = (
            self._shared(precision)
            + self._hash(job.source)
            + matte
            + ("black" if job.black else "")
        )
        if job.source.suffix.lower() in VIDEO_SUFFIXES:
            text += _part_of_video(job)
        if self.effects.per_frame:  # which goes by the name
            text += str(grain_number(job.source))
        if job.neighbors or job.source.suffix.lower() in VIDEO_SUFFIXES:
            text += self._temporal + "".join(self._neighbor(path) for path in job.neighbors)
        return hashlib.sha256(text.encode()).hexdigest()

    def is_finished(self, job: Job, fingerprint: str) -> bool:
        """Whether the output can be left as it is."""
        if self.options.overwrite:
            return False
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
        self.manifests[job.output.parent].record(job.output, fingerprint)

    def _hash(self, path: Path) -> str:
        """Of a file's bytes."""
        if path not in self._hashes:
            self._hashes[path] = file_hash(path)
        return self._hashes[path]

    def _neighbor(self, path: Path) -> str:
        """Of one that cannot be read, that it cannot: windows are without it."""
        try:
            return self._hash(path)
        except OSError:
            return "unreadable"

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
            "flow": vectors.channels if vectors else (),
        }
        return json.dumps({name: read.get(name, value) for name, value in self._of("over time")})

    @cached_property
    def _precision(self) -> str:
        """As it was asked for; float32 by any other name where nothing else is computed here."""
        kinds = {str(self.look.precision(self.options, deep=deep)) for deep in (False, True)}
        return "float32" if kinds == {"torch.float32"} else self.options.precision

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
        for name, value in self._of("always", "by effect"):
            if name not in self.effects.optional:
                shared[name] = effects.pop(name) if name in effects else read.get(name, value)
        unset = Options()
        shared |= {n: value for n, value in self._of("if set") if value != getattr(unset, n)}
        other = {"libraries": versions} if (versions := other_versions()) else {}
        return json.dumps(shared | effects | other)

    def _of(self, *kinds: Pixels) -> list[tuple[str, Any]]:
        """Options that change pixels in one of these ways, with their values."""
        names = [each.field for each in declared(Options) if each.about.pixels in kinds]
        return [(name, getattr(self.options, name)) for name in names]


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
