"""Images per second of training, beside the bare networks in the same run.

    python benchmarks/training.py [PRESET] [--set KEY=VALUE ...]
    python benchmarks/training.py --cpu-time        # on a machine that is busy with other work

The whole loop is timed as `ganfx train` runs it: crops, augmentation, every loss of the
preset, both optimisers, the averaged generator. The bare rate is what the same networks
take for their forward and backward passes at the same batch and precision, on pictures
that are there already, with a mean for a loss: the least that adversarial training costs
on this device. The two take turns, and the best turn of each counts. ``--cpu-time`` runs on
one thread of the CPU and counts its seconds at work, crops included, rather than seconds
on the wall: those of a busy machine say more about the others than about the training. What shares
of a step its stages take follows, by the wall clock: ``data`` is the wait for crops.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import torch
from machine import describe_machine
from stage_table import print_stages, waiting_for

from ganfx.models.devices import choose_device
from ganfx.preset import Preset, find_preset, load_preset
from ganfx.stages import timed_stages
from ganfx.training import train
from ganfx.training.data import Batch, Batches
from ganfx.training.events import StepDone
from ganfx.training.memory import peak_memory
from ganfx.training.state import State, new_state

UNTIMED = 6  # steps that are slower than the rest
STEPS = 5  # of a turn
TURNS = 4  # for the stages
NEVER = 10**6
Clock = Callable[[], float]
COLUMNS = ("preset", "batch", "bare networks, images/s", "whole loop, images/s", "ratio")
COLUMNS += ("longest wait for crops", "peak memory")


def bare_step(state: State, photo: torch.Tensor, art: torch.Tensor) -> None:
    """Forward and backward through everything that learns, and nothing else."""
    discriminators = state.discriminators
    with state.autocast():
        fake = state.compiled(photo)
        logits = [*discriminators(art).values(), *discriminators(fake.detach()).values()]
    torch.stack([each.float().mean() for each in logits]).sum().backward()
    discriminators.requires_grad_(False)
    with state.autocast():
        logits = list(discriminators(fake).values())
    torch.stack([each.float().mean() for each in logits]).sum().backward()
    discriminators.requires_grad_(True)
    state.generator.zero_grad(set_to_none=True)
    discriminators.zero_grad(set_to_none=True)


def bare_turns(preset: Preset, device: torch.device, clock: Clock) -> Iterator[float]:
    """Seconds a step, one turn after the other."""
    state, size = new_state(preset, device), preset.train.crop_size
    shape = (preset.train.batch_size, 3, size, size)
    photo, art = (torch.rand(shape, device=device) * 2 - 1 for _ in range(2))

    def step() -> None:
        bare_step(state, photo, art)

    yield _timed(step, UNTIMED, device, clock)
    while True:
        yield _timed(step, STEPS, device, clock)


def loop_turns(preset: Preset, device: torch.device, clock: Clock, run: Path) -> Iterator[float]:
    """The same of the whole loop."""
    with closing(train(preset, run, device=device.type)) as events:

        def step() -> None:
            while not isinstance(next(events), StepDone):
                pass

        yield _timed(step, UNTIMED, device, clock)
        while True:
            yield _timed(step, STEPS, device, clock)


def watched(waits: list[float]) -> Callable[[Batches, int], Iterator[Batch]]:
    """`Batches.starting_at`, noting how long each step waited for its crops."""
    original = Batches.starting_at

    def starting_at(batches: Batches, step: int) -> Iterator[Batch]:
        stream = original(batches, step)
        while True:
            begun = time.perf_counter()
            batch = next(stream)
            waits.append(time.perf_counter() - begun)
            yield batch

    return starting_at


def measure(preset: Preset, rounds: int, device: torch.device, clock: Clock) -> str:
    """One row of the table."""
    waits = list[float]()
    Batches.starting_at = watched(waits)  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        bare = bare_turns(preset, device, clock)
        loop = loop_turns(preset, device, clock, Path(folder) / "run")
        next(bare), next(loop)  # warm, compiled, previewed
        times = [(next(bare), next(loop)) for _ in range(rounds)]
        bare.close(), loop.close()
    least, whole = (min(side) for side in zip(*times, strict=True))
    images = preset.train.batch_size
    memory = (peak_memory(device) or 0) / 2**30
    late = max(waits[UNTIMED:]) * 1000
    return (
        f"| {preset.name} | {images} x {preset.train.crop_size} px | {images / least:.2f} "
        f"| {images / whole:.2f} | {least / whole:.2f} | {late:.1f} ms | {memory:.1f} GiB |"
    )


def main() -> None:
    """Print the machine, then a table with one row."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("preset", nargs="?", default="noir")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu-time", action="store_true")
    args = parser.parse_args()
    if args.cpu_time:
        torch.set_num_threads(1)
    quiet = ["train.preview_every", "train.save_every", "train.steps"]
    overrides = [*args.overrides, *(f"{key}={NEVER}" for key in quiet)]
    print(
        f"{describe_machine()}; best of {args.rounds} turns of {STEPS} steps"
        f"{', CPU time of one thread' if args.cpu_time else ''}\n"
    )
    print(f"| {' | '.join(COLUMNS)} |")
    print("|---" * len(COLUMNS) + "|")
    preset = load_preset(find_preset(args.preset), overrides)
    device = choose_device("cpu" if args.cpu_time else "auto")
    clock = time.process_time if args.cpu_time else time.perf_counter
    print(measure(preset, args.rounds, device, clock))
    time_stages(preset, device)


def time_stages(preset: Preset, device: torch.device) -> None:
    """Print the shares of a step's stages."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(loop_turns(preset, device, time.perf_counter, Path(folder) / "run")) as loop,
    ):
        next(loop)
        with timed_stages(waiting_for(device)) as times:
            for _ in range(TURNS):
                next(loop)
            print_stages(times, "step", TURNS * STEPS, idle="the rest")


def _timed(step: Callable[[], None], count: int, device: torch.device, clock: Clock) -> float:
    """Seconds a step, the device's own work included."""
    begun = clock()
    for _ in range(count):
        step()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return (clock() - begun) / count


if __name__ == "__main__":
    main()
