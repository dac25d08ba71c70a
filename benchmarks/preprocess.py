"""Megapixels of source per second through the whole of `ganfx preprocess`, and peak memory.

    python benchmarks/preprocess.py [WORKERS]

Makes sources as cameras and scanners do: photographs that ship with scikit-image and
scikit-learn, enlarged, with grain, as JPEG of 12 and 24 megapixels, as 16-bit TIFF without
compression, and one scan of 100 megapixels. Each kind is then prepared by itself, by both
presets for stills, in a process of its own: every pass, from reading the files to the
manifest. "unshared" is the rate by the cores' own seconds: what it would be on a machine that
has nothing else to do.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import OpenImageIO as oiio  # noqa: N813
from machine import describe_machine
from numpy.typing import NDArray
from skimage import data
from sklearn.datasets import load_sample_image

from ganfx.media.scans import quantized, write_scan
from ganfx.preprocess import find_preset, preprocess
from ganfx.preprocess.events import PreprocessDone

KINDS: dict[str, tuple[int, tuple[int, int], str]] = {
    "12 MP JPEG": (12, (4000, 3000), "jpg"),
    "24 MP JPEG": (8, (6000, 4000), "jpg"),
    "12 MP 16-bit TIFF": (6, (4000, 3000), "tif"),
    "100 MP JPEG": (1, (11600, 8700), "jpg"),
    "100 MP 16-bit TIFF": (1, (11600, 8700), "tif"),
}
"""How many, width and height, and format."""
PRESETS = ("photos", "art")


def photographs() -> list[NDArray[np.uint8]]:
    """Six photographs, each also upside down: no two alike."""
    names = ("china.jpg", "flower.jpg")
    upright = [data.astronaut(), data.coffee(), data.chelsea(), data.rocket()]
    upright += [np.array(load_sample_image(name)) for name in names]
    return [*upright, *(picture[::-1] for picture in upright)]


def make_sources(folder: Path, count: int, size: tuple[int, int], suffix: str) -> None:
    """Write enlarged photographs with grain."""
    folder.mkdir()
    noise = np.random.default_rng(7).normal(0, 0.02, (1024, 1024, 3)).astype(np.float32)
    tiles = (-(-size[1] // 1024), -(-size[0] // 1024), 1)
    for index, picture in enumerate(photographs()[:count]):
        small = picture[: picture.shape[1] * size[1] // size[0]]
        large = cv2.resize(np.ascontiguousarray(small), size, interpolation=cv2.INTER_CUBIC)
        grain = np.tile(np.roll(noise, 97 * index, axis=1), tiles)[: size[1], : size[0]]
        rgb = large.astype(np.float32) / 255 + grain
        path = folder / f"p{index}x.{suffix}"
        if suffix == "jpg":
            write_scan(path, rgb, "uint8")
        else:
            write_plain_tiff(path, quantized(rgb, "uint16"))


def write_plain_tiff(path: Path, pixels: NDArray[np.uint16]) -> None:
    """Write a TIFF as scanners do."""
    output = oiio.ImageOutput.create(str(path))
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], 3, "uint16")
    spec.attribute("compression", "none")
    output.open(str(path), spec)
    output.write_image(pixels)
    output.close()


class Timing(NamedTuple):
    """One run, or the sum of several."""

    seconds: float
    cpu: float  # seconds of all cores together
    kept: int
    peak: float  # GiB

    def row(self, kind: str, preset: str, count: int, megapixels: float, cores: int) -> str:
        """A line of the table."""
        rate, unshared = megapixels / self.seconds, megapixels * cores / self.cpu
        return (
            f"{kind:>20} {preset:>7} {f'{self.kept}/{count}':>6} {self.seconds:8.1f}"
            f" {self.cpu:6.1f} {rate:6.1f} {unshared:9.1f} {self.peak:9.2f}"
        )


def time_run(source: Path, out: Path, preset: str, workers: int) -> Timing:
    """A whole run."""
    started, worked = time.perf_counter(), time.process_time()
    kept = 0
    for event in preprocess(source, out, find_preset(preset), preset=preset, workers=workers):
        if isinstance(event, PreprocessDone):
            kept = event.kept
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Timing(time.perf_counter() - started, time.process_time() - worked, kept, peak)


def in_process(function: Callable[..., Any], *arguments: object) -> Any:
    """Call a function in a fresh process, so that peaks of memory are its own."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(function, *arguments).result()


def main() -> None:
    """Print the machine, then a line for each kind of source and preset."""
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    print(describe_machine())
    print(f"{workers} workers")
    head = f"{'source':>20} {'preset':>7} {'kept':>6} {'seconds':>8} {'CPU s':>6} {'MP/s':>6}"
    print(f"{head} {'unshared':>9} {'peak GiB':>9}")
    for preset in PRESETS:
        total = Timing(0.0, 0.0, 0, 0.0)
        megapixels = sum(count * wide * high for count, (wide, high), _ in KINDS.values()) / 1e6
        for kind, (count, size, suffix) in KINDS.items():
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary)
                in_process(make_sources, folder / "src", count, size, suffix)
                made = in_process(time_run, folder / "src", folder / "dst", preset, workers)
            mine = count * size[0] * size[1] / 1e6
            print(made.row(kind, preset, count, mine, min(workers, count)), flush=True)
            sums = (a + b for a, b in zip(total[:3], made[:3], strict=True))
            total = Timing(*sums, max(total.peak, made.peak))
        count = sum(kind[0] for kind in KINDS.values())
        print(total.row("all", preset, count, megapixels, workers), flush=True)


if __name__ == "__main__":
    main()
