"""What all frames of a run share, and what their pixels depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ganfx import __version__
from ganfx.errors import GanfxError, MediaError, UsageError
from ganfx.media.color_spaces import ColorSpace
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.stylize.effects import Effects
from ganfx.stylize.effects.grain import grain_number
from ganfx.stylize.job.manifest import MANIFEST, Manifest, file_hash
from ganfx.stylize.job.mattes import Mattes
from ganfx.stylize.job.notices import some
from ganfx.stylize.job.plan import Job, Plan
from ganfx.stylize.network.look import Look
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.cuts import shot_starts
from ganfx.stylize.temporal.motion_vectors import Vectors


@dataclass(frozen=True)
class Run:
    """A look, the options, and the records of the output folders."""

    look: Look
    options: Options
    manifests: Mapping[Path, Manifest]
    mattes: Mattes | None = None
    space: ColorSpace | None = None
    """What all plates are encoded in; None goes by each file."""
    vectors: Vectors | None = None
    """Known motion."""
    _hashes: dict[Path, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Of files that were read: a frame is asked for in the window of each of its neighbours."""

    def fingerprint(self, job: Job) -> str:
        """Of everything that the output's pixels depend on: input, style, options, version.

        Tiles, threads and device are not among it.
        """
        matte = self.mattes.fingerprint(job.frame) if self.mattes else ""
        text = self._shared + self._hash(job.source) + matte + ("black" if job.black else "")
        if self.effects.per_frame:  # which goes by the name
            text += str(grain_number(job.source))
        if job.neighbors or job.source.suffix.lower() in VIDEO_SUFFIXES:
            text += self._temporal + "".join(self._neighbor(path) for path in job.neighbors)
        return hashlib.sha256(text.encode()).hexdigest()

    def is_finished(self, job: Job, fingerprint: str) -> bool:
        """Whether the output can be left as it is."""
        if self.options.overwrite:
            return False
        return self.manifests[job.output.parent].is_finished(job.output, fingerprint)

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
        starts = shot_starts(self.options.cuts)
        cuts = "auto" if starts is None else sorted(starts)
        channels = self.vectors.channels if self.vectors else ()
        values = {"consistency": self.options.consistency, "cuts": cuts, "flow": channels}
        return json.dumps(values)

    @cached_property
    def _precision(self) -> str:
        """As it was asked for; float32 by any other name where nothing else is computed here."""
        kinds = {str(self.look.precision(self.options, deep=deep)) for deep in (False, True)}
        return "float32" if kinds == {"torch.float32"} else self.options.precision

    @cached_property
    def _shared(self) -> str:
        options = self.options
        effects = self.effects.fingerprint()
        return json.dumps(
            {
                "ganfx": __version__,
                "style": self.look.fingerprint,
                "strength": options.strength,
                "keep_color": options.keep_color,
                "scale": options.scale,
                "wrap": options.wrap,
                "grain": effects.pop("grain"),
                "seed": options.seed,
                "precision": self._precision,
                "depth": options.depth,
                "colorspace": options.colorspace,
                "ocio": file_hash(options.ocio) if options.ocio else "",
                # Only where they are asked for: records of before there were such things hold.
                **({"portable": options.portable} if options.portable else {}),
                **({"compile": True} if options.compile else {}),
                **effects,
            }
        )


def claim_outputs(plan: Plan, options: Options) -> dict[Path, Manifest]:
    """Make the output folders, and make sure that nothing of the user's is replaced.

    Returns:
        The record of each output folder.

    Raises:
        UsageError: A folder cannot be written, or holds files that ganfx did not write.
    """
    manifests = check_outputs(plan, options)
    for folder, outputs in plan.outputs.items():
        manifests[folder].claim(outputs)
    return manifests


def check_outputs(plan: Plan, options: Options) -> dict[Path, Manifest]:
    """The record of each output folder, as it is; nothing is written.

    Raises:
        UsageError: One cannot be read, or holds files that ganfx did not write.
    """
    manifests = {folder: Manifest(folder) for folder in plan.outputs}
    foreign = [
        output
        for folder, outputs in plan.outputs.items()
        for there in [_names_in(folder)]
        for output in outputs
        if output.name in there and not manifests[folder].owns(output)
    ]
    if foreign and not options.overwrite:
        raise UsageError(
            f"{some(foreign)}: there already, and not written by ganfx"
            f" (or its record, {MANIFEST}, is gone)",
            hint="replace with --overwrite, or choose another folder with --out",
        )
    return manifests


def _names_in(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}",
            hint="choose another folder with --out",
        ) from error


def reason(error: Exception, source: Path) -> str:
    """What to tell about a frame that could not be done, beside the name of its source."""
    if isinstance(error, MediaError):
        return error.message.removeprefix("cannot read ").removeprefix(f"{source}: ")
    if isinstance(error, GanfxError):
        return f"{error.message} ({error.hint})" if error.hint else error.message
    if isinstance(error, OSError):
        return f"{error.strerror or error}"
    return f"{type(error).__name__}: {error}"
