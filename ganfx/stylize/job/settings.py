"""Settings of finished frames: what they were asked for with, beside their fingerprint.

A fingerprint says that something has changed; settings say what. They tell a changed source, which
is simply done again, from another look or other options.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganfx.curve import Curve
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.option import Declared, declared
from ganfx.stylize.declared.boil import Boil
from ganfx.stylize.declared.hold import Hold
from ganfx.stylize.declared.kinds import SPEED
from ganfx.stylize.declared.region import Region
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.options import Options

if TYPE_CHECKING:  # the package behind this imports torch
    from ganfx.stylize.network.look import Look

Settings = Mapping[str, Any]
"""``look``, and the options that change pixels by field, where they are not the default."""

LOOK = "look"
KEYED = "keyed"
"""Options that change over time: another value of theirs makes no other look of a shot."""
STEADINESS = "consistency"
OF_PLATES = frozenset(
    (
        *("colorspace", "ocio", "matte", "fdl", "fdl_decision", "detail", "direction", "guide"),
        *("painted", "flow", "cuts", "hold", "region"),
    )
)
"""Options that go with a shot: another shot in the same folder may have others."""
OPTIONS = {
    each.field: each
    for each in declared(Options)
    # Those about speed change the last bits only, and another machine may choose others.
    if each.about.pixels and each.about.panel != SPEED and each.field != "missing"
}
"""Options that make another look of a frame. What fills a gap changes no frame that is there."""


def settings_of(
    job: Job,
    look: Look,
    options: Options,
    own: Mapping[str, Any],
    *,
    keyed: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The settings that a frame is made with: short, to be put on record.

    Args:
        job: The frame.
        look: Of the run.
        options: Of the run, as they are for the frame.
        own: Values of options that the look has anyway: to ask for them changes nothing.
        keyed: Options that change over time: the frame's value is put on record, whatever it is.
    """
    settings: dict[str, Any] = {LOOK: _named(look)}
    over_time = bool(job.neighbors) or job.source.suffix.lower() in VIDEO_SUFFIXES
    for field, each in OPTIONS.items():
        value = getattr(options, field)
        if each.about.pixels.startswith("over time") and not over_time:
            continue
        if field in keyed or value not in (each.initial, own.get(field, each.initial)):
            settings[field] = _without_folders(each, value)
    if over_time or job.frame is not None:  # at 0 a frame has no neighbors, as a still
        settings[STEADINESS] = _plain(options.consistency)
    if keyed & settings.keys():
        settings[KEYED] = sorted(keyed & settings.keys())
    return settings


def changes(before: Settings, now: Settings, *, beside: bool = False) -> Iterator[str]:
    """The differences in words: ``--grain the style's, now 0``.

    Args:
        before: Of a frame that is there.
        now: Of a frame that is to be made.
        beside: Whether these are frames of different shots, which differ in more.
    """
    if before.get(LOOK) != now.get(LOOK):
        yield f"look {before.get(LOOK)}, now {now.get(LOOK)}"
    for field, each in OPTIONS.items():
        alike = before.get(field) == now.get(field) or _are_keyed(field, before, now)
        if alike or (beside and (field in OF_PLATES or _is_of_another_kind(field, before, now))):
            continue
        yield f"{each.names[0]} {typed(each, before)}, now {typed(each, now)}"


def _are_keyed(field: str, before: Settings, now: Settings) -> bool:
    """Whether both have what is one frame's value of a curve."""
    return all(field in settings.get(KEYED, ()) for settings in (before, now))


def _is_of_another_kind(field: str, before: Settings, now: Settings) -> bool:
    """Whether a still is compared with a frame of a shot, in what only shots have."""
    return field == STEADINESS and not (field in before and field in now)


def typed(each: Declared, settings: Settings) -> str:
    """The value of an option as people type it."""
    value = settings.get(each.field, each.initial)
    if value == each.initial:
        unsaid = any(value is nothing for nothing in (None, "", False))
        return each.about.default or ("none" if unsaid else str(value))
    if isinstance(value, list):
        return " ".join(map(str, value))
    words = {repr(meant): word for word, meant in each.about.words.items()}
    return "on" if value is True else str(words.get(repr(value), value))


def _named(look: Look) -> str:
    """``noir``, or ``noir:0.6,engraving:0.4``.

    Not the file: one that was trained again under the same name is as good as a changed source.
    """
    if not look.others:
        return look.name
    return ",".join(f"{each.style.header.name}:{each.share:g}" for each in look.mix)


def _without_folders(each: Declared, value: Any) -> Any:
    """A value that is the same on every node of a farm: folders are not."""
    if isinstance(value, str) and each.about.is_keyword(value):
        return value
    return Path(value).name if each.about.path else _plain(value)


def _plain(value: Any) -> Any:
    """A value as records hold it: of a whole video, all of a curve."""
    if isinstance(value, Hold):
        value = value.without_folders()
    if isinstance(value, tuple):
        return [str(each.without_folders()) if isinstance(each, Region) else each for each in value]
    return str(value) if isinstance(value, Curve | Boil | Hold) else value
