"""Megapixels of source per second through the whole of `ganfx preprocess`, and peak memory.

    python benchmarks/preprocess.py [WORKERS]

Makes sources as cameras and scanners do: photographs that ship with scikit-image and
scikit-learn, enlarged, with grain, as JPEG of 12 and 24 megapixels, as 16-bit TIFF, and one
scan of 100 megapixels. Each kind is then prepared by itself, by both presets for stills, in a
process of its own: every pass, from reading the files to the manifest.
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
from typing import Any

import cv2
import numpy as np
from machine import describe_machine
from numpy.typing import NDArray
from skimage import data
from sklearn.datasets import load_sample_image

from ganfx.media.scans import write_scan
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


def photographs() -> list[NDArray[np.uint8]]:
    """Six photographs, each also upside down: no two alike."""
    names = ("china.jpg", "flower.jpg")
    upright = [data.astronaut(), data.coffee(), data.chelsea(), data.rocket()]
    upright += [np.array(load_sample_image(name)) for name in names]
    return [*upright, *(picture[::-1] for picture in upright)]


def make_sources(folder: Path, count: int, size: tuple[int, int], suffix: str) -> None:
    """Write enlarged photographs with grain."""
    noise = np.random.default_rng(7).normal(0, 0.02, (1024, 1024, 3)).astype(np.float32)
    tiles = (-(-size[1] // 1024), -(-size[0] // 1024), 1)
    for index, picture in enumerate(photographs()[:count]):
        small = picture[: picture.shape[1] * size[1] // size[0]]
        large = cv2.resize(np.ascontiguousarray(small), size, interpolation=cv2.INTER_CUBIC)
        grain = np.tile(np.roll(noise, 97 * index, axis=1), tiles)[: size[1], : size[0]]
        rgb = large.astype(np.float32) / 255 + grain
        write_scan(folder / f"p{index}x.{suffix}", rgb, "uint8" if suffix == "jpg" else "uint16")


def time_run(source: Path, out: Path, preset: str, workers: int) -> tuple[float, int, float]:
    """Seconds of a whole run, pictures kept, and peak memory of its process in GiB."""
    started = time.perf_counter()
    kept = 0
    for event in preprocess(source, out, find_preset(preset), preset=preset, workers=workers):
        if isinstance(event, PreprocessDone):
            kept = event.kept
    seconds = time.perf_counter() - started
    return seconds, kept, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


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
    print(f"{'source':>20} {'preset':>7} {'kept':>6} {'seconds':>8} {'MP/s':>6} {'peak GiB':>9}")
    total, spent = 0.0, dict.fromkeys(("photos", "art"), 0.0)
    for kind, (count, size, suffix) in KINDS.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            in_process(make_sources, folder / "src", count, size, suffix)
            megapixels = count * size[0] * size[1] / 1e6
            total += megapixels
            for preset in spent:
                seconds, kept, peak = in_process(
                    time_run, folder / "src", folder / preset, preset, workers
                )
                spent[preset] += seconds
                rate = megapixels / seconds
                kept_of = f"{kept}/{count}"
                print(f"{kind:>20} {preset:>7} {kept_of:>6} {seconds:8.1f} {rate:6.1f} {peak:9.2f}")
    for preset, seconds in spent.items():
        print(f"{'all':>20} {preset:>7} {'':>6} {seconds:8.1f} {total / seconds:6.1f}")


if __name__ == "__main__":
    main()
