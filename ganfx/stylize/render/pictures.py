"""Stills and frame sequences: read, stylised and written side by side."""

from __future__ import annotations

import shutil
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Event

import numpy as np

from ganfx.errors import MediaError
from ganfx.media.arrays import ImageF32
from ganfx.media.atomic import replacing
from ganfx.media.canvas import on_canvas
from ganfx.media.frames import Frame, read_frame, write_frame
from ganfx.media.ktx2 import SUFFIX as KTX2
from ganfx.media.windows import Window, placed
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped, Notice
from ganfx.stylize.job.assumed_color import refuse_data
from ganfx.stylize.job.data_textures import is_data
from ganfx.stylize.job.jobs import Job, PlannedShot
from ganfx.stylize.job.picture_sets import number_of
from ganfx.stylize.job.run import Run, reason
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.plate import Prepared, prepare_frame
from ganfx.stylize.render.aovs import drop_aovs, is_heavy, reload_aovs
from ganfx.stylize.render.finish import finish, place_of
from ganfx.stylize.render.painted import PaintedShot
from ganfx.stylize.render.pipeline import AHEAD, THREADS, Settled, prefetch
from ganfx.stylize.render.strips import goes_by_strips, stylize_strips
from ganfx.stylize.render.surroundings import Surroundings
from ganfx.stylize.temporal.filter import HANDLES, StylizedFrame
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp
from ganfx.stylize.temporal.stabilizer import (
    Drawn,
    StabilizedFrame,
    TemporalStabilizer,
    WindowedFrame,
    guided,
    stylized_frame,
)
from ganfx.stylize.temporal.windows import needed_frames


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


SKIPPED = Settled(None)


def most_in_hand(frame: Frame, *, holds: bool) -> tuple[int, int]:
    """How many frames of a long shot are in memory at the most, and how many in full.

    Args:
        frame: One of them.
        holds: Whether they are held still.
    """
    stages = 2 * AHEAD + 2  # before the network, in it, and after it
    if not holds:
        return stages, stages
    stylized_frame = HANDLES + stages
    return stylized_frame, 2 * THREADS if is_heavy(frame) else stylized_frame


def stylize_pictures(
    planned: PlannedShot, run: Run, stop: Event | None = None
) -> Generator[FrameDone | FrameSkipped | FrameFailed | Notice, None, None]:
    """Do every picture of a shot that is not finished, in order.

    Once ``stop`` is set, no more than those that are being written.
    """
    name, last, mended, additive = planned.shot.name, time.monotonic(), 0, 0
    unguided: list[str] = []
    with closing(_results(planned, run, stop or Event())) as results:
        for job, result in results:
            now = time.monotonic()
            if isinstance(result, Exception):
                yield FrameFailed(name, job.source, job.frame, reason(result, job.source))
            elif result is None:
                yield FrameSkipped(name, job.source, job.frame, job.output)
            else:
                mended += result.mended
                additive += result.additive
                unguided += [result.unguided] if result.unguided else []
                seconds = now - last
                yield FrameDone(name, job.source, job.frame, job.output, seconds, copied=job.copied)
            last = now
    if mended:
        yield Notice(f"{name}: {_frames(mended)} had infinite or undefined pixels; mended")
    if additive:
        yield Notice(f"{name}: alpha is 0 everywhere in {_frames(additive)}; all colour is taken")
    if unguided:
        frames = _frames(len(unguided))
        yield Notice(f"{name}: motion of {frames} estimated, --flow has none: {unguided[0]}")


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _results(
    planned: PlannedShot, run: Run, stop: Event
) -> Generator[tuple[Job, Written | Exception | None], None, None]:
    """The result of each job; None where it was finished already."""
    stages = Stages(run, planned.jobs)
    if not any(job.neighbors for job in planned.jobs):
        yield from prefetch(planned.jobs, stages.read, stages.work, stages.write, stop=stop)
        return
    steady = _StabilizedStages(planned, stages)
    pipeline = prefetch(planned.jobs, steady.read, steady.work, steady.write, readers=1, stop=stop)
    with closing(steady.stabilizer), closing(pipeline) as done:
        try:
            for each in done:
                yield each
                if stop.is_set():  # or a window that nobody waits for is still filled
                    steady.stabilizer.stop()
        finally:
            steady.stabilizer.stop()


