"""Large pictures: seconds a megapixel and peak memory, from 1080p to 16384x16384.

    python benchmarks/large.py [STYLE] [SIDE|WIDTHxHEIGHT ...] [--alpha]

For each size a half-float EXR is written, of a rendered scene laid out side by side, and
stylised from file to file by a process of its own, whose largest resident size is read at
its end. ``--alpha`` adds an alpha with soft edges and holes. The time is that from the first
event of the run to its last: starting Python and loading the style is not in it. Sides are
widths; 1920 and 3840 are 16:9, others square.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from machine import describe_machine

from ganfx.samples import Scene

SIZES = ("1920", "3840", "8192", "16384")
HEIGHTS = {1920: 1080, 3840: 2160}
ROWS = 256

RUN = """
import sys, time
from pathlib import Path
from ganfx.media.allocation import keep_freed_memory
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import FrameDone
keep_freed_memory()  # as the command line does
begun, done = None, 0
for event in stylize(sys.argv[1], sys.argv[2], Options(out=Path(sys.argv[3]), overwrite=True)):
    begun = begun or time.perf_counter()
    done += isinstance(event, FrameDone)
assert done == 1
seconds = time.perf_counter() - begun
# Not getrusage: its peak begins with that of the process that started this one.
status = Path("/proc/self/status").read_text()
print(seconds, status.partition("VmHWM:")[2].split()[0])
"""


def write_plate(path: Path, width: int, height: int, *, alpha: bool) -> None:
    """A scene in scene-linear light, over and over, some rows at a time."""
    scene = Scene(2, 1024, 1024).render(1001)
    if alpha:
        rows, columns = np.mgrid[:1024, :1024] * (2 * np.pi / 1024)
        cover = np.clip(2 * np.sin(rows) + 2 * np.cos(2 * columns) + 1, 0, 1)[..., None]
        scene = np.concatenate([scene * cover, cover], axis=-1)
    scene = scene.astype(np.float16)
    band = np.tile(scene, (1, -(-width // 1024), 1))[:, :width]
    spec = oiio.ImageSpec(width, height, scene.shape[-1], "half")
    spec.attribute("compression", "zip")
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    for top in range(0, height, ROWS):
        bottom = min(top + ROWS, height)
        rows = np.arange(top, bottom) % 1024
        assert output.write_scanlines(top, bottom, 0, np.ascontiguousarray(band[rows]))
    assert output.close()


def measure(style: str, plate: Path, out: Path) -> tuple[float, float]:
    """Seconds, and GB of memory."""
    command = [sys.executable, "-c", RUN, str(plate), style, str(out)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, kilobytes = result.stdout.split()
    return float(seconds), float(kilobytes) * 1024 / 1e9


def main() -> None:
    """Print the machine, then a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("style", nargs="?", default="noir")
    parser.add_argument("sizes", nargs="*", type=size, default=[size(each) for each in SIZES])
    parser.add_argument("--alpha", action="store_true")
    options = parser.parse_args()
    print(describe_machine())
    print(
        "| size | seconds | seconds a megapixel | peak memory, GB |\n|---|---|---|---|", flush=True
    )
    for width, height in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            plate = Path(folder) / "plate.exr"
            write_plate(plate, width, height, alpha=options.alpha)
            seconds, memory = measure(options.style, plate, Path(folder) / "out")
        each = seconds / (width * height / 1e6)
        print(f"| {width}x{height} | {seconds:.1f} | {each:.2f} | {memory:.2f} |", flush=True)


def size(text: str) -> tuple[int, int]:
    """``16384`` or ``16384x4096``."""
    width, _, height = text.partition("x")
    return int(width), int(height) if height else HEIGHTS.get(int(width), int(width))


if __name__ == "__main__":
    main()
