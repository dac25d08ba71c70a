"""Regions: other looks where mattes say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ganfx.errors import UsageError, nearest
from ganfx.stylize.declared.boil import Boil, read_boil
from ganfx.stylize.declared.hold import LONGEST, absolute_matte
from ganfx.stylize.declared.kinds import SCALES, Scale, read_scale

WORDS = ("scale", "hold", "boil", "every", "fade")
KEYS = ("matte", "look", "strength", "scale", "hold", "boil")
SUFFIX = ".safetensors"
_EXPECTED = (
    "give MATTE=LOOK[:STRENGTH][,scale=FACTOR][,hold=N][,boil=SHARE[,every=N][,fade]], as in"
    " 'hero*=anime:0.8,hold=2'"
)


@dataclass(frozen=True)
class Region:
    """A look where a matte says so.

    Raises:
        UsageError: On construction: a value that makes no sense.
    """

    matte: str
    """As ``--hold`` takes it: a picture, a sequence, a pattern, ``channel:``, ``crypto:``."""
    look: str
    """A name, or a style file."""
    strength: float = 1.0
    scale: Scale = None
    """Size of the brush; None is that of the run."""
    hold: int | None = None
    """Frames to a drawing; None is as elsewhere."""
    boil: Boil | None = None
    """None is that of the run."""

    def __post_init__(self) -> None:
        if not (self.matte and self.look):
            raise UsageError(f"--region {self}: a matte and a look are needed", hint=_EXPECTED)
        if not 0 <= self.strength <= 1:
            told = f"--region {self}: strength {self.strength:g} is not from 0 to 1"
            raise UsageError(told, hint=_EXPECTED)
        least, most = SCALES
        if isinstance(self.scale, float | int) and not least <= self.scale <= most:
            raise UsageError(f"--region {self}: scale is not from {least:g} to {most:g}")
        if self.hold is not None and not 1 <= self.hold <= LONGEST:
            raise UsageError(f"--region {self}: hold is not from 1 to {LONGEST} frames")

    def __str__(self) -> str:
        strength = "" if self.strength == 1 else f":{self.strength:.12g}"
        settings = {"scale": self.scale, "hold": self.hold, "boil": self.boil}
        words = (f",{name}={value}" for name, value in settings.items() if value is not None)
        return f"{self.matte}={self.look}{strength}{''.join(words)}"

    def absolute(self, folder: Path = Path()) -> Region:
        """With files by paths that any working folder has; these are from a folder."""
        own = folder / self.look
        look = str(own.absolute()) if own.suffix == SUFFIX and own.exists() else self.look
        return replace(self, matte=absolute_matte(self.matte, folder), look=look)

    def without_folders(self) -> Region:
        """With the names of files alone: the same on every machine."""
        names = self.matte.rpartition("/")[2], self.look.rpartition("/")[2]
        return replace(self, matte=names[0], look=names[1].removesuffix(SUFFIX))


def region_from(given: Region | str | Mapping[str, Any]) -> Region:
    """A region from what options may be given for one: itself, a text, or a recipe's table."""
    if isinstance(given, Region):
        return given
    return read_region(given) if isinstance(given, str) else region_of(given)


def read_region(text: str) -> Region:
    """``hero.####.exr=anime:0.8,scale=1.5,hold=2,boil=0.3,every=3``.

    Raises:
        UsageError: It is something else.
    """
    matte, equals, rest = text.partition("=")
    if not equals:
        raise UsageError(f"--region {text}: expected a matte and its look", hint=_EXPECTED)
    look, *words = (part.strip() for part in rest.split(","))
    name, strength = _look(look, text)
    return Region(matte.strip(), name, strength, **_settings(words, text))


def region_of(table: Mapping[str, Any]) -> Region:
    """A region as recipes have it: a table with the `KEYS`; ``boil`` as ``--boil`` takes it.

    Raises:
        UsageError: A key is unknown, or a value makes no sense.
    """
    for key in table:
        if key not in KEYS:
            near = nearest(key, KEYS)
            hint = f"did you mean {near}?" if near else f"expected {', '.join(KEYS)}"
            raise UsageError(f"region: unknown key {key}", hint=hint)
    values = {key: str(value) for key, value in table.items()}
    matte, look = values.pop("matte", ""), values.pop("look", "")
    text = ", ".join(f"{key} = {value}" for key, value in table.items())
    strength = _number(values.pop("strength", "1"), "strength", text)
    words = [f"{key}={value}" for key, value in values.items()]
    return Region(matte, look, strength, **_settings(",".join(words).split(","), text))


def _look(look: str, text: str) -> tuple[str, float]:
    name, colon, strength = look.rpartition(":")
    if not colon:
        return look, 1.0
    return name, _number(strength, "strength", text)


def _settings(words: list[str], text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    boil: list[str] = []
    for word in filter(None, words):
        name, _, value = (part.strip() for part in word.partition("="))
        if name not in WORDS:
            near = nearest(name, WORDS)
            hint = f"did you mean {near}?" if near else _EXPECTED
            raise UsageError(f"--region {text}: {name} is no setting of a region", hint=hint)
        if name in ("boil", "every", "fade"):
            boil.append(value if name == "boil" else word)
        elif name == "hold":
            found[name] = int(_number(value, name, text, whole=True))
        else:
            found[name] = read_scale(value)
    if boil:
        found["boil"] = read_boil(",".join(boil))
    return found


def _number(value: str, what: str, text: str, *, whole: bool = False) -> float:
    try:
        return int(value) if whole else float(value)
    except ValueError:
        told = f"--region {text}: {what} {value or 'nothing'} is no number"
        raise UsageError(told, hint=_EXPECTED) from None
