"""The training loop: load, step, preview, checkpoint, and export the style at the end."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import torch

from ganfx.errors import GanfxError, UsageError
from ganfx.media.locking import FolderLock
from ganfx.models.devices import choose_device, describe_device, exact_float32, wait_for
from ganfx.models.generator import count_parameters
from ganfx.preset import Preset
from ganfx.stopping import Finish
from ganfx.training import checkpoints, recovery
from ganfx.training.art_look import ArtLook, look_at_art
from ganfx.training.color_start import measure_colors, start_colors
from ganfx.training.copy_check import check_copies
from ganfx.training.data import Batches, TrainingSet
from ganfx.training.data_checks import picture_notices
from ganfx.training.dataset_fingerprint import changed_sets, fingerprint_sets
from ganfx.training.distributed import TeamStoppedError, is_follower, joined
from ganfx.training.events import (
    CheckpointSaved,
    Event,
    Notice,
    PreviewSaved,
    StepDone,
    TrainingDone,
    TrainingStarted,
)
from ganfx.training.export import license_notices, provenance_of, write_style
from ganfx.training.finetune import finetune_from
from ganfx.training.loading import load_pictures
from ganfx.training.memory import peak_memory
from ganfx.training.previews import save_preview
from ganfx.training.state import State, new_state
from ganfx.training.step import take_step
from ganfx.training.step_metrics import read_metrics, stats_row
from ganfx.training.timing import TIMED, WARM_UP, Stopwatch, fitting_steps
from ganfx.training.tracking import tracked

OTHER_RUN = "from here on the run is another than it would have been"
ENDLESS = 10**9  # length of a run in `State.steps` until timed steps say how many fit the minutes


@dataclass(frozen=True)
class Start:
    """How a run begins, and what keeps others out of its folder from then on."""

    resume: bool = False
    force: bool = False
    init: str | Path = ""
    lock: FolderLock = field(default_factory=FolderLock)


def train(
    preset: Preset,
    run: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    force: bool = False,
    init: str | Path = "",
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

    Raises:
        UsageError: Sources, run folder, look or device are unusable.
        GanfxError: Training failed for good, or the disk is full.
    """
    if resume and init:
        raise UsageError(
            "a run that is resumed goes on with its own weights",
            hint="leave out --init, or start a new run",
        )
    start = Start(resume, force, init)
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
        pictures = yield from load_pictures(state.preset)
        if not (start.resume or start.init):
            start_colors(state, pictures)
        before, state.pictures = state.pictures, fingerprint_sets(pictures)
        _open(state, run, start, changed)
        yield describe_start(state, pictures, run)
        if looked.event is not None:
            yield looked.event
        for message in (*looked.notices, *picture_notices(pictures, state.preset)):
            yield Notice(message)
        for message in () if start.resume else license_notices(state, pictures):
            yield Notice(message)
        if changed:
            yield Notice(f"the preset has changed: {', '.join(changed)}")
        if others := changed_sets(before, state.pictures):
            yield Notice(f"the pictures have changed: {', '.join(others)}; {OTHER_RUN}")
        yield from _run(state, pictures, run)


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
    _set_length(state)
    if state.team.leads and not start.resume:
        checkpoints.start_run(state, run, start.lock)
    elif state.team.leads and changed:
        checkpoints.write_preset(run, state.preset)
    state.team.wait()


def _run(state: State, pictures: TrainingSet, run: Path) -> Generator[Event, None, None]:
    measure_colors(state, pictures)
    batches = Batches(pictures, state.preset, pinned=state.device.type == "cuda")
    if state.preset.loss.areas:
        state.areas.learn_art(lambda step: batches.at(step).art)
    begun = state.step
    try:
        with _in_step(state):
            yield from _steps(state, pictures, batches, run)
    finally:
        batches.close()
        if state.step > begun and state.is_whole and recovery.is_finite(state):
            recovery.save(state, run)
    style = Path()
    if state.team.leads:
        style = write_style(state, pictures, run, device=_hardware(state))
        if pictures.art is not None:
            yield from check_copies(pictures.art, state.preset.data.art_scale, run)
    yield TrainingDone(style, run, state.steps, state.seconds)


@contextmanager
def _in_step(state: State) -> Iterator[None]:
    """Have all processes stop after the same step where this one is asked to."""
    try:
        yield
    except (GeneratorExit, Finish):
        with suppress(GanfxError):  # then there is none left to be told
            state.team.stops(True)
        raise


def _steps(state: State, pictures: TrainingSet, batches: Batches, run: Path) -> Iterator[Event]:
    """The remaining steps, with previews and checkpoints between them."""
    train = state.preset.train
    crops = batches.starting_at(state.step)
    clock = Stopwatch(train.batch_size)
    begun = time.monotonic() - state.seconds
    while _goes_on(state):
        logged = take_step(state, next(crops))
        if state.step in (WARM_UP, WARM_UP + TIMED):
            wait_for(state.device)  # it is behind, and what is timed are steps that are done
        clock.step_done()
        state.seconds = time.monotonic() - begun
        _set_length(state, clock)
        last = state.step == state.steps
        values = read_metrics(state, logged) if _is_due(state, train.log_every) else None
        saves = state.step % train.save_every == 0 or last
        trouble = recovery.check(state, closely=saves or not _are_numbers(values))
        # From here on no process asks another for anything: one may stop between two events.
        yield from _told(state)
        if trouble is not None:
            yield Notice(recovery.recover(state, run, trouble))
            _set_length(state)
            crops = batches.starting_at(state.step)
            continue
        yield _step_done(state, values, clock, run)
        if _is_due(state, train.preview_every) and state.team.leads:
            yield PreviewSaved(state.step, save_preview(state, pictures, run))
        if saves and not last:
            yield CheckpointSaved(state.step, recovery.save(state, run))


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


def _set_length(state: State, clock: Stopwatch | None = None) -> None:
    """Fix the number of steps that a budget of minutes holds, once steps have been timed."""
    minutes, calibration = state.preset.train.minutes, WARM_UP + TIMED
    if minutes is None or state.step > calibration:
        return
    if state.step < calibration:
        state.steps = ENDLESS
    elif clock is not None:
        seconds = state.team.agree(clock.seconds_per_step or state.seconds / state.step)
        state.steps = max(state.step, fitting_steps(minutes, seconds))


def _known_steps(state: State) -> int | None:
    """Length of the run; None as long as it is not known."""
    return None if state.steps == ENDLESS else state.steps


def _are_numbers(values: dict[str, float] | None) -> bool:
    return values is None or all(math.isfinite(value) for value in values.values())


def _step_done(
    state: State, values: dict[str, float] | None, clock: Stopwatch, run: Path
) -> StepDone:
    """The event of a step; one that is logged goes into the statistics too."""
    memory = None if values is None else peak_memory(state.device)
    if values is not None and state.team.leads:
        row = stats_row(state, values, clock.images_per_second, memory)
        checkpoints.append_stats(run, row)
    return StepDone(state.step, _known_steps(state), values, clock.images_per_second, memory)


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
        steps=_known_steps(state),
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
