"""How much of a look's flicker is its lines, however steadily they move.

    python benchmarks/warp_floor.py --styles engraving,pencil --clips CLIP...

E_warp brings the next frame back along the flow and interpolates between pixels. Of a fine
line that alone leaves an error, which no network can avoid: here a stylised frame is moved
by a known part of a pixel, exactly (its Fourier transform is turned), and judged like a shot.
"""

from __future__ import annotations

import argparse
import statistics
from itertools import pairwise
from pathlib import Path

import numpy as np
from look_scores import CLEAN
from machine import describe_machine

from ganfx.media.arrays import ImageU8
from ganfx.media.flow import sample_at
from ganfx.media.frames import read_picture
from ganfx.quality.flicker import follow
from ganfx.stylize.network.look import open_look
from ganfx.stylize.render.finish import stylize_picture

STEPS = 5
"""Of a clip, from its first frame on."""
MOVES = 6
"""Random moves that a frame's floor is the mean of."""
BORDER = 8
"""Pixels left out: what is moved out on one side comes in on the other."""


def main() -> None:
    """Print a line for every clip and look."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--styles", default="engraving,pencil")
    parser.add_argument("--clips", nargs="+", type=Path, required=True)
    options = parser.parse_args()
    print(describe_machine())
    print("| look | clip | E_warp in | alone | floor | alone / in | floor / in |")
    print("|---|---|---|---|---|---|---|")
    for clip in options.clips:
        paths = sorted(p for p in clip.iterdir() if not p.name.startswith("."))
        source = [read_picture(path) for path in paths[: STEPS + 1]]
        followed = [follow(*pair) for pair in pairwise(source)]
        for style in options.styles.split(","):
            look = open_look(style)
            styled = [stylize_picture(look, frame, CLEAN) for frame in source]
            before, after = (
                statistics.fmean(f.error(*frames[t : t + 2]) or 0.0 for t, f in enumerate(followed))
                for frames in (source, styled)
            )
            least = statistics.fmean(floor(frame) for frame in styled)
            cells = (f"{before:.5f}", f"{after:.5f}", f"{least:.5f}")
            ratios = (f"{after / before:.2f}", f"{least / before:.2f}")
            print("| " + " | ".join([style, clip.name, *cells, *ratios]) + " |", flush=True)


def floor(frame: ImageU8) -> float:
    """E_warp of a frame and itself, moved by up to a pixel along both axes."""
    rng, errors = np.random.default_rng(1), []
    for right, down in rng.uniform(-1.0, 1.0, (MOVES, 2)):
        flow = np.full((*frame.shape[:2], 2), (right, down), np.float32)
        back = sample_at(moved(frame, right, down).astype(np.float32), flow)
        squares = ((frame - back) / np.float32(255.0)) ** 2
        errors.append(float(squares[BORDER:-BORDER, BORDER:-BORDER].mean()))
    return statistics.fmean(errors)


def moved(frame: ImageU8, right: float, down: float) -> ImageU8:
    """A frame whose content lies that many pixels further: every wave is delayed alike."""
    height, width = frame.shape[:2]
    waves = np.fft.fft2(frame.astype(np.float64), axes=(0, 1))
    turns = np.fft.fftfreq(height)[:, None] * down + np.fft.fftfreq(width) * right
    whole = np.fft.ifft2(waves * np.exp(-2j * np.pi * turns)[..., None], axes=(0, 1)).real
    return np.clip(whole + 0.5, 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
