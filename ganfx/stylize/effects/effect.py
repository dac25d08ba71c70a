"""The interface of an effect, and where the rows that it is given lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.preset import EffectConfig, EffectSections
from ganfx.stylize.effects.hashing import mixed_key
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

C = TypeVar("C", bound=EffectConfig)


ALIGNMENT = 8
"""Parts of a picture begin with a multiple of so many rows: as do squares that are reduced."""


@dataclass(frozen=True)
class Redraw:
    """Marks that are not those of the seed: drawn anew over time."""

    seed: int
    """Of the new ones."""
    share: float
    """How many of them are, 0 to 1."""

    @property
    def shift(self) -> tuple[int, int]:
        """Pixels down and right by which a pattern that no seed scatters is moved: anywhere."""
        return _shift(self.seed)

    def strayed(self, spacing: float) -> tuple[float, float]:
        """Likewise; unless all is drawn anew by a part of a spacing, as by a hand that strays.

        In sixteenths of a pixel, which sums with whole numbers of pixels keep.
        """
        if self.share == 1:
            return self.shift
        most = self.share * spacing / 0x1000
        down, right = (round((each - 0x800) * most * 16) / 16 for each in self.shift)
        return down, right


def _shift(key: int) -> tuple[int, int]:
    return key & 0xFFF, key >> 12 & 0xFFF


@dataclass(frozen=True, eq=False)
class Place:
    """Where rows of a picture lie: in the picture, in time, and in the keyframes of its shot."""

    height: int
    """Rows of the whole picture."""
    first: int = 0
    """Row of the picture that these begin with: a multiple of `ALIGNMENT`."""
    left: int = 0
    """Likewise its column, where these are not whole: a picture among others, or with a margin."""
    number: int = 0
    """Frame number, or what stands for it: `ganfx.stylize.effects.grain.grain_number`."""
    frame: int = 0
    """Frame number by which marks are drawn anew."""
    redraw: Redraw | None = None
    """Marks that are drawn anew; None leaves all of them to the seed."""
    warp: KeyframeWarp | None = None
    """Where the pixels are in the keyframes of a stabilized shot; None leaves marks in place."""
    seed: int = 0
    """Another seed scatters otherwise."""
    scale: float = 1.0
    """Size of the brush: multiplies every size."""
    wrap: str = ""
    """Axes along which the picture tiles, and the effect has to: ``x``, ``y``, ``xy`` or none."""
    detail: NDArray[np.float32] | None = None
    """``(H, W)`` of these rows, 0 to 1: 1 where the finest marks go whatever detail there is."""
    direction: NDArray[np.float32] | None = None
    """``(H, W, 2)`` of these rows, right and down: along which marks run, where it is not 0."""
    covers: tuple[NDArray[np.float32], ...] = ()
    """``(H, W)`` of these rows, 0 to 1, of each region: how far it lies over those before it."""
    shift: tuple[int, int] = (0, 0)
    """Pixels down and right by which a pattern that no seed scatters is moved."""
    sizes: NDArray[np.float32] | None = None
    """``(H, W)`` of these rows: factors of the marks' sizes; None is 1 everywhere."""

    def rows(self, first: int) -> Place:
        """The same picture, from another row on."""
        return replace(self, first=first)

    def redrawn(self) -> Place:
        """With other marks in each frame, as drawn anew: by its number, and with no keyframes."""
        key = mixed_key(self.seed, self.number)
        return replace(self, warp=None, seed=key, shift=_shift(key))


def by_amount(configs: Sequence[tuple[C, float]]) -> C:
    """Effects of a mix of looks: each amount by its look's share, the rest as the strongest's.

    Args:
        configs: Each with its look's share; shares sum to 1.
    """
    strongest, _ = max(configs, key=lambda each: each[0].amount * each[1])
    amount = sum(config.amount * share for config, share in configs)
    return strongest.model_copy(update={"amount": amount})


def no_reach(_config: EffectConfig, _place: Place) -> int:
    """Of effects that look at each pixel by itself."""
    return 0


def no_blur(_config: EffectConfig, _place: Place) -> float:
    """Of effects that leave each pixel about the color that it had."""
    return 0.0


@dataclass(frozen=True)
class Effect(Generic[C]):
    """A pass over what the network makes, after the temporal filter."""

    name: str
    """Of its table in presets and style headers, of its option, and in fingerprints."""
    section: Callable[[EffectSections], C]
    """Its table in a preset, or in the header of a style."""
    apply: Callable[[ImageF32, C, Place], ImageF32]
    """Some rows of a picture, ``(H, W, 3)`` display-encoded in [0, 1], to new ones of that shape.
    What it makes of a pixel depends on the picture within ``reach`` of it, and on the place."""
    reach: Callable[[C, Place], int] = no_reach
    """Rows above and below a pixel that it depends on."""
    blur: Callable[[C, Place], float] = no_blur
    """Sigma, in pixels, of the blur that stands for it where gradients go round it: about that of
    the area whose mean color comes out."""
    mix: Callable[[Sequence[tuple[C, float]]], C] = by_amount
    """Its table in a mix of looks, from each look's with its share."""
    follows_scene: bool = False
    """Whether it lays marks, which go with the scene in stabilized shots: it wants ``Place.warp``;
    or, as ``Options.marks`` says, stay with the picture, or are drawn anew by ``Place.seed`` and
    ``Place.shift``; as ``Options.boil`` says, some are drawn anew by ``Place.redraw``."""
    takes_sizes: bool = False
    """Whether it goes by ``Place.sizes`` itself; else it is drawn in several sizes."""
    per_frame: bool = False
    """Whether it differs from frame to frame: it wants ``Place.number``."""
    in_every_fingerprint: bool = False
    """Whether its table is in the fingerprint of frames without it, too."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options that replace fields of the table, by field; by default, one of the effect's name
    replaces the amount."""
    probe: C | None = None
    """With what table it is shown in a machine's probe, if it is."""
