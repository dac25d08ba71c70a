"""The temporal filter on a deliberately flickering look, judged by motion that is known.

    python benchmarks/exact_motion.py [--frames N] [--size WxH] [--device cpu|cuda]

Rendered shots, whose motion and hidden places come from their geometry; every frame has a
sensor's noise. The look is new in every frame: its tone by 2 % of the display range, its
strokes (white noise) by 5 %. It is held with the motion as OpenCV's DIS finds it, as torch's
(`--motion torch`) finds it, and with the exact one, as a renderer would give it, and E_warp (Lai et
al. 2018) is taken by the exact one. A second table has how far both flows are from that one, where
what moves is seen in both frames.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from machine import describe_machine
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.flow import Flow, flow_of_seen, sample_at, seen
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.stylize.temporal.device_filter import device_stabilized
from ganfx.stylize.temporal.device_flow import device_flow
from ganfx.stylize.temporal.device_frame import device_frame
from ganfx.stylize.temporal.device_memory import DeviceMemory
from ganfx.stylize.temporal.device_motion import DeviceMotion, seen_on_device
from ganfx.stylize.temporal.filter import StylizedFrame, guide_of, stabilized, tone_of
from ganfx.stylize.temporal.motion import Motion

SEEDS = (1, 2, 3)
FIRST = 1001
NOISE = 1.5 / 255
TONE, STROKES = 0.02, 0.05
CONSISTENCIES = (0.5, 1.0)


def main() -> None:
    """Print the machine, then a line for every shot and consistency."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--size", default="640x360", help="of the shots, in pixels")
    parser.add_argument("--device", default="cpu", help="of torch's motion and filter")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    memory, misses = DeviceMemory(torch.device(asked.device)), []
    print(describe_machine())
    print("| shot | consistency | E_warp source | alone | held: opencv | torch | exact | ratios |")
    print("|---|---|---|---|---|---|---|---|")
    for seed in SEEDS:
        scene = Scene(seed, width, height)
        source = plates(scene, asked.frames)
        steps = exact_steps(scene, asked.frames)
        misses.append(
            f"| {seed} | {opencv_misses(source, steps)} | {misses_of(source, steps, memory)} |"
        )
        for consistency in CONSISTENCIES:
            print(f"| {seed} | {line(source, steps, consistency, memory)} |", flush=True)
    print("\n| shot | opencv: mean | above 1 px | torch: mean | above 1 px |")
    print("|---|---|---|---|---|", *misses, sep="\n")


def line(source: list[ImageF32], steps: Steps, consistency: float, memory: DeviceMemory) -> str:
    """E_warp of a shot in its look, held in three ways and not at all."""
    styled = flickering(source)
    plain, alone = (warp_error(each, steps) for each in (source, styled))
    known = {pair: flow for pair, (flow, _) in steps.items()}
    ways = (
        stabilized_shot(source, styled, {}, consistency),
        device_stabilized_shot(source, styled, consistency, memory),
        stabilized_shot(source, styled, known, consistency),
    )
    held = [warp_error(frames, steps) for frames in ways]
    errors = " | ".join(f"{each:.5f}" for each in held)
    ratios = ", ".join(f"{each / alone:.2f}" for each in held)
    return f"{consistency:g} | {plain:.5f} | {alone:.5f} | {errors} | {ratios}"


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


def device_stabilized_shot(
    source: list[ImageF32], styled: list[ImageF32], consistency: float, memory: DeviceMemory
) -> list[ImageF32]:
    """All frames through the filter by torch, with its own motion."""
    pairs = enumerate(zip(source, styled, strict=True))
    window = {n: device_frame(*pair, None, memory) for n, pair in pairs}
    motion = DeviceMotion(guides={n: each.guide for n, each in window.items()})
    return [device_stabilized(n, window, motion, consistency, memory) for n in window]


def opencv_misses(source: list[ImageF32], steps: Steps) -> str:
    """Of OpenCV's flow: see `told`."""
    frames = [seen(guide_of(frame)) for frame in source]
    return told({pair: flow_of_seen(*(frames[n] for n in pair)) for pair in steps}, steps)


@torch.inference_mode()
def misses_of(source: list[ImageF32], steps: Steps, memory: DeviceMemory) -> str:
    """The same of torch's."""
    guides = [torch.from_numpy(guide_of(frame)).to(memory.device) for frame in source]
    frames = [seen_on_device(guide) for guide in guides]
    flows = (device_flow(*(frames[n][None] for n in pair))[0] for pair in steps)
    return told(dict(zip(steps, (flow.numpy(force=True) for flow in flows), strict=True)), steps)


def told(flows: dict[tuple[int, int], Flow], steps: Steps) -> str:
    """Mean distance of flows to the exact ones, in pixels, and the share of pixels above 1."""
    misses = np.concatenate(
        [
            np.linalg.norm(flows[pair] - exact, axis=-1)[~hidden]
            for pair, (exact, hidden) in steps.items()
        ]
    )
    return f"{misses.mean():.3f} | {(misses > 1).mean():.1%}"


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
