"""Finished frames as their records have them: the looks that they are in, and what is laid over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ganfx.errors import GanfxError
from ganfx.styles.header import StyleHeader, read_style_header
from ganfx.styles.library import find_style
from ganfx.stylize.effects import EFFECTS
from ganfx.stylize.job.manifest import MANIFEST, Manifest
from ganfx.stylize.job.settings import LOOK, OPTIONS, Settings, typed


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


@dataclass(frozen=True)
class Finished:
    """What is on record of a finished file."""

    settings: Settings
    """As of `ganfx.stylize.job.settings`; empty where they are not on record."""
    source: Path | None
    """What it was made from, whether or not that is still there; None where it is not on record."""
    frames: range | None = None
    """Of a video that is a part of its source: its frames in that, from 0."""


def finished_files(folder: Path) -> dict[str, Finished]:
    """What is on record of the files of one folder, by name; nothing without a record."""
    if not (folder / MANIFEST).is_file():
        return {}
    manifest = Manifest(folder)
    settings = manifest.all_settings()
    return {
        name: Finished(
            settings.get(name, {}),
            manifest.source_of(folder / name),
            manifest.frames_of(folder / name),
        )
        for name in manifest.recorded()
    }


def header_of(look: str) -> StyleHeader | None:
    """The card of a look that a record names; None if the library does not have it any more."""
    return _header(look)


def names_of_looks(settings: Settings) -> list[str]:
    """Of the look, or of the looks of a mix, of one file's settings."""
    return _names_in(settings)


def settings_in_words(settings: Settings) -> list[tuple[str, str]]:
    """Options that differ from their defaults, as people type them, with their values."""
    return [
        (each.names[0], typed(each, settings))
        for field, each in OPTIONS.items()
        if settings.get(field, each.initial) != each.initial
    ]


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
