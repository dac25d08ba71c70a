"""What half precision saves, and how far it is from float32 before and after marks.

    python benchmarks/precision.py [LOOK ...] [--size 960x540] [--turns 5]

Takes a rendered scene through every look in float32, bfloat16 and float16, on one thread of the
CPU. Prints the seconds of the network (CPU time; the least of some turns, which alternate; float16
has one), and in code values of 8 bits the largest and the root mean square difference from float32:
of what the network makes, and of the finished picture. Where marks are near a threshold a hair
decides whether they are there, so of that also the share of pixels that are off by more than one.
"""

from __future__ import annotations

import argparse
import time
from unittest import mock

import numpy as np
import torch
from machine import describe_machine
from numpy.typing import NDArray

from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.styles.library import list_styles
from ganfx.stylize import Options
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.network.tiling import stylize_image
from ganfx.stylize.render.finish import stylize_picture

KINDS = (torch.float32, torch.bfloat16, torch.float16)
CPU = torch.device("cpu")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("looks", nargs="*", metavar="LOOK")
    parser.add_argument("--size", default="960x540", metavar="WxH")
    parser.add_argument("--turns", type=int, default=5, metavar="N")
    options = parser.parse_args()
    torch.set_num_threads(1)
    width, height = (int(side) for side in options.size.split("x"))
    plate = develop(Scene(2, width, height).render(1001))
    print(describe_machine())
    print("| look | precision | s | network: most, rms | finished: most, rms | more than 1 off |")
    print("|---|---|---|---|---|---|")
    built_in = [each.name for each in list_styles() if each.origin == "built-in"]
    for name in options.looks or built_in:
        compare(name, plate, options.turns)


def compare(name: str, plate: NDArray[np.uint8], turns: int) -> None:
    """Print a look's rows."""
    look = open_look(name, device="cpu")
    seconds = {kind: cost(look, plate, kind) for kind in KINDS}
    for _ in range(turns - 1):
        for kind in KINDS[:2]:
            seconds[kind] = min(seconds[kind], cost(look, plate, kind))
    bare, finished = ({kind: made(look, plate, kind) for kind in KINDS} for made in (bared, done))
    for kind in KINDS:
        row = [name, str(kind).removeprefix("torch."), f"{seconds[kind]:.2f}"]
        if kind != torch.float32:
            marks = np.abs(finished[kind] - finished[KINDS[0]])
            row += [apart(np.abs(bare[kind] - bare[KINDS[0]])), apart(marks)]
            row += [f"{np.mean(marks.max(axis=-1) > 1):.2%}"]
        print(f"| {' | '.join(row)} |", flush=True)


def apart(difference: NDArray[np.float32]) -> str:
    """Largest and root mean square."""
    return f"{difference.max():.2f}, {np.sqrt(np.mean(difference**2)):.3f}"


def cost(look: Look, plate: NDArray[np.uint8], kind: torch.dtype) -> float:
    """Seconds of CPU time of the network."""
    begun = time.process_time()
    bared(look, plate, kind)
    return time.process_time() - begun


def bared(look: Look, plate: NDArray[np.uint8], kind: torch.dtype) -> NDArray[np.float32]:
    """What the network makes, from 0 to 255."""
    light = plate.astype(np.float32) / np.float32(255)
    return stylize_image(look.network, light, device=CPU, precision=kind) * np.float32(255)


def done(look: Look, plate: NDArray[np.uint8], kind: torch.dtype) -> NDArray[np.float32]:
    """The finished picture, from 0 to 255."""
    with mock.patch.object(Look, "precision", return_value=kind):
        return stylize_picture(look, plate, Options()).astype(np.float32)


if __name__ == "__main__":
    main()
