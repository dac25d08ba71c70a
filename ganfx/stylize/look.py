"""A style on a device, and what happens to one frame, in its fixed order.

`prepare` and `finish` are what the threads beside the network do; `run_network` is the
part between. The order of effects is: network, grain, strength. A temporal filter works
between network and grain, on the output of `run_network`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganfx.media.color import fold_highlights, unfold_highlights
from ganfx.media.frames import Frame
from ganfx.models.devices import best_precision, choose_device
from ganfx.models.generator import Generator
from ganfx.preset import GrainConfig
from ganfx.styles.file import Style, build_generator, load_style
from ganfx.styles.library import find_style
from ganfx.stylize.grain import add_grain
from ganfx.stylize.matte import fill_uncovered
from ganfx.stylize.options import Options
from ganfx.stylize.tiling import stylise_image

Picture = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Look:
    """A style with its network, ready for frames."""

    style: Style
    generator: Generator
    device: torch.device

    def precision(self, options: Options, *, deep: bool) -> torch.dtype:
        """What the network multiplies in; ``deep`` frames have more than 8 bits."""
        if options.precision != "auto":
            return torch.bfloat16 if options.precision == "bfloat16" else torch.float32
        # A GPU is faster than any codec even in float32, and picks its algorithms by the
        # size of a tile: in bfloat16 that could show.
        if deep or self.device.type == "cuda":
            return torch.float32
        return best_precision(self.device)

    def grain(self, options: Options) -> GrainConfig:
        """The style's grain, in the amount that was asked for."""
        grain = self.style.header.grain
        return (
            grain if options.grain is None else grain.model_copy(update={"amount": options.grain})
        )


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture as the network takes it, and what it takes to go back."""

    rgb: Picture
    """``(H, W, 3)`` as read."""
    alpha: Picture | None
    """``(H, W)``."""
    display: Picture
    """``(H, W, 3)``, display-encoded; light above 1 is folded into [0, 1]."""
    gain: Picture | None
    """``(H, W, 1)`` of `fold_highlights`; None for display pictures."""


def open_look(style: str | Path, *, device: str = "auto") -> Look:
    """Find a style, check it and put its network on a device.

    Raises:
        UsageError: The style or the device is unknown.
        StyleError: The file is not usable by this version.
    """
    chosen = choose_device(device)
    loaded = load_style(find_style(style))
    generator = build_generator(loaded)
    generator.to(device=chosen, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Look(loaded, generator, chosen)


def prepare(rgb: Picture, alpha: Picture | None = None, *, scene_linear: bool = False) -> Prepared:
    """Bring a picture into the network's range.

    Args:
        rgb: ``(H, W, 3)``, not multiplied by alpha: scene-linear or display-encoded.
        alpha: ``(H, W)`` or None.
        scene_linear: Which of the two ``rgb`` is.
    """
    display, gain = fold_highlights(rgb) if scene_linear else (rgb, None)
    if alpha is not None:
        display = fill_uncovered(display, alpha)
    return Prepared(rgb, alpha, display, gain)


def prepare_frame(frame: Frame) -> Prepared:
    """`prepare` for a frame from a file."""
    return prepare(frame.rgb, frame.alpha, scene_linear=frame.header.scene_linear)


def run_network(look: Look, prepared: Prepared, options: Options, *, deep: bool) -> Picture:
    """The picture in the look, ``(H, W, 3)`` display-encoded in [0, 1], without grain."""
    return stylise_image(
        look.generator,
        prepared.display,
        tile=options.tile,
        device=look.device,
        precision=look.precision(options, deep=deep),
    )


def finish(
    look: Look, prepared: Prepared, styled: Picture, options: Options, *, number: int
) -> Picture:
    """Grain, strength, and back to the picture's own encoding.

    Args:
        look: For its grain.
        prepared: The picture that was stylised.
        styled: Output of `run_network`.
        options: For grain and strength.
        number: Frame number, or what stands for it: see `ganfx.stylize.grain`.

    Returns:
        ``(H, W, 3)`` float32, encoded as the picture was read. Where alpha is 0, exactly
        what was read.
    """
    result = add_grain(styled, look.grain(options), seed=options.seed, frame=number)
    if options.strength < 1:
        source = prepared.display
        result = source + np.float32(options.strength) * (result - source)
    if prepared.gain is not None:
        result = unfold_highlights(result, prepared.gain)
    if prepared.alpha is not None:
        result = np.where(prepared.alpha[..., np.newaxis] > 0, result, prepared.rgb)
    return result


def stylise_picture(
    look: Look, picture: NDArray[np.uint8], options: Options | None = None, *, number: int = 0
) -> NDArray[np.uint8]:
    """One 8-bit picture through the whole of it, for sheets and interactive use.

    Args:
        look: From `open_look`.
        picture: uint8 ``(H, W, 3)``, sRGB.
        options: Strength, grain, tile.
        number: Frame number, for the grain.

    Returns:
        uint8 of the same shape.
    """
    options = options or Options()
    prepared = prepare(picture.astype(np.float32) / np.float32(255))
    styled = run_network(look, prepared, options, deep=False)
    result = finish(look, prepared, styled, options, number=number)
    return (np.clip(result, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
