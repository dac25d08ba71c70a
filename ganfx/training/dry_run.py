"""Cost estimate of ``--dry-run``: time, memory and largest batch, from a few real steps."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ganfx.models.devices import choose_device, exact_float32
from ganfx.preset import Preset
from ganfx.training.art_look import look_at_art
from ganfx.training.data import Batches, TrainingSet
from ganfx.training.data_checks import picture_notices
from ganfx.training.events import ArtAnalyzed, Loading, TrainingStarted
from ganfx.training.export import license_notices
from ganfx.training.finetune import finetune_from, fitting_look
from ganfx.training.loading import load_pictures
from ganfx.training.loop import describe_start
from ganfx.training.memory import MemoryMeter
from ganfx.training.state import State, new_state
from ganfx.training.step import take_step
from ganfx.training.timing import fitting_steps

UNTIMED = 3  # steps that are slower than the rest
TIMED = 5
USABLE = 0.9  # of the memory that is free: the rest is for the preview and for others


@dataclass(frozen=True)
class RunCost:
    """The cost of a run, estimated from a few timed steps."""

    started: TrainingStarted
    seconds_per_step: float
    steps: int
    hours: float
    memory: int | None  # peak bytes of the GPU, or of this process; None if unknown
    largest_batch: int | None  # crops a step that memory holds; None if unknown
    notices: tuple[str, ...] = ()  # what the run would say of its pictures
    analyzed: ArtAnalyzed | None = None  # what was chosen from the art, where the preset looks

    @property
    def images_per_second(self) -> float:
        """Crops that go through a whole step."""
        return self.started.preset.train.batch_size / self.seconds_per_step


@dataclass(frozen=True)
class _Trial:
    """A few steps at one batch size."""

    seconds_per_step: float
    crops: int  # that were in the networks at once
    memory: int | None  # peak bytes


def estimate_cost(preset: Preset, *, device: str = "auto", init: str | Path = "") -> RunCost:
    """Time a few steps. Writes nothing but the cache of decoded pictures.

    Args:
        preset: The look.
        device: ``auto``, ``cpu`` or ``cuda``.
        init: Begin with the weights of this look, a name or a style file.

    Raises:
        UsageError: Sources, look or device are unusable.
    """
    estimating = estimate_cost_steps(preset, device=device, init=init)
    while True:
        try:
            next(estimating)
        except StopIteration as finished:
            found: RunCost = finished.value
            return found


def estimate_cost_steps(
    preset: Preset, *, device: str = "auto", init: str | Path = ""
) -> Generator[Loading, None, RunCost]:
    """The same, saying how far the loading is.

    Raises:
        UsageError: As `estimate_cost`.
    """
    chosen = choose_device(device)
    with exact_float32():
        return (yield from _estimated(preset, chosen, init))


def _estimated(
    preset: Preset, chosen: torch.device, init: str | Path
) -> Generator[Loading, None, RunCost]:
    if init and not preset.data.look_at_art:  # said before pictures are read, which can take long
        fitting_look(init, preset.model)
    looked = yield from look_at_art(preset)
    preset = looked.preset
    pictures = yield from load_pictures(preset)
    meter = MemoryMeter(chosen)
    # The smaller batch first: what it leaves in the allocators is part of the larger one's.
    size = preset.train.batch_size
    less, _ = _try(_with_batch(preset, size // 2 or 2), pictures, chosen, meter, init, timed=1)
    trial, state = _try(preset, pictures, chosen, meter, init, timed=TIMED)
    seconds, minutes = trial.seconds_per_step, preset.train.minutes
    steps = fitting_steps(minutes, seconds) if minutes else preset.train.steps
    started = replace(describe_start(state, pictures, Path()), steps=steps, first_step=1)
    largest = _largest_batch(less, trial, meter.available())
    told = (
        *looked.notices,
        *picture_notices(pictures, preset),
        *license_notices(state, pictures),
    )
    hours = steps * seconds / 3600
    return RunCost(
        started, seconds, steps, hours, trial.memory, largest, told, analyzed=looked.event
    )


def _with_batch(preset: Preset, size: int) -> Preset:
    train = preset.train.model_copy(update={"batch_size": size})
    return preset.model_copy(update={"train": train})


def _try(
    preset: Preset,
    pictures: TrainingSet,
    device: torch.device,
    meter: MemoryMeter,
    init: str | Path,
    *,
    timed: int,
) -> tuple[_Trial, State]:
    state, batches = new_state(preset, device), Batches(pictures, preset)
    meter.restart()
    try:
        if init:
            finetune_from(state, init)
        crops = batches.starting_at(0)
        for _ in range(UNTIMED if timed > 1 else 1):
            logged = take_step(state, next(crops))
        _wait(logged)
        begun = time.monotonic()
        for _ in range(timed):
            logged = take_step(state, next(crops))
        _wait(logged)
        seconds = (time.monotonic() - begun) / timed
    finally:
        batches.close()
    return _Trial(seconds, state.micro_batch, meter.peak()), state


def _wait(logged: dict[str, torch.Tensor]) -> None:
    """For the device, which is behind: reading a value needs everything before it."""
    float(next(iter(logged.values())))


def _largest_batch(one: _Trial, other: _Trial, available: int | None) -> int | None:
    """The batch that memory holds, if its peak is a straight line over the batch.

    Args:
        one: A few steps.
        other: The same with another batch.
        available: Bytes that this process may have in all.
    """
    if one.memory is None or other.memory is None or available is None:
        return None
    if one.crops == other.crops:
        return None
    per_crop = (other.memory - one.memory) / (other.crops - one.crops)
    if per_crop <= 0:  # too little to be seen beside everything else
        return None
    fixed = other.memory - per_crop * other.crops
    return max(1, int((USABLE * available - fixed) / per_crop))
