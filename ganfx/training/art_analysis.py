"""Art analysis: what a set of pictures has in common, beside the photos, before training begins."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

from ganfx.media.arrays import ImageU8
from ganfx.quality.picture_measures import PictureMeasures, measure_picture, median_measures
from ganfx.quality.sampling import spread
from ganfx.quality.shading import shading
from ganfx.training.color_start import fit_colors
from ganfx.training.data import PictureSet, TrainingSet

MOST = 64
"""Pictures of a set that are looked at, evenly spread: more change no median."""
COLORFUL = 4.0
"""Variety from which a picture is in colour: toned prints have less, paintings 5 to 25."""
FEW_COLORFUL = 0.15
"""Share of pictures in colour up to which a set is black and white."""
GRAY = 2.0
"""Chroma, CIE a* and b*, up to which painted versions have no tone: files that lost some have 1."""
CRAYON, ALL_OVER = 0.37, 0.25
"""Share of marks that lie one way with their neighbours, below which they are grain: crayon on
stone had 0.23, pencil and pen 0.51, engravings 0.58. Without bare paper, dark crayon had 0.18, and
of eight plates of an engraver, whose lines may cross, none were below the second."""
EDGED = 0.31
"""Edges to texture from which art is made of areas: cartoons and picture books have 0.33 to 0.41,
watercolours up to 0.3, brushwork 0.2, photographs 0.15 to 0.23."""
PRINTED = 0.45
"""The same from which pale areas are inks of a poster, not paper between washes."""

SHADED = 0.7
"""Slope of tones inside areas, beside the photos', from which they are shaded: painted cartoons
have 0.6 to 0.8, picture books 0.9, colour woodcuts 0.6, screen prints less than 0.15."""


@dataclass(frozen=True)
class ArtAnalysis:
    """Art and photos of a run, measured."""

    total: int
    """Pictures of art, of which some were looked at."""
    art: tuple[PictureMeasures, ...]
    photos: tuple[PictureMeasures, ...]
    paired: bool = False
    """Whether the art is the painted version of the photos."""
    shading: float = 1.0
    """How steeply tones slope inside areas, beside the photos': 0 where they are of one tone."""
    is_cast: bool = False
    """Whether its palette would tint the photos: `ganfx.training.color_start.ColorFit`."""

    @cached_property
    def typical(self) -> PictureMeasures:
        """Medians of the art."""
        return median_measures(self.art)

    @cached_property
    def typical_photo(self) -> PictureMeasures:
        """Medians of the photos."""
        return median_measures(self.photos)

    @property
    def colorful(self) -> float:
        """Share of the art that is in colour."""
        return sum(each.variety > COLORFUL for each in self.art) / len(self.art)

    @property
    def monochrome(self) -> bool:
        """In one ink: black and white, or toned. Painted versions have the tone that is wanted."""
        if self.paired:
            return self.typical.chroma < GRAY
        return self.colorful <= FEW_COLORFUL

    @property
    def drawn(self) -> bool:
        """In one ink, and in lines."""
        return self.monochrome and self.typical.line >= 0.05

    @property
    def engraved(self) -> bool:
        """Drawn, with lines everywhere: tone is made of them."""
        art = self.typical
        full = art.marked >= 0.9 and art.flat < 0.12 and art.paper < 0.1
        return self.drawn and full and art.parallel >= ALL_OVER

    @property
    def grainy(self) -> bool:
        """Drawn, and tone is grain that lies no way: crayon on stone or on rough paper, dots."""
        return self.drawn and not self.engraved and self.typical.parallel < CRAYON

    @property
    def hatched(self) -> bool:
        """Drawn on paper that shows, tone in strokes side by side: pencil, pen."""
        bare = self.typical.paper >= 0.1
        return self.drawn and bare and not (self.engraved or self.grainy)

    @property
    def outlined(self) -> bool:
        """Areas of one colour between dark lines."""
        art = self.typical
        thick, thin = art.line >= 0.05 and art.line_bias > 0.05, art.line_bias > 0.15
        return not self.monochrome and art.flat >= 0.2 and (thick or (thin and art.edged >= EDGED))

    @property
    def in_areas(self) -> bool:
        """Areas of one colour that meet at edges, with or without lines."""
        edged = self.typical.edged >= EDGED and self.typical.flat >= 0.2
        return edged and not (self.monochrome or self.on_paper)

    @property
    def in_flat_tones(self) -> bool:
        """Areas of one tone each, whose inks the color start cannot bring photos to.

        Where it can, it does: tones then lie as the art's do, and not in even steps.
        """
        return self.in_areas and not self.paired and self.shading < SHADED and self.is_cast

    @property
    def on_paper(self) -> bool:
        """Washes on paper that shows, with few lines."""
        art = self.typical
        bare = art.paper >= 0.07 and art.light >= 0.92
        soft = art.line < 0.05 and art.edged < PRINTED
        return not (self.monochrome or self.outlined) and bare and soft

    @property
    def brushed(self) -> bool:
        """Strokes of other hues side by side, all over the picture."""
        art = self.typical
        color = art.broken_color >= max(5.5, 1.5 * self.typical_photo.broken_color)
        return not (self.monochrome or self.outlined) and color and art.marked >= 0.8

    @property
    def mark_direction(self) -> tuple[float, float]:
        """Mean cosine and sine of twice the angle of parallel marks, by pictures."""
        count = len(self.art)
        cosine = sum(each.mark_cosine for each in self.art) / count
        return cosine, sum(each.mark_sine for each in self.art) / count

    @property
    def vividness(self) -> float:
        """Times as colourful as the photos."""
        return self.typical.chroma / max(self.typical_photo.chroma, 1.0)

    @property
    def tinted(self) -> bool:
        """With one tint over the whole, as of paper or varnish, more than hues."""
        return self.typical.cast > 1.25 * max(self.typical.variety, 1.0)

    @property
    def tone_distance(self) -> float:
        """Mean difference of the darks, middles and lights from the photos'."""
        art, photo = self.typical, self.typical_photo
        pairs = ((art.dark, photo.dark), (art.middle, photo.middle), (art.light, photo.light))
        return sum(abs(one - other) for one, other in pairs) / len(pairs)

    @property
    def short_side(self) -> int:
        """The shorter side of the typical picture of art."""
        return min(self.typical.height, self.typical.width)

    def at_1080(self, pixels: float) -> float:
        """A length in the art as it is in a picture of 1080 lines."""
        return pixels * 1080 / self.typical.height


