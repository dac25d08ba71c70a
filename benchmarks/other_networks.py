"""Milliseconds a frame of our looks beside networks of the shapes that others use.

    python benchmarks/other_networks.py [STYLE] [--size 1920x1080] [--compile] [--only AnimeGAN]

The others have random weights: what they draw does not matter to the clock. Shapes are of the
papers: Johnson et al. 2016 (fast neural style, supplement), Zhu et al. 2017 (CycleGAN, 9 blocks),
Chen et al. 2020 (AnimeGANv2: inverted residual blocks, layer normalisation). All run in float32
and channels_last, whole frames, in one process, one after the other; ours runs as `ganfx stylize`
does, in tiles, and with --compile as `ganfx stylize --compile` does. Ours is timed again right
after each of the others, so that whatever else the machine does weighs on both.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
import torch
from machine import describe_machine
from torch import Tensor, nn

from ganfx.media.allocation import keep_freed_memory
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.network.plate import Prepared, prepare
from ganfx.stylize.options import Options

RUNS = 2
OURS = 5  # runs of ours beside each of the others, which take as long as many more


class Residual(nn.Module):
    """Adds what its layers make of a picture."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.layers(x)
        return x + changed


def conv(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """A convolution that keeps the size, or halves it."""
    return nn.Conv2d(
        inputs, outputs, size, stride, size // 2, groups=groups, padding_mode="reflect"
    )


def instance(channels: int) -> list[nn.Module]:
    """Instance normalisation and a ReLU."""
    return [nn.InstanceNorm2d(channels), nn.ReLU(inplace=True)]


def doubled(inputs: int, outputs: int) -> list[nn.Module]:
    """Twice the size."""
    return [nn.Upsample(scale_factor=2), conv(inputs, outputs, 3)]


def residual_network(width: int, blocks: int, edge: int) -> nn.Sequential:
    """Two steps down, blocks, two steps up: fast neural style, and CycleGAN."""
    middle = 4 * width
    body = [
        Residual(
            conv(middle, middle, 3),
            *instance(middle),
            conv(middle, middle, 3),
            nn.InstanceNorm2d(middle),
        )
        for _ in range(blocks)
    ]
    return nn.Sequential(
        *(conv(3, width, edge), *instance(width)),
        *(conv(width, 2 * width, 3, 2), *instance(2 * width)),
        *(conv(2 * width, middle, 3, 2), *instance(middle)),
        *body,
        *(*doubled(middle, 2 * width), *instance(2 * width)),
        *(*doubled(2 * width, width), *instance(width)),
        *(conv(width, 3, edge), nn.Tanh()),
    )


def layered(inputs: int, outputs: int, size: int, stride: int = 1) -> list[nn.Module]:
    """Convolution, layer normalisation, leaky ReLU."""
    return [conv(inputs, outputs, size, stride), nn.GroupNorm(1, outputs), nn.LeakyReLU(0.2)]


def inverted(channels: int) -> Residual:
    """Widened, filtered channel by channel, narrowed."""
    wide = 2 * channels
    return Residual(
        *layered(channels, wide, 1),
        *(conv(wide, wide, 3, groups=wide), nn.GroupNorm(1, wide), nn.LeakyReLU(0.2)),
        *(conv(wide, channels, 1), nn.GroupNorm(1, channels)),
    )


def anime_gan() -> nn.Sequential:
    """The shape of AnimeGANv2's generator."""
    return nn.Sequential(
        *(*layered(3, 32, 7), *layered(32, 64, 3, 2), *layered(64, 64, 3)),
        *(*layered(64, 128, 3, 2), *layered(128, 128, 3), *layered(128, 128, 3)),
        *(inverted(128) for _ in range(4)),
        *(*layered(128, 128, 3), nn.Upsample(scale_factor=2), *layered(128, 128, 3)),
        *(*layered(128, 128, 3), nn.Upsample(scale_factor=2), *layered(128, 64, 3)),
        *(*layered(64, 64, 3), *layered(64, 32, 7), conv(32, 3, 1), nn.Tanh()),
    )


OTHERS: dict[str, Callable[[], nn.Sequential]] = {
    "fast neural style's shape": lambda: residual_network(32, 5, 9),
    "CycleGAN's shape": lambda: residual_network(64, 9, 7),
    "AnimeGANv2's shape": anime_gan,
}


def seconds_of(run: Callable[[], object], runs: int = RUNS) -> float:
    """Of the best of a few runs, after one to warm up."""
    run()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


@torch.inference_mode()
def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("style", nargs="?", default="engraving")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--compile", action="store_true", help="compare with ours compiled")
    parser.add_argument("--only", default="", metavar="TEXT", help="of the others, those with it")
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    keep_freed_memory()  # as the command line does
    print(describe_machine())
    print(
        "| network | parameters, M | ms a frame | ours beside it | faster by | peak so far, GiB |"
    )
    print("|---|---|---|---|---|---|")
    look = open_look(options.style)
    picture = np.random.default_rng(0).random((height, width, 3), dtype=np.float32)
    prepared = prepare(picture)
    show(f"ganfx, {options.style}", look.generator, _ours(look, prepared))
    if options.compile:
        look = open_look(options.style, compiled=True)
        seconds = _ours(look, prepared)
        show("the same, compiled" + look.network.uncompiled, look.generator, seconds)
    tensor = torch.from_numpy(picture).permute(2, 0, 1)[None]
    for name, build in OTHERS.items():
        if options.only not in name:
            continue
        network = build().eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        frame = tensor.contiguous(memory_format=torch.channels_last)
        seconds = seconds_of(lambda n=network, f=frame: n(f))  # type: ignore[misc]
        show(name, network, seconds, _ours(look, prepared))


def _ours(look: Look, prepared: Prepared) -> float:
    return seconds_of(lambda: run_network(look, prepared, Options(), deep=True), OURS)


def show(name: str, network: nn.Module, seconds: float, ours: float | None = None) -> None:
    """A line of the table."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    size = sum(weights.numel() for weights in network.parameters()) / 1e6
    beside = " |  |" if ours is None else f"{1000 * ours:.0f} | {seconds / ours:.1f} x |"
    print(f"| {name} | {size:.2f} | {1000 * seconds:.0f} | {beside} {peak:.1f} |", flush=True)


if __name__ == "__main__":
    main()
