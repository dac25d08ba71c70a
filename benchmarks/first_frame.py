"""Seconds from the start of the command to its first frame on disk, and to its last.

    python benchmarks/first_frame.py SHOT [--styles noir,engraving] [--consistency 0.5,0]
        [--times 3]

SHOT is a folder of one frame sequence. Whole processes, imports and the opening of the look
included; medians of several, the cases in turn.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import describe_machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("shot", type=Path)
    parser.add_argument("--styles", default="noir,engraving")
    parser.add_argument("--consistency", default="0.5,0")
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    print(describe_machine())
    cases = [(s, c) for s in asked.styles.split(",") for c in asked.consistency.split(",")]
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {case: [] for case in cases}
    for _ in range(asked.times):
        for style, consistency in cases:
            taken[style, consistency].append(seconds(asked.shot, style, consistency))
    for (style, consistency), times in taken.items():
        first, last = (statistics.median(each) for each in zip(*times, strict=True))
        print(f"{style}, --consistency {consistency}: first {first:.2f} s, last {last:.2f} s")


def seconds(shot: Path, style: str, consistency: str) -> tuple[float, float]:
    """To the first file in the output folder, and to the end."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "ganfx", "stylize", str(shot), "--style", style]
        words += ["--consistency", consistency, "--out", folder]
        begun = time.monotonic()
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not written(Path(folder)) and process.poll() is None:
            time.sleep(0.01)
        first = time.monotonic() - begun
        if process.wait():
            raise SystemExit(f"ganfx stylize failed: exit code {process.returncode}")
        return first, time.monotonic() - begun


def written(folder: Path) -> bool:
    return any(not each.name.startswith(".") for each in folder.iterdir())


if __name__ == "__main__":
    main()
