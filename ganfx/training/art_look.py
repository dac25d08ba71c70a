"""Resolving a preset that looks at the art: a sample is read, measured, and chosen from."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from ganfx.preset import Preset
from ganfx.training.art_analysis import MOST, analyze_art, describe_art
from ganfx.training.art_checks import art_notices
from ganfx.training.art_choices import apply_choices, choose
from ganfx.training.events import ArtAnalyzed, Loading
from ganfx.training.loading import load_pictures


@dataclass(frozen=True)
class ArtLook:
    """What came of a look at the art."""

    preset: Preset
    """Complete: nothing in it is left to be chosen."""
    event: ArtAnalyzed | None = None
    """What was found and chosen; None where the preset does not look."""
    notices: tuple[str, ...] = ()


def look_at_art(preset: Preset) -> Generator[Loading, None, ArtLook]:
    """Choose from the art what the preset leaves open, if it says ``data.look_at_art``.

    At most `MOST` pictures of each set are read, as large as training reads them, whatever
    their number; the cache keeps them for it.

    Raises:
        UsageError: A source is missing, empty or holds no usable picture.
    """
    if not preset.data.look_at_art:
        return ArtLook(preset)
    pictures = yield from load_pictures(preset, most=MOST)
    analysis = analyze_art(pictures)
    choices = choose(analysis, preset)
    resolved = apply_choices(preset, choices)
    event = ArtAnalyzed(describe_art(analysis), choices)
    return ArtLook(resolved, event, tuple(art_notices(analysis, pictures)))
