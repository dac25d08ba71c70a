"""Completion of values in a shell: looks, presets, color spaces, choices.

Nothing is imported before a shell asks, and what cannot be read completes to nothing: an error
would land in the middle of a command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from typer import Context

Completion = Callable[[str], list[str]] | Callable[[Context, str], list[str]]
"""From what is typed so far, and from what was typed before it, to what it may become."""

CINEON_AND_SRGB = ("auto", "srgb", "cineon")
DEVICES = ("auto", "cpu", "cuda")


def complete_look(incomplete: str) -> list[str]:
    """Names of looks; files are the shell's."""
    with suppress(Exception):
        from ganfx.styles.library import list_styles

        return _beginning(incomplete, {each.name for each in list_styles() if not each.problem})
    return []


def complete_mix(incomplete: str) -> list[str]:
    """The last look of ``noir:0.6,engr``."""
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}:" for name in complete_look(last)]


def complete_preset(incomplete: str) -> list[str]:
    """Names of presets."""
    with suppress(Exception):
        from ganfx.preset import list_presets

        return _beginning(incomplete, (path.stem for path in list_presets()))
    return []


def complete_space(ctx: Context, incomplete: str) -> list[str]:
    """Color spaces: of ``--ocio``, of ``$OCIO``, or of the built-in configuration."""
    with suppress(Exception):
        from ganfx.media.color_spaces import space_names

        return _beginning(incomplete, (*CINEON_AND_SRGB, *space_names(ctx.params.get("ocio"))))
    return []


def complete_view(incomplete: str) -> list[str]:
    """Views of ``$OCIO``, or of the built-in configuration."""
    with suppress(Exception):
        from ganfx.media.views import view_names

        return _beginning(incomplete, ("default", *view_names()))
    return []


def complete_teacher(incomplete: str) -> list[str]:
    """Names of the teachers of ``ganfx samples``."""
    with suppress(Exception):
        from ganfx.samples import TEACHERS

        return _beginning(incomplete, TEACHERS)
    return []


def complete_format(incomplete: str) -> list[str]:
    """Picture formats that are written."""
    with suppress(Exception):
        from ganfx.media.formats import WRITTEN_SUFFIXES

        return _beginning(incomplete, (suffix[1:] for suffix in WRITTEN_SUFFIXES))
    return []


def complete_one_of(words: Iterable[str]) -> Completion:
    """One of some words."""
    known = tuple(words)
    return lambda incomplete: _beginning(incomplete, known)


BY_FIELD: dict[str, Completion] = {
    "style": complete_look,
    "mix": complete_mix,
    "colorspace": complete_space,
    "format": complete_format,
    "device": complete_one_of(DEVICES),
    "cuts": complete_one_of(("auto", "none")),
}
"""Completions of declared options by field."""


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    begun = incomplete.lower()
    return sorted(word for word in words if word.lower().startswith(begun))
