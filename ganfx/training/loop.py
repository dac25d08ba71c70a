"""The order of things: load, step, preview, save, and write the style at the end."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Generator, Iterator
from pathlib import Path

import torch

from ganfx.errors import GanfxError
from ganfx.models.devices import choose_device, describe_device
from ganfx.models.generator import count_parameters
from ganfx.preset import Preset
from ganfx.training import checkpoints
from ganfx.training.data import Batches, TrainingSet
from ganfx.training.documenting import documented
from ganfx.training.events import (
    CheckpointSaved,
    Event,
    Notice,
    PreviewSaved,
    StepDone,
    TrainingDone,
    TrainingStarted,
)
from ganfx.training.inspection import picture_notices
from ganfx.training.loading import load_pictures
from ganfx.training.memory import peak_memory
from ganfx.training.previews import save_preview
from ganfx.training.result import describe_method, describe_provenance, write_style
from ganfx.training.state import State, new_state
from ganfx.training.step import take_step

WARM_UP = 5  # steps that are slower than the rest, and not timed
TIMED = 15
UNKNOWN_STEPS = 10**9  # until the timed steps say how many fit the minutes


def train(
    preset: Preset, run: Path, *, device: str = "auto", resume: bool = False
) -> Generator[Event, None, None]:
    """Train a look, yielding what happens as it happens. Prints nothing.

    Stopping early (closing the iterator) saves a checkpoint and the report; use
    ``contextlib.closing`` so that it happens at once.

    Args:
        preset: The look.
        run: Folder for preview sheets, statistics, checkpoint and style.
        device: ``auto``, ``cpu`` or ``cuda``.
        resume: Continue the run in that folder.

    Raises:
        UsageError: Sources, run folder or device are unusable.
        GanfxError: Training diverged, or the disk is full.
    """
    return documented(_train(preset, run, device, resume), run)


def _train(preset: Preset, run: Path, device: str, resume: bool) -> Generator[Event, None, None]:
    state = new_state(preset, choose_device(device))
    if resume:
        checkpoints.load_checkpoint(state, run)
    pictures = yield from load_pictures(preset)
    if not resume:
        checkpoints.start_run(run, preset)
    yield describe_start(state, pictures, run)
    for message in picture_notices(pictures, preset):
        yield Notice(message)
    batches = Batches(pictures, preset, pinned=state.device.type == "cuda")
    try:
        yield from _steps(state, pictures, batches, run)
    finally:
        batches.close()
        if state.step and is_finite(state):
            checkpoints.save_checkpoint(state, run)
    style = write_style(state, pictures, run, device=describe_device(state.device))
    yield TrainingDone(style, run, state.steps, state.seconds)


def is_finite(state: State) -> bool:
    """Whether every weight of the generator is a number."""
    return all(bool(p.isfinite().all()) for p in state.generator.parameters())


def describe_start(state: State, pictures: TrainingSet, run: Path) -> TrainingStarted:
    """What a run is about to do, in the words of its first event."""
    art = [str(s) for s in (pictures.painted, pictures.art) if s is not None]
    return TrainingStarted(
        run=run,
        preset=state.preset,
        device=describe_device(state.device),
        precision=str(state.precision).removeprefix("torch."),
        photos=str(pictures.photos),
        art=" and ".join(art),
        uses_samples=pictures.uses_samples,
        generator_parameters=count_parameters(state.generator),
        discriminator_parameters=count_parameters(state.discriminators),
        steps=state.steps,
        first_step=state.step + 1,
        provenance=describe_provenance(pictures, describe_method(state.preset)),
    )


def use_threads(threads: int | None) -> None:
    """Limit torch to so many CPU threads; None leaves it all cores."""
    if threads is not None:
        torch.set_num_threads(threads)


def _steps(
    state: State, pictures: TrainingSet, batches: Batches, run: Path
) -> Iterator[StepDone | PreviewSaved | CheckpointSaved]:
    """The remaining steps, with previews and checkpoints between them."""
    train = state.preset.train
    if train.minutes and state.step < WARM_UP + TIMED:
        state.steps = UNKNOWN_STEPS
    crops = batches.starting_at(state.step)
    clock = Stopwatch(train.batch_size)
    begun = time.monotonic() - state.seconds
    while state.step < state.steps:
        logged = take_step(state, next(crops))
        clock.step_done()
        state.seconds = time.monotonic() - begun
        if train.minutes and state.step == WARM_UP + TIMED:
            state.steps = max(state.step, fitting_steps(train.minutes, clock.seconds_per_step))
        last = state.step == state.steps
        shown, memory = None, None
        if state.step % train.log_every == 0 or last or state.step == 1:
            memory = peak_memory(state.device)
            shown = _log(state, logged, clock, memory, run)
        yield StepDone(state.step, state.steps, shown, clock.images_per_second, memory)
        if state.step % train.preview_every == 0 or last or state.step == 1:
            yield PreviewSaved(state.step, save_preview(state, pictures, run))
        if state.step % train.save_every == 0 and not last:
            yield CheckpointSaved(state.step, checkpoints.save_checkpoint(state, run))


class Stopwatch:
    """Speed of the recent steps, the slow first ones left out."""

    def __init__(self, batch_size: int) -> None:
        self._batch_size = batch_size
        self._ends: deque[float] = deque(maxlen=TIMED + 1)
        self._seen = 0

    def step_done(self) -> None:
        """Note the end of a step."""
        self._seen += 1
        if self._seen >= min(WARM_UP, 2):
            self._ends.append(time.monotonic())

    @property
    def seconds_per_step(self) -> float:
        """Mean over the last steps; 0 before there are any."""
        if len(self._ends) < 2:
            return 0.0
        return (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)

    @property
    def images_per_second(self) -> float:
        """Crops that went through a whole step; 0 before there are any."""
        return self._batch_size / self.seconds_per_step if self.seconds_per_step else 0.0


def fitting_steps(minutes: float, seconds_per_step: float) -> int:
    """The number of steps that a budget of wall-clock minutes holds."""
    return max(1, round(60 * minutes / max(seconds_per_step, 1e-6)))


def _log(
    state: State,
    logged: dict[str, torch.Tensor],
    clock: Stopwatch,
    memory: int | None,
    run: Path,
) -> dict[str, float]:
    """Read the losses back (the device is waited for only here), and store them.

    Raises:
        GanfxError: A loss is not a number.
    """
    values = {name: float(value) for name, value in logged.items()}
    wrong = [name for name, value in values.items() if not math.isfinite(value)]
    if wrong:
        raise GanfxError(
            f"training diverged at step {state.step}: {', '.join(wrong)} is not a number",
            hint="lower train.generator_lr and train.discriminator_lr, or that term's weight",
        )
    row = {"step": state.step, **values, "images_per_second": round(clock.images_per_second, 2)}
    if memory is not None:
        row["memory"] = memory
    checkpoints.append_stats(run, row | {"seconds": round(state.seconds, 1)})
    return values
