"""A frame after the network and the temporal filter: effects, strength, its own encoding."""

from __future__ import annotations

from collections.abc import Callable
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
from ganfx.stylize.surface.canvas import Canvas
from ganfx.stylize.surface.surfaces import Surface, surface_of
from ganfx.stylize.surface.tiles import Around
from ganfx.stylize.surface.whole import FaceOf
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

Paint = Callable[[ImageF32, Place], ImageF32]
"""Some or all of the effects, over a picture or a piece of one."""


def place_of(
    options: Options, height: int, *, number: int, frame: int = 0, warp: KeyframeWarp | None = None
) -> Place:
    """Where a whole picture lies.

    Args:
        options: For the size of the brush, and the seed.
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
    paint = effects.grained if marked else effects.apply
    with stage("effects"):
        result = _laid(effects, paint, prepared, styled, place)
    if prepared.painted is not None:
        result = result + prepared.painted[..., np.newaxis].astype(np.float32) * (styled - result)
    amount = amount_of(strength, prepared.matte)
    if strength < 1 or prepared.matte is not None:
        source = prepared.display
        result = source + amount * (result - source)
    return _in_own_encoding(prepared, result, amount)


def drawn(effects: Effects, prepared: Prepared, styled: ImageF32, place: Place) -> ImageF32:
    """A picture with its marks, and without grain; takes what `finish` does."""
    return _laid(effects, effects.marked, prepared, styled, place)


def with_effects(effects: Effects, styled: ImageF32, place: Place, surface: Surface) -> ImageF32:
    """Effects over a picture; over a map of a scene, or a sheet, piece by piece.

    Marks of such pieces are where the picture has them, not where the scene went.
    """
    return _on_surface(effects, effects.apply, styled, place, surface)


def _laid(
    effects: Effects, paint: Paint, prepared: Prepared, styled: ImageF32, place: Place
) -> ImageF32:
    """Some or all of the effects over a picture, by what lies beyond its borders."""
    told = replace(
        place,
        detail=prepared.detail,
        direction=prepared.direction,
        covers=prepared.covers,
        sizes=prepared.sizes,
        wrap=prepared.surface.wrap,
    )
    if prepared.face is not None:
        return _of_face(effects, styled, told, prepared.face)
    if prepared.around is not None:
        size = prepared.display.shape[:2]
        return _in_plane(effects, styled, told, prepared.around, size)
    return _on_surface(effects, paint, styled, told, prepared.surface)


def _on_surface(
    effects: Effects, paint: Paint, styled: ImageF32, place: Place, surface: Surface
) -> ImageF32:
    if not surface.in_pieces:
        return paint(styled, place)

    def on_piece(canvas: Canvas, piece: ImageF32) -> ImageF32:
        return paint(piece, _place_of(canvas, place))

    lines = surface.lines(len(styled))
    # Marks that look at no other pixel break off at a border, too.
    reach = max(effects.reach(replace(place, height=lines)), int(effects.has_marks))
    return surface.painted(styled, reach, on_piece)


def _of_face(effects: Effects, styled: ImageF32, place: Place, face: FaceOf) -> ImageF32:
    """Effects over a cube map of several files, of which one is wanted."""
    whole = face.whole

    def make() -> ImageF32:
        return with_effects(effects, styled, place, whole.surface)

    return np.ascontiguousarray(face.cut(whole.once("finished", make)))


def _in_plane(
    effects: Effects, styled: ImageF32, place: Place, around: Around, size: tuple[int, ...]
) -> ImageF32:
    """Effects over a tile, which lie in the plane of all tiles."""
    height, width = size[:2]
    seen, (first, left) = around.cut(styled, (height, width), effects.reach(place))
    top, before = around.row - first, around.column - left
    padding = (
        (top, seen.shape[0] - height - top),
        (before, seen.shape[1] - width - before),
        (0, 0),
    )
    detail, direction, sizes = (
        None if plane is None else np.pad(plane, padding[: plane.ndim], mode="edge")
        for plane in (place.detail, place.direction, place.sizes)
    )
    told = replace(place, first=first, left=left, detail=detail, direction=direction, sizes=sizes)
    made = effects.apply(np.ascontiguousarray(seen), told)
    return np.ascontiguousarray(made[top : top + height, before : before + width])


def _place_of(canvas: Canvas, place: Place) -> Place:
    """Where a piece lies, from its own first pixel on."""
    detail, direction, sizes = (
        None if plane is None else canvas.of(plane)
        for plane in (place.detail, place.direction, place.sizes)
    )
    return replace(
        place,
        height=canvas.lines,
        first=-canvas.top,
        left=-canvas.left,
        wrap=canvas.wrap,
        warp=None,
        detail=detail,
        direction=direction,
        covers=tuple(canvas.of(cover) for cover in place.covers),
        sizes=sizes,
    )


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
    height, width = picture.shape[:2]
    surface = surface_of(height, width, wrap=options.wrap, cells=options.cell)
    prepared = prepare(picture.astype(np.float32) / np.float32(255), surface=surface)
    styled = run_network(look, prepared, options, deep=False)
    place = place_of(options, len(picture), number=number, frame=number)
    effects = Effects(look.headers, options)
    result = finish(effects, prepared, styled, place, strength=fixed(options.strength))
    return (np.clip(result, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
