"""The engine: plan and check a run, load its look, then do one shot after the other."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import torch

from ganfx.errors import GanfxError, StyleError, UsageError
from ganfx.media.formats import PICTURE_SUFFIXES, VIDEO_SUFFIXES, WRITTEN_SUFFIXES
from ganfx.media.frame_reading import refuse_larger
from ganfx.media.frames import read_header
from ganfx.media.video import read_video_info
from ganfx.models.devices import check_portable_cpu, check_precision, describe_device, unused_gpu
from ganfx.stopping import Finish
from ganfx.styles.header import read_style_header
from ganfx.styles.library import find_style, identity
from ganfx.stylize.events import (
    Event,
    FrameDone,
    FrameFailed,
    FramePlanned,
    FrameSkipped,
    Notice,
    ShotDone,
    ShotStarted,
    StylizeDone,
    StylizeStarted,
)
from ganfx.stylize.job.assumed_color import color_notices, describe_colors, refuse_data
from ganfx.stylize.job.claims import check_outputs, claim_outputs
from ganfx.stylize.job.framing_check import refuse_other_framing
from ganfx.stylize.job.jobs import Job, Plan, PlannedShot
from ganfx.stylize.job.mixture import refuse_mixture
from ganfx.stylize.job.plan import make_plan
from ganfx.stylize.job.resolved import ResolvedOptions, resolve
from ganfx.stylize.job.run import Run, reason
from ganfx.stylize.job.vector_check import refuse_wrong_vectors
from ganfx.stylize.network.brush_scale import brush_scale
from ganfx.stylize.network.exported import describe_runtime
from ganfx.stylize.network.look import Look, open_look, open_looks
from ganfx.stylize.network.mixing import Shares
from ganfx.stylize.options import Options
from ganfx.stylize.render.pictures import stylize_pictures
from ganfx.stylize.render.video_frames import check_frame, stylize_video_frames
from ganfx.stylize.render.videos import check_video, count_frames, stylize_video, video_notices

_SETTLED = (FrameDone, FrameSkipped, FrameFailed)


def stylize(
    source: str | Path | Sequence[str | Path],
    style: str | Path | Shares,
    options: Options | None = None,
) -> Generator[Event, None, None]:
    """Apply a look to everything a source holds, yielding what happens. Prints nothing.

    Finished files of an earlier run are left alone where nothing that their pixels
    depend on has changed. Stopping early (closing the iterator; use
    ``contextlib.closing``) finishes the frames in hand and leaves only whole files; throwing
    `ganfx.stopping.Finish` in does so too, and yields what became of these frames. Large
    frames are done sooner after `ganfx.media.allocation.keep_freed_memory`, which is up to
    whoever owns the process.

    Args:
        source: A folder tree, a picture, a video, a sequence in fileseq's notation, or
            several of them.
        style: A name or a path, or several of them with their shares in a mix.
        options: Everything else.

    Raises:
        UsageError: Something about the input or the options is wrong; nothing is written.
        StyleError: The style is not usable by this version.
        NodeError: This CPU does not have the instructions of ``options.portable``, or the device
            no ``options.precision``.
    """
    options = options or Options()
    check_portable_cpu(options.portable)
    resolved = resolve(options)
    plan = _plan(source, style, resolved)
    with _torch_threads(options.threads):
        look = open_look(
            style,
            device=options.network_device,
            compiled=options.compile,
            backend=options.backend,
        )
        check_precision(look.device, options.precision)
        outputs = check_outputs(plan, options)
        run = Run(look, resolved, outputs, _regional(options))
        refuse_mixture(plan, run)
        refuse_wrong_vectors(plan, run)
        refuse_other_framing(plan, run)
        claim_outputs(plan, outputs)
        try:
            yield _started(plan, run)
            yield from map(Notice, filter(None, [unused_gpu(options.network_device)]))
            yield from (Notice(m) for m in (*plan.notices, *color_notices(plan.shots, run)))
            yield from _until_stopped(plan, run)
        finally:
            for manifest in outputs.values():
                manifest.release()


def rehearse(
    source: str | Path | Sequence[str | Path],
    style: str | Path | Shares,
    options: Options | None = None,
) -> Generator[Event, None, None]:
    """Plan and check a run as `stylize` does, without writing anything or running a network.

    Every picture's header is read, so that damaged files show. The events are those of
    `stylize`, with `FramePlanned` for what would be written; a video counts as one frame.

    Raises:
        UsageError: As `stylize`.
        StyleError: As `stylize`.
    """
    options = options or Options()
    resolved = resolve(options)
    plan = _plan(source, style, resolved)
    outputs = check_outputs(plan, options)
    look = open_look(style, device=options.network_device, backend=options.backend)
    run = Run(look, resolved, outputs, _regional(options))
    refuse_mixture(plan, run)
    refuse_wrong_vectors(plan, run)
    refuse_other_framing(plan, run)
    yield _started(plan, run)
    yield from (Notice(m) for m in (*plan.notices, *color_notices(plan.shots, run)))
    counts: Counter[type] = Counter()
    for planned in plan.shots:
        yield ShotStarted(planned.shot.name, len(planned.jobs))
        for job in planned.jobs:
            event = _rehearsed(planned.shot.name, job, run)
            counts[type(event)] += 1
            yield event
            if planned.as_video and isinstance(event, FramePlanned):
                yield from video_notices(planned, run)
    yield StylizeDone(
        done=0,
        skipped=counts[FrameSkipped],
        failed=counts[FrameFailed],
        seconds=0.0,
        output=plan.output,
    )


def _regional(options: Options) -> tuple[Look, ...]:
    """The looks of the regions."""
    return open_looks(
        [region.look for region in options.region],
        device=options.network_device,
        compiled=options.compile,
        backend=options.backend,
    )


def _rehearsed(shot: str, job: Job, run: Run) -> FramePlanned | FrameSkipped | FrameFailed:
    try:
        if run.is_finished(job, run.fingerprint(job)):
            return FrameSkipped(shot, job.source, job.frame, job.output)
        if job.copied:
            why = run.why_not_finished(job)
            return FramePlanned(shot, job.source, job.frame, job.output, why, copied=True)
        if job.source.suffix.lower() in PICTURE_SUFFIXES:
            header = read_header(job.source)
            refuse_larger(job.source, header, run.options.max_pixels)
            refuse_data(run.color_in(job.source), force=run.options.force)
            run.planes.check(job.source, header, job.frame)
            run.surface_in(job.source)
        elif job.output.suffix.lower() in WRITTEN_SUFFIXES:
            check_frame(job)
        else:
            check_video(job.source, job.output, uneven=run.options.vfr == "keep")
            run.color_in(job.source)
    except (GanfxError, OSError) as error:
        return FrameFailed(shot, job.source, job.frame, reason(error, job.source))
    why = run.why_not_finished(job)
    return FramePlanned(shot, job.source, job.frame, job.output, why)


def _plan(
    source: str | Path | Sequence[str | Path], style: str | Path | Shares, resolved: ResolvedOptions
) -> Plan:
    sources = [source] if isinstance(source, str | Path) else source
    styles = list(style) if isinstance(style, Mapping) else [style]
    regional = [each.look for each in resolved.options.region]
    _check_identity([*styles, *regional], resolved.options.expect)
    name = "+".join(read_style_header(find_style(each)).name for each in styles)
    return make_plan([Path(each) for each in sources], name, resolved)


def _check_identity(styles: Sequence[str | Path], expected: str) -> None:
    """Refuse, where others have to make the same pixels, another style or version.

    Raises:
        StyleError: It is another, or it is not there.
    """
    if not expected:
        return
    try:
        found = identity(find_style(style) for style in styles)
    except UsageError as error:
        raise StyleError(f"this node cannot take part: {error.message}", hint=error.hint) from error
    if found != expected:
        raise StyleError(
            f"the job was made for {expected}, and this node has {found} (version, styles)",
            hint="install the same version and the same style files on every node",
        )


def _until_stopped(plan: Plan, run: Run) -> Generator[Event, None, None]:
    """All events; once somebody asks to finish, those of the frames in hand."""
    stop = threading.Event()
    with closing(_shots(plan, run, stop)) as events:
        for event in events:
            try:
                yield event
            except Finish:
                stop.set()  # the next event answers it


def _shots(plan: Plan, run: Run, stop: threading.Event) -> Generator[Event, None, None]:
    """Every shot, and the sum of the run."""
    begun = time.monotonic()
    shots: list[ShotDone] = []
    left = sum(map(_frames, plan.shots))
    for planned in plan.shots:
        for event in _shot(planned, run, stop):
            yield event
            yield from map(Notice, run.take_remarks())
            if isinstance(event, ShotDone):
                shots.append(event)
        if stop.is_set():
            return
        left -= _frames(planned) - shots[-1].left
        if run.options.on_error == "stop" and shots[-1].failed:
            break
    if any(shot.done for shot in shots):
        yield from map(Notice, run.missing_regions())
    yield StylizeDone(
        done=sum(shot.done for shot in shots),
        skipped=sum(shot.skipped for shot in shots),
        failed=sum(shot.failed for shot in shots),
        seconds=time.monotonic() - begun,
        output=plan.output,
        left=left,
    )


def _shot(planned: PlannedShot, run: Run, stop: threading.Event) -> Iterator[Event]:
    """One shot from its start to its sum, which one that is stopped does not have."""
    begun = time.monotonic()
    video = planned.as_video
    counts: Counter[type] = Counter()
    yield ShotStarted(planned.shot.name, _frames(planned))
    if stop.is_set():
        return
    with closing(_done(planned, run, stop)) as events:
        for event in events:
            counts[type(event)] += 1
            yield event
            if video and stop.is_set():  # nothing of it is written until all is
                return
            if run.options.on_error == "stop" and isinstance(event, FrameFailed):
                break
    if stop.is_set():
        return
    lost = video and counts[FrameFailed]  # a video is whole or not there
    yield ShotDone(
        shot=planned.shot.name,
        done=0 if lost else counts[FrameDone],
        skipped=counts[FrameSkipped],
        failed=counts[FrameFailed],
        seconds=time.monotonic() - begun,
        output=planned.output,
        left=0 if video else _frames(planned) - sum(counts[kind] for kind in _SETTLED),
    )


def _done(
    planned: PlannedShot, run: Run, stop: threading.Event
) -> Generator[FrameDone | FrameSkipped | FrameFailed | Notice, None, None]:
    if planned.as_video:
        yield from stylize_video(planned, run)
    elif planned.shot.kind == "video":
        yield from stylize_video_frames(planned, run, stop)
    else:
        yield from stylize_pictures(planned, run, stop)


def _started(plan: Plan, run: Run) -> StylizeStarted:
    options = run.options
    shallow, deep = (
        str(run.look.precision(options, deep=deep)).removeprefix("torch.") for deep in (False, True)
    )
    return StylizeStarted(
        style=run.look.name,
        description=run.look.description,
        device=describe_device(run.look.device) + _computed_by(options),
        precision=shallow if shallow == deep else f"{shallow}, {deep} above 8 bits",
        shots=len(plan.shots),
        frames=sum(_frames(planned) for planned in plan.shots),
        output=plan.output,
        scale=_working_scale(plan.shots[0].jobs[0], run),
        color=describe_colors(plan.shots, run),
    )


def _computed_by(options: Options) -> str:
    return "" if options.backend == "torch" else f", {describe_runtime()}"


def _working_scale(job: Job, run: Run) -> str:
    """The size of the brush in a picture or video; "" where it is 1, or cannot be told yet."""
    try:
        video = job.source.suffix.lower() in VIDEO_SUFFIXES
        size = read_video_info(job.source) if video else read_header(job.source)
    except (GanfxError, OSError):
        return ""  # reported when its turn comes
    scale = brush_scale(run.options.scale, run.look.scale, size.height, size.width)
    return "" if scale == 1.0 else f"{scale:.3g} at {size.height} lines"


def _frames(planned: PlannedShot) -> int:
    if planned.as_video:
        return sum(count_frames(job) for job in planned.jobs)
    return len(planned.jobs)


@contextmanager
def _torch_threads(number: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
