"""Blind comparisons: which of two versions of a picture was made by a hand?

    python benchmarks/two_choice.py make NEW OLD SHEETS [--count 24] [--seed 1]
    python benchmarks/two_choice.py score SHEETS ANSWERS

``make`` takes pictures of the same names from two folders (of files, or of folders of files) and
writes numbered sheets of two pairs each, of which nobody can tell which is which; `key.json` says
it. Whoever judges looks at the sheets alone, and writes a line for each pair: its number, and L or
R. ``score`` counts how often NEW was chosen, with the 95 % interval of Wilson (1927).
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_picture, write_picture

SIDE = 640
"""Width of a picture on a sheet; what is larger is seen by its middle, pixel by pixel."""
ROWS = 480
ON_A_SHEET = 2
GAP = 12
KEY = "key.json"
NORMAL = 1.96
"""Deviations of a normal distribution on either side that hold 95 % of it."""


def main() -> None:
    """Write sheets, or score answers."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("make")
    for name in ("new", "old", "sheets"):
        make.add_argument(name, type=Path)
    make.add_argument("--count", type=int, default=24)
    make.add_argument("--seed", type=int, default=1)
    make.set_defaults(run=lambda o: make_sheets(o.new, o.old, o.sheets, o.count, o.seed))
    score = commands.add_parser("score")
    score.add_argument("sheets", type=Path)
    score.add_argument("answers", type=Path)
    score.set_defaults(run=lambda o: print(scored(o.sheets, o.answers)))
    options = parser.parse_args()
    options.run(options)


def make_sheets(new: Path, old: Path, sheets: Path, count: int, seed: int) -> None:
    """Pairs in random order, each with its sides at random."""
    random = np.random.default_rng(seed)
    files = (p.relative_to(new) for p in new.rglob("[!.]*") if p.is_file())
    names = sorted(name for name in files if (old / name).is_file())
    names = [names[i] for i in random.permutation(len(names))[:count]]
    sides = ["L" if left else "R" for left in random.integers(0, 2, len(names))]
    pairs = []
    for number, (name, side) in enumerate(zip(names, sides, strict=True), 1):
        both = [_cell(read_picture(folder / name)) for folder in (new, old)]
        pairs.append(_row(number, both if side == "L" else both[::-1]))
    sheets.mkdir(parents=True, exist_ok=True)
    for i in range(0, len(pairs), ON_A_SHEET):
        sheet = np.concatenate(pairs[i : i + ON_A_SHEET])
        write_picture(sheets / f"sheet{i // ON_A_SHEET + 1:02d}.png", sheet)
    key = {number: [str(n), s] for number, (n, s) in enumerate(zip(names, sides, strict=True), 1)}
    (sheets / KEY).write_text(json.dumps(key, indent=1), encoding="utf-8")


def _cell(picture: ImageU8) -> ImageU8:
    """The middle of a picture, on grey where it is smaller."""
    height, width = picture.shape[:2]
    top, left = max(0, (height - ROWS) // 2), max(0, (width - SIDE) // 2)
    part = picture[top : top + ROWS, left : left + SIDE]
    cell = np.full((ROWS, SIDE, 3), 128, np.uint8)
    cell[: part.shape[0], : part.shape[1]] = part
    return cell


def _row(number: int, both: list[ImageU8]) -> ImageU8:
    gap = np.full((ROWS, GAP, 3), 255, np.uint8)
    title = np.full((24, 2 * SIDE + GAP, 3), 255, np.uint8)
    cv2.putText(title, f"pair {number}", (4, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0))
    row: ImageU8 = np.concatenate([title, np.concatenate([both[0], gap, both[1]], axis=1)])
    return row


def scored(sheets: Path, answers: Path) -> str:
    """How often the new ones were chosen."""
    key = json.loads((sheets / KEY).read_text(encoding="utf-8"))
    given = dict(
        line.split()[:2] for line in answers.read_text(encoding="utf-8").splitlines() if line
    )
    right = [given[number].upper() == key[number][1] for number in key if number in given]
    low, high = _wilson(sum(right), len(right))
    return f"{sum(right)} of {len(right)} ({sum(right) / len(right):.0%}; {low:.0%} to {high:.0%})"


def _wilson(chosen: int, of: int) -> tuple[float, float]:
    share, z = chosen / of, NORMAL
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return middle - half, middle + half


if __name__ == "__main__":
    main()
