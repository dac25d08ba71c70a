"""Review pages: speed beside stylizing, peak memory, size of the page, seconds until it is open.

    python benchmarks/review.py [STYLE] [--frames N] [--stylized K] [--format png|exr]

K frames of a rendered scene in 1080p are stylized by a process of its own; source and results are
then linked over and over until there are N of each, and another process makes a page of them. The
page is opened from the disk in headless Chromium, where there is one, until its first frame is
drawn. Times are from the first event of a run to its last.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import describe_machine

from ganfx.samples.writing import write_samples

RUN = """
import sys, time
from pathlib import Path
begun = None
if sys.argv[1] == "stylize":
    from ganfx.stylize import Options, stylize
    events = stylize(Path(sys.argv[2]), sys.argv[4], Options(out=Path(sys.argv[3])))
else:
    from ganfx.review import Options, review
    events = review(Path(sys.argv[3]), Options(source=Path(sys.argv[2])))
begun = time.perf_counter()
for event in events:
    pass
seconds = time.perf_counter() - begun
# Not getrusage: its peak begins with that of the process that started this one.
status = Path("/proc/self/status").read_text()
print(seconds, status.partition("VmHWM:")[2].split()[0])
"""
SIZE = (1920, 1080)


def measure(kind: str, source: Path, output: Path, style: str) -> tuple[float, float]:
    """Seconds, and GiB of memory (Linux)."""
    command = [sys.executable, "-c", RUN, kind, str(source), str(output), style]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, kilobytes = result.stdout.split()
    return float(seconds), float(kilobytes) / 2**20


def linked(folder: Path, target: Path, count: int) -> Path:
    """Frames of a folder over and over, there and back, as a shot of ``count``."""
    target.mkdir(parents=True)
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    cycle = [*files, *reversed(files[1:-1])]
    for number in range(count):
        source = cycle[number % len(cycle)]
        os.link(source, target / f"plate.{1001 + number:06d}{source.suffix}")
    return target


def seconds_to_open(page: Path) -> float | None:
    """From the start of loading to the first frame drawn; None without Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 720})
        begun = time.perf_counter()
        tab.goto(page.as_uri())
        tab.wait_for_function("isReady(state.at)")
        seconds = time.perf_counter() - begun
        browser.close()
    return seconds


def main() -> None:
    """Print the machine, then what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("style", nargs="?", default="noir")
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--stylized", type=int, default=8)
    parser.add_argument("--format", default="png")
    options = parser.parse_args()
    print(describe_machine(), flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = {"width": SIZE[0], "height": SIZE[1], "seed": 1}
        made = write_samples(
            folder / "s", frames=options.stylized, format=options.format, art=0, **size
        )
        for _ in made:
            pass
        source = folder / "s" / "shot"
        seconds, _ = measure("stylize", source, folder / "o", options.style)
        stylized = seconds / options.stylized
        before = linked(source, folder / "in", options.frames)
        after = linked(folder / "o", folder / "out", options.frames)
        seconds, memory = measure("review", before, after, options.style)
        each = seconds / options.frames
        pages = after / "review"
        total = sum(path.stat().st_size for path in pages.rglob("*") if path.is_file())
        opened = seconds_to_open(pages / "index.html")
    print(
        "| frames | stylizing, s a frame | page, s a frame | faster | peak, GiB | MB | opens, s |"
    )
    print("|---|---|---|---|---|---|---|")
    wait = "-" if opened is None else f"{opened:.1f}"
    print(
        f"| {options.frames} {options.format} | {stylized:.2f} | {each:.3f} |"
        f" {stylized / each:.1f} x | {memory:.2f} | {total / 1e6:.1f} | {wait} |"
    )


if __name__ == "__main__":
    main()
