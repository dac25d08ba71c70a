"""Choices from the art: keys that a preset leaves open, with what was measured and why.

A rule takes the analysis and yields its choices; `RULES` lists all of them. A later rule may
choose a key again: the last one counts. To add a choice, add it to a rule, or a rule to the list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ganfx.preset import Preset, filled_from, written_keys
from ganfx.training.art_analysis import ArtAnalysis

Value = bool | int | float | tuple[float, ...]

FINEST_MARK = 6.0
"""Pixels across a mark up to which art is taken at its own size: networks paint fine marks well."""
ONE_WAY = 0.45
"""Length of the mean direction of marks from which they lie one way: Doré's plates, ruled level
in skies and along the form elsewhere, have 0.38."""
UNPAIRED_LINES = 1080
"""Height at which a look of unrelated pictures has its own size."""
BLACK, COLORED = 0.12, 0.42
"""Luma of lines that are black ink as it is printed, and of ones that are a darker colour of what
they surround: colour woodcuts have 0.18, picture books in ink 0.19, flat cartoons 0.27."""
TONES = 7
"""Of areas that are printed flat: fewer lose forms, more look shaded."""
FEW = 40
"""Pictures of art below which discriminators learn them by heart."""


@dataclass(frozen=True)
class Choice:
    """A key of the preset that was chosen from the art."""

    key: str
    """Dotted, as after ``--set``."""
    value: Value
    found: str
    """What was measured, in words."""
    reason: str
    given: bool = False
    """Whether the preset or an option gives this key, which wins."""

    @property
    def toml(self) -> str:
        """The value as a preset writes it."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, tuple):
            return f"[{', '.join(f'{each:g}' for each in self.value)}]"
        return f"{self.value:g}"


Rule = Callable[[ArtAnalysis], Iterator[Choice]]


def choose(analysis: ArtAnalysis, preset: Preset) -> tuple[Choice, ...]:
    """All choices, in the order of the rules; those that the preset overrides are marked."""
    chosen = {choice.key: choice for rule in RULES for choice in rule(analysis)}
    written = written_keys(preset)
    return tuple(
        Choice(each.key, each.value, each.found, each.reason, given=each.key in written)
        for each in chosen.values()
    )


def in_words(choices: Iterable[Choice]) -> str:
    """``lines: amount 1, spacing 6.6; loss: style 3`` of those that count, by table."""
    by_table: dict[str, list[str]] = {}
    for choice in choices:
        if not choice.given:
            table, key = choice.key.split(".")
            by_table.setdefault(table, []).append(f"{key} {choice.toml}")
    return "; ".join(f"{table}: {', '.join(each)}" for table, each in by_table.items())


def apply_choices(preset: Preset, choices: Iterable[Choice]) -> Preset:
    """The preset with what was chosen, and everything else written out: it looks no more."""
    values: dict[str, Any] = preset.model_dump(mode="json")
    for choice in choices:
        if not choice.given:
            table, key = choice.key.split(".")
            values[table][key] = choice.value
    data = preset.data.model_copy(update={"look_at_art": False})
    return filled_from(preset.model_copy(update={"data": data}), values)


def _network(analysis: ArtAnalysis) -> Iterator[Choice]:
    share = f"{analysis.colorful:.0%} of the art is in colour"
    if analysis.monochrome:
        yield Choice("model.monochrome", True, share, "one ink: black and white by construction")
    else:
        yield Choice("model.monochrome", False, share, "a look in colour")
    if analysis.outlined:
        yield Choice("model.keep_detail", True, _lines(analysis), "faces keep their eyes")
    yield _abstraction(analysis)
    if analysis.in_flat_tones:
        found = f"tones slope {analysis.shading:.0%} as much as the photos'"
        yield Choice("model.tones", TONES, found, "areas of one tone each, as they are printed")


def _abstraction(analysis: ArtAnalysis) -> Choice:
    art, photo = analysis.typical, analysis.typical_photo
    key, detail = "model.abstraction", f"detail {art.fine:.3f}, photos {photo.fine:.3f}"
    if analysis.in_areas:
        reason = "areas of one colour, not the photo's texture"
        return Choice("model.flatten", 0.3, _edges(analysis), reason)
    if analysis.brushed:
        return Choice(key, (3,), _marks(analysis), "strokes take the place of the photo's texture")
    if analysis.outlined or analysis.on_paper:
        return Choice(key, (2,), f"{art.flat:.0%} flat", "painted areas, not the photo's texture")
    if not analysis.monochrome and art.fine < 0.6 * photo.fine:
        return Choice(key, (2,), detail, "the art is smoother than the photos")
    return Choice(key, (), detail, "the art has detail of its own: the photo's is its material")


