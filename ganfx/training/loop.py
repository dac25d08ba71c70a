"""The training loop: load, step, preview, checkpoint, and export the style at the end."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import torch

from ganfx.errors import GanfxError, UsageError
from ganfx.media.locking import FolderLock
from ganfx.models.devices import choose_device, describe_device, exact_float32, unused_gpu
from ganfx.models.generator import count_parameters
from ganfx.preset import Preset
from ganfx.stages import stage
from ganfx.stopping import Finish
from ganfx.training import checkpoints, recovery, timing
from ganfx.training.art_look import ArtLook, look_at_art
from ganfx.training.color_start import measure_colors, start_colors
from ganfx.training.copy_check import check_copies, forget_copies
from ganfx.training.data import Batches, TrainingSet
from ganfx.training.data_checks import picture_notices
from ganfx.training.dataset_fingerprint import changed_sets, fingerprint_sets
from ganfx.training.distributed import TeamStoppedError, is_follower, joined
from ganfx.training.events import (
    CheckpointSaved,
    Event,
    Notice,
    StepDone,
    TrainingDone,
    TrainingStarted,
)
from ganfx.training.export import StyleWriter, license_notices, provenance_of
from ganfx.training.finetune import finetune_from
from ganfx.training.loading import load_pictures
from ganfx.training.memory import peak_memory
from ganfx.training.run_length import (
    begin_length,
    has_time_for,
    known_steps,
    overrun,
    seconds_left,
    update_length,
    wait_where_timed,
)
from ganfx.training.schedule import COPIES
from ganfx.training.showing import Showing
from ganfx.training.state import State, new_state
from ganfx.training.step import take_step
from ganfx.training.step_metrics import read_metrics, stats_row
from ganfx.training.tracking import tracked
from ganfx.training.watch import find_plates

OTHER_RUN = "from here on the run is another than it would have been"


@dataclass(frozen=True)
class Start:
    """How a run begins, and what keeps others out of its folder from then on."""

    resume: bool = False
    force: bool = False
    init: str | Path = ""
    replay: Path | None = None
    plates: Sequence[Path] = ()
    lock: FolderLock = field(default_factory=FolderLock)


def train(
    preset: Preset,
    run: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    force: bool = False,
    init: str | Path = "",
    replay: Path | None = None,
    watch: Sequence[Path] = (),
) -> Generator[Event, None, None]:
    """Train a look, yielding what happens as it happens. Prints nothing.

    Stopping early (closing the iterator) saves a checkpoint and the report; use
    ``contextlib.closing`` so that it happens at once. In processes that torchrun started,
    all call this alike; only the first writes.

    Args:
        preset: The look.
        run: Folder for preview sheets, statistics, checkpoint and style.
        device: ``auto``, ``cpu`` or ``cuda``.
        resume: Continue the run in that folder.
        force: Resume also with a preset that would train differently from here on.
        init: Begin with the weights of this look, a name or a style file.
        replay: Go by the clock of the run in that folder, which had ``train.minutes`` too: as
            many steps, each as far in the run as it was there, and so the same weights.
        watch: Pictures, or folders of some, to show in the look so far with every preview.

    Raises:
        UsageError: Sources, run folder, look or device are unusable.
        GanfxError: Training failed for good, or the disk is full.
    """
    if resume and init:
        raise UsageError(
            "a run that is resumed goes on with its own weights",
            hint="leave out --init, or start a new run",
        )
    if resume and replay:
        raise UsageError(
            "a run that is resumed goes on by its own record", hint="leave out --replay"
        )
    start = Start(resume, force, init, replay, find_plates(watch))
    events = _train(preset, run, device, start)
    return events if is_follower() else _holding(start.lock, tracked(events, run))


def _holding(
    lock: FolderLock, events: Generator[Event, None, None]
) -> Generator[Event, None, None]:
    """Pass events on; the lock of the run folder is let go of once the last file is written."""
    try:
        with closing(events):
            yield from events
    finally:
        lock.release()


def _train(preset: Preset, run: Path, device: str, start: Start) -> Generator[Event, None, None]:
    with joined(choose_device(device), preset.train.batch_size) as team, exact_float32():
        if start.resume and team.leads:
            checkpoints.claim_run(run, start.lock)
        run = team.agree(run)
        looked = yield from _look(preset, run, start, leads=team.leads)
        state = new_state(looked.preset, team.device, team)
        changed: list[str] = []
        if start.resume:
            changed = checkpoints.load_checkpoint(state, run, force=start.force)
        elif start.init:
            finetune_from(state, start.init)
        if start.replay:
            checkpoints.load_schedule(state, start.replay)
        pictures = yield from load_pictures(state.preset)
        if not (start.resume or start.init):
            start_colors(state, pictures)
        before, state.pictures = state.pictures, fingerprint_sets(pictures)
        begin_length(state)
        started = describe_start(state, pictures, run)  # a bad table of sources leaves no run
        _open(state, run, start, changed)
        yield started
        if looked.event is not None:
            yield looked.event
        unused = filter(None, [unused_gpu(device)])
        for message in (*unused, *looked.notices, *picture_notices(pictures, state.preset)):
            yield Notice(message)
        for message in () if start.resume else license_notices(state, pictures):
            yield Notice(message)
        if changed:
            yield Notice(f"the preset has changed: {', '.join(changed)}")
        if start.resume and state.step >= state.steps:
            yield Notice(_at_its_end(state))
        if others := changed_sets(before, state.pictures):
            yield Notice(f"the pictures have changed: {', '.join(others)}; {OTHER_RUN}")
        yield from _run(state, pictures, started, start.plates)


def _look(
    preset: Preset, run: Path, start: Start, *, leads: bool
) -> Generator[Event, None, ArtLook]:
    """The preset that the run goes by: once it has begun, the art is not looked at again."""
    if start.resume:
        return ArtLook(checkpoints.as_begun(preset, run) if preset.data.look_at_art else preset)
    if preset.data.look_at_art and leads:  # which takes a while: what is wrong is said before
        checkpoints.refuse_run(run)
    return (yield from look_at_art(preset))


def _open(state: State, run: Path, start: Start, changed: list[str]) -> None:
    """Have a run folder that a failure, or a resume, can come back to."""
    if state.team.leads and not start.resume:
        checkpoints.start_run(state, run, start.lock)
    elif state.team.leads and changed:
        checkpoints.write_preset(run, state.preset)
    state.team.wait()


def _run(
    state: State, pictures: TrainingSet, started: TrainingStarted, plates: Sequence[Path]
) -> Generator[Event, None, None]:
    run = started.run
    writer = StyleWriter(pictures, run, started.device, started.provenance)
    showing = Showing(writer, plates, state.seconds) if state.team.leads else None
    measure_colors(state, pictures)
    batches = Batches(pictures, state.preset, pinned=state.device.type == "cuda")
    begun = state.step
    try:
        with _in_step(state):
            yield from _steps(state, batches, run, showing)
    finally:
        batches.close()
        if state.step > begun and state.is_whole and recovery.is_finite(state):
            recovery.save(state, run)
            if showing is not None and state.step < state.steps:  # it was stopped
                deque(showing.keep_look(state), maxlen=0)
    style, trained = Path(), timing.now()
    if showing is not None:
        style = showing.finish(state)
        yield from _copies(state, pictures, run)
    seconds = state.seconds + timing.now() - trained
    if showing is not None and state.step > begun and (late := overrun(state, seconds)):
        yield Notice(late)
    yield TrainingDone(style, run, state.steps, seconds)


def _copies(state: State, pictures: TrainingSet, run: Path) -> Iterator[Notice]:
    if pictures.art is None:
        return
    if has_time_for(state, COPIES):
        yield from check_copies(pictures.art, state.preset.data.art_scale, run)
    else:
        forget_copies(run)
        yield Notice(
            "whether the look copies its art was not checked: in so few minutes it would have"
            " taken more than a twentieth of the time"
        )


def _at_its_end(state: State) -> str:
    train = state.preset.train
    more = "train.steps" if train.minutes is None else "train.minutes"
    return (
        f"the run was at its end, after step {state.step:,}: nothing is trained, and the look is"
        f" written again; with more {more} it goes on"
    )


@contextmanager
def _in_step(state: State) -> Iterator[None]:
    """Have all processes stop after the same step where this one is asked to."""
    try:
        yield
    except (GeneratorExit, Finish):
        with suppress(GanfxError):  # then there is none left to be told
            state.team.stops(True)
        raise


def _steps(state: State, batches: Batches, run: Path, showing: Showing | None) -> Iterator[Event]:
    """The remaining steps, with previews and checkpoints between them."""
    train = state.preset.train
    crops = batches.starting_at(state.step)
    clock = timing.Stopwatch(train.batch_size)
    begun = timing.now() - state.seconds
    while _goes_on(state):
        with stage("data"):
            batch = next(crops)
        logged = take_step(state, batch)
        wait_where_timed(state)
        clock.step_done()
        state.seconds = timing.now() - begun
        update_length(state)
        last = state.step == state.steps
        values = read_metrics(state, logged) if _is_due(state, train.log_every) else None
        saves = state.step % train.save_every == 0 or last
        trouble = recovery.check(state, closely=saves or not _are_numbers(values))
        # From here on no process asks another for anything: one may stop between two events.
        yield from _told(state)
        if trouble is not None:
            yield Notice(recovery.recover(state, run, trouble))
            crops = batches.starting_at(state.step)
            continue
        yield _step_done(state, values, clock, run)
        if showing is not None and showing.is_due(state):
            with _aside(state, "watch"):
                yield from showing.watch(state)
            with _aside(state, "sheet"):
                sheet = showing.show(state)
            with _aside(state, "report"):  # which is written while the sheet is told
                yield sheet
        if saves and not last:
            with _aside(state, "checkpoint"):
                yield CheckpointSaved(state.step, recovery.save(state, run))
                if showing is not None:
                    yield from showing.keep_look(state)
    state.seconds = timing.now() - begun


@contextmanager
def _aside(state: State, what: str) -> Iterator[None]:
    """Time what is no part of a step: that takes longer now and then, and is planned for."""
    begun = timing.now()
    yield
    if state.preset.train.minutes is not None:
        state.schedule.note_aside(what, timing.now() - begun)


def _goes_on(state: State) -> bool:
    """Whether another step is to be taken.

    Raises:
        TeamStoppedError: Another process was asked to stop.
    """
    if state.team.stops():
        raise TeamStoppedError(
            f"another process of this run was asked to stop: stopped after step {state.step}, saved"
        )
    return state.step < state.steps


def _is_due(state: State, every: int) -> bool:
    """Whether something is to be done now that is also done after the first and last step."""
    return state.step % every == 0 or state.step in (1, state.steps)


def _told(state: State) -> Iterator[Notice]:
    """Notices of the last step, each once."""
    if state.compiled.problem:
        state.notices.append(f"the generator runs uncompiled: {state.compiled.problem}")
        state.compiled.problem = ""
    while state.notices:
        yield Notice(state.notices.pop(0))


def _are_numbers(values: dict[str, float] | None) -> bool:
    return values is None or all(math.isfinite(value) for value in values.values())


def _step_done(
    state: State, values: dict[str, float] | None, clock: timing.Stopwatch, run: Path
) -> StepDone:
    """The event of a step; one that is logged goes into the statistics too."""
    memory = None if values is None else peak_memory(state.device)
    if values is not None and state.team.leads:
        row = stats_row(state, values, clock.images_per_second, memory)
        checkpoints.append_stats(run, row)
    rate, left = clock.images_per_second, seconds_left(state)
    return StepDone(state.step, known_steps(state), values, rate, memory, left)


def describe_start(state: State, pictures: TrainingSet, run: Path) -> TrainingStarted:
    """The first event of a run: sources, hardware, sizes and length."""
    art = [str(s) for s in (pictures.painted, pictures.art) if s is not None]
    return TrainingStarted(
        run=run,
        preset=state.preset,
        device=_hardware(state),
        precision=str(state.precision).removeprefix("torch."),
        photos=str(pictures.photos),
        art=" and ".join(art),
        uses_samples=pictures.uses_samples,
        generator_parameters=count_parameters(state.generator),
        discriminator_parameters=count_parameters(state.discriminators),
        steps=known_steps(state),
        first_step=state.step + 1,
        provenance=provenance_of(state, pictures),
    )


def use_threads(threads: int | None) -> None:
    """Limit torch to so many CPU threads; None leaves it all cores."""
    if threads is not None:
        torch.set_num_threads(threads)


def _hardware(state: State) -> str:
    """``NVIDIA H100``, or ``2 processes on CPU, 1 thread``."""
    device = describe_device(state.device)
    return device if state.team.size == 1 else f"{state.team.size} processes on {device}"
