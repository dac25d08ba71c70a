"""Does unpaired training find a look that it was never shown the answer to?

    python benchmarks/hidden_teacher.py [--quick | --full] [--photos samples:|DIR]
        [--teachers noir,poster,...|all] [--art-count 12] [--recipes ganfx,plain] [--seeds 1,2,3]
        [--budget 5min|600] [--threads N] [--device auto] [--work DIR] [--results FILE]
        [--again] [--baselines]

A classical stylizer, the teacher, paints photos B: the art. Training sees that art and
unrelated photos A. What it learned is scored on photos C, held out, against the teacher's
own paintings of them. A recipe is a line of `RECIPES`.

``--quick`` (the default) is one teacher, three seeds, 5 minutes a run; ``--full`` is every
teacher, one seed, 15 minutes. Minutes become a step count per recipe once, from steps that
the recipes take in turn, so that all get the same time whatever else the machine does.
``--art-count`` gives training fewer of the paintings: how much do few pictures cost?
``--baselines`` trains nothing. ``--teachers all`` leaves out the one that is kept for final checks,
`aside`: it has to be named.
Results are lines of a file: finished runs are not repeated, and interrupted ones go on. A
recipe that changes is another one; after a change of the code itself, give ``--again``.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

import torch
from fidelity import Scores
from hidden_teachers import KEPT_ASIDE, PAINTERS
from machine import describe_machine
from teacher_baselines import score_baselines
from teacher_runs import NEVER, Task, check_names_and_budget, run_task, time_steps
from teacher_sets import SAMPLES, Sets, make_pairs, make_sets
from teacher_table import Results, print_table, write_sheet

from ganfx.errors import GanfxError
from ganfx.models.discriminators import discriminator_names
from ganfx.preset import LossConfig

BASE: dict[str, object] = {
    "data.photo_scale": [1.0, 1.0],  # the scale that is scored, in photos and in art
    "data.art_scale": [1.0, 1.0],
    "train.crop_size": 128,
    "train.batch_size": 4,
}
"""What all recipes share, over the preset's defaults: above all the network and the crops."""

NOTHING: dict[str, object] = {
    f"loss.{name}": 0.0
    for name, field in LossConfig.model_fields.items()
    if isinstance(field.default, float) and name not in (*discriminator_names(), "r1_gamma")
} | {"loss.balance": False, "discriminator.throttle": False, "augment.adaptive": False}
"""Adversarial training alone, without what keeps its two sides in balance."""

LOOK: dict[str, object] = {"data.look_at_art": True, "train.marks": 0}
"""As ``presets/look.toml``: chosen from the art. What is scored has no marks on."""

RECIPES: dict[str, dict[str, object]] = {
    # The defaults of a preset: what a user gets.
    "ganfx": {},
    # LSGAN and PatchNCE as CUT (Park et al. 2020): the adversarial terms sum to 1, and so
    # does PatchNCE, half of it on the art.
    "plain": NOTHING
    | {
        "loss.adversarial": "lsgan",
        "loss.texture": 0.5,
        "loss.palette": 0.5,
        "loss.contrast": 0.5,
        "loss.identity": 0.5,
    },
    # From the art's tones and palette on.
    "started": {"model.color_start": True},
    "look": LOOK,
    # Outlines left to the discriminators.
    "unrestored": LOOK | {"loss.restore": 0.0, "loss.texture": 0.6},
    # Tone left to the discriminators.
    "untoned": {"loss.tone": 0.0},
    # A generator that sees the photo alone.
    "unguided": {"model.guides": False},
    # A discriminator that learns 20 times too fast, held in play and left alone.
    "hurried": {"train.discriminator_lr": 6e-3},
    "unthrottled": {"train.discriminator_lr": 6e-3, "discriminator.throttle": False},
    # Weights as ratios; these are about what the defaults amount to, early in a run.
    "balanced": {"loss.balance": True, "loss.content": 0.6, "loss.style": 0.8},
    # Told the answer on photos A: what this network can learn in this time at all.
    "paired": {"data.pairs": True},
}

QUICK = {"teachers": "noir", "seeds": "1,2,3", "budget": "5min"}
FULL = {"teachers": "noir,anime,ink", "seeds": "1", "budget": "15min"}


