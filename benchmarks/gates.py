"""Gates on a shot that flickers: what `ganfx evaluate` says, and what it exits with.

python benchmarks/gates.py SOURCE FLICKERING
    SOURCE        a shot in notation: plate.1001-1024#.jpg
    FLICKERING    the folder of the same frames after a process that treats each by itself

The source is judged as its own output too, by the same limits, which it keeps.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from machine import describe_machine

CHECKS = (
    ("flicker", "--max-ratio", "1.5", "--max-tone", "0.005"),
    ("look", "--min-structure", "0.95"),
)


def main(source: str, flickering: str) -> None:
    """Print the verdict on both for every check."""
    print(describe_machine())
    for whose, output in (("flickering", flickering), ("itself", str(Path(source).parent))):
        for kind, *limits in CHECKS:
            words = ["evaluate", kind, source, output, *limits]
            command = [sys.executable, "-m", "ganfx", *words]
            done = subprocess.run(command, capture_output=True, text=True)
            told = [line for line in done.stderr.splitlines() if not line.startswith("note")]
            print(f"\n{whose}: {kind} {' '.join(limits)}: exit {done.returncode}")
            print("\n".join([done.stdout.rstrip(), *told]), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
