"""One shot by every way of a farm: are all files equal, and what does it cost?

    python benchmarks/farm.py [FRAMES] [STYLE] [--size 640x360] [--chunk 7]

In one process; by ``farm local -j 2``, in the two chunks that it makes of a shot by itself; as an
OpenJD bundle by ``openjd run``, and, where SLURM_CONF names a cluster that runs, by a Slurm array,
both in chunks of ``--chunk``. Each starts from nothing; every file is compared with the first's.
"""

from __future__ import annotations

import argparse
import os
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

BIN = Path(sys.executable).parent


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("frames", type=int, nargs="?", default=120)
    parser.add_argument("style", nargs="?", default="engraving")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--chunk", type=int, default=7)
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    print(describe_machine())
    print(f"{options.frames} frames of {options.size}, chunks of {options.chunk}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        render(folder / "in", options.frames, width, height)
        # As jobs are written: nodes of different kinds multiply alike.
        job = [str(folder / "in"), "--style", options.style, "--precision", "float32"]
        first = timed("in one process", folder / "one", ["ganfx", "stylize", *job, "--quiet"])
        chunk = ["--chunk", str(options.chunk)]
        local = ["ganfx", "farm", "local", *job, "-j", "2"]
        compare(first, timed("farm local -j 2", folder / "local", local))
        compare(first, openjd(folder, job, chunk))
        if "SLURM_CONF" in os.environ:
            compare(first, slurm(folder, job, chunk))


def render(folder: Path, frames: int, width: int, height: int) -> None:
    """A shot in motion, with noise so that every frame is another."""
    still = develop(Scene(2, width, height).render(1001)).astype(int)
    rng = np.random.default_rng(1)
    for frame in range(1001, 1001 + frames):
        noisy = np.roll(still, 2 * (frame - 1001), axis=1) + rng.integers(-3, 4, still.shape)
        write_picture(folder / f"plate.{frame}.png", np.clip(noisy, 0, 255).astype(np.uint8))


def timed(name: str, out: Path, command: list[str]) -> dict[str, bytes]:
    """Run a command, and say how long it took."""
    started = time.monotonic()
    subprocess.run([*command, "--out", str(out)], check=True, stderr=subprocess.DEVNULL)
    print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)
    return contents(out)


def openjd(folder: Path, job: list[str], chunk: list[str]) -> dict[str, bytes]:
    """The bundle, in OpenJD's own runner: one task after the other."""
    where = ["--job", str(folder / "job"), "--out", str(folder / "openjd")]
    subprocess.run(["ganfx", "farm", "openjd", *job, *chunk, *where], check=True)
    started = time.monotonic()
    values = f"file://{folder / 'job' / 'job.json'}"
    command = ["openjd", "run", str(folder / "job" / "template.yaml"), "-p", values]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"openjd run: {time.monotonic() - started:.1f} s", flush=True)
    return contents(folder / "openjd")


def slurm(folder: Path, job: list[str], chunk: list[str]) -> dict[str, bytes]:
    """The array, on the cluster that SLURM_CONF names."""
    where = ["--job", str(folder / "array"), "--out", str(folder / "slurm")]
    subprocess.run(["ganfx", "farm", "slurm", *job, *chunk, *where], check=True)
    started = time.monotonic()
    subprocess.run([str(folder / "array" / "submit.sh")], check=True)
    while subprocess.run(["squeue", "-h"], capture_output=True, check=True).stdout:
        time.sleep(0.5)
    print(f"Slurm array: {time.monotonic() - started:.1f} s", flush=True)
    return contents(folder / "slurm")


def contents(folder: Path) -> dict[str, bytes]:
    """Every frame."""
    return {path.name: path.read_bytes() for path in folder.glob("*.png")}


def compare(first: dict[str, bytes], other: dict[str, bytes]) -> None:
    """Say whether both are the same files."""
    different = [name for name in first if other.get(name) != first[name]]
    print(f"  {len(first)} files, {len(different)} different", flush=True)


if __name__ == "__main__":
    main()
