"""The temporal filter on a deliberately flickering look, judged by motion that is known.

    python benchmarks/exact_motion.py [--frames N]

Rendered shots, whose motion and hidden places come from their geometry; every frame has a
sensor's noise. The look is new in every frame: its tone by 2 % of the display range, its
strokes (white noise) by 5 %. It is held with the motion as DIS finds it and with the exact
one, as a renderer would give it, and E_warp (Lai et al. 2018) is taken by the exact one.
"""

from __future__ import annotations

import argparse

import numpy as np
from machine import describe_machine
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.flow import Flow, sample_at
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.stylize.temporal.filter import StylizedFrame, guide_of, stabilized, tone_of
from ganfx.stylize.temporal.motion import Motion

SIZE = (640, 360)
SEEDS = (1, 2, 3)
FIRST = 1001
NOISE = 1.5 / 255
TONE, STROKES = 0.02, 0.05
CONSISTENCIES = (0.5, 1.0)


def main() -> None:
    """Print the machine, then a line for every shot and consistency."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--frames", type=int, default=24)
    frames = parser.parse_args().frames
    print(describe_machine())
    print(
        "| shot | consistency | E_warp source | alone | held, estimated motion | exact | ratios |"
    )
    print("|---|---|---|---|---|---|---|")
    for seed in SEEDS:
        scene = Scene(seed, *SIZE)
        source = plates(scene, frames)
        styled = flickering(source)
        steps = exact_steps(scene, frames)
        plain, alone = (warp_error(each, steps) for each in (source, styled))
        for consistency in CONSISTENCIES:
            found, exact = (
                warp_error(stabilized_shot(source, styled, known, consistency), steps)
                for known in ({}, {pair: flow for pair, (flow, _) in steps.items()})
            )
            print(
                f"| {seed} | {consistency:g} | {plain:.5f} | {alone:.5f} | {found:.5f} |"
                f" {exact:.5f} | {found / alone:.2f}, {exact / alone:.2f} |",
                flush=True,
            )


def plates(scene: Scene, frames: int) -> list[ImageF32]:
    """The shot as a camera sees it, ``(H, W, 3)`` in [0, 1]."""
    rng = np.random.default_rng(5)
    developed = (develop(scene.render(FIRST + n)) / 255 for n in range(frames))
    noisy = (picture + rng.normal(0, NOISE, picture.shape) for picture in developed)
    return [np.clip(picture, 0, 1).astype(np.float32) for picture in noisy]


def flickering(source: list[ImageF32]) -> list[ImageF32]:
    """Each frame in a look of its own."""
    rng = np.random.default_rng(3)
    changes = (
        rng.normal(0, TONE) + rng.normal(0, STROKES, (*frame.shape[:2], 1)) for frame in source
    )
    looks = (0.8 * frame + 0.1 + change for frame, change in zip(source, changes, strict=True))
    return [np.clip(look, 0, 1).astype(np.float32) for look in looks]


Steps = dict[tuple[int, int], tuple[Flow, NDArray[np.bool_]]]


def exact_steps(scene: Scene, frames: int) -> Steps:
    """Motion between neighbours, there and back, and where it is hidden."""
    pairs = [(n, n + side) for n in range(frames) for side in (1, -1) if 0 <= n + side < frames]
    return {(a, b): scene.flow(FIRST + a, FIRST + b) for a, b in pairs}


def stabilized_shot(
    source: list[ImageF32],
    styled: list[ImageF32],
    known: dict[tuple[int, int], Flow],
    consistency: float,
) -> list[ImageF32]:
    """All frames through the filter, with or without known motion."""
    window = {
        n: StylizedFrame(after, guide_of(before), tone_of(before, after))
        for n, (before, after) in enumerate(zip(source, styled, strict=True))
    }
    motion = Motion(guides={n: each.guide for n, each in window.items()}, known=dict(known))
    return [stabilized(n, window, motion, consistency) for n in window]


def warp_error(frames: list[ImageF32], steps: Steps) -> float:
    """Mean squared difference to the next frame brought back, where it is seen."""
    errors = []
    for n in range(len(frames) - 1):
        flow, hidden = steps[n, n + 1]
        back = sample_at(frames[n + 1], flow)
        errors.append(np.square(frames[n] - back)[~hidden].mean())
    return float(np.mean(errors))


if __name__ == "__main__":
    main()
