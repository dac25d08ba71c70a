"""How long ``ganfx --help`` takes, and which heavy libraries it loads (none).

python benchmarks/help_time.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 10
HEAVY = ("torch", "cv2", "OpenImageIO", "kornia", "av", "numpy")


def main() -> None:
    """Print the median and the worst of some runs."""
    command = [sys.executable, "-m", "ganfx", "--help"]
    seconds = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    warm = seconds[1:]  # the first one compiles bytecode
    code = f"import sys, ganfx.cli; print(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    print(
        f"ganfx --help  median {statistics.median(warm):.2f} s, worst {max(warm):.2f} s of {RUNS}"
    )
    print(f"heavy libraries loaded: {loaded.stdout.strip() or 'none'}")


if __name__ == "__main__":
    main()
