"""Styles on a device: one, or several that are mixed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ganfx.media.user_folders import cache_folder
from ganfx.models.compiling import Compiled
from ganfx.models.devices import best_precision, choose_device, half_precision
from ganfx.models.generator import Generator
from ganfx.preset import ScaleConfig
from ganfx.styles.file import Style, build_generator, load_style
from ganfx.styles.header import StyleHeader
from ganfx.styles.library import find_style
from ganfx.stylize.network.mixing import Shares, normalized
from ganfx.stylize.options import Options

NAMED = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
"""Precisions that are the same on every device."""


@dataclass(frozen=True, eq=False)
class Look:
    """A style with its network, ready for frames; with others where looks are mixed."""

    style: Style
    generator: Generator
    device: torch.device
    network: Compiled
    """The generator, as frames go through it."""
    share: float = 1.0
    """Of the mix; shares sum to 1."""
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

    @property
    def problem(self) -> str:
        """Why a network is not compiled although it should be; empty otherwise."""
        return next((look.network.problem for look in self.mix if look.network.problem), "")

    def precision(self, options: Options, *, deep: bool) -> torch.dtype:
        """Precision of the network; ``deep`` frames have more than 8 bits."""
        if options.portable:
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


def open_look(style: str | Path | Shares, *, device: str = "auto", compiled: bool = False) -> Look:
    """Find a style, check it and put its network on a device.

    Args:
        style: A name or a file, or several with their shares.
        device: ``auto``, ``cpu`` or ``cuda``.
        compiled: Whether networks are compiled, at the first frame of each size.

    Raises:
        UsageError: The style or the device is unknown.
        StyleError: The file is not usable by this version.
    """
    chosen = choose_device(device)
    if isinstance(style, Mapping):
        shares = normalized(style).items()
        first, *rest = (_open(each, chosen, share, compiled) for each, share in shares)
        return replace(first, others=tuple(rest))
    return _open(style, chosen, 1.0, compiled)


def _open(style: str | Path, device: torch.device, share: float, compiled: bool) -> Look:
    loaded = load_style(find_style(style))
    generator = build_generator(loaded)
    generator.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    network = Compiled(generator, cache_folder("compiled") if compiled else None)
    return Look(loaded, generator, device, network, share)
