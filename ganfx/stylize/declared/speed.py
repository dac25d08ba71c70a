"""Options of speed and arithmetic: precision, portability, tiles, devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ganfx.option import Option
from ganfx.stylize.declared.kinds import (
    COUNT,
    EVERYDAY,
    SPEED,
    Backend,
    Motion,
    Portable,
    Precision,
)


@dataclass(frozen=True)
class SpeedFields:
    """Options of speed and arithmetic: precision, portability, tiles, devices."""

    precision: Annotated[
        Precision,
        Option(
            "What the network multiplies in.",
            SPEED,
            "`auto` is bfloat16 for 8-bit frames on a CPU that multiplies it natively: up to twice"
            " as fast. Frames of more depth, and all frames on a GPU, are float32. `half` is for"
            " frames of any depth: float16 on a GPU, bfloat16 on a CPU, which refuses where that is"
            " slower. What networks make is within 1.5 steps of 8 bits of float32 in bfloat16, and"
            " within 0.2 in float16; of lines and strokes, a few then lie otherwise. Give `float32`"
            " where machines of different kinds share a shot.",
            pixels="always",
        ),
    ] = "auto"
    motion: Annotated[
        Motion,
        Option(
            "What estimates motion and holds shots still: opencv, or torch on the device.",
            SPEED,
            "`opencv` computes on the CPU, whatever runs the network; `torch` where the network"
            " runs, with an optical flow of its own. `auto` is `torch` on a GPU and `opencv` on a"
            " CPU. Held frames of the two differ as their flows do: give `opencv` where machines of"
            " different kinds share a shot.",
            pixels="over time",
        ),
    ] = "auto"
    portable: Annotated[
        Portable,
        Option(
            "Instructions that the network keeps to, so that all CPUs make the same pixels.",
            SPEED,
            "In Python: `sse4` is every x86-64, `avx2` those since 2013, several times as fast"
            " (`docs/farm.md`). `ganfx.media.portable.use_portable_cpu` has to come first.",
            flags={
                "--portable": (
                    "sse4",
                    "The same pixels on every x86-64 CPU; several times slower.",
                ),
                "--portable-avx2": ("avx2", "The same pixels on every CPU with AVX2; slower."),
            },
            pixels="if set",
        ),
    ] = ""
    compile: Annotated[
        bool,
        Option(
            "Compile the network, 40 seconds once: faster in long shots.",
            SPEED,
            "With torch and a C++ compiler: 40 seconds for each frame size, once per machine (kept"
            " in `~/.cache/ganfx/compiled`: 4 seconds from there); then a tenth to a quarter less"
            " time per frame. Pixels differ in the last bits of float32, so frames made without it"
            " are made again; not for farms.",
            pixels="if set",
            farm="each node would have code of its own, and pixels with it",
        ),
    ] = False
    backend: Annotated[
        Backend,
        Option(
            "What computes the network.",
            SPEED,
            "`onnxruntime` runs what `ganfx export --to onnx` writes, on the CPU and in float32:"
            " `docs/export.md` says where that is faster. Pixels differ in the last bits of"
            " float32, and with its version, so frames made with the other are made again. It"
            ' needs `pip install "ganfx[export]"`.',
            pixels="if set",
        ),
    ] = "torch"
    tile: Annotated[
        int | None,
        Option(
            "Tile side in pixels.",
            SPEED,
            "Speed and memory only.",
            default="by speed",
            limits=COUNT,
            same="tiled equals untiled",
        ),
    ] = None
    threads: Annotated[
        int | None,
        Option(
            "CPU threads.",
            SPEED,
            "Speed only.",
            default="all cores",
            limits=COUNT,
            same="sums have one order whatever the number of threads",
        ),
    ] = None
    device: Annotated[
        str,
        Option(
            "auto, cpu or cuda.",
            EVERYDAY,
            same="a GPU is within 1 code value of 8 bits of a CPU, but for `--motion`",
        ),
    ] = "auto"
