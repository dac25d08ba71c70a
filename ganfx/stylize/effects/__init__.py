"""Effects laid over the network's output, one file each, in the order of `EFFECTS`.

To add one: a file with an `Effect`, its line in `EFFECTS`, its table in `ganfx.preset.effects`,
and its amount in `ganfx.stylize.declared.look`. Fingerprints, mixes, strips, the probe and style
headers walk the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ganfx.media.arrays import ImageF32
from ganfx.preset import EffectConfig
from ganfx.styles.header import StyleHeader
from ganfx.stylize.effects.dabs import DABS
from ganfx.stylize.effects.effect import ALIGNMENT, Effect, Place, Redraw
from ganfx.stylize.effects.grain import GRAIN
from ganfx.stylize.effects.hashing import mixed_key
from ganfx.stylize.effects.hatch import HATCH
from ganfx.stylize.effects.lines import LINES
from ganfx.stylize.effects.sizes import LARGEST, by_size, of_level
from ganfx.stylize.effects.strokes import STROKES
from ganfx.stylize.effects.washes import WASHES
from ganfx.stylize.options import Options

__all__ = ["ALIGNMENT", "EFFECTS", "AppliedEffect", "Effect", "Effects", "Place", "unmarked"]

EFFECTS: tuple[Effect[Any], ...] = (STROKES, WASHES, DABS, HATCH, LINES, GRAIN)
"""All of them, in the order in which they are laid: marks first, then grain."""

_BOIL = 0xB01  # keys of drawings are no keys of frames


def unmarked(options: Options) -> Options:
    """The same without any effect: a picture is what the network makes of it."""
    none: dict[str, Any] = {effect.name: 0.0 for effect in EFFECTS}
    return replace(options, **none)


class AppliedEffect(NamedTuple):
    """An effect as a run has it."""

    effect: Effect[Any]
    config: EffectConfig


class Effects:
    """The effects of a look, in the amounts that were asked for.

    Args:
        headers: Of the looks of a mix, each with its share; shares sum to 1.
        options: Amounts replace those of the look, where they are given.
    """

    def __init__(self, headers: Sequence[tuple[StyleHeader, float]], options: Options) -> None:
        self._all = tuple(_configured(effect, headers, options) for effect in EFFECTS)
        self._laid = tuple(each for each in self._all if each.config.amount > 0)
        self._marks, self._boil = options.marks, options.boil

    @property
    def follow_scene(self) -> bool:
        """Whether any wants to know where pixels are in the keyframes of a shot."""
        return self._marks == "carried" and self.has_marks

    @property
    def has_marks(self) -> bool:
        """Whether any lays marks."""
        return any(effect.follows_scene for effect, _ in self._laid)

    @property
    def per_frame(self) -> bool:
        """Whether any differs from frame to frame."""
        anew = self._marks == "per-frame" or self._boil.share > 0
        redrawn = anew and self.has_marks
        return redrawn or any(effect.per_frame for effect, _ in self._laid)

    @property
    def always(self) -> tuple[str, ...]:
        """Names of those whose tables every fingerprint holds."""
        return tuple(effect.name for effect, _ in self._all if effect.in_every_fingerprint)

    @property
    def amounts(self) -> dict[str, float]:
        """How much there is of each, by name."""
        return {effect.name: config.amount for effect, config in self._all}

    def fingerprint(self) -> dict[str, dict[str, Any]]:
        """The tables that pixels depend on, by name; of those that are not laid, few."""
        return {
            effect.name: config.model_dump()
            for effect, config in self._all
            if effect.in_every_fingerprint or config.amount > 0
        }

    def reach(self, place: Place) -> int:
        """Rows above and below a pixel that it depends on, through all of them."""
        if place.sizes is not None:
            place = of_level(place, LARGEST)
        return sum(effect.reach(config, place) for effect, config in self._laid)

    def apply(self, image: ImageF32, place: Place) -> ImageF32:
        """A picture, or some rows of one, with all of them laid over it.

        Args:
            image: ``(H, W, 3)`` float32, display-encoded in [0, 1]. It is left as it is.
            place: Where it lies.
        """
        return self.grained(self.marked(image, place), place)

    def grained(self, image: ImageF32, place: Place) -> ImageF32:
        """A picture that is marked, with what follows marks. Takes what `apply` does."""
        for effect, config in self._laid:
            if not effect.follows_scene:
                image = effect.apply(image, config, place)
        return image

    def marked(self, image: ImageF32, place: Place) -> ImageF32:
        """With marks alone: as drawn, before grain. Takes what `apply` does."""
        places = list(self._drawings(self._told(place)))
        if len(places) == 1 or not self.has_marks:
            return self._drawn(image, places[0][0])
        (first, _), (second, share) = places
        drawn = self._drawn(image, first)
        return drawn + np.float32(share) * (self._drawn(image, second) - drawn)

    def _drawn(self, image: ImageF32, place: Place) -> ImageF32:
        for effect, config in self._laid:
            if effect.takes_sizes:
                image = effect.apply(image, config, place)
            elif effect.follows_scene:
                image = by_size(effect.apply, image, config, place)
        return image

    def _told(self, place: Place) -> Place:
        """Where a picture lies for marks: they go with the scene, or as they are told."""
        if self._marks == "carried":
            return place
        return place.redrawn() if self._marks == "per-frame" else replace(place, warp=None)

    def _drawings(self, place: Place) -> Iterator[tuple[Place, float]]:
        """The drawings that a frame shows, each with its share."""
        if self._boil.share == 0:
            yield place, 1.0
            return
        for drawing, share in self._boil.drawings(place.frame):
            redraw = Redraw(mixed_key(place.seed, drawing, _BOIL), self._boil.share)
            yield replace(place, redraw=redraw), share

    def __iter__(self) -> Iterator[AppliedEffect]:
        return iter(self._laid)


def _configured(
    effect: Effect[Any], headers: Sequence[tuple[StyleHeader, float]], options: Options
) -> AppliedEffect:
    config = effect.mix([(effect.section(header), share) for header, share in headers])
    names = effect.options or {"amount": effect.name}
    asked = {name: options.of_effect(option) for name, option in names.items()}
    given = {name: value for name, value in asked.items() if value is not None}
    return AppliedEffect(effect, config.model_copy(update=given))
