"""What do regions cost, beside their looks on the pixels that they cover?

    python benchmarks/regions.py [--size 960x540] [--frames 6] [--consistency 0.5]
        [--looks anime,watercolor,engraving,noir] [--threads 1]

A rendered shot in four looks: the first below, the others in three quarters of the picture, each
by a matte of its own. The sum that it is compared with is a quarter of what each look takes for
all of the picture, in the same run. Seconds are of the CPU, of all threads, so that what else the
machine does counts little; starting and opening looks are not counted.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from machine import describe_machine

from ganfx.media.frames import write_picture
from ganfx.samples import sample_pictures
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import FrameFailed, ShotDone, ShotStarted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--size", default="960x540")
    parser.add_argument("--frames", type=int, default=6)
    parser.add_argument("--consistency", type=float, default=0.5)
    parser.add_argument("--looks", default="anime,watercolor,engraving,noir")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    looks = asked.looks.split(",")
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        make_shot(work / "shot", (width, height), asked.frames)
        mattes = make_mattes(work, (width, height))
        options = {"consistency": asked.consistency, "threads": asked.threads}
        alone = [seconds(work, look, **options) for look in looks]
        regions = [f"{matte}={look}" for matte, look in zip(mattes, looks[1:], strict=True)]
        together = seconds(work, looks[0], region=tuple(regions), **options)
    report(looks, alone, together, asked.frames)


def make_shot(folder: Path, size: tuple[int, int], frames: int) -> None:
    """One picture, moved by two pixels a frame."""
    folder.mkdir()
    (picture,) = sample_pictures("samples:scenes", 1, size=size, seed=1)
    for frame in range(frames):
        write_picture(folder / f"plate.{1001 + frame}.png", np.roll(picture, 2 * frame, axis=1))


def make_mattes(folder: Path, size: tuple[int, int]) -> list[Path]:
    """Three quarters of the picture, one each."""
    width, height = size
    files = []
    for row, column in ((0, 1), (1, 0), (1, 1)):
        matte = np.zeros((height, width, 3), np.uint8)
        rows = slice(row * height // 2, (row + 1) * height // 2)
        matte[rows, column * width // 2 : (column + 1) * width // 2] = 255
        files.append(folder / f"matte{len(files)}.png")
        write_picture(files[-1], matte)
    return files


def seconds(work: Path, look: str, **options: object) -> float:
    """CPU seconds that a shot takes, from its first frame on."""
    out = Path(tempfile.mkdtemp(dir=work))
    begun = 0.0
    with closing(stylize(work / "shot", look, Options(out=out, **options))) as events:
        for event in events:
            if isinstance(event, FrameFailed):
                raise SystemExit(event.reason)
            if isinstance(event, ShotStarted):
                begun = time.process_time()
            if isinstance(event, ShotDone):
                return time.process_time() - begun
    raise SystemExit("nothing was done")


def report(looks: Sequence[str], alone: Sequence[float], together: float, frames: int) -> None:
    for look, spent in zip(looks, alone, strict=True):
        print(f"{look:14}{spent / frames:7.2f} s a frame, alone")
    shares = sum(alone) / len(alone)
    print(f"{'sum of shares':14}{shares / frames:7.2f} s a frame")
    print(f"{'regions':14}{together / frames:7.2f} s a frame, {together / shares:.2f} x")


if __name__ == "__main__":
    main()