def _scales(analysis: ArtAnalysis) -> Iterator[Choice]:
    width = analysis.typical.mark_width
    scale = min(1.0, FINEST_MARK / width) if width else 1.0
    yield Choice(
        "data.art_scale",
        (round(0.9 * scale, 2), round(1.2 * scale, 2)),
        _marks(analysis),
        "at its own size" if scale == 1.0 else f"reduced until marks are {FINEST_MARK:g} pixels",
    )
    if analysis.paired:
        yield Choice("data.photo_scale", (0.9, 1.0), "pairs", "marks as wide as they were painted")
    else:
        yield Choice("data.photo_scale", (0.5, 1.0), "unpaired", "forms of many sizes")
    side = analysis.short_side
    if side < 192:
        crop = max(96, side // 16 * 16)
        yield Choice("train.crop_size", crop, f"{side} pixels", "crops no larger than the art")


def _brush_size(analysis: ArtAnalysis) -> Iterator[Choice]:
    if analysis.paired:
        lines = analysis.typical.height
        found, reason = f"paintings of {lines} lines", "frames as tall are seen as in training"
    else:
        lines, found, reason = UNPAIRED_LINES, "unpaired", "a look for frames of many heights"
    yield Choice("scale.lines", lines, found, reason)


def _losses(analysis: ArtAnalysis) -> Iterator[Choice]:
    """By the kind of art: what the presets that were made by hand for such art have."""
    if analysis.paired:
        found, reason = "pairs", "the painted picture says it; the rest keeps it crisp"
        weights = {"texture": 0.4, "content": 0.1, "style": 1.0, "noise": 0.3}
    elif analysis.drawn:
        found, reason = _lines(analysis), "the line first, at several scales"
        weights = {"texture": 1.0, "content": 0.7, "style": 3.0}
        if analysis.grainy:  # no lines of [lines] are laid over its skies: its own stay out
            weights["variation"] = 2.0
    elif analysis.monochrome:
        found, reason = "no lines", "a grade: light and dark first, clear skies stay clean"
        weights = {"texture": 0.5, "content": 0.5, "style": 2.0, "variation": 0.5}
    elif analysis.in_flat_tones:
        found, reason = _edges(analysis), "lines round its areas, and nothing drawn within them"
        weights = {"texture": 0.05, "content": 0.5, "style": 0.4, "restore": 10, "variation": 3.0}
        if analysis.outlined:  # light lines would become rings beside the dark ones
            weights["restore_light"] = 0.0
    elif analysis.in_areas:
        found, reason = _edges(analysis), "lines where the art has them: round its areas"
        weights = {"texture": 0.4, "content": 0.5, "style": 1.5, "restore": 8.0}
    elif analysis.outlined:
        found, reason = _lines(analysis), "crisp lines round areas without texture"
        weights = {"texture": 0.6, "content": 0.5, "style": 1.5}
    elif analysis.on_paper:
        found, reason = _paper(analysis), "edges of washes, without ripples in skies"
        weights = {"texture": 0.6, "content": 0.3, "style": 1.5, "noise": 0.3}
    elif analysis.brushed:
        found, reason = _marks(analysis), "dabs of one width, steady from frame to frame"
        weights = {"texture": 0.7, "content": 0.3, "style": 2.0, "noise": 0.3}
    else:
        found, reason = "no marks that stand out", "texture and form weighed alike"
        weights = {"texture": 0.8, "content": 0.7, "style": 2.0}
    for name, value in weights.items():
        yield Choice(f"loss.{name}", value, found, reason)


def _color_start(analysis: ArtAnalysis) -> Iterator[Choice]:
    if not analysis.paired:
        found = f"{analysis.tone_distance:.2f} from the photos' tones"
        reason = "training begins with the art's tones and palette"
        yield Choice("model.color_start", True, found, reason)


def _colors(analysis: ArtAnalysis) -> Iterator[Choice]:
    found = f"{analysis.vividness:.1f} times as colourful as the photos"
    if analysis.monochrome:
        yield Choice("loss.palette", 0.5, "black and white", "how much paper and ink an area has")
        return
    if analysis.paired:
        palette, color, reason = 0.2, 2.0, "the painted picture says the colours"
    elif analysis.is_cast and analysis.in_flat_tones:
        palette, color, reason = 0.25, 4.0, "its palette would be a cast: hues stay, in its shades"
    elif analysis.vividness >= 1.3:
        palette, color, reason = 0.5, 2.0, "a strong palette of its own: it weighs more"
    elif analysis.tinted or analysis.on_paper:
        palette, color, reason = 0.2, 4.0, "a tint is no palette: skies stay blue, meadows green"
        found = f"tint {analysis.typical.cast:.0f}, variety {analysis.typical.variety:.0f}"
    else:
        palette, color, reason = 0.25, 2.0, "colours near the photos': hues stay, in its shades"
    yield Choice("loss.palette", palette, found, reason)
    yield Choice("loss.color", color, found, reason)


def _tones(analysis: ArtAnalysis) -> Iterator[Choice]:
    distance = analysis.tone_distance
    near = distance < 0.06 and not analysis.monochrome
    reason = "lights and darks much as in the photos" if near else "its lights and darks, as many"
    found = f"{distance:.2f} from the photos' tones"
    yield Choice("loss.tone", 1.0 if near else 2.0, found, reason)


def _discriminators(analysis: ArtAnalysis) -> Iterator[Choice]:
    found = f"{analysis.total:,} pictures"
    if analysis.paired:
        yield Choice("discriminator.channels", 16, "pairs", "beside pairs fewer will do")
    elif analysis.monochrome:
        yield Choice("discriminator.channels", 24, "black and white", "fewer will do")
    if analysis.total < FEW:
        reason = "few are learned by heart: they are varied more when that shows"
        yield Choice("augment.adaptive", True, found, reason)


def _engraved_lines(analysis: ArtAnalysis) -> Iterator[Choice]:
    """As in ``engraving.toml``, in the art's own spacing and direction."""
    if not analysis.engraved:
        return
    # Hatching is the finest of the marks: contours beside it are broader.
    spacing = 1.6 * analysis.at_1080(analysis.typical.mark_width)
    found, why = _lines(analysis), "tone is made of lines"
    yield Choice("lines.amount", 1.0, found, why)
    yield Choice("lines.spacing", _within(spacing, 4.0, 16.0), _marks(analysis), "as in the art")
    values = {"form": 0.56, "white": 0.85, "black": 0.0, "open": 0.45, "cross": 0.35}
    for name, value in (values | {"crossing": 40.0, "contour": 0.4}).items():
        yield Choice(f"lines.{name}", value, found, "a burin's: ruled in skies, crossed in darks")
    yield from _direction(analysis, "lines.angle")


def _crayon_grain(analysis: ArtAnalysis) -> Iterator[Choice]:
    """No lines: hatching would lie over grays that have none, up to the lights."""
    if analysis.grainy:
        found = f"{analysis.typical.parallel:.0%} of the marks parallel"
        yield Choice(
            "lines.amount", 0.0, found, "tone is grain, as of crayon: the network draws it"
        )


def _pencil_lines(analysis: ArtAnalysis) -> Iterator[Choice]:
    """As in ``pencil.toml``: contours by the network, soft hatching in the darks."""
    if not analysis.hatched:
        return
    why = "drawn on bare paper: hatching in the darks, over the network's drawing"
    values = {"amount": 1.0, "form": 0.5, "white": 0.95, "black": 0.0, "cross": 0.35}
    values |= {"crossing": 35.0, "contour": 0.05, "tooth": 0.35, "over": 0.55}
    values |= {"soft": 0.55 if analysis.typical.dark > 0.15 else 0.3}
    for name, value in values.items():
        yield Choice(f"lines.{name}", value, f"{_lines(analysis)}, {_paper(analysis)}", why)
    yield from _direction(analysis, "lines.angle")


def _outlines(analysis: ArtAnalysis) -> Iterator[Choice]:
    """As in ``anime.toml``: contours alone, over the network's areas."""
    if not analysis.outlined:
        return
    spacing = 2 * analysis.at_1080(analysis.typical.mark_width)
    found, why = _lines(analysis), "dark outlines, over the areas"
    yield Choice("lines.amount", 1.0, found, why)
    yield Choice("lines.spacing", _within(spacing, 6.0, 12.0), _marks(analysis), "as in the art")
    values = {"over": 1.0, "white": 0.0, "black": 0.0}
    for name, value in values.items():
        yield Choice(f"lines.{name}", value, found, "contours alone")
    contour = _within(0.3 + 4 * (analysis.typical.line - 0.05), 0.3, 0.7)
    yield Choice("lines.contour", contour, found, "more of them where the art has more")
    colored = _within((analysis.typical.ink - BLACK) / (COLORED - BLACK), 0.0, 1.0)
    ink = f"lines of luma {analysis.typical.ink:.2f}"
    yield Choice("lines.colored", colored, ink, "black ink is 0, darker colours are 1")


def _strokes(analysis: ArtAnalysis) -> Iterator[Choice]:
    """As in ``impressionist.toml``, in the art's own width and direction."""
    if not analysis.brushed:
        return
    found = f"hues {analysis.typical.broken_color:.1f} apart side by side"
    size = 5 * analysis.at_1080(analysis.typical.mark_width)
    yield Choice("strokes.amount", 1.0, found, "broken colour: strokes make the picture")
    yield Choice("strokes.size", _within(size, 12.0, 52.0), _marks(analysis), "five of the art's")
    values = {"length": 4.0, "detail": 0.015, "hue": 0.05, "tone": 0.05, "relief": 0.4}
    for name, value in values.items():
        yield Choice(f"strokes.{name}", value, found, "finer brushes where detail is")
    yield Choice("strokes.calm", 0.5, found, "clear skies stay behind what is in front of them")
    yield from _direction(analysis, "strokes.angle")


def _washes(analysis: ArtAnalysis) -> Iterator[Choice]:
    """As in ``watercolor.toml``, with as much of a pen's line as the art has."""
    if not analysis.on_paper:
        return
    line = round(min(0.7, 10 * analysis.typical.line), 2)
    yield Choice("washes.amount", 1.0, _paper(analysis), "transparent layers over white paper")
    yield Choice("washes.line", line, _lines(analysis), "as much of a pen as the art has")


def _marks_in_loop(analysis: ArtAnalysis) -> Iterator[Choice]:
    """Discriminators see lines and strokes on, as large as they are in the art."""
    if (analysis.engraved or analysis.hatched or analysis.brushed) and not analysis.paired:
        lines = min(max(analysis.typical.height, 360), 1080)
        found, reason = f"{analysis.typical.height} lines", "judged with marks on, as in the art"
        yield Choice("train.marks", lines, found, reason)


def _direction(analysis: ArtAnalysis, key: str) -> Iterator[Choice]:
    """Where marks that lie one way point, in degrees by which they fall to the right."""
    cosine, sine = analysis.mark_direction
    if math.hypot(cosine, sine) >= ONE_WAY:
        angle = round(math.degrees(math.atan2(sine, cosine)) / 2)
        yield Choice(key, float(angle), f"{angle} degrees", "most marks lie this way")


def _within(value: float, low: float, high: float) -> float:
    return round(min(max(value, low), high), 1)


def _marks(analysis: ArtAnalysis) -> str:
    return f"marks of {analysis.typical.mark_width:.1f} pixels"


def _lines(analysis: ArtAnalysis) -> str:
    return f"{analysis.typical.line:.0%} dark thin lines"


def _edges(analysis: ArtAnalysis) -> str:
    art, photo = analysis.typical, analysis.typical_photo
    return f"edges {art.edged:.2f} of texture, photos {photo.edged:.2f}"


def _paper(analysis: ArtAnalysis) -> str:
    return f"{analysis.typical.paper:.0%} bare paper"


RULES: tuple[Rule, ...] = (
    _network,
    _scales,
    _brush_size,
    _losses,
    _color_start,
    _colors,
    _tones,
    _discriminators,
    _engraved_lines,
    _crayon_grain,
    _pencil_lines,
    _outlines,
    _strokes,
    _washes,
    _marks_in_loop,
)
"""In the order in which choices are told."""