def main() -> None:
    """Make the pictures, do the runs that are not done, print the table."""
    options = _parse()
    if options.threads:
        torch.set_num_threads(options.threads)
    machine = f"{describe_machine()}, {torch.get_num_threads()} threads"
    print(machine, flush=True)
    results = Results(options.results or options.work / "results.jsonl")
    sets = make_sets(options.photos, options.teachers, options.work, options.art_count)
    baselines = _baselines(sets, options.teachers)
    if options.baselines:
        print_table(results, sets.name, baselines)
        return
    steps = _step_counts(options, sets, results, machine)
    tasks = [
        _task(sets, teacher, recipe, seed, options.budget, steps[recipe])
        for seed in options.seeds
        for teacher in options.teachers
        for recipe in options.recipes
    ]
    for task in tasks:
        if options.again:
            shutil.rmtree(task.folder, ignore_errors=True)
        if options.again or results.find(task.key) is None:
            results.append({**run_task(_prepared(task), options.device), "machine": machine})
    print_table(results, sets.name, baselines)
    for teacher in options.teachers:
        first = [t for t in tasks if t.teacher == teacher and t.seed == options.seeds[0]]
        name = teacher + ("" if sets.art_count is None else f"-art{sets.art_count}")
        write_sheet(sets.root / f"{name}-{options.budget}.png", first)


def _baselines(sets: Sets, teachers: list[str]) -> dict[str, dict[str, Scores]]:
    baselines = {}
    for teacher in teachers:
        baselines[teacher] = score_baselines(sets, teacher)
        for name, scores in baselines[teacher].items():
            print(f"{teacher} {name}: {scores}", flush=True)
    return baselines


def _task(sets: Sets, teacher: str, recipe: str, seed: int, budget: str, steps: int) -> Task:
    return Task(sets, teacher, recipe, {**BASE, **RECIPES[recipe]}, seed, budget, steps)


def _step_counts(
    options: argparse.Namespace, sets: Sets, results: Results, machine: str
) -> dict[str, int]:
    """Steps of each recipe; minutes are turned into steps once on a machine."""
    minutes = re.fullmatch(r"(\d+(?:\.\d+)?)min", options.budget)
    if minutes is None:
        return dict.fromkeys(options.recipes, int(options.budget))
    tasks = {r: _task(sets, options.teachers[0], r, 1, "", NEVER) for r in RECIPES}
    seconds = _known_seconds(tasks, results, machine)
    missing = [recipe for recipe in options.recipes if recipe not in seconds]
    if missing:
        beside = list(seconds)[:1]  # one that was timed before says how the weather was then
        timed = time_steps({r: _prepared(tasks[r]) for r in missing + beside}, options.device)
        weather = seconds[beside[0]] / timed[beside[0]] if beside else 1.0
        for recipe in missing:
            seconds[recipe] = timed[recipe] * weather
            key = {"timed": tasks[recipe].digest, "machine": machine}
            results.append({**key, "recipe": recipe, "seconds": seconds[recipe]})
    counts = {r: max(1, round(60 * float(minutes[1]) / seconds[r])) for r in options.recipes}
    for recipe, count in counts.items():
        print(f"{recipe}: {seconds[recipe]:.3f} s a step, {count} steps", flush=True)
    return counts


def _known_seconds(tasks: dict[str, Task], results: Results, machine: str) -> dict[str, float]:
    """Seconds of a step of the recipes that were timed here before."""
    found = {r: results.find({"timed": t.digest, "machine": machine}) for r, t in tasks.items()}
    return {recipe: row["seconds"] for recipe, row in found.items() if row is not None}


def _prepared(task: Task) -> Task:
    """The task, once its pictures are there."""
    if task.is_told:
        make_pairs(task.sets, task.teacher)
    return task


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", dest="given", action="store_const", const=QUICK, default=QUICK)
    which.add_argument("--full", dest="given", action="store_const", const=FULL)
    parser.add_argument("--photos", default=SAMPLES, help="samples: or a folder of photos")
    parser.add_argument("--teachers", help=f"all, or of {','.join(PAINTERS)}")
    parser.add_argument("--art-count", type=int, help="paintings that training sees")
    parser.add_argument("--recipes", default="ganfx,plain", help=f"of {','.join(RECIPES)}")
    parser.add_argument("--seeds", help="such as 1,2,3")
    parser.add_argument("--budget", help="of a run: 5min, or 600 steps as 600")
    parser.add_argument("--threads", type=int, help="CPU threads of torch")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--work", type=Path, default=Path("runs/hidden_teacher"))
    parser.add_argument("--results", type=Path, help="lines of JSON; in --work when not given")
    parser.add_argument("--again", action="store_true", help="redo finished runs: code changed")
    parser.add_argument("--baselines", action="store_true", help="only what needs no training")
    options = parser.parse_args()
    for key, value in options.given.items():
        if getattr(options, key) is None:
            setattr(options, key, value)
    options.seeds = [int(seed) for seed in options.seeds.split(",")]
    if options.teachers == "all":
        options.teachers = ",".join(name for name in PAINTERS if name != KEPT_ASIDE)
    known = {"teachers": PAINTERS, "recipes": tuple(RECIPES)}
    check_names_and_budget(parser, options, known)
    return options


if __name__ == "__main__":
    try:
        main()
    except GanfxError as error:
        raise SystemExit(f"error: {error.message}") from error
