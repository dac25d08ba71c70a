"""Regions: other looks where mattes say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ganfx.curve import Curve, Key, is_curve, least, most, read_amount
from ganfx.errors import UsageError, nearest
from ganfx.stylize.declared.boil import Boil, read_boil
from ganfx.stylize.declared.hold import LONGEST, absolute_matte
from ganfx.stylize.declared.kinds import SCALES, Scale, read_scale

WORDS = ("strength", "scale", "hold", "boil", "every", "fade")
KEYS = ("matte", "look", "strength", "scale", "hold", "boil")
SUFFIX = ".safetensors"
_EXPECTED = (
    "give MATTE=LOOK[:STRENGTH][,scale=FACTOR][,hold=N][,boil=SHARE[,every=N][,fade]], as in"
    " 'hero*=anime:0.8,hold=2'; a strength with keys is strength=1001:0,1040:1"
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
    strength: float | Curve = 1.0
    scale: Scale = None
    """Size of the brush; None is that of the run."""
    hold: int | None = None
    """Frames to a drawing; None is as elsewhere."""
    boil: Boil | None = None
    """None is that of the run."""

    def __post_init__(self) -> None:
        if not (self.matte and self.look):
            raise UsageError(f"--region {self}: a matte and a look are needed", hint=_EXPECTED)
        if not (least(self.strength) >= 0 and most(self.strength) <= 1):
            strength = self.strength
            shown = str(strength) if isinstance(strength, Curve) else f"{strength:g}"
            told = f"--region {self}: strength {shown} is not from 0 to 1"
            raise UsageError(told, hint=_EXPECTED)
        low, high = SCALES
        if isinstance(self.scale, float | int) and not low <= self.scale <= high:
            raise UsageError(f"--region {self}: scale is not from {low:g} to {high:g}")
        if self.hold is not None and not 1 <= self.hold <= LONGEST:
            raise UsageError(f"--region {self}: hold is not from 1 to {LONGEST} frames")

    def __str__(self) -> str:
        if isinstance(self.strength, Curve):
            strength = f",strength={self.strength}"
        else:
            strength = "" if self.strength == 1 else f":{self.strength:.12g}"
        settings = {"scale": self.scale, "hold": self.hold, "boil": self.boil}
        words = (f",{name}={value}" for name, value in settings.items() if value is not None)
        return f"{self.matte}={self.look}{strength}{''.join(words)}"

    def at(self, frame: int) -> Region:
        """As it is in a frame."""
        if not isinstance(self.strength, Curve):
            return self
        return replace(self, strength=self.strength.at(frame))

    def absolute(self, folder: Path = Path()) -> Region:
        """With files by paths that any working folder has; these are from a folder."""
        own = folder / self.look
        look = str(own.absolute()) if own.suffix == SUFFIX and own.exists() else self.look
        return replace(self, matte=absolute_matte(self.matte, folder), look=look)

    def without_folders(self) -> Region:
        """With the names of files alone: the same on every machine."""
        names = self.matte.rpartition("/")[2], self.look.rpartition("/")[2]
        return replace(self, matte=names[0], look=names[1].removesuffix(SUFFIX))


class Regions(tuple[Region, ...]):
    """The regions of a run, in their order: later ones lie over earlier ones."""

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(str(each.strength) for each in self)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Of the strengths that change over time."""
        curves = (each.strength for each in self if isinstance(each.strength, Curve))
        return tuple(key for curve in curves for key in curve.keys)

    @property
    def matte_paths(self) -> tuple[str, ...]:
        """Mattes that are files, by paths that any working folder has."""
        mattes = (each.absolute().matte for each in self)
        return tuple(matte for matte in mattes if Path(matte).is_absolute())

    def at(self, frame: int) -> Regions:
        """As they are in a frame."""
        return Regions(each.at(frame) for each in self)


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
    name, colon, strength = look.rpartition(":")
    if colon:
        words.insert(0, f"strength={strength}")
    return Region(matte.strip(), name if colon else look, **_settings(words, text))


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
    words = ",".join(f"{key}={value}" for key, value in values.items())
    return Region(matte, look, **_settings(words.split(","), text))


def _settings(words: list[str], text: str) -> dict[str, Any]:
    given: dict[str, list[str]] = {}
    for word in filter(None, words):
        name, equals, value = (part.strip() for part in word.partition("="))
        if given and not equals and name != "fade":  # keys of a curve go on after commas
            list(given.values())[-1].append(name)
            continue
        if name not in WORDS:
            near = nearest(name, WORDS)
            hint = f"did you mean {near}?" if near else _EXPECTED
            raise UsageError(f"--region {text}: {name} is no setting of a region", hint=hint)
        kind = "boil" if name in ("every", "fade") else name
        given.setdefault(kind, []).append(word if kind != name else value)
    return {name: _READ[name](",".join(values), text) for name, values in given.items()}


def _strength(value: str, text: str) -> float | Curve:
    if is_curve(value):
        return read_amount(value)
    return _number(value, "strength", text)


_READ: dict[str, Callable[[str, str], Any]] = {
    "strength": _strength,
    "scale": lambda value, _: read_scale(value),
    "hold": lambda value, text: int(_number(value, "hold", text, whole=True)),
    "boil": lambda value, _: read_boil(value),
}


def _number(value: str, what: str, text: str, *, whole: bool = False) -> float:
    try:
        return int(value) if whole else float(value)
    except ValueError:
        told = f"--region {text}: {what} {value or 'nothing'} is no number"
        raise UsageError(told, hint=_EXPECTED) from None