def analyze_art(pictures: TrainingSet) -> ArtAnalysis:
    """Measure the painted pictures of pairs, or the art, and the photos.

    Args:
        pictures: Of each set, at most `MOST` evenly spread ones are looked at.
    """
    art = pictures.painted or pictures.art
    assert art is not None
    found = ArtAnalysis(
        total=art.total or len(art.pictures),
        art=_measured(art.pictures),
        photos=_measured(pictures.photos.pictures),
        paired=pictures.painted is not None,
    )
    if found.paired or not found.in_areas:
        return found  # of others, it is not asked
    return replace(
        found,
        shading=_shading(art, pictures.photos),
        is_cast=fit_colors(pictures).is_cast,
    )


def describe_art(analysis: ArtAnalysis) -> tuple[tuple[str, str], ...]:
    """What was found, in words: names and values."""
    art, photo = analysis.typical, analysis.typical_photo
    looked = len(analysis.art)
    some = "" if looked == analysis.total else f", {looked} looked at"
    size = f"{art.width}x{art.height}"
    return (
        ("pictures", f"{analysis.total:,}{some}, about {size} pixels"),
        ("kind", _kind(analysis)),
        ("colour", f"chroma {art.chroma:.0f} (photos {photo.chroma:.0f}), tint {art.cast:.0f}"),
        ("tones", f"{_tones(art)} (photos {_tones(photo)})"),
        ("detail", f"{art.fine:.3f} (photos {photo.fine:.3f})"),
        ("flat", f"{art.flat:.0%} (photos {photo.flat:.0%})"),
        ("edges", f"{art.edged:.2f} of texture (photos {photo.edged:.2f})"),
        ("paper", f"{art.paper:.0%} bare"),
        ("lines", f"{art.line:.0%} dark and thin"),
        ("marks", f"{art.mark_width:.1f} pixels wide, on {art.marked:.0%}"),
    )


def _shading(art: PictureSet, photos: PictureSet) -> float:
    ours, theirs = shading(art.pictures), shading(photos.pictures)
    return 1.0 if ours is None or not theirs else ours / theirs


def _measured(pictures: Sequence[ImageU8]) -> tuple[PictureMeasures, ...]:
    with ThreadPoolExecutor(thread_name_prefix="measuring") as pool:
        return tuple(pool.map(measure_picture, spread(pictures, MOST)))


def _kind(analysis: ArtAnalysis) -> str:
    traits = {
        "black and white": analysis.monochrome,
        "colour": not analysis.monochrome,
        "drawn": analysis.drawn,
        "in lines all over": analysis.engraved,
        "in grain": analysis.grainy,
        "flat with outlines": analysis.outlined,
        "areas of one tone": analysis.in_flat_tones,
        "washes on paper": analysis.on_paper,
        "brush strokes": analysis.brushed,
        "tinted": not analysis.monochrome and analysis.tinted,
    }
    return ", ".join(name for name, there in traits.items() if there)


def _tones(measures: PictureMeasures) -> str:
    return f"{measures.dark:.2f} / {measures.middle:.2f} / {measures.light:.2f}"
