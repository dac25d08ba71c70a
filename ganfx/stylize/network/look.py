"""Styles on a device, and what happens to one frame, in its fixed order.

`prepare` and `finish` are what the threads beside the network do; `run_network` is the
part between. The order of effects is: network, mix, the plate's colour, dabs, hatching,
grain, strength. A temporal filter works before dabs, on the output of `run_network`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

import numpy as np
import torch
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import fold_highlights, unfold_highlights
from ganfx.media.folders import cache_folder
from ganfx.media.frames import Frame
from ganfx.media.icc import from_srgb, goes_back, to_srgb
from ganfx.media.scaling import resized
from ganfx.media.spaces import ColorSpace, space_of
from ganfx.models.compiling import Compiled
from ganfx.models.devices import best_precision, choose_device
from ganfx.models.generator import Generator
from ganfx.preset import DabsConfig, GrainConfig, HatchConfig
from ganfx.styles.file import Style, build_generator, load_style
from ganfx.styles.library import find_style
from ganfx.stylize.effects.dabs import add_dabs
from ganfx.stylize.effects.grain import add_grain
from ganfx.stylize.effects.hatch import add_hatch
from ganfx.stylize.job.mattes import amount_of
from ganfx.stylize.network.edge_extend import edge_extend
from ganfx.stylize.network.mixing import Shares, mixed_dabs, mixed_grain, mixed_hatch, normalized
from ganfx.stylize.network.plate_color import with_plate_color
from ganfx.stylize.network.tiling import Band, stylize_image
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp


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
        """What the network multiplies in; ``deep`` frames have more than 8 bits."""
        if options.portable:
            return torch.float32
        if options.precision != "auto":
            return torch.bfloat16 if options.precision == "bfloat16" else torch.float32
        # A GPU is faster than any codec even in float32, and picks its algorithms by the
        # size of a tile: in bfloat16 that could show.
        if deep or self.device.type == "cuda":
            return torch.float32
        return best_precision(self.device)

    def grain(self, options: Options) -> GrainConfig:
        """The style's grain, in the amount that was asked for."""
        grain = mixed_grain([(look.style.header.grain, look.share) for look in self.mix])
        return (
            grain if options.grain is None else grain.model_copy(update={"amount": options.grain})
        )

    def dabs(self, options: Options) -> DabsConfig:
        """The style's dabs, in the amount that was asked for."""
        dabs = mixed_dabs([(look.style.header.dabs, look.share) for look in self.mix])
        return dabs if options.dabs is None else dabs.model_copy(update={"amount": options.dabs})

    def hatch(self, options: Options) -> HatchConfig:
        """The style's hatching, in the amount that was asked for."""
        hatch = mixed_hatch([(look.style.header.hatch, look.share) for look in self.mix])
        return (
            hatch if options.hatch is None else hatch.model_copy(update={"amount": options.hatch})
        )


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture as the network takes it, and what it takes to go back."""

    rgb: ImageF32
    """``(H, W, 3)`` as read."""
    alpha: ImageF32 | None
    """``(H, W)``."""
    display: ImageF32
    """``(H, W, 3)``, display-encoded; light above 1 is folded into [0, 1]."""
    gain: ImageF32 | None
    """``(H, W, 1)`` of `fold_highlights`; None for display pictures."""
    space: ColorSpace | None = None
    """What ``rgb`` is encoded in, where that is neither sRGB nor plain light."""
    profile: bytes | None = None
    """ICC profile of ``rgb``, where that is not sRGB and can be returned to."""
    matte: ImageF32 | None = None
    """``(H, W)``, 0 where the picture stays as it is; None shows the look everywhere."""

    def cut(self, rows: slice) -> Prepared:
        """Some of its rows."""
        alpha, gain, matte = (
            None if plane is None else plane[rows] for plane in (self.alpha, self.gain, self.matte)
        )
        rgb, display = self.rgb[rows], self.display[rows]
        return replace(self, rgb=rgb, display=display, alpha=alpha, gain=gain, matte=matte)


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


def prepare(
    rgb: ImageF32,
    alpha: ImageF32 | None = None,
    *,
    scene_linear: bool = False,
    space: ColorSpace | None = None,
    profile: bytes | None = None,
    wrap: str = "",
) -> Prepared:
    """Bring a picture into the network's range.

    Args:
        rgb: ``(H, W, 3)``, not multiplied by alpha: scene-linear or display-encoded.
        alpha: ``(H, W)`` or None.
        scene_linear: Which of the two ``rgb`` is.
        space: What ``rgb`` is encoded in, instead of either.
        profile: ICC profile of a display-encoded picture; of no use beside ``space``.
        wrap: Axes along which it tiles, and what is filled in under its alpha has to.
    """
    if scene_linear or space is not None or not goes_back(profile):
        profile = None
    if space is not None and space.is_display:
        scene_linear, space = False, None
    light = rgb if space is None else space.to_light(rgb)
    folds = scene_linear or space is not None
    display, gain = fold_highlights(light) if folds else (to_srgb(rgb, profile), None)
    if alpha is not None:
        display = edge_extend(display, alpha, wrap=wrap)
    return Prepared(rgb, alpha, display, gain, space, profile)


def prepare_frame(frame: Frame, space: ColorSpace | None = None, *, wrap: str = "") -> Prepared:
    """`prepare` for a frame from a file, by what the file says if no space is given."""
    return prepare(
        frame.rgb,
        frame.alpha,
        scene_linear=frame.header.scene_linear,
        space=space or space_of(frame.header),
        profile=frame.header.profile,
        wrap=wrap,
    )


def run_network(
    look: Look, prepared: Prepared, options: Options, *, deep: bool, band: Band | None = None
) -> ImageF32:
    """The picture in the look, ``(H, W, 3)`` in [0, 1], without dabs, hatching and grain.

    Args:
        look: One, or a mix.
        prepared: From `prepare`.
        options: For the network, the size of the brush and colour.
        deep: Whether it has more than 8 bits.
        band: Rows to do, where ``prepared`` has these and the halos around them only; for a
            brush of its own size.
    """
    plate = prepared.display
    seen = plate if options.scale == 1 else _resized(look, plate, options)
    styled = _mixed(look, seen, options, deep=deep, band=band)
    if options.scale != 1:
        height, width = plate.shape[:2]
        styled = np.clip(resized(styled, width, height, wrap=options.wrap), 0.0, 1.0)
    if not options.keep_color:
        return styled
    rows = slice(None) if band is None else slice(band.top - band.first, band.bottom - band.first)
    return with_plate_color(styled, plate[rows])


def _resized(look: Look, plate: ImageF32, options: Options) -> ImageF32:
    """As large as networks see it, for the size of the brush."""
    height, width = plate.shape[:2]
    sides = [_seen(look, side, axis, options) for side, axis in ((width, "x"), (height, "y"))]
    return resized(plate, *sides, wrap=options.wrap)


def _seen(look: Look, side: int, axis: str, options: Options) -> int:
    """Pixels that networks see of a side."""
    # Where a resampled texture wraps, the network's stride may go on across the seam, too.
    step = max(each.generator.stride for each in look.mix) if axis in options.wrap else 1
    return max(step, round(side / options.scale / step) * step)


def _mixed(
    look: Look, display: ImageF32, options: Options, *, deep: bool, band: Band | None = None
) -> ImageF32:
    """What each network of a mix makes of a picture, by their shares."""
    result: ImageF32 | None = None
    for each in look.mix:
        styled = stylize_image(
            each.network,
            display,
            band=band,
            tile=options.tile,
            wrap=options.wrap,
            device=each.device,
            precision=each.precision(options, deep=deep),
        )
        if look.others:
            styled *= np.float32(each.share)
        result = styled if result is None else result + styled
    assert result is not None
    return result


class _Place(TypedDict):
    """Where rows lie, as dabs, hatching and grain are told."""

    first: int
    lines: int | None
    wrap: str


def finish(
    look: Look,
    prepared: Prepared,
    styled: ImageF32,
    options: Options,
    *,
    number: int,
    first: int = 0,
    lines: int | None = None,
    warp: KeyframeWarp | None = None,
) -> ImageF32:
    """Dabs, hatching, grain, strength, and back to the picture's own encoding.

    Args:
        look: For its dabs, hatching and grain.
        prepared: The picture that was stylised.
        styled: Output of `run_network`.
        options: For these, where they have to tile, and strength.
        number: Frame number, or what stands for it: see `ganfx.stylize.effects.grain`.
        first: Row of the picture that these begin with.
        lines: Height of the picture, where these are not all of it.
        warp: Where its pixels are in the keys of its shot; for dabs and hatching.

    Returns:
        ``(H, W, 3)`` float32, encoded as the picture was read. Where alpha is 0, exactly
        what was read; so where the matte is 0.
    """
    place = _Place(first=first, lines=lines, wrap=options.wrap)
    painted = add_dabs(styled, look.dabs(options), scale=options.scale, warp=warp, **place)
    hatched = add_hatch(painted, look.hatch(options), scale=options.scale, warp=warp, **place)
    result = add_grain(
        hatched,
        look.grain(options),
        seed=options.seed,
        frame=number,
        **place,
    )
    amount = amount_of(options.strength, prepared.matte)
    if options.strength < 1 or prepared.matte is not None:
        source = prepared.display
        result = source + amount * (result - source)
    return _in_own_encoding(prepared, result, amount)


def _in_own_encoding(
    prepared: Prepared, result: ImageF32, amount: ImageF32 | np.float32
) -> ImageF32:
    """A display-encoded result as the picture was read; untouched where nothing shows."""
    if prepared.profile is not None:
        # What sRGB does not reach is not seen by the network; what is left of the picture keeps it.
        beyond = prepared.rgb - from_srgb(to_srgb(prepared.rgb, prepared.profile), prepared.profile)
        result = from_srgb(result, prepared.profile) + (np.float32(1.0) - amount) * beyond
    if prepared.gain is not None:
        result = unfold_highlights(result, prepared.gain)
    if prepared.space is not None:
        result = prepared.space.from_light(result)
    for cover in (prepared.alpha, prepared.matte):
        if cover is not None:
            result = np.where(cover[..., np.newaxis] > 0, result, prepared.rgb)
    return result


def stylize_picture(
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
