"""Video in, video out: decoded, stylised and encoded side by side, whole or not at all."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ganfx.curve import fixed, least
from ganfx.errors import GanfxError, MediaError
from ganfx.media.arrays import ImageF32
from ganfx.media.atomic import replacing
from ganfx.media.file_color import FileColor
from ganfx.media.video import VideoWriter, read_video_info, reading
from ganfx.media.video.containers import check_container
from ganfx.media.video.encoders import check_encoder
from ganfx.media.video.reading import Plate, opened, read_plates, read_timing, stream_encoding
from ganfx.media.video.stream_metadata import losses_of
from ganfx.media.video.yuv import Samples
from ganfx.stages import stage
from ganfx.stylize.effects import Place
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped, Notice
from ganfx.stylize.job.jobs import Job, PlannedShot
from ganfx.stylize.job.mattes import amount_of
from ganfx.stylize.job.origin import origin_of, seal_of
from ganfx.stylize.job.run import Run, reason
from ganfx.stylize.network.plate import Prepared, prepare
from ganfx.stylize.network.regional import run_layers
from ganfx.stylize.render.finish import drawn, finish, place_of
from ganfx.stylize.render.held import Drawing, Held, RepeatedFrames
from ganfx.stylize.render.pipeline import EndOfJobs, prefetch
from ganfx.stylize.temporal.holding import StabilizedFrame
from ganfx.stylize.temporal.holds import frames_back
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp
from ganfx.stylize.temporal.stabilizer import (
    Drawn,
    TemporalStabilizer,
    WindowedFrame,
    stylized_frame,
)
from ganfx.stylize.temporal.windows import needed_frames

Finished = tuple[ImageF32, Samples | None, NDArray[np.bool_] | None]
"""A frame as `VideoWriter.write` takes it."""
Put = Callable[[int, ImageF32, Samples | None, NDArray[np.bool_] | None], None]
"""Takes a finished frame: its number, ``(H, W, 3)`` float32, and as `VideoWriter.write`."""


def count_frames(job: Job) -> int:
    """Frames of a video; 1 where it cannot be read (which is reported when its turn comes)."""
    if job.frames is not None:
        return len(job.frames)
    try:
        return reading.count_frames(job.source)
    except MediaError:
        return 1


def stylize_video(
    planned: PlannedShot, run: Run
) -> Generator[FrameDone | FrameSkipped | FrameFailed | Notice, None, None]:
    """Do a video, unless it is finished. Frames are counted from 0.

    A frame that cannot be done fails the video: what is written is whole.
    """
    (job,) = planned.jobs
    name, number = planned.shot.name, None
    try:
        fingerprint = run.fingerprint(job)
        if run.is_finished(job, fingerprint):
            for number in _numbers(job):
                yield FrameSkipped(name, job.source, number, job.output)
            return
        yield from video_notices(planned, run)
        last = time.monotonic()
        for done in _written(job, run):
            if isinstance(done, RepeatedFrames):
                yield done.notice(name)
                continue
            number, now = done, time.monotonic()
            yield FrameDone(name, job.source, number, job.output, now - last)
            last = now
        run.record(job, fingerprint, origin_of(job, run))
    except (GanfxError, OSError) as error:
        bad = None if number is None else number + 1
        yield FrameFailed(name, job.source, bad, reason(error, job.source))


def check_video(source: Path, output: Path, *, uneven: bool) -> None:
    """Whether a video is whole and can be written back, without decoding it.

    Args:
        source: The video.
        output: What is written of it.
        uneven: Whether its frames may be unevenly spaced in time.

    Raises:
        MediaError: It is not, or cannot be.
    """
    _check_written(source, output)
    read_timing(source, vfr=uneven)


def _check_written(source: Path, output: Path) -> None:
    check_encoder(read_video_info(source).codec, source)
    with opened(source) as (_, stream):
        check_container(output, stream, stream_encoding(stream, source), source)


def video_notices(planned: PlannedShot, run: Run) -> Iterator[Notice]:
    """Losses of the output against the source, unless it is a copy."""
    with suppress(MediaError):  # reported when its frames are read
        job = planned.jobs[0]
        if not _is_copy(job, run):
            for loss in losses_of(job.source, job.output):
                yield Notice(f"{planned.shot.name}: {loss}")


def _numbers(job: Job) -> range:
    return range(count_frames(job)) if job.frames is None else job.frames


def _is_copy(job: Job, run: Run) -> bool:
    """Whether the output is the source as it is: all of it, in the same container."""
    same = job.output.suffix.lower() == job.source.suffix.lower()
    return run.options.leaves_plate and same and job.frames is None


def _written(job: Job, run: Run) -> Iterator[int | RepeatedFrames]:
    """Write the output; yields the number of each frame as it is done, and what was found."""
    if _is_copy(job, run):
        with replacing(job.output) as temporary:  # the source, bit for bit
            shutil.copyfile(job.source, temporary)
        yield from _numbers(job)
        return
    _check_written(job.source, job.output)
    uneven, chosen = run.options.vfr == "keep", job.frames
    shows = run.planes.show_plate or least(run.options.strength) < 1
    shows |= any(least(each.strength) < 1 for each in run.options.region)
    deep = read_video_info(job.source).bits > 8
    with (
        opened_plates(job.source, exact=shows, uneven=uneven) as plates,
        VideoWriter(
            job.output, like=job.source, vfr=uneven, frames=chosen, seal=seal_of(job, run)
        ) as writer,
    ):
        put, color = _encoding_with(writer), run.color_in(job.source)
        stages = Stages(run, plates, put, deep, color, job.source, chosen)
        for number, result in results_of(stages):
            if isinstance(result, Exception):
                raise result
            yield number
    if stages.repeats:
        yield RepeatedFrames(len(stages.repeats))


def _encoding_with(writer: VideoWriter) -> Put:
    def put(
        _: int, rgb: ImageF32, plate: Samples | None = None, where: NDArray[np.bool_] | None = None
    ) -> None:
        with stage("encode"):
            writer.write(rgb, plate=plate, where=where)

    return put


@contextmanager
def opened_plates(source: Path, *, exact: bool, uneven: bool) -> Iterator[Iterator[Plate]]:
    """The frames of a video, whose file is closed at the end."""
    plates = read_plates(source, exact=exact, vfr=uneven)
    with closing(cast("Generator[Plate, None, None]", plates)):
        yield _decoded(plates)


def _decoded(plates: Iterator[Plate]) -> Iterator[Plate]:
    while True:
        with stage("decode"):
            plate = next(plates, None)
        if plate is None:
            return
        yield plate


def results_of(stages: Stages) -> Generator[tuple[int, Exception | None], None, None]:
    """Do every frame that is wanted: its number, and what went wrong with it."""
    if not stages.run.options.holds_still:
        wanted = stages.numbers()
        yield from prefetch(wanted, stages.read, stages.work, stages.write, threads=1)
        return
    steady = _StabilizedStages(stages)
    wanted = stages.numbers()
    with (
        closing(steady.stabilizer),
        closing(prefetch(wanted, steady.read, steady.work, steady.write, threads=1)) as done,
    ):
        try:
            yield from done
        finally:
            steady.stabilizer.stop()


@dataclass(frozen=True, eq=False)
class Stages:
    """Frames of a video by their numbers, from 0; ascending."""

    run: Run
    frames: Iterator[Plate]
    put: Put
    """Takes a finished frame."""
    deep: bool
    color: FileColor
    path: Path
    wanted: Sequence[int] | None = None
    """Frames to make, ascending; None for all."""
    plates: dict[int, Plate] = field(default_factory=dict)  # that show in the result
    repeats: set[int] = field(default_factory=set)
    """Frames at which the video holds the drawing before."""
    _position: Iterator[int] = field(default_factory=count)

    def numbers(self) -> Iterable[int]:
        """Frames to make."""
        return count() if self.wanted is None else self.wanted

    def needed(self) -> Iterable[int]:
        """Frames to make, and those in their windows."""
        if self.wanted is None:
            return count()
        return needed_frames(self.wanted, count(), lambda _: False, back=self.back)

    @property
    def back(self) -> int:
        """Frames before a frame of which one may be shown instead of it."""
        return frames_back(self.run.options.hold)

    def read(self, number: int) -> Prepared:
        for plate in self.frames:
            if next(self._position) < number:
                continue
            size = plate.rgb.shape[0], plate.rgb.shape[1]
            surface = self.run.surface_of(size, self.path)
            with stage("prepare"):
                prepared = prepare(plate.rgb, space=self.color.space, surface=surface)
            prepared = self.run.planes.laid_on(prepared, size, number, None)
            prepared = self.run.at(number).laid_over(prepared, size, number, None)
            if plate.samples is not None:
                self.plates[number] = plate
            return prepared
        raise EndOfJobs

    def work(self, number: int, prepared: Prepared) -> ImageF32:
        return run_layers(self.run.at(number).layers, prepared, deep=self.deep)

    def write(self, number: int, prepared: Prepared, styled: ImageF32) -> None:
        self.put(number, *self.finished(number, prepared, StabilizedFrame(styled, None)))
        self.plates.pop(number, None)

    def finished(self, number: int, prepared: Prepared, steady: StabilizedFrame) -> Finished:
        """A frame as it is encoded."""
        run = self.run.at(number)
        strength, styled = run.strength, steady.picture
        place = self.place(number, len(styled), steady.warp)
        result = finish(
            run.effects, prepared, styled, place, strength=strength, marked=steady.marked
        )
        plate = self.plates.get(number)
        if plate is None:
            return result, None, None
        amount = amount_of(strength, prepared.matte)
        result = np.clip(result, 0.0, 1.0)
        if plate.beyond is not None:
            result += (np.float32(1.0) - amount) * plate.beyond
        untouched = None if prepared.matte is None else prepared.matte == 0
        return result, plate.samples, untouched

    def place(self, number: int, height: int, warp: KeyframeWarp | None) -> Place:
        """Where a frame lies, in the picture and in time."""
        options = self.run.at(number).options
        return place_of(options, height, number=number, frame=number, warp=warp)


class _StabilizedStages:
    """Frames held still by their neighbours."""

    def __init__(self, plain: Stages) -> None:
        self._plain = plain
        self._prepared: dict[int, Prepared] = {}
        self._near: dict[int, WindowedFrame] = {}
        self._back = plain.back
        self.stabilizer = TemporalStabilizer(
            self._stylized(),
            starts=plain.run.resolved.shot_starts,
            follows_scene=plain.run.follows_scene,
            memory=plain.run.held_on,
            back=self._back,
        )
        self._held = Held(plain.run, self.stabilizer, self._draw, self._mattes)

    def read(self, number: int) -> WindowedFrame:
        first = max(0, number - self._back)
        for near in range(first, number + 1):
            if near not in self._near:
                self._near[near] = self._gather(near)
        self._near = {n: each for n, each in self._near.items() if n >= first}
        return replace(self._near[number], near=dict(self._near))

    def _gather(self, number: int) -> WindowedFrame:
        try:
            window = self.stabilizer.gather(number)
        except KeyError:
            raise EndOfJobs from None
        for passed in [each for each in self._prepared if each < number]:
            del self._prepared[passed]
        return WindowedFrame(self._prepared.pop(number), number, window)

    def work(self, number: int, window_frame: WindowedFrame) -> StabilizedFrame:
        options = self._plain.run.at(number).options
        if options.hold.is_active:
            return self._held.shown(window_frame)
        return self.stabilizer.hold(window_frame, fixed(options.consistency))

    def write(self, number: int, window_frame: WindowedFrame, stabilized: StabilizedFrame) -> None:
        plain, of = self._plain, number if stabilized.of is None else stabilized.of
        plain.put(number, *plain.finished(of, window_frame.near[of].loaded, stabilized))
        for passed in list(plain.plates):  # at once: others are read meanwhile
            if passed < min(window_frame.near):
                plain.plates.pop(passed, None)
        if stabilized.repeats:
            plain.repeats.add(number)

    def _draw(self, near: WindowedFrame, steady: StabilizedFrame) -> Drawing:
        plain, prepared, number = self._plain, near.loaded, near.frame
        place = plain.place(number, len(steady.picture), steady.warp)
        effects = plain.run.at(number).effects
        return Drawing(drawn(effects, prepared, steady.picture, place), prepared.alpha)

    def _mattes(self, near: WindowedFrame) -> Sequence[NDArray[np.float32]]:
        height, width = near.loaded.rgb.shape[:2]
        return self._plain.run.planes.of_holds((height, width), near.frame, None)

    def _stylized(self) -> Drawn:
        """Every frame, as it comes out of the network."""
        plain = self._plain
        results = prefetch(
            plain.needed(),
            plain.read,
            plain.work,
            lambda _, prepared, styled: (
                prepared,
                stylized_frame(prepared, styled, plain.run.held_on),
            ),
            threads=1,
            writers=0,
        )
        with closing(results):
            for number, result in results:
                if isinstance(result, Exception):
                    yield number, result
                    continue
                self._prepared[number], styled = result
                yield number, styled