def _blackened(frame: Frame) -> Frame:
    """Black, and covering nothing where there is alpha."""
    alpha = None if frame.alpha is None else np.zeros_like(frame.alpha)
    return replace(frame, rgb=np.zeros_like(frame.rgb), alpha=alpha)


def copy_source(job: Job) -> None:
    """Write the source as the output, bit for bit."""
    with replacing(job.output) as temporary:
        shutil.copyfile(job.source, temporary)


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
        frame = read_frame(source, max_pixels=options.max_pixels)
        color = self.run.color_of(frame.header)
        refuse_data(color, force=options.force)
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
            prepared = self.run.planes.laid_on(prepared, size, job.frame, shown)
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
        if self.run.options.strength == 0 or job.black:
            return loaded.frame.rgb
        return self.network(loaded, job.number)

    def network(self, loaded: Loaded, frame: int | None) -> ImageF32:
        """A frame through the look, and what is painted of the shot over it."""
        deep = loaded.frame.header.depth != "uint8"
        styled = run_network(self.run.look, loaded.prepared, self.run.options, deep=deep)
        return self.painted.over(styled, frame, loaded.prepared)

    def _plate(self, source: Path) -> tuple[Frame, Prepared]:
        loaded = self.load(source, self._canvas)
        return loaded.shown, loaded.prepared

    def write(self, job: Job, loaded: Asked, styled: ImageF32 | Written) -> Written:
        if isinstance(styled, Written):
            self.run.record(job, loaded.fingerprint)
            return styled
        assert isinstance(loaded, Loaded)
        prepared = self.painted.told(loaded.prepared, job.number)
        return self.write_picture(job, replace(loaded, prepared=prepared), styled)

    def write_picture(
        self, job: Job, loaded: Loaded, styled: ImageF32, warp: KeyframeWarp | None = None
    ) -> Written:
        """A frame in one piece to its file."""
        run, like = self.run, loaded.frame
        if self._is_copy(job, like):
            copy_source(job)
        else:
            if run.options.strength > 0 and not job.black:
                strength, lines = run.options.strength, len(loaded.prepared.display)
                place = place_of(run.options, lines, number=number_of(job), warp=warp)
                styled = finish(run.effects, loaded.prepared, styled, place, strength=strength)
                styled = placed(styled, loaded.shown.header.window, like.header.window)
            note = loaded.fingerprint
            depth = run.options.depth or ("uint8" if job.output.suffix.lower() == KTX2 else None)
            space = run.color_of(like.header).space
            write_frame(
                job.output,
                styled,
                like,
                depth=depth,
                fingerprint=note,
                space=space,
                partly=run.shows_plate,
                data=is_data(job.source),
            )
        run.record(job, loaded.fingerprint)
        return Written(like.repaired > 0, like.additive and not job.black)

    def _is_copy(self, job: Job, frame: Frame) -> bool:
        """Whether the output is the source as it is: same format and depth, no strength."""
        options = self.run.options
        same = job.output.suffix.lower() == job.source.suffix.lower()
        kept = options.depth is None or options.depth == frame.header.depth
        return same and kept and options.strength == 0 and not job.black


