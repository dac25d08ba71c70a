"""Video in, pictures out: each frame a numbered picture, whatever its codec can be written as."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import GanfxError, MediaError
from ganfx.media.arrays import ImageF32
from ganfx.media.formats import Depth
from ganfx.media.frames import new_frame, write_frame
from ganfx.media.video import read_video_info
from ganfx.media.video.orientation import Matrix, upright
from ganfx.media.video.reading import count_frames, opened
from ganfx.media.video.stream_metadata import read_stream_metadata
from ganfx.media.video.yuv import Samples
from ganfx.stages import stage
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped, Notice
from ganfx.stylize.job.jobs import Job, PlannedShot
from ganfx.stylize.job.origin import note_of, origin_of, seal_of
from ganfx.stylize.job.run import Run, reason
from ganfx.stylize.render.held import RepeatedFrames
from ganfx.stylize.render.videos import Stages, opened_plates, results_of

_Event = FrameDone | FrameSkipped | FrameFailed | Notice


def check_frame(job: Job) -> None:
    """Whether a frame of a video is there, as far as its header tells.

    Raises:
        MediaError: It is not, or the video cannot be read.
    """
    if job.frame is not None and job.frame >= count_frames(job.source):
        raise MediaError(f"{job.source} has no frame {job.frame}")


def stylize_video_frames(
    planned: PlannedShot, run: Run, stop: Event
) -> Generator[_Event, None, None]:
    """Do every frame that is asked for and not finished, in order.

    A frame that cannot be decoded ends the video: those before it are done.
    """
    name, source = planned.shot.name, planned.jobs[0].source
    left: dict[int, tuple[Job, str]] = {}
    try:
        for job in planned.jobs:
            fingerprint = run.fingerprint(job)
            if run.is_finished(job, fingerprint):
                yield FrameSkipped(name, source, job.frame, job.output)
            else:
                left[job.frame or 0] = (job, fingerprint)
        if left:
            yield from _done(name, left, run, stop)
    except (GanfxError, OSError) as error:
        yield FrameFailed(name, source, None, reason(error, source))


def _done(
    name: str, jobs: dict[int, tuple[Job, str]], run: Run, stop: Event
) -> Generator[_Event, None, None]:
    wanted, last = sorted(jobs), time.monotonic()
    source = jobs[wanted[0]][0].source
    writer = _pictures_of(source, jobs, run)
    told: set[int] = set()
    with opened_plates(source, exact=False, uneven=True) as plates:
        color = run.color_in(source)
        stages = Stages(run, plates, writer.put, writer.deep, color, source, wanted)
        with closing(results_of(stages)) as results:
            for number, result in results:
                now, job = time.monotonic(), jobs[number][0]
                told.add(number)
                if isinstance(result, Exception):
                    yield FrameFailed(name, source, number, reason(result, source))
                else:
                    yield FrameDone(name, source, number, job.output, now - last)
                last = now
                if stop.is_set():
                    return
    if stages.repeats:
        yield RepeatedFrames(len(stages.repeats)).notice(name)
    for number in sorted(jobs.keys() - told):
        yield FrameFailed(name, source, number, "the video ends, or is damaged, before this frame")


@dataclass(frozen=True, eq=False)
class _Pictures:
    """Writes frames of a video as pictures."""

    jobs: dict[int, tuple[Job, str]]
    run: Run
    depth: Depth
    """Of the video, in the words of pictures."""
    matrix: Matrix | None
    aspect: Fraction
    """Width of a pixel to its height, as stored."""

    @property
    def deep(self) -> bool:
        return self.depth != "uint8"

    def put(
        self,
        number: int,
        rgb: ImageF32,
        _plate: Samples | None = None,
        _where: NDArray[np.bool_] | None = None,
    ) -> None:
        """Write a frame, upright, and put it on record."""
        (job, fingerprint), run = self.jobs[number], self.run
        picture = np.ascontiguousarray(upright(np.clip(rgb, 0.0, 1.0), self.matrix))
        like = new_frame(picture, depth=self.depth)
        turned = picture.shape[0] != rgb.shape[0]
        aspect = 1 / self.aspect if turned else self.aspect
        if aspect != 1:
            like.stored.part.spec.attribute("PixelAspectRatio", float(aspect))
        with stage("encode"):
            write_frame(
                job.output,
                picture,
                like,
                depth=run.options.depth,
                note=note_of(job, run, fingerprint),
                seal=seal_of(job, run),
                space=run.color_in(job.source).space,
            )
        run.record(job, fingerprint, origin_of(job, run))


def _pictures_of(source: Path, jobs: dict[int, tuple[Job, str]], run: Run) -> _Pictures:
    info = read_video_info(source)
    with opened(source) as (_, stream):
        aspect = Fraction(stream.sample_aspect_ratio or 1)
    depth: Depth = "uint8" if info.bits <= 8 else "uint16"
    return _Pictures(jobs, run, depth, read_stream_metadata(source).matrix, aspect)
