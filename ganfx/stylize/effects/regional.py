"""Effects of several looks in one picture: marks of each end where its region ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.stylize.effects import ALIGNMENT, Effects, Place
from ganfx.stylize.network.inference import Box
from ganfx.stylize.network.regional import Layer, blended, visible

Plane = NDArray[np.float32]
Part = tuple[slice, slice]
"""Rows and columns, both with start and stop."""
Paint = Callable[[Effects, ImageF32, Place], ImageF32]


class RegionalEffects(Effects):
    """The effects of each look of a run, where it shows by the ``covers`` of a place.

    Args:
        layers: From `ganfx.stylize.network.regional.layers_of`: more than one.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        below = layers[0]
        super().__init__(below.look.headers, below.options)
        self._layers = [(Effects(each.look.headers, each.options), each) for each in layers]

    @property
    def follow_scene(self) -> bool:
        """Whether any look's marks go with the scene."""
        return any(effects.follow_scene for effects, _ in self._layers)

    @property
    def has_marks(self) -> bool:
        """Whether any look lays marks."""
        return any(effects.has_marks for effects, _ in self._layers)

    @property
    def per_frame(self) -> bool:
        """Whether those of any look differ from frame to frame."""
        return any(effects.per_frame for effects, _ in self._layers)

    def of_regions(self) -> list[dict[str, Any]]:
        """The tables that pixels of each region depend on."""
        return [effects.fingerprint() for effects, _ in self._layers[1:]]

    def reach(self, place: Place) -> int:
        """That of the look that reaches farthest."""
        return max(effects.reach(_scaled(place, layer)) for effects, layer in self._layers)

    def grained(self, image: ImageF32, place: Place) -> ImageF32:
        """As `Effects.grained`, look by look."""
        return self._by_layer(Effects.grained, image, place)

    def marked(self, image: ImageF32, place: Place) -> ImageF32:
        """As `Effects.marked`, look by look."""
        return self._by_layer(Effects.marked, image, place)

    def _by_layer(self, paint: Paint, image: ImageF32, place: Place) -> ImageF32:
        def painted() -> Iterator[tuple[Plane | None, ImageF32]]:
            for (effects, layer), cover, box in visible(self._layers, place.covers):
                own = _scaled(place, layer)
                part = _seen(effects, own, box, image)
                made = paint(effects, np.ascontiguousarray(image[part]), _of(own, part, image))
                yield cover, made if made.shape == image.shape else _whole(made, part, image)

        return blended(painted())


def _seen(effects: Effects, place: Place, box: Box | None, image: ImageF32) -> Part:
    """What effects have to see for a box to be as it is in the picture."""
    height, width = image.shape[:2]
    if box is None:
        return slice(0, height), slice(0, width)
    reach = effects.reach(place)
    down, across = (box.top, box.bottom, height), (box.left, box.right, width)
    return _along(*down, reach, "y" in place.wrap), _along(*across, reach, "x" in place.wrap)


def _along(start: int, stop: int, size: int, reach: int, wraps: bool) -> slice:
    if wraps:
        return slice(0, size)
    return slice(max(0, start - reach) // ALIGNMENT * ALIGNMENT, min(size, stop + reach))


def _of(place: Place, part: Part, image: ImageF32) -> Place:
    """Where a part of what lies at a place lies."""
    height, width = image.shape[:2]
    rows, columns = part
    if image[part].shape == image.shape:
        return place
    detail, direction, sizes = (
        None if plane is None else np.ascontiguousarray(plane[part])
        for plane in (place.detail, place.direction, place.sizes)
    )
    warp = None if place.warp is None else place.warp.part(rows, height, width).columns(columns)
    return replace(
        place,
        first=place.first + rows.start,
        left=place.left + columns.start,
        warp=warp,
        detail=detail,
        direction=direction,
        sizes=sizes,
    )


def _whole(made: ImageF32, part: Part, image: ImageF32) -> ImageF32:
    """All of a picture, of which only a part has anything to show."""
    whole = image.copy()
    whole[part] = made
    return whole


def _scaled(place: Place, layer: Layer) -> Place:
    return replace(place, scale=layer.options.mark_scale, covers=())