class _StabilizedStages:
    """Frames held still by their neighbours, which are read and stylised beside them."""

    def __init__(self, planned: PlannedShot, plain: Stages) -> None:
        self._plain = plain
        self._paths = planned.shot.on_disk
        self._canvas = planned.shot.canvas
        self._numbers = {path: number for number, path in self._paths.items()}
        self._jobs: dict[int, list[Job]] = {}
        for job in planned.jobs:
            if not job.black:
                self._jobs.setdefault(self._numbers[job.source], []).append(job)
        self._finished: dict[Job, bool] = {}
        self._loaded: dict[int, Loaded] = {}
        self.stabilizer = TemporalStabilizer(
            self._stylized(),
            plain.run.options.consistency,
            starts=plain.run.resolved.shot_starts,
            follows_scene=plain.run.effects.follow_scene,
        )

    def read(self, job: Job) -> WindowedFrame | Settled:
        if self._is_finished(job):
            return SKIPPED
        frame = self._numbers[job.source]
        fingerprint = self._plain.run.fingerprint(job)
        if job.black:
            loaded = self._plain.load(job.source, job.canvas)
            return WindowedFrame(self._plain.as_asked(loaded, job, fingerprint), frame, {})
        window = self.stabilizer.gather(frame)
        self._loaded = {n: loaded for n, loaded in self._loaded.items() if n >= frame}
        loaded = self._plain.as_asked(self._loaded[frame], job, fingerprint)
        prepared = self._plain.painted.told(loaded.prepared, frame)
        loaded = replace(loaded, prepared=prepared)
        return WindowedFrame(loaded, frame, window)

    def work(self, job: Job, window_frame: WindowedFrame) -> StabilizedFrame:
        if job.black:
            return StabilizedFrame(self._plain.picture(job, window_frame.loaded), None)
        held = self.stabilizer.hold(window_frame)
        exact = self._plain.painted.exactly(held.picture, window_frame.frame)
        return held._replace(picture=exact)

    def write(self, job: Job, window_frame: WindowedFrame, stabilized: StabilizedFrame) -> Written:
        loaded = window_frame.loaded
        if loaded.lacks_aovs:
            most = self._plain.run.options.max_pixels
            loaded = replace(loaded, frame=reload_aovs(loaded.frame, job.source, max_pixels=most))
        written = self._plain.write_picture(job, loaded, stabilized.picture, stabilized.warp)
        own = window_frame.window.get(window_frame.frame)
        return replace(written, unguided=own.unguided if own else "")

    def _is_finished(self, job: Job) -> bool:
        if job not in self._finished:
            run = self._plain.run
            try:
                self._finished[job] = run.is_finished(job, run.fingerprint(job))
            except MediaError:  # which is told when its turn comes: others can be done
                self._finished[job] = False
        return self._finished[job]

    def _load(self, frame: int) -> Loaded:
        """A frame as it is held until all of its window is there."""
        loaded, run = self._plain.load(self._paths[frame], self._canvas), self._plain.run
        if not is_heavy(loaded.frame):
            return loaded
        names = list(run.resolved.vectors.kept(loaded.frame)) if run.resolved.vectors else []
        names += run.planes.channels(loaded.frame)
        frame_alone = drop_aovs(loaded.frame, names)
        shown = replace(loaded.shown, stored=frame_alone.stored)
        return replace(loaded, frame=frame_alone, shown=shown, lacks_aovs=True)

    def _held(self, frame: int, loaded: Loaded, styled: ImageF32) -> tuple[Loaded, StylizedFrame]:
        kept, vectors = stylized_frame(loaded.prepared, styled), self._plain.run.resolved.vectors
        return loaded, guided(kept, vectors, frame, loaded.shown) if vectors else kept

    def _stylized(self) -> Drawn:
        """Every frame that is in a window, as it comes out of the network."""
        needed = needed_frames(
            self._jobs, self._paths, lambda n: all(map(self._is_finished, self._jobs[n]))
        )
        plain = self._plain
        results = prefetch(
            needed,
            self._load,
            lambda frame, loaded: plain.network(loaded, frame),
            self._held,
            writers=None if plain.run.resolved.vectors else 0,  # those are files of their own
        )
        with closing(results):
            for frame, result in results:
                if isinstance(result, Exception):
                    yield frame, result
                    continue
                if frame in self._jobs:
                    self._loaded[frame] = result[0]
                yield frame, result[1]
