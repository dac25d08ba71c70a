"""Do a few painted keyframes become the look of the whole shot?

    python benchmarks/keyframes.py [--clips samples:|DIR,DIR...] [--teachers poster,anime,...]
        [--keys 1,2,4] [--recipes keyframe,look] [--budget 4min|600] [--threads N] [--device auto]
        [--work DIR] [--again] [--baselines]

A classical teacher, the same on every frame, paints some frames of a shot, spread over it: two
are in the middle of its first third and of its last. A preset learns from these pairs, as ``ganfx
train PRESET --pairs`` does, and makes pictures of every fourth frame besides, each by itself and
without grain. They are scored against the teacher's own paintings of them, beside what needs no
training: the photo, the best affine map of the keys' colours, and the nearest key carried along
the motion, followed frame by frame or found at once. Last, that key is laid over what was learned,
as ``ganfx keyframe`` does, with the one on the other side.

``--clips`` are folders of frames, named in their order; ``samples:`` is a rendered shot. A
recipe is a line of `RECIPES`. Minutes are those of the preset's clock. Results are lines of a
file in ``--work``: finished runs are not repeated; after a change of the code, give ``--again``.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import torch
from fidelity import Scores
from hidden_teachers import PAINTERS
from keyframe_shots import (
    DIRECT,
    SAMPLES,
    STEPWISE,
    Painted,
    Shot,
    baselines,
    open_shot,
    scored,
    with_keys,
)
from machine import describe_machine
from teacher_runs import check_names_and_budget
from teacher_table import Results

from ganfx.errors import GanfxError
from ganfx.media.frames import read_picture, write_picture
from ganfx.preset import Preset, load_preset, override_data
from ganfx.quality.sheets import contact_sheet
from ganfx.stylize import Options, stylize_array
from ganfx.training import train
from ganfx.training.events import Notice, TrainingDone

RECIPES: dict[str, tuple[str, tuple[str, ...]]] = {
    # The presets as they are.
    "keyframe": ("keyframe", ()),
    "look": ("look", ()),
    # For black-and-white teachers: no tint by construction.
    "gray": ("keyframe", ("model.monochrome=true",)),
    # Begins with the photo's flat areas.
    "flat": ("keyframe", ("model.flatten=0.3",)),
    # Half the crops a step, for twice the steps in a time.
    "halved": ("keyframe", ("train.batch_size=2",)),
    # The same, and it begins with the paintings' tones and palette.
    "started": ("keyframe", ("model.color_start=true", "train.batch_size=2")),
}
"""A preset, and what is changed in it."""
SHOWN = 4
"""Unseen frames on a sheet."""
HEAD = """
| | clip | teacher | keys | steps | PSNR, dB | SSIM | ΔE 2000 | far, dB | over carried, dB |
|---|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True, eq=False)
class Task:
    """A shot, its painter, and how long and on what a preset learns from the keys."""

    shot: Shot
    teacher: str
    budget: str
    device: str
    work: Path

    @cached_property
    def keys(self) -> Painted:
        """What is learned from."""
        return self.shot.painted(self.teacher, self.shot.keys)

    @cached_property
    def truth(self) -> Painted:
        """What is scored against."""
        return self.shot.painted(self.teacher, self.shot.unseen)

    @property
    def folder(self) -> Path:
        """Of everything that is written."""
        shot = f"{self.shot.name}-{self.shot.digest}"
        return self.work / shot / f"{self.teacher}-{self.shot.count}"

    def preset(self, recipe: str) -> Preset:
        """What is trained, on the keys."""
        name, changes = RECIPES[recipe]
        minutes = re.fullmatch(r"(.+)min", self.budget)
        length = f"train.minutes={float(minutes[1])}" if minutes else f"train.steps={self.budget}"
        preset = load_preset(name, [*changes, length])
        return override_data(preset, pairs=str(self.folder / "pairs"))

    def run(self, recipe: str) -> Path:
        """Folder of a run; a recipe that changes is another one."""
        table = self.preset(recipe).model_dump_json(exclude={"data": {"pairs"}})
        digest = hashlib.sha256(table.encode()).hexdigest()[:8]
        return self.folder / "runs" / f"{recipe}-{digest}-{self.budget}"

    def made(self, recipe: str) -> Painted:
        """The unseen frames as a run left them."""
        return {n: read_picture(_file(self.run(recipe), n)) for n in self.truth}


def main() -> None:
    """Do the runs that are not done; print the table, and write sheets for the eye."""
    options = _parse()
    if options.threads:
        torch.set_num_threads(options.threads)
    machine = f"{describe_machine()}, {torch.get_num_threads()} threads"
    print(machine, flush=True)
    results = Results(options.work / "results.jsonl")
    lines = [HEAD]
    for clip, count in product(options.clips.split(","), options.keys):
        shot = open_shot(clip, count)
        for teacher in options.teachers:
            task = Task(shot, teacher, options.budget, options.device, options.work)
            for recipe in options.recipes:
                key = {"run": str(task.run(recipe)), "machine": machine}
                if options.again or results.find(key) is None:
                    results.append({**key, **_learned(task, recipe)})
            lines += _compared(task, options.recipes, results)
    print("\n".join(lines))


