"""Exported looks: how near they come in other runtimes, and what a frame costs there.

    python benchmarks/export.py [LOOK ...] [--size 1920x1088] [--threads 2] [--turns 3] [--parity]

Takes one picture through each look's bare network: in torch as ganfx runs it (float32, and
bfloat16 where this CPU multiplies it), in ONNX Runtime and, where it is installed, in OpenVINO,
both in float32. The runtimes alternate, and the least of the turns counts. With --parity, small
pictures of three sizes instead, in float32 and half precision: the largest difference of each.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from machine import describe_machine

from ganfx.models.devices import best_precision
from ganfx.models.generator import Generator
from ganfx.models.plain import DisplayNetwork
from ganfx.styles.export.extra import version_of
from ganfx.styles.export.onnx_network import Form, onnx_network
from ganfx.styles.export.parity import make_case, trial_picture
from ganfx.styles.export.runtimes import (
    Picture,
    Run,
    in_onnx_runtime,
    in_openvino,
    in_torchscript,
)
from ganfx.styles.export.torchscript import scripted
from ganfx.styles.file import build_generator, load_style
from ganfx.styles.library import find_style, list_styles


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("looks", nargs="*", metavar="LOOK")
    parser.add_argument("--size", default="1920x1088", metavar="WxH")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), metavar="N")
    parser.add_argument("--turns", type=int, default=3, metavar="N")
    parser.add_argument("--parity", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    versions = [f"{name} {version_of(name)}" for name in ("onnxruntime", "openvino")]
    print(f"{describe_machine()}, {', '.join(versions)}, {options.threads} threads\n")
    looks = options.looks or [each.name for each in list_styles() if each.origin == "built-in"]
    if options.parity:
        tell_parity(looks)
        return
    width, height = (int(side) for side in options.size.split("x"))
    tell_speed(looks, trial_picture(height, width, seed=1), options.threads, options.turns)


def tell_speed(looks: list[str], picture: Picture, threads: int, turns: int) -> None:
    """Seconds a frame, a row for each network: some looks differ in their marks alone."""
    for number, alike in enumerate(by_network(looks)):
        runs = runtimes(opened(alike[0]), threads)
        if not number:
            print(f"| look | {' | '.join(f'{name}, s' for name in runs)} |")
            print(f"|---{'|---' * len(runs)}|")
        least = dict.fromkeys(runs, float("inf"))
        for _ in range(turns + 1):  # the first is for what is prepared at the first picture
            for name, run in runs.items():
                least[name] = min(least[name], seconds(run, picture))
        cells = [", ".join(alike), *(f"{least[name]:.2f}" for name in runs)]
        print(f"| {' | '.join(cells)} |", flush=True)


def by_network(looks: list[str]) -> list[list[str]]:
    """Looks, those of equal weights together."""
    found: dict[bytes, list[str]] = {}
    for look in looks:
        weights = opened(look).state_dict().values()
        found.setdefault(b"".join(each.numpy().tobytes() for each in weights), []).append(look)
    return list(found.values())


def runtimes(generator: Generator, threads: int) -> dict[str, Run]:
    """Everything that takes a picture here, by name."""
    model = onnx_network(generator, Form(), name="look", opset=15).SerializeToString()
    generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    runs: dict[str, Run] = {"torch": in_torch(generator, torch.float32)}
    if best_precision(torch.device("cpu")) == torch.bfloat16:
        runs["torch, bfloat16"] = in_torch(generator, torch.bfloat16)
    runs["ONNX Runtime"] = in_onnx_runtime(model, threads)
    if version_of("openvino"):
        runs["OpenVINO"] = in_openvino(model, threads)
    return runs


def in_torch(generator: Generator, precision: torch.dtype) -> Run:
    """The look's own network, as ``ganfx stylize`` runs it."""

    def run(picture: Picture) -> Picture:
        half = precision != torch.float32
        with torch.inference_mode(), torch.autocast("cpu", precision, enabled=half):
            photo = torch.from_numpy(picture).mul(2).sub(1)
            made: Picture = generator(photo.contiguous(memory_format=torch.channels_last)).numpy()
        return made

    return run


def seconds(run: Run, picture: Picture) -> float:
    """By the wall clock."""
    begun = time.perf_counter()
    run(picture)
    return time.perf_counter() - begun


def tell_parity(looks: list[str]) -> None:
    """The largest difference in each runtime, of the range 0 to 1, a row for each look."""
    kinds: dict[str, Callable[[Generator, bool], Run]] = {
        "TorchScript": as_script,
        "ONNX Runtime": lambda look, half: in_onnx_runtime(as_onnx(look, half)),
    }
    if version_of("openvino"):
        kinds["OpenVINO"] = lambda look, half: in_openvino(as_onnx(look, half))
    heads = [f"{name}, {kind}" for name in kinds for kind in ("float32", "half")]
    print(f"| look | {' | '.join(heads)} |\n|---{'|---' * len(heads)}|")
    for look in looks:
        generator = opened(look)
        cells = [
            f"{most_apart(generator, kind(generator, half), half):.1e}"
            for kind in kinds.values()
            for half in (False, True)
        ]
        print(f"| {look} | {' | '.join(cells)} |", flush=True)


def most_apart(generator: Generator, run: Run, half: bool) -> float:
    """The largest difference from the look's own network, of three pictures."""
    rows = make_case(generator, half=half, pads=False).rows("", "", run)
    assert all(row.holds for row in rows), rows
    return max(row.most for row in rows)


def as_script(generator: Generator, half: bool) -> Run:
    """The network as TorchScript."""
    return in_torchscript(scripted(DisplayNetwork(generator, half=half).eval(), {}))


def as_onnx(generator: Generator, half: bool) -> bytes:
    """The network as ONNX."""
    data: bytes = onnx_network(
        generator, Form(half=half), name="look", opset=15
    ).SerializeToString()
    return data


def opened(look: str) -> Generator:
    """A look's network."""
    return build_generator(load_style(find_style(look)))


if __name__ == "__main__":
    main()
