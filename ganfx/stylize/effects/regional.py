"""Effects of several looks in one picture: marks of each end where its region ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.stylize.effects import Effects
from ganfx.stylize.effects.effect import Place
from ganfx.stylize.network.regional import Layer, blended, visible

Plane = NDArray[np.float32]
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
            for (effects, layer), cover in visible(self._layers, place.covers):
                yield cover, paint(effects, image, _scaled(place, layer))

        return blended(painted())


def _scaled(place: Place, layer: Layer) -> Place:
    return replace(place, scale=layer.options.mark_scale, covers=())