def _learned(task: Task, recipe: str) -> dict[str, Any]:
    """Train, paint the unseen frames, and score them."""
    run = task.run(recipe)
    shutil.rmtree(run, ignore_errors=True)
    task.shot.write_pairs(task.keys, task.folder / "pairs")
    done = _trained(task.preset(recipe), run, task.device)
    look = Options(grain=0.0, device=task.device)
    made = {n: stylize_array(task.shot.frames[n], done.style, look) for n in task.truth}
    for n, picture in made.items():
        write_picture(_file(run, n), picture)
    scores = scored(made, task.truth)
    print(f"{task.shot.name} {task.teacher} {recipe}: {done.steps} steps, {scores}", flush=True)
    return {"steps": done.steps, "seconds": round(done.seconds, 1), **asdict(scores)}


def _trained(preset: Preset, run: Path, device: str) -> TrainingDone:
    with closing(train(preset, run, device=device)) as events:
        for event in events:
            if isinstance(event, Notice):
                print(event.message, flush=True)
            if isinstance(event, TrainingDone):
                return event
    raise AssertionError("training ends with a style, or with an error")


def _file(run: Path, frame: int) -> Path:
    return run / "unseen" / f"{frame:04d}.png"


def _compared(task: Task, recipes: list[str], results: Results) -> list[str]:
    """Lines of the table: what needs no training, then the recipes; and their sheet."""
    shot, untrained = task.shot, baselines(task.shot, task.keys)
    scores = {name: scored(made, task.truth) for name, made in untrained.items()}
    carried = max((STEPWISE, DIRECT), key=lambda name: scores[name].psnr)
    steps, learned = dict.fromkeys(scores, ""), dict[str, Painted]()
    for recipe in recipes:
        row = results.find({"run": str(task.run(recipe))})
        assert row is not None
        steps[recipe] = str(row["steps"])
        scores[recipe] = Scores(**{name: row[name] for name in asdict(scores[carried])})
        over = f"{recipe}, key over it"
        learned |= {recipe: (made := task.made(recipe)), over: with_keys(shot, task.keys, made)}
        steps[over], scores[over] = steps[recipe], scored(learned[over], task.truth)
    _write_sheet(task, {"carried": untrained[carried], **learned})
    return [_line(task, n, steps[n], each, scores[carried]) for n, each in scores.items()]


def _line(task: Task, name: str, steps: str, scores: Scores, carried: Scores) -> str:
    cells = [name, task.shot.name, task.teacher, str(task.shot.count), steps]
    cells += [f"{scores.psnr:.2f}", f"{scores.ssim:.3f}", f"{scores.color:.2f}"]
    cells += [f"{scores.far:.2f}", f"{scores.psnr - carried.psnr:+.2f}"]
    return f"| {' | '.join(cells)} |"


def _write_sheet(task: Task, columns: Mapping[str, Painted]) -> None:
    """Nearest key, what was made of the frame, and the teacher's own, in rows."""
    frames = task.shot.unseen[:: max(1, len(task.truth) // SHOWN)][:SHOWN]
    rows, labels = [], []
    for n in frames:
        made = [pictures[n] for pictures in columns.values()]
        rows.append([task.keys[task.shot.nearest_key(n)], *made, task.truth[n]])
        labels.append(["key", *columns, f"{task.teacher}, frame {n}"])
    path = task.folder / f"sheet-{task.budget}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(path, contact_sheet(rows, labels=labels, cell_width=rows[0][0].shape[1]))
    print(path, flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clips", default=SAMPLES, help="samples:, or folders of frames")
    parser.add_argument("--teachers", default="poster", help=f"of {','.join(PAINTERS)}")
    parser.add_argument("--keys", default="2", help="how many frames are painted: 1,2,4")
    parser.add_argument("--recipes", default="keyframe", help=f"of {','.join(RECIPES)}")
    parser.add_argument("--budget", default="4min", help="of a run: 4min, or 600 steps as 600")
    parser.add_argument("--threads", type=int, help="CPU threads of torch")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--work", type=Path, default=Path("runs/keyframes"))
    parser.add_argument("--again", action="store_true", help="redo finished runs: code changed")
    parser.add_argument("--baselines", action="store_true", help="only what needs no training")
    options = parser.parse_args()
    known = {"teachers": PAINTERS, "recipes": tuple(RECIPES)}
    check_names_and_budget(parser, options, known)
    options.keys = [int(count) for count in options.keys.split(",")]
    options.recipes = [] if options.baselines else options.recipes
    return options


if __name__ == "__main__":
    try:
        main()
    except GanfxError as error:
        raise SystemExit(f"error: {error.message}") from error
