"""One picture from its file to its result: read, the network, written."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ganfx.media.arrays import ImageF32
from ganfx.media.atomic import replacing
from ganfx.media.canvas import on_canvas
from ganfx.media.frame_reading import Part
from ganfx.media.frames import Frame, read_frame, write_frame
from ganfx.media.ktx2 import SUFFIX as KTX2
from ganfx.media.windows import Window, placed
from ganfx.stages import stage
from ganfx.stylize.effects import Place
from ganfx.stylize.job.assumed_color import refuse_data
from ganfx.stylize.job.data_textures import is_data
from ganfx.stylize.job.jobs import Job, is_plate
from ganfx.stylize.job.origin import note_of, origin_of, seal_of
from ganfx.stylize.job.picture_sets import number_of
from ganfx.stylize.job.run import Run
from ganfx.stylize.network.plate import Prepared, prepare_frame
from ganfx.stylize.network.regional import run_layers
from ganfx.stylize.render.finish import finish, place_of
from ganfx.stylize.render.painted import PaintedShot
from ganfx.stylize.render.pipeline import Settled
from ganfx.stylize.render.strips import goes_by_strips, stylize_strips
from ganfx.stylize.render.surroundings import Surroundings
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp


@dataclass(frozen=True, eq=False)
class Asked:
    """A picture that is to be done."""

    fingerprint: str


@dataclass(frozen=True, eq=False)
class Loaded(Asked):
    """A frame before the network."""

    frame: Frame
    """As it is stored."""
    shown: Frame
    """On the canvas of its shot; ``frame`` itself where it fills that."""
    prepared: Prepared
    """Of ``shown``."""
    lacks_aovs: bool = False
    """Whether ``frame`` is without channels that its file holds."""


class Large(Asked):
    """A picture that is read when its turn has come, in strips."""


class Copied(Asked):
    """A file that holds no colour, and is copied."""


@dataclass(frozen=True)
class Written:
    """A finished file."""

    mended: bool = False  # pixels that were not numbers
    additive: bool = False  # alpha 0 everywhere: all of the colour got the look
    unguided: str = ""  # why motion that should be known is not
    repeats: bool = False  # the plate holds the drawing of the frame before


SKIPPED = Settled(None)
TIMES = ("smpte:TimeCode", "smpte:KeyCode")
"""Attributes that a frame keeps though another one is shown."""


def _blackened(frame: Frame) -> Frame:
    """Black, and covering nothing where there is alpha."""
    alpha = None if frame.alpha is None else np.zeros_like(frame.alpha)
    return replace(frame, rgb=np.zeros_like(frame.rgb), alpha=alpha)


def copy_source(job: Job) -> None:
    """Write the source as the output, bit for bit."""
    with replacing(job.output) as temporary:
        shutil.copyfile(job.source, temporary)


def at_time_of(frame: Frame, other: Frame) -> Frame:
    """A frame with the timecode of another, where that has one."""
    spec = other.stored.parts[other.stored.picture].spec
    times = [each for each in spec.extra_attribs if each.name in TIMES]
    if not times or frame is other:
        return frame
    parts = list(frame.stored.parts)
    for number, part in enumerate(parts):
        timed = part.spec.copy()
        for each in times:
            timed.attribute(each.name, each.type, each.value)
        parts[number] = Part(timed, part.pixels)
    return replace(frame, stored=replace(frame.stored, parts=tuple(parts)))


class Stages:
    """Frames of a shot one by one.

    Args:
        run: What they are done with.
        jobs: All of the shot.
    """

    def __init__(self, run: Run, jobs: Sequence[Job]) -> None:
        self.run = run
        self.painted = PaintedShot(jobs, run.resolved, self._plate)
        self._canvas = jobs[0].canvas if jobs else None

    @cached_property
    def _surroundings(self) -> Surroundings:
        return Surroundings(self.run, lambda path: self.load(path, None).prepared.display)

    def read(self, job: Job) -> Asked | Settled:
        fingerprint = self.run.fingerprint(job)
        if self.run.is_finished(job, fingerprint):
            return SKIPPED
        if job.copied:
            return Copied(fingerprint)
        if goes_by_strips(job, self.run):
            return Large(fingerprint)
        loaded = self.load(job.source, job.canvas)
        prepared = self._surroundings.with_them(job, loaded.prepared)
        return self.as_asked(replace(loaded, prepared=prepared), job, fingerprint)

    def load(self, source: Path, canvas: Window | None) -> Loaded:
        """A frame that may yet be any job's, or a neighbour only."""
        options = self.run.options
        with stage("decode"):
            frame = read_frame(source, max_pixels=options.max_pixels)
        color = self.run.color_of(frame.header)
        refuse_data(color, force=options.force)
        with stage("prepare"):
            shown = on_canvas(frame, canvas, source, max_pixels=options.max_pixels)
            size = shown.rgb.shape[0], shown.rgb.shape[1]
            surface = self.run.surface_of(size, source, shown.header.envmap)
            return Loaded("", frame, shown, prepare_frame(shown, color, surface=surface))

    def as_asked(self, loaded: Loaded, job: Job, fingerprint: str) -> Loaded:
        """With what a job asks for: its mattes and directions, or no picture at all."""
        frame, prepared = loaded.frame, loaded.prepared
        if job.black:
            frame = _blackened(frame)
        else:
            shown = loaded.shown
            size = shown.rgb.shape[0], shown.rgb.shape[1]
            prepared = self.run.planes.laid_on(
                prepared, size, job.frame, shown, distance=job.distance
            )
            prepared = self.run.of(job).laid_over(prepared, size, job.frame, shown)
        return replace(loaded, fingerprint=fingerprint, frame=frame, prepared=prepared)

    def work(self, job: Job, loaded: Asked) -> ImageF32 | Written:
        if isinstance(loaded, Copied):
            copy_source(job)
            return Written()
        if isinstance(loaded, Large):
            return Written(*stylize_strips(job, self.run, loaded.fingerprint))
        assert isinstance(loaded, Loaded)
        return self.picture(job, loaded)

    def picture(self, job: Job, loaded: Loaded) -> ImageF32:
        """A frame in one piece, as it comes out of the network."""
        if job.black or self.is_plate(job):
            return loaded.frame.rgb
        return self.network(loaded, job.number)

    def is_plate(self, job: Job) -> bool:
        """Whether nothing of the look shows in what a job makes."""
        return is_plate(job, self.run.options)

    def network(self, loaded: Loaded, frame: int | None) -> ImageF32:
        """A frame through the look, and what is painted of the shot over it."""
        deep, prepared, shown = loaded.frame.header.depth != "uint8", loaded.prepared, loaded.shown
        run = self.run if frame is None else self.run.at(frame)
        if run.regional and not prepared.covers:  # of a window, without what only finishing needs
            size = shown.rgb.shape[0], shown.rgb.shape[1]
            prepared = run.laid_over(prepared, size, frame, shown)
        styled = run_layers(run.layers, prepared, deep=deep)
        return self.painted.over(styled, frame, prepared)

    def _plate(self, source: Path) -> tuple[Frame, Prepared]:
        loaded = self.load(source, self._canvas)
        return loaded.shown, loaded.prepared

    def write(self, job: Job, loaded: Asked, styled: ImageF32 | Written) -> Written:
        if isinstance(styled, Written):
            self.run.record(job, loaded.fingerprint, origin_of(job, self.run))
            return styled
        assert isinstance(loaded, Loaded)
        prepared = self.painted.told(loaded.prepared, job.number)
        return self.write_picture(job, replace(loaded, prepared=prepared), styled)

    def write_picture(
        self,
        job: Job,
        loaded: Loaded,
        styled: ImageF32,
        warp: KeyframeWarp | None = None,
        *,
        marked: bool = False,
    ) -> Written:
        """A frame in one piece to its file, whether or not it has its marks already."""
        run, like = self.run.of(job), loaded.frame
        if self._is_copy(job, like):
            copy_source(job)
        else:
            strength = run.strength
            if strength > 0 and not job.black:
                place = self.place(job, len(loaded.prepared.display), warp)
                prepared = loaded.prepared
                styled = finish(
                    run.effects, prepared, styled, place, strength=strength, marked=marked
                )
                styled = placed(styled, loaded.shown.header.window, like.header.window)
            else:
                styled = like.rgb
            depth = run.options.depth or ("uint8" if job.output.suffix.lower() == KTX2 else None)
            note = note_of(job, self.run, loaded.fingerprint)
            space = run.color_of(like.header).space
            with stage("encode"):
                write_frame(
                    job.output,
                    styled,
                    like,
                    depth=depth,
                    note=note,
                    seal=seal_of(job, self.run),
                    space=space,
                    partly=run.shows_plate,
                    data=is_data(job.source),
                )
        self.run.record(job, loaded.fingerprint, origin_of(job, self.run))
        return Written(like.repaired > 0, like.additive and not job.black)

    def place(self, job: Job, height: int, warp: KeyframeWarp | None) -> Place:
        """Where all of a job's picture lies, in the picture and in time."""
        options = self.run.of(job).options
        return place_of(options, height, number=number_of(job), frame=job.time, warp=warp)

    def _is_copy(self, job: Job, frame: Frame) -> bool:
        """Whether the output is the source as it is: same format and depth, no strength."""
        options = self.run.of(job).options
        same = job.output.suffix.lower() == job.source.suffix.lower()
        kept = options.depth is None or options.depth == frame.header.depth
        return same and kept and options.leaves_plate and not job.black
