"""A frame after the network and the temporal filter: effects, strength, its own encoding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import unfold_highlights
from ganfx.media.icc import from_srgb, to_srgb
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


def place_of(
    options: Options, height: int, *, number: int, warp: KeyframeWarp | None = None
) -> Place:
    """Where a whole picture lies.

    Args:
        options: For the size of the brush, and the seed.
        height: Rows of the picture.
        number: Frame number, or what stands for it: see `ganfx.stylize.effects.grain`.
        warp: Where its pixels are in the keyframes of its shot.
    """
    return Place(
        height,
        number=number,
        warp=warp,
        seed=options.seed,
        scale=options.mark_scale,
    )


def finish(
    effects: Effects, prepared: Prepared, styled: ImageF32, place: Place, *, strength: float = 1.0
) -> ImageF32:
    """Effects, strength, and back to the picture's own encoding.

    Args:
        effects: Of the look.
        prepared: The picture that was stylised, or some rows of it.
        styled: Output of `run_network`, of the same rows.
        place: Where these lie.
        strength: 0 is the source, 1 the look.

    Returns:
        ``(H, W, 3)`` float32, encoded as the picture was read. Where alpha is 0, exactly
        what was read; so where the matte is 0.
    """
    told = replace(
        place, detail=prepared.detail, direction=prepared.direction, wrap=prepared.surface.wrap
    )
    if prepared.face is not None:
        result = _of_face(effects, styled, told, prepared.face)
    elif prepared.around is not None:
        result = _in_plane(effects, styled, told, prepared.around, prepared.display.shape[:2])
    else:
        result = with_effects(effects, styled, told, prepared.surface)
    if prepared.painted is not None:
        result = result + prepared.painted[..., np.newaxis].astype(np.float32) * (styled - result)
    amount = amount_of(strength, prepared.matte)
    if strength < 1 or prepared.matte is not None:
        source = prepared.display
        result = source + amount * (result - source)
    return _in_own_encoding(prepared, result, amount)


def with_effects(effects: Effects, styled: ImageF32, place: Place, surface: Surface) -> ImageF32:
    """Effects over a picture; over a map of a scene, or a sheet, piece by piece.

    Marks of such pieces are where the picture has them, not where the scene went.
    """
    if not surface.in_pieces:
        return effects.apply(styled, place)

    def paint(canvas: Canvas, piece: ImageF32) -> ImageF32:
        return effects.apply(piece, _place_of(canvas, place))

    lines = surface.lines(len(styled))
    # Marks that look at no other pixel break off at a border, too.
    reach = max(effects.reach(replace(place, height=lines)), int(effects.has_marks))
    return surface.painted(styled, reach, paint)


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
    detail, direction = (
        None if plane is None else np.pad(plane, padding[: plane.ndim], mode="edge")
        for plane in (place.detail, place.direction)
    )
    told = replace(place, first=first, left=left, detail=detail, direction=direction)
    made = effects.apply(np.ascontiguousarray(seen), told)
    return np.ascontiguousarray(made[top : top + height, before : before + width])


def _place_of(canvas: Canvas, place: Place) -> Place:
    """Where a piece lies, from its own first pixel on."""
    detail, direction = (
        None if plane is None else canvas.of(plane) for plane in (place.detail, place.direction)
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
        number: Frame number, for the grain.

    Returns:
        uint8 of the same shape.
    """
    options = options or Options()
    height, width = picture.shape[:2]
    surface = surface_of(height, width, wrap=options.wrap, cells=options.cell)
    prepared = prepare(picture.astype(np.float32) / np.float32(255), surface=surface)
    styled = run_network(look, prepared, options, deep=False)
    place = place_of(options, len(picture), number=number)
    effects = Effects(look.headers, options)
    result = finish(effects, prepared, styled, place, strength=options.strength)
    return (np.clip(result, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
