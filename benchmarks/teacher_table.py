"""The results of the hidden-teacher benchmark: a file of lines, a table, sheets for the eye."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fidelity import Scores
from teacher_baselines import IDENTITY, LINEAR
from teacher_runs import SHOWN, Task, paintings_of

from ganfx.media.frames import write_picture
from ganfx.quality.sheets import contact_sheet

Row = dict[str, Any]

HEAD = """\
| recipe | teacher | budget | runs | PSNR, dB | SSIM | ΔE 2000 | far, dB | over identity, dB \
| over linear, dB |
|---|---|---|---|---|---|---|---|---|---|"""


class Results:
    """Lines of JSON, one a run; what is there is not done again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.rows: list[Row] = [json.loads(line) for line in lines if line.strip()]

    def find(self, key: Row) -> Row | None:
        """The newest line that has all of ``key``."""
        found = [row for row in self.rows if key.items() <= row.items()]
        return found[-1] if found else None

    def append(self, row: Row) -> None:
        """Add a line."""
        self.rows.append(row)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def print_table(results: Results, pictures: str, baselines: dict[str, dict[str, Scores]]) -> None:
    """Print all runs on these pictures as Markdown, seeds together, below what needs none.

    Args:
        results: All runs there are.
        pictures: Name of the sets.
        baselines: Of each teacher that is shown, the scores by name.
    """
    groups: dict[tuple[str, ...], dict[int, Row]] = defaultdict(dict)
    for row in results.rows:
        if row.get("pictures") == pictures and row.get("teacher") in baselines:
            names = (row["teacher"], row["recipe"], row["digest"], row["budget"], str(row["steps"]))
            groups[names][row["seed"]] = row  # the newest of each seed
    newest = {(names[0], names[1]): names[2] for names in groups}
    print(f"\n{HEAD}")
    for teacher, base in baselines.items():
        for name, scores in base.items():
            print(_line(name, teacher, "", [asdict(scores)], base))
        for (painter, recipe, digest, budget, steps), rows in groups.items():
            if painter == teacher:
                # A recipe that has changed since keeps its row, with the code of what it was.
                name = recipe if digest == newest[painter, recipe] else f"{recipe} ({digest})"
                cost = f"{steps} steps" if budget == steps else f"{budget}, {steps} steps"
                print(_line(name, teacher, cost, list(rows.values()), base))


def write_sheet(path: Path, tasks: Sequence[Task]) -> None:
    """Photo, teacher, and each recipe beside each other, for the first held-out photos.

    Args:
        path: Of the PNG.
        tasks: One a recipe, all of one teacher, the first seed of each.
    """
    columns = {task.recipe: paintings_of(task) for task in tasks}
    rows, labels = [], []
    for number, (photo, truth) in enumerate(tasks[0].sets.held_out(tasks[0].teacher)[:SHOWN]):
        name = f"{number:02d}.png"
        shown = {recipe: found[name] for recipe, found in columns.items() if name in found}
        rows.append([photo, truth, *shown.values()])
        labels.append(["photo", tasks[0].teacher, *shown])
    write_picture(path, contact_sheet(rows, labels=labels, cell_width=rows[0][0].shape[1]))
    print(path)


def _line(
    recipe: str, teacher: str, budget: str, rows: Sequence[Row], base: dict[str, Scores]
) -> str:
    done = [row for row in rows if "failed" not in row]
    failed = len(rows) - len(done)
    runs = f"{len(rows)}, {failed} failed" if failed else str(len(rows))
    cells = [recipe, teacher, budget, runs]
    for name, digits in (("psnr", 2), ("ssim", 3), ("color", 2), ("far", 2)):
        cells.append(_spread([row[name] for row in done], digits))
    for name in (IDENTITY, LINEAR):
        cells.append(_spread([row["psnr"] - base[name].psnr for row in done], 2, sign="+"))
    return f"| {' | '.join(cells)} |"


def _spread(values: Sequence[float], digits: int, sign: str = "") -> str:
    """``17.31 ± 0.12``: mean and standard deviation over the seeds."""
    if not values:
        return "-"
    mean = f"{statistics.mean(values):{sign}.{digits}f}"
    return f"{mean} ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else mean
