"""Finished frames as their records have them: the looks that they are in, and what is laid over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ganfx.errors import GanfxError
from ganfx.styles.header import StyleHeader, read_style_header
from ganfx.styles.library import find_style
from ganfx.stylize.effects import EFFECTS
from ganfx.stylize.job.manifest import MANIFEST, Manifest
from ganfx.stylize.job.settings import LOOK, Settings


def looks_of(output: Path) -> list[str]:
    """Names of the looks that finished frames are in, by their records; none without a record.

    Args:
        output: A folder of results, or a video.
    """
    return sorted({name for settings in _settings_of(output) for name in _names_in(settings)})


def marks_of(output: Path) -> list[str]:
    """Effects laid over finished frames, as options: ``--grain 0.03 (noir's)``.

    Args:
        output: A folder of results, or a video.
    """
    marks: dict[str, str] = {}
    for settings in _settings_of(output):
        for name in _names_in(settings):
            header = _header(name)
            for effect in EFFECTS:
                own = effect.section(header).amount if header else 0.0
                amount = settings.get(effect.name, own)
                whose = "" if effect.name in settings else f" ({name}'s)"
                shown = f"{amount:g}" if isinstance(amount, float | int) else amount  # or keys
                if amount:
                    marks.setdefault(effect.name, f"--{effect.name} {shown}{whose}")
    return [marks[effect.name] for effect in EFFECTS if effect.name in marks]


def _settings_of(output: Path) -> Iterator[Settings]:
    if output.is_file():
        own = Manifest(output.parent).settings(output)
        yield from [own] if own else []
        return
    for record in sorted(output.rglob(MANIFEST)):
        yield from Manifest(record.parent).all_settings().values()


def _names_in(settings: Settings) -> list[str]:
    """Of the look, or of the looks of a mix."""
    return [part.partition(":")[0] for part in str(settings.get(LOOK, "")).split(",") if part]


def _header(name: str) -> StyleHeader | None:
    try:
        return read_style_header(find_style(name))
    except GanfxError:  # the library does not have it any more
        return None
