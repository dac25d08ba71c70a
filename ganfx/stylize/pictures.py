"""Stills and frame sequences: read, stylised and written side by side."""

from __future__ import annotations

import shutil
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ganfx.media.atomic import replacing
from ganfx.media.frames import Frame, read_frame, write_frame
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped, Notice
from ganfx.stylize.grain import grain_number
from ganfx.stylize.look import Prepared, finish, prepare_frame, run_network
from ganfx.stylize.plan import Job, PlannedShot
from ganfx.stylize.run import Run, reason
from ganfx.stylize.stages import Settled, overlap

Picture = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Loaded:
    """A frame before the network."""

    frame: Frame
    prepared: Prepared
    fingerprint: str


@dataclass(frozen=True)
class Written:
    """A finished file."""

    repaired: int  # pixels that were not numbers


SKIPPED = Settled(None)


def stylise_pictures(
    planned: PlannedShot, run: Run
) -> Generator[FrameDone | FrameSkipped | FrameFailed | Notice, None, None]:
    """Do every picture of a shot that is not finished, in order."""
    stages = _Stages(run)
    name, last, repaired = planned.shot.name, time.monotonic(), 0
    with closing(overlap(planned.jobs, stages.read, stages.work, stages.write)) as results:
        for job, result in results:
            now = time.monotonic()
            if isinstance(result, Exception):
                yield FrameFailed(name, job.source, job.frame, reason(result, job.source))
            elif result is None:
                yield FrameSkipped(name, job.source, job.frame, job.output)
            else:
                repaired += result.repaired > 0
                yield FrameDone(name, job.source, job.frame, job.output, now - last)
            last = now
    if repaired:
        frames = "1 frame" if repaired == 1 else f"{repaired} frames"
        yield Notice(f"{name}: {frames} had infinite or undefined pixels; mended")


def _blackened(frame: Frame) -> Frame:
    """Black, and covering nothing where there is alpha."""
    alpha = None if frame.alpha is None else np.zeros_like(frame.alpha)
    return replace(frame, rgb=np.zeros_like(frame.rgb), alpha=alpha)


@dataclass(frozen=True)
class _Stages:
    run: Run

    def read(self, job: Job) -> Loaded | Settled:
        fingerprint = self.run.fingerprint(job)
        if self.run.is_finished(job, fingerprint):
            return SKIPPED
        frame = read_frame(job.source, max_pixels=self.run.options.max_pixels)
        if job.black:
            return Loaded(_blackened(frame), prepare_frame(frame), fingerprint)
        prepared = prepare_frame(frame, self.run.space)
        if self.run.mattes:
            matte = self.run.mattes.read(frame.rgb.shape[:2], job.frame, frame)
            prepared = replace(prepared, matte=matte)
        return Loaded(frame, prepared, fingerprint)

    def work(self, job: Job, loaded: Loaded) -> Picture:
        if self.run.options.strength == 0 or job.black:
            return loaded.frame.rgb
        deep = loaded.frame.header.depth != "uint8"
        return run_network(self.run.look, loaded.prepared, self.run.options, deep=deep)

    def write(self, job: Job, loaded: Loaded, styled: Picture) -> Written:
        run, like = self.run, loaded.frame
        if self._is_copy(job, like):
            with replacing(job.output) as temporary:  # the source, bit for bit
                shutil.copyfile(job.source, temporary)
        else:
            if run.options.strength > 0 and not job.black:
                number = grain_number(job.source)
                styled = finish(run.look, loaded.prepared, styled, run.options, number=number)
            write_frame(job.output, styled, like, depth=run.options.depth)
        run.record(job, loaded.fingerprint)
        return Written(like.repaired)

    def _is_copy(self, job: Job, frame: Frame) -> bool:
        """Whether the output is the source as it is: same format and depth, no strength."""
        options = self.run.options
        same = job.output.suffix.lower() == job.source.suffix.lower()
        kept = options.depth is None or options.depth == frame.header.depth
        return same and kept and options.strength == 0 and not job.black
