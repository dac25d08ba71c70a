"""Kill a batch at random moments, again and again: what is there after each, and at the end.

    python benchmarks/kill.py [KILLS] [STYLE]

A shot is stylised once undisturbed; then the same command is started and killed (SIGKILL) KILLS
times at random moments, and at last let finish. After every kill each file under its final
name has to be, byte for byte, the one of the undisturbed run.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import describe_machine

from ganfx.media.frames import write_picture
from ganfx.samples import Scene
from ganfx.samples.scene import develop

FRAMES = 48
SIZE = (320, 180)


def main() -> None:
    """Print a line for each kill, and what came out."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    style = sys.argv[2] if len(sys.argv) > 2 else "noir"
    chance = random.Random(1)
    print(describe_machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        still = develop(Scene(2, *SIZE).render(1001))
        for frame in range(1001, 1001 + FRAMES):
            picture = np.roll(still, 3 * (frame - 1001), axis=1)
            write_picture(folder / "in" / f"plate.{frame}.png", picture)
        started = time.monotonic()
        subprocess.run(command(folder, "whole", style), check=True)
        whole, taken = contents(folder / "whole"), time.monotonic() - started
        bad = 0
        for number in range(1, kills + 1):
            # Later as the work goes on: most of the time is the start.
            seconds = chance.uniform(0.3, 1.0) * taken * (0.6 if number % 2 else 1.0)
            there, wrong = kill_after(seconds, folder, style, whole)
            bad += wrong
            after = f"{number:3d}: killed after {seconds:5.2f} s"
            print(f"{after}, {there} of {FRAMES} files, {wrong} wrong")
            if there == FRAMES:
                for path in (folder / "killed").iterdir():
                    path.unlink()
        subprocess.run(command(folder, "killed", style), check=True)
        same = contents(folder / "killed") == whole
        print(f"{kills} kills, {bad} wrong files; at the end {'equal' if same else 'NOT equal'}")


def command(folder: Path, out: str, style: str) -> list[str]:
    """The batch."""
    return [
        *(sys.executable, "-m", "ganfx", "stylize", str(folder / "in"), "--style", style),
        *("--out", str(folder / out), "--quiet"),
    ]


def kill_after(
    seconds: float, folder: Path, style: str, whole: dict[str, bytes]
) -> tuple[int, int]:
    """Files that are there after a kill, and how many are not as they have to be."""
    process = subprocess.Popen(command(folder, "killed", style))
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = contents(folder / "killed")
    return len(there), sum(whole.get(name) != data for name, data in there.items())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that a user sees."""
    if not folder.is_dir():
        return {}
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.startswith(".")}


if __name__ == "__main__":
    main()
