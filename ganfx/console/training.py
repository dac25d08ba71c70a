"""A training run on screen: its facts, its losses, and what to do with the style."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import TaskID
from rich.text import Text

from ganfx.console.output import bar, duration, err, fact, note, out, print_result

if TYPE_CHECKING:  # the room behind these imports torch
    from ganfx.training import events as training
    from ganfx.training.probing import Probe


def show_training(events: Iterable[training.Event]) -> int:
    """Show a run as it happens; returns the last step done."""
    from ganfx.training import events as kinds

    step = 0
    with bar() as progress:
        task: TaskID | None = None
        for event in events:
            match event:
                case kinds.TrainingStarted():
                    _show_training_facts(event)
                    step = event.first_step - 1
                    task = progress.add_task("training", total=event.steps, completed=step)
                case kinds.StepDone():
                    step = event.step
                    assert task is not None
                    known = event.steps if event.steps < 10**8 else None
                    progress.update(task, completed=step, total=known)
                    if event.losses is not None:
                        err.print(Text(_step_line(event)))
                case kinds.PreviewSaved():
                    err.print(Text.assemble(("preview     ", "dim"), str(event.path)))
                case kinds.CheckpointSaved():
                    err.print(Text.assemble(("checkpoint  ", "dim"), str(event.path)))
                case kinds.Notice():
                    note(event.message)
                case kinds.TrainingDone():
                    progress.stop()
                    _show_trained(event)
    return step


def show_probe(probe: Probe) -> None:
    """What a run would cost, on stdout."""
    started = probe.started
    out.print(Text(started.preset.model_dump_json(indent=2)))
    _show_training_facts(started)
    memory = f"{probe.memory / 2**30:.1f} GiB at most" if probe.memory else "unknown"
    where = "GPU memory" if started.device[:3] != "CPU" else "memory"
    speed = f"{probe.seconds_per_step:.2f} s a step, {probe.images_per_second:.1f} images/s"
    fact("speed", speed)
    fact("time", f"{duration(3600 * probe.hours)} for {probe.steps:,} steps")
    fact(where, memory)
    if probe.largest_batch is not None:
        now = started.preset.train.batch_size
        fact("batch", f"{probe.largest_batch:,} crops would fit; train.batch_size is {now}")


def _show_training_facts(event: training.TrainingStarted) -> None:
    recipe = "paired" if event.preset.data.pairs else "unpaired"
    fact("preset", f"{event.preset.name}, {recipe}, {event.preset.loss.adversarial}")
    fact("photos", event.photos)
    fact("art", event.art)
    sizes = (event.generator_parameters, event.discriminator_parameters)
    fact(
        "model",
        "generator {:.2f} M, discriminators {:.2f} M parameters".format(
            *(size / 1e6 for size in sizes)
        ),
    )
    fact("device", f"{event.device}, {event.precision}")
    if event.run != Path():
        fact("run", str(event.run))
    if event.first_step > 1:
        fact("resumed", f"after step {event.first_step - 1}")
    if event.uses_samples:
        note(
            "this run learns from rendered sample scenes. For a look of your own:"
            f" ganfx train {event.preset.name} --photos DIR --art DIR"
        )


def _step_line(event: training.StepDone) -> str:
    losses = "  ".join(f"{name} {value:.3f}" for name, value in (event.losses or {}).items())
    steps = str(event.steps) if event.steps < 10**8 else "?"
    return f"step {event.step:>6}/{steps}  {losses}  {event.images_per_second:.1f} images/s"


def _show_trained(event: training.TrainingDone) -> None:
    err.print(Text(f"done in {duration(event.seconds)}; the style is"))
    print_result(event.style)
    fact("use it", f"ganfx stylize shots/ --style {event.style}")
    fact("keep it", f"ganfx styles add {event.style}")
