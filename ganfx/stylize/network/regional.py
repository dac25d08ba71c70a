"""Several looks in one picture: each where its matte says so, over those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ganfx.curve import fixed
from ganfx.media.arrays import ImageF32
from ganfx.stylize.network.inference import Box, run_network
from ganfx.stylize.network.look import Look
from ganfx.stylize.network.plate import Prepared
from ganfx.stylize.network.tiling import Band
from ganfx.stylize.options import Options

Plane = NDArray[np.float32]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Layer:
    """A look with the options that it has where it shows."""

    look: Look
    options: Options

    @property
    def strength(self) -> float:
        """Of options that are one frame's."""
        return fixed(self.options.strength)


def layers_of(look: Look, options: Options, regional: Sequence[Look]) -> tuple[Layer, ...]:
    """The look of a run, and those of its regions in their order.

    Args:
        look: Of the run.
        options: Of the run, as they are in a frame.
        regional: Looks of ``options.region``, in its order.
    """
    base = replace(options, region=())
    others = (
        replace(
            base,
            strength=region.strength,
            scale=options.scale if region.scale is None else region.scale,
            boil=options.boil if region.boil is None else region.boil,
        )
        for region in options.region
    )
    return (Layer(look, base), *map(Layer, regional, others))


def laid_strength(strengths: Sequence[float]) -> float:
    """Of a picture with several looks: theirs, or 1 where they differ and its matte has them."""
    below, *others = strengths
    return below if all(strength == below for strength in others) else 1.0


def laid_over(prepared: Prepared, mattes: Sequence[Plane], strengths: Sequence[float]) -> Prepared:
    """A picture with the `covers` of its regions.

    Mattes are composited one over the other (Porter and Duff, "Compositing Digital Images",
    SIGGRAPH 1984). Where strengths differ, what shows of the plate goes into the picture's matte.

    Args:
        prepared: The picture.
        mattes: ``(H, W)`` in [0, 1] of each region.
        strengths: Of the look below, then of each region's; 0 to 1.
    """
    below, *others = strengths
    if all(strength == below for strength in others):  # exactly so: the plate keeps its matte
        return replace(prepared, covers=tuple(mattes))
    shown: Plane | np.float32 = np.float32(below)
    covers = []
    for matte, strength in zip(mattes, others, strict=True):
        own = matte * np.float32(strength)
        shown = shown * (np.float32(1) - matte) + own
        covers.append(np.where(shown > 0, own / np.maximum(shown, np.float32(1e-12)), 0))
    whole = np.asarray(shown, np.float32)
    matte = whole if prepared.matte is None else prepared.matte * whole
    limited = tuple(np.minimum(cover, np.float32(1)).astype(np.float32) for cover in covers)
    return replace(prepared, covers=limited, matte=matte)


def run_layers(
    layers: Sequence[Layer], prepared: Prepared, *, deep: bool, band: Band | None = None
) -> ImageF32:
    """`run_network` of every look where it shows, composited.

    Args:
        layers: From `layers_of`.
        prepared: With its ``covers``, unless there is one look only.
        deep: As `run_network` takes it.
        band: Likewise; then looks are computed for all of its rows, or not at all.
    """
    rows = slice(None) if band is None else slice(band.top - band.first, band.bottom - band.first)

    def pictures() -> Iterator[tuple[Plane | None, ImageF32]]:
        for layer, cover, box in visible(layers, prepared.covers):
            part = None if band is not None else _part(box, prepared)
            styled = run_network(
                layer.look, prepared, layer.options, deep=deep, band=band, box=part
            )
            yield None if cover is None else cover[rows], styled

    return blended(pictures())


def blended(pictures: Iterator[tuple[Plane | None, ImageF32]]) -> ImageF32:
    """Pictures, each over those before it by its cover, ``(H, W)``; None covers all.

    Each need only be what it is where its cover is above 0; the first is left as it is.
    """
    _, result = next(pictures)
    own = False
    for cover, picture in pictures:
        assert cover is not None
        if not own:
            result, own = result.copy(), True
        box = box_of(cover)
        if box is None or not cover.any():
            continue
        part = slice(box.top, box.bottom), slice(box.left, box.right)
        above = cover[part][..., np.newaxis]
        below = result[part]
        below *= np.float32(1) - above  # exact at both ends
        below += above * picture[part]
    return result


def visible(
    layers: Sequence[T], covers: Sequence[Plane]
) -> Iterator[tuple[T, Plane | None, Box | None]]:
    """Those of several layers that show anywhere, with their covers, and where; None is all."""
    for layer, cover, needed in _shown(layers, covers):
        yield layer, cover, box_of(needed)


def _shown(
    layers: Sequence[T], covers: Sequence[Plane]
) -> Iterator[tuple[T, Plane | None, Plane | None]]:
    """Looks that show anywhere, each with its cover, and how much of it shows in the end."""
    left: list[Plane | None] = [None]
    for cover in reversed(covers):  # what those above leave
        above = left[-1]
        bare = np.float32(1) - cover
        left.append(bare if above is None else above * bare)
    left.reverse()
    yield layers[0], None, left[0]
    if not covers:  # a picture that no region is asked for
        return
    for layer, cover, above in zip(layers[1:], covers, left[1:], strict=True):
        seen = cover if above is None else cover * above
        if seen.any():
            yield layer, cover, seen


def box_of(plane: Plane | None) -> Box | None:
    """The part of a plane that is not 0; None is all of a picture."""
    if plane is None:
        return None
    rows, columns = (np.flatnonzero(plane.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return Box(0, 1, 0, 1)
    return Box(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


def _part(box: Box | None, prepared: Prepared) -> Box | None:
    """None where a box is nearly all of a picture, or that wraps: it goes through as it is."""
    if box is None or prepared.surface.in_pieces or prepared.surface.wrap:
        return None
    area = (box.bottom - box.top) * (box.right - box.left)
    return None if area > 0.9 * prepared.display[..., 0].size else box
