"""The runs of the hidden-teacher benchmark: presets, step counts, training and scoring."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fidelity import mean_scores, score
from teacher_sets import Sets

from ganfx.errors import GanfxError, UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_picture, write_picture
from ganfx.models.devices import best_precision, choose_device
from ganfx.models.generator import Generator
from ganfx.preset import Preset
from ganfx.stylize.network.tiling import stylize_image
from ganfx.training import train
from ganfx.training.checkpoints import LATEST, PRESET
from ganfx.training.events import CheckpointSaved, Notice, StepDone, TrainingDone

POINTS = 4
"""Scores along a run, the last one included."""
WARM_UP, TIMED = 4, 15
"""Steps of each recipe that are not timed, and that are."""
SHOWN = 6
"""Held-out pictures whose paintings are kept for the sheets."""
NEVER = 10**9
CURVE = "curve.jsonl"
HELD = "held"


@dataclass(frozen=True)
class Task:
    """One run: a recipe learns a teacher."""

    sets: Sets
    teacher: str
    recipe: str
    values: Mapping[str, object]  # of the preset, by dotted key
    seed: int
    budget: str
    steps: int

    def __str__(self) -> str:
        """``anime ganfx seed 1``."""
        return f"{self.teacher} {self.recipe} seed {self.seed}"

    @property
    def is_told(self) -> bool:
        """Whether it learns from pairs."""
        return bool(self.values.get("data.pairs"))

    @property
    def preset(self) -> Preset:
        """What is trained."""
        unpaired = {"photos": self.sets.content, "art": self.sets.art(self.teacher), "pairs": ""}
        paired = {"photos": "", "art": "", "pairs": self.sets.pairs(self.teacher)}
        table = nested(
            {
                **self.values,
                **{f"data.{k}": str(v) for k, v in (paired if self.is_told else unpaired).items()},
                "name": f"{self.teacher}-{self.recipe}",
                "train.seed": self.seed,
                "train.steps": self.steps,
                "train.save_every": max(1, -(-self.steps // POINTS)),
                "train.preview_every": self.steps,
            }
        )
        return Preset.model_validate_json(json.dumps(table))

    @property
    def digest(self) -> str:
        """Names the recipe by all that it says, wherever the pictures are."""
        table = self.preset.model_dump(mode="json", exclude={"name"})
        for key in ("photos", "art"):
            del table["data"][key]
        table["data"]["pairs"] = bool(table["data"]["pairs"])
        for key in ("seed", "steps", "save_every", "preview_every", "log_every"):
            del table["train"][key]
        return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()[:8]

    @property
    def key(self) -> dict[str, Any]:
        """What makes it another run."""
        return {
            "pictures": self.sets.name,
            "teacher": self.teacher,
            "recipe": self.recipe,
            "digest": self.digest,
            "seed": self.seed,
            "budget": self.budget,
            "steps": self.steps,
        }

    @property
    def folder(self) -> Path:
        """Of the run."""
        name = f"{self.recipe}-{self.digest}-{self.steps}-seed{self.seed}"
        return self.sets.root / self.teacher / self.sets.runs / name


def nested(values: Mapping[str, object]) -> dict[str, Any]:
    """``{"train.steps": 5}`` as ``{"train": {"steps": 5}}``."""
    table: dict[str, Any] = {}
    for key, value in values.items():
        *path, last = key.split(".")
        inner = table
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return table


def time_steps(tasks: Mapping[str, Task], device: str) -> dict[str, float]:
    """Median seconds of a step of each task; they take turns, so that all have one weather."""
    quiet = {"save_every": NEVER, "preview_every": NEVER, "log_every": 1, "steps": NEVER}
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        runs = {}
        for name, task in tasks.items():
            preset = task.preset
            preset = preset.model_copy(update={"train": preset.train.model_copy(update=quiet)})
            runs[name] = stack.enter_context(closing(train(preset, folder / name, device=device)))
        for _ in range(WARM_UP + TIMED):
            for name, events in runs.items():
                begun = time.perf_counter()
                while not isinstance(next(events), StepDone):
                    pass
                taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(seconds[WARM_UP:]) for name, seconds in taken.items()}


def run_task(task: Task, device: str) -> dict[str, Any]:
    """Train, or go on with an interrupted run, and score: a line of the results."""
    resume = (task.folder / LATEST).is_file()
    if not resume:
        shutil.rmtree(task.folder, ignore_errors=True)
    scoring, seconds = 0.0, 0.0
    try:
        with closing(train(task.preset, task.folder, device=device, resume=resume)) as events:
            for event in events:
                if isinstance(event, CheckpointSaved | TrainingDone):
                    begun = time.perf_counter()
                    done = isinstance(event, TrainingDone)
                    _score_now(task, event.steps if done else event.step, device)
                    scoring += 0.0 if done else time.perf_counter() - begun
                if isinstance(event, Notice):
                    print(f"{task}: {event.message}", flush=True)
                if isinstance(event, TrainingDone):
                    seconds = event.seconds - scoring
    except UsageError:
        raise
    except GanfxError as error:
        return {**task.key, "failed": error.message}
    curve = [json.loads(line) for line in (task.folder / CURVE).read_text().splitlines()]
    return {**task.key, "seconds": round(seconds, 1), **curve[-1], "curve": curve[:-1]}


def paintings_of(task: Task) -> dict[str, ImageU8]:
    """The first held-out photos as the run left them, by name; none if it is not here."""
    return {path.name: read_picture(path) for path in sorted((task.folder / HELD).glob("*.png"))}


def _score_now(task: Task, step: int, device: str) -> None:
    """Paint the held-out photos with the averaged generator, and note the scores."""
    held_out = task.sets.held_out(task.teacher)
    generator = _averaged(task, device)
    scores = []
    for number, (photo, truth) in enumerate(held_out):
        painting = _painted(generator, photo, device)
        scores.append(score(painting, truth))
        if number < SHOWN:
            write_picture(task.folder / HELD / f"{number:02d}.png", painting)
    mean = mean_scores(scores)
    with (task.folder / CURVE).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"step": step, **asdict(mean)}) + "\n")
    print(f"{task}: {step}/{task.steps} {mean}", flush=True)


def _averaged(task: Task, device: str) -> Generator:
    values = torch.load(task.folder / LATEST, map_location="cpu", weights_only=True)
    # As the run has it: some of it may have been chosen from the art.
    begun = Preset.model_validate_json((task.folder / PRESET).read_text(encoding="utf-8"))
    generator = Generator(begun.model)
    generator.load_state_dict(values["averaged"])
    generator.to(choose_device(device), memory_format=torch.channels_last)
    return generator.eval()


def _painted(generator: Generator, photo: ImageU8, device: str) -> ImageU8:
    chosen = choose_device(device)
    rgb = photo.astype(np.float32) / np.float32(255)
    styled = stylize_image(generator, rgb, device=chosen, precision=best_precision(chosen))
    return (styled * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def check_names_and_budget(
    parser: argparse.ArgumentParser, options: argparse.Namespace, known: dict[str, Sequence[str]]
) -> None:
    """Names between commas become lists, of ``known`` ones; ``options.budget`` is minutes or steps.

    Args:
        parser: Tells what is wrong, and exits.
        options: Changed in place.
        known: Names by option.
    """
    for key, expected in known.items():
        names = getattr(options, key).split(",")
        setattr(options, key, names)
        if unknown := set(names) - set(expected):
            parser.error(f"--{key}: {', '.join(sorted(unknown))}: expected {', '.join(expected)}")
    if not re.fullmatch(r"\d+|\d+(\.\d+)?min", options.budget):
        parser.error(f"--budget {options.budget}: expected minutes as 5min, or steps as 600")
