"""Stills and frame sequences: read, stylised and written side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from ganfx.curve import fixed
from ganfx.errors import MediaError
from ganfx.media.arrays import ImageF32
from ganfx.media.frames import Frame
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped, Notice
from ganfx.stylize.job.jobs import Job, PlannedShot
from ganfx.stylize.job.run import Run, reason
from ganfx.stylize.render.aovs import drop_aovs, is_heavy, reload_aovs
from ganfx.stylize.render.finish import drawn
from ganfx.stylize.render.held import Drawing, Held, RepeatedFrames
from ganfx.stylize.render.picture_stages import SKIPPED, Loaded, Stages, Written, at_time_of
from ganfx.stylize.render.pipeline import AHEAD, THREADS, Settled, prefetch
from ganfx.stylize.temporal.filter import HANDLES
from ganfx.stylize.temporal.holding import HeldFrame, StabilizedFrame
from ganfx.stylize.temporal.holds import frames_back
from ganfx.stylize.temporal.stabilizer import (
    Drawn,
    TemporalStabilizer,
    WindowedFrame,
    guided,
    stylized_frame,
)
from ganfx.stylize.temporal.windows import needed_frames


def most_in_hand(frame: Frame, *, holds: bool, back: int = 0) -> tuple[int, int]:
    """How many frames of a long shot are in memory at the most, and how many in full.

    Args:
        frame: One of them.
        holds: Whether they are held still.
        back: Frames before each of which one may be shown instead of it.
    """
    stages = 2 * AHEAD + 2  # before the network, in it, and after it
    if not holds:
        return stages, stages
    stylized_frame = HANDLES + stages + back
    return stylized_frame, 2 * THREADS if is_heavy(frame) else stylized_frame


def stylize_pictures(
    planned: PlannedShot, run: Run, stop: Event | None = None
) -> Generator[FrameDone | FrameSkipped | FrameFailed | Notice, None, None]:
    """Do every picture of a shot that is not finished, in order.

    Once ``stop`` is set, no more than those that are being written.
    """
    name, last = planned.shot.name, time.monotonic()
    mended, additive, repeats = 0, 0, 0
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
                repeats += result.repeats
                unguided += [result.unguided] if result.unguided else []
                seconds = now - last
                yield FrameDone(name, job.source, job.frame, job.output, seconds, copied=job.copied)
            last = now
    if mended:
        yield Notice(f"{name}: {_frames(mended)} had infinite or undefined pixels; mended")
    if additive:
        yield Notice(f"{name}: alpha is 0 everywhere in {_frames(additive)}; all colour is taken")
    if repeats:
        yield RepeatedFrames(repeats).notice(name)
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


class _StabilizedStages:
    """Frames held still by their neighbours, which are read and stylised beside them."""

    def __init__(self, planned: PlannedShot, plain: Stages) -> None:
        self._plain = plain
        self._paths = planned.shot.on_disk
        self._canvas = planned.shot.canvas
        self._distance = planned.jobs[0].distance
        self._numbers = {path: number for number, path in self._paths.items()}
        self._jobs: dict[int, list[Job]] = {}
        for job in planned.jobs:
            if not job.black:
                self._jobs.setdefault(self._numbers[job.source], []).append(job)
        self._finished: dict[Job, bool] = {}
        self._loaded: dict[int, Loaded] = {}
        self._back = frames_back(plain.run.options.hold)
        self._near: dict[int, WindowedFrame] = {}
        self._latest = -math.inf
        self.stabilizer = TemporalStabilizer(
            self._stylized(),
            starts=plain.run.resolved.shot_starts,
            follows_scene=plain.run.follows_scene,
            memory=plain.run.held_on,
            back=self._back,
        )

        self._held_drawings = Held(plain.run, self.stabilizer, self._draw, self._mattes)

    def read(self, job: Job) -> WindowedFrame | Settled:
        if self._is_finished(job):
            return SKIPPED
        frame = self._numbers[job.source]
        fingerprint = self._plain.run.fingerprint(job)
        if job.black or self._plain.is_plate(job):
            loaded = self._plain.load(job.source, job.canvas)
            return WindowedFrame(self._plain.as_asked(loaded, job, fingerprint), frame, {})
        own = self._gather(frame)
        loaded = self._plain.as_asked(own.loaded, job, fingerprint)
        prepared = self._plain.painted.told(loaded.prepared, frame)
        loaded = replace(loaded, prepared=prepared)
        return replace(own, loaded=loaded, near=dict(self._near))

    def _gather(self, frame: int) -> WindowedFrame:
        """A frame and its window, with those before it whose drawing it may have."""
        first = frame - self._back
        self._near = {n: near for n, near in self._near.items() if n >= first}
        for number in range(first, frame + 1):
            asked = number > self._latest or number == frame
            if asked and number in self._paths and number not in self._near:
                try:
                    window = self.stabilizer.gather(number)
                except MediaError:  # it is in no window, and no frame has its drawing
                    if number == frame:
                        raise
                    continue
                self._near[number] = WindowedFrame(self._loaded[number], number, window)
        self._latest = max(self._latest, frame)
        self._loaded = {n: loaded for n, loaded in self._loaded.items() if n >= first}
        return self._near[frame]

    def work(self, job: Job, window_frame: WindowedFrame) -> StabilizedFrame:
        if job.black or self._plain.is_plate(job):
            return StabilizedFrame(self._plain.picture(job, window_frame.loaded), None)
        options = self._plain.run.of(job).options
        if options.hold.is_active:
            return self._held_drawings.shown(window_frame)
        steady = self.stabilizer.hold(window_frame, fixed(options.consistency))
        exact = self._plain.painted.exactly(steady.picture, window_frame.frame)
        return steady._replace(picture=exact)

    def write(self, job: Job, window_frame: WindowedFrame, stabilized: StabilizedFrame) -> Written:
        loaded, own = window_frame.loaded, window_frame.window.get(window_frame.frame)
        loaded = self._whole(loaded, job.source)
        if stabilized.of not in (None, window_frame.frame):
            near, shown = window_frame.near[stabilized.of], self._job_of(stabilized.of)
            like, job = loaded.frame, replace(job, source=shown.source, frame=shown.frame)
            job = replace(job, number=shown.number)
            loaded = self._plain.as_asked(near.loaded, job, loaded.fingerprint)
            loaded = self._whole(loaded, job.source)
            loaded = replace(loaded, frame=at_time_of(loaded.frame, like))
        written = self._plain.write_picture(
            job, loaded, stabilized.picture, stabilized.warp, marked=stabilized.marked
        )
        unguided = own.unguided if own else ""
        return replace(written, unguided=unguided, repeats=stabilized.repeats)

    def _whole(self, loaded: Loaded, source: Path) -> Loaded:
        """With all that its file holds."""
        if not loaded.lacks_aovs:
            return loaded
        most = self._plain.run.options.max_pixels
        frame = reload_aovs(loaded.frame, source, max_pixels=most)
        return replace(loaded, frame=frame, lacks_aovs=False)

    def _job_of(self, frame: int) -> Job:
        """What a frame would be done as if nothing was held."""
        path, distance = self._paths[frame], self._distance
        return Job(path, Path(), frame, canvas=self._canvas, number=frame, distance=distance)

    def _draw(self, near: WindowedFrame, steady: StabilizedFrame) -> Drawing:
        job, plain = self._job_of(near.frame), self._plain
        prepared = plain.as_asked(near.loaded, job, "").prepared
        place = plain.place(job, len(steady.picture), steady.warp)
        picture = drawn(plain.run.of(job).effects, prepared, steady.picture, place)
        return Drawing(picture, prepared.alpha)

    def _mattes(self, near: WindowedFrame) -> Sequence[NDArray[np.float32]]:
        shown = near.loaded.shown
        size = shown.rgb.shape[0], shown.rgb.shape[1]
        return self._plain.run.planes.of_holds(size, near.frame, shown)

    def _needs_window(self, job: Job) -> bool:
        return not (self._plain.is_plate(job) or self._is_finished(job))

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

    def _held(self, frame: int, loaded: Loaded, styled: ImageF32) -> tuple[Loaded, HeldFrame]:
        run = self._plain.run
        kept, vectors = stylized_frame(loaded.prepared, styled, run.held_on), run.resolved.vectors
        return loaded, guided(kept, vectors, frame, loaded.shown) if vectors else kept

    def _stylized(self) -> Drawn:
        """Every frame that is in a window, as it comes out of the network."""
        needed = needed_frames(
            self._jobs,
            self._paths,
            lambda n: not any(map(self._needs_window, self._jobs[n])),
            back=self._back,
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
                if frame in self._jobs or self._back:
                    self._loaded[frame] = result[0]
                yield frame, result[1]
