"""A frame after the network and the temporal filter: effects, strength, its own encoding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ganfx.curve import fixed
from ganfx.media.arrays import ImageF32
from ganfx.media.color import unfold_highlights
from ganfx.media.icc import from_srgb, to_srgb
from ganfx.stages import stage
from ganfx.stylize.effects import Effects, Place
from ganfx.stylize.job.mattes import amount_of
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import Look
from ganfx.stylize.network.plate import Prepared, prepare
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp


def place_of(
    options: Options, height: int, *, number: int, frame: int = 0, warp: KeyframeWarp | None = None
) -> Place:
    """Where a whole picture lies.

    Args:
        options: For what tiles, the size of the brush, and the seed.
        height: Rows of the picture.
        number: Frame number, or what stands for it: see `ganfx.stylize.effects.grain`.
        frame: Frame number by which marks are drawn anew.
        warp: Where its pixels are in the keyframes of its shot.
    """
    return Place(
        height,
        number=number,
        frame=frame,
        warp=warp,
        seed=options.seed,
        scale=options.mark_scale,
        wrap=options.wrap,
    )


def finish(
    effects: Effects,
    prepared: Prepared,
    styled: ImageF32,
    place: Place,
    *,
    strength: float = 1.0,
    marked: bool = False,
) -> ImageF32:
    """Effects, strength, and back to the picture's own encoding.

    Args:
        effects: Of the look.
        prepared: The picture that was stylised, or some rows of it.
        styled: Output of `run_network`, of the same rows.
        place: Where these lie.
        strength: 0 is the source, 1 the look.
        marked: Whether it is `drawn` already: only what follows marks is laid over it.

    Returns:
        ``(H, W, 3)`` float32, encoded as the picture was read. Where alpha is 0, exactly
        what was read; so where the matte is 0.
    """
    apply = effects.grained if marked else effects.apply
    with stage("effects"):
        result = apply(styled, _told(place, prepared))
    if prepared.painted is not None:
        result = result + prepared.painted[..., np.newaxis].astype(np.float32) * (styled - result)
    amount = amount_of(strength, prepared.matte)
    if strength < 1 or prepared.matte is not None:
        source = prepared.display
        result = source + amount * (result - source)
    return _in_own_encoding(prepared, result, amount)


def drawn(effects: Effects, prepared: Prepared, styled: ImageF32, place: Place) -> ImageF32:
    """A picture with its marks, and without grain; takes what `finish` does."""
    return effects.marked(styled, _told(place, prepared))


def _told(place: Place, prepared: Prepared) -> Place:
    return replace(place, detail=prepared.detail, direction=prepared.direction)


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
        result = prepared.space.from_linear(result)
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
        number: Frame number, for the grain and for what changes over time.

    Returns:
        uint8 of the same shape.
    """
    options = (options or Options()).at(number)
    prepared = prepare(picture.astype(np.float32) / np.float32(255))
    styled = run_network(look, prepared, options, deep=False)
    place = place_of(options, len(picture), number=number, frame=number)
    effects = Effects(look.headers, options)
    result = finish(effects, prepared, styled, place, strength=fixed(options.strength))
    return (np.clip(result, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
