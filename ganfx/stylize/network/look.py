"""Styles on a device: one, or several that are mixed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from ganfx.media.user_folders import cache_folder
from ganfx.models.compiling import Compiled
from ganfx.models.devices import best_precision, choose_device, half_precision
from ganfx.models.generator import Generator
from ganfx.models.graphs import Graphed, graph_capture
from ganfx.preset import ScaleConfig
from ganfx.styles.file import Style, build_generator, load_style
from ganfx.styles.header import StyleHeader
from ganfx.styles.library import find_style
from ganfx.stylize.declared.kinds import Backend
from ganfx.stylize.network.exported import OnnxNetwork
from ganfx.stylize.network.mixing import Shares, normalized
from ganfx.stylize.network.remarks import Remarks
from ganfx.stylize.options import Options

NAMED = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
"""Precisions that are the same on every device."""


@dataclass(frozen=True, eq=False)
class Look:
    """A style with its network, ready for frames; with others where looks are mixed."""

    style: Style
    generator: Generator
    device: torch.device
    network: Graphed | OnnxNetwork
    """The generator, as frames go through it."""
    share: float = 1.0
    """Of the mix; shares sum to 1."""
    remarks: Remarks = field(default_factory=Remarks)
    """What there was to tell of frames that went through."""
    others: tuple[Look, ...] = ()
    """The rest of the mix."""

    @property
    def mix(self) -> tuple[Look, ...]:
        """This look, and those that it is mixed with."""
        return (self, *self.others)

    @property
    def stride(self) -> int:
        """Pixels by which pictures may be moved, and the look with them."""
        return math.lcm(*(look.generator.stride for look in self.mix))

    @property
    def name(self) -> str:
        """``noir``, or ``noir+watercolor``."""
        return "+".join(look.style.header.name for look in self.mix)

    @property
    def description(self) -> str:
        """In a line, what it is."""
        if not self.others:
            return self.style.header.description
        return ", ".join(f"{look.share:.0%} {look.style.header.name}" for look in self.mix)

    @property
    def fingerprint(self) -> str:
        """Of the style's file; of all files and shares of a mix."""
        if not self.others:
            return self.style.fingerprint
        return " ".join(f"{look.style.fingerprint}*{look.share!r}" for look in self.mix)

    def take_remarks(self) -> list[str]:
        """What is to be told of the networks, each thing once."""
        for look in self.mix:
            if look.network.uncompiled:
                told = f"the network runs as it is, not compiled: {look.network.uncompiled}"
                self.remarks.say(told)
            if look.network.problem:
                self.remarks.say(f"the network runs without a CUDA graph: {look.network.problem}")
        return self.remarks.take()

    def precision(self, options: Options, *, deep: bool) -> torch.dtype:
        """Precision of the network; ``deep`` frames have more than 8 bits."""
        if options.portable or options.backend != "torch":
            return torch.float32
        if options.precision in NAMED:
            return NAMED[options.precision]
        if options.precision == "half":
            return half_precision(self.device)
        # A GPU is faster than any codec even in float32, and picks its algorithms by the
        # size of a tile: in bfloat16 that could show.
        if deep or self.device.type == "cuda":
            return torch.float32
        return best_precision(self.device)

    @property
    def scale(self) -> ScaleConfig:
        """Size of the brush by the picture's height: of the look with the largest share."""
        return max(self.mix, key=lambda look: look.share).style.header.scale

    @property
    def headers(self) -> list[tuple[StyleHeader, float]]:
        """Of all styles of the mix, each with its share."""
        return [(look.style.header, look.share) for look in self.mix]


def open_look(
    style: str | Path | Shares,
    *,
    device: str = "auto",
    compiled: bool = False,
    backend: Backend = "torch",
) -> Look:
    """Find a style, check it and put its network on a device.

    Args:
        style: A name or a file, or several with their shares.
        device: ``auto``, ``cpu`` or ``cuda``.
        compiled: Whether networks are compiled, at the first frame of each size.
        backend: What computes them; ``onnxruntime`` does on the CPU.

    Raises:
        GanfxError: The backend is not installed.
        UsageError: The style or the device is unknown.
        StyleError: The file is not usable by this version.
    """
    chosen = choose_device(device)
    if isinstance(style, Mapping):
        shares = normalized(style).items()
        first, *rest = (_open(each, chosen, share, compiled, backend) for each, share in shares)
        others = tuple(replace(look, remarks=first.remarks) for look in rest)
        return replace(first, others=others)
    return _open(style, chosen, 1.0, compiled, backend)


def open_looks(
    styles: Sequence[str | Path], *, device: str, compiled: bool = False, backend: Backend = "torch"
) -> tuple[Look, ...]:
    """Several looks, each of them once; takes and raises what `open_look` does."""
    opened = {
        style: open_look(style, device=device, compiled=compiled, backend=backend)
        for style in dict.fromkeys(styles)
    }
    return tuple(opened[style] for style in styles)


def _open(
    style: str | Path, device: torch.device, share: float, compiled: bool, backend: Backend
) -> Look:
    loaded = load_style(find_style(style))
    generator = build_generator(loaded)
    if backend == "onnxruntime":
        exported = OnnxNetwork(generator, loaded.header.name)
        return Look(loaded, generator, device, exported, share)
    generator.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    network = Compiled(generator, cache_folder("compiled") if compiled else None)
    # Compiled code launches few kernels as it is, and may fall back on its own.
    capture = None if compiled else graph_capture(device)
    return Look(loaded, generator, device, Graphed(network, capture), share)
