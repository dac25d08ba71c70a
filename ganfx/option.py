"""Options, declared once: fields of a frozen dataclass that carry all that is said of them.

The command line, a farm's options, the tables of the documentation, the checks of values and the
fingerprint of a run are derived from the fields::

    strength: Annotated[float, Option("How much of the look.", LOOK, limits=(0, 1))] = 1.0

Importing this loads nothing heavy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from ganfx.errors import UsageError

Pixels = Literal["", "always", "if set", "over time", "by frame", "by effect"]
"""How a fingerprint holds an option that changes pixels: always; where it is not the default; in
frames that are averaged over time; as it turns out for each frame; or in the table of an effect."""


@dataclass(frozen=True)
class Option:
    """An option: its help, limits, place and effects, wherever they are told."""

    help: str
    """In a line."""
    panel: str = ""
    """Under which heading it stands."""
    details: str = ""
    """Further sentences, for the documentation."""
    names: tuple[str, ...] = ()
    """On the command line; the field's by default, after two dashes."""
    metavar: str | None = None
    """Placeholder of its value in help."""
    default: str | None = None
    """Its default as help shows it, where the value would say nothing."""
    limits: tuple[float, float] | None = None
    """Least and largest value."""
    words: Mapping[str, Any] = field(default_factory=dict)
    """Values by the words that people type, where these differ."""
    flags: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Flags of which one may be given, instead of one option with a value: what each means, and
    its help."""
    read: Callable[[str], Any] | None = None
    """From what is typed to the value, where Typer has no type for it."""
    unit: float = 1.0
    """Factor from the number that is typed to the value."""
    path: bool = False
    """Whether its value may be a path: other machines need it absolute, and mapped."""
    keywords: tuple[str, ...] = ()
    """Values that are no path though ``path`` is set, or how they begin."""
    pixels: Pixels = ""
    """Whether it changes pixels, and how a fingerprint holds it."""
    same: str = ""
    """Why it changes no pixel, where it does not."""
    farm: str = ""
    """Advice where a farm job cannot follow it; empty where it can."""


@dataclass(frozen=True)
class Declared:
    """A field that is an option."""

    field: str
    type: Any
    """Without what is said of it."""
    initial: Any
    """Its default."""
    about: Option

    @property
    def names(self) -> tuple[str, ...]:
        """As it is typed; the one to be told of first."""
        return self.about.names or tuple(self.about.flags) or (f"--{dashed(self.field)}",)

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values of a ``Literal``; none otherwise."""
        kinds = [self.type, *get_args(self.type)]
        return tuple(
            word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)
        )

    @property
    def kind(self) -> Any:
        """The type of a value that is given: without None."""
        if get_origin(self.type) is Literal:
            return self.type
        given = [kind for kind in get_args(self.type) if kind is not NoneType]
        return given[0] if given else self.type


def dashed(name: str) -> str:
    """``max_pixels`` as it is typed."""
    return name.strip("_").replace("_", "-")


@cache
def declared(options: Any) -> tuple[Declared, ...]:
    """The options that a dataclass, the type, declares: in order."""
    hints = get_type_hints(options, include_extras=True)
    return tuple(
        Declared(each.name, get_args(hints[each.name])[0], _default(each), about)
        for each in fields(options)
        if get_origin(hints[each.name]) is Annotated
        for about in get_args(hints[each.name])[1:]
        if isinstance(about, Option)
    )


def _default(each: Any) -> Any:
    return each.default if each.default is not MISSING else each.default_factory()


def check_values(options: Any) -> None:
    """Refuse values out of their limits, and words that are none of an option's.

    Raises:
        UsageError: Naming the option.
    """
    for each in declared(options.__class__):
        value = getattr(options, each.field)
        if value is None:
            continue
        _check_limits(each, value)
        numbered = each.about.limits is not None and isinstance(value, float | int)
        if each.choices and value not in each.choices and not numbered:
            *others, last = (
                repr(c) if not isinstance(c, str) else c for c in each.choices if c != ""
            )
            # As in Python: the command line refuses such words by itself.
            listed = f"{', '.join(others)} or {last}" if others else last
            told = f"{each.field}={value!r}: expected {listed}"
            raise UsageError(told)


def _check_limits(each: Declared, value: Any) -> None:
    if each.about.limits is None or not isinstance(value, float | int):
        return
    least, most = each.about.limits
    if least <= value <= most:  # not a number is neither
        return
    expected = f"at least {least:g}" if most == math.inf else f"a value from {least:g} to {most:g}"
    raise UsageError(f"{each.names[0]} {value:g}: expected {expected}")


def given(options: Any) -> dict[str, Declared]:
    """The options whose value is not their default, by field."""
    return {
        each.field: each
        for each in declared(options.__class__)
        if getattr(options, each.field) != each.initial
    }


def name_of(each: Declared, value: Any) -> str:
    """How an option with this value is told of: its flag, or its first name."""
    flags = {meant: flag for flag, (meant, _) in each.about.flags.items()}
    return flags.get(value, each.names[0])


def as_words(options: Any, *, without: frozenset[str] = frozenset()) -> Iterator[str]:
    """The command line that gives these options; paths absolute.

    Args:
        options: Of a dataclass with `Option` fields.
        without: Fields to leave out.
    """
    for name, each in given(options).items():
        if name not in without:
            yield from _typed(each, getattr(options, name))


def _typed(each: Declared, value: Any) -> Iterator[str]:
    about = each.about
    yield name_of(each, value)
    if about.flags or value is True:
        return
    meant = {repr(value): word for word, value in about.words.items()}
    if repr(value) in meant:
        yield meant[repr(value)]
    elif about.unit != 1.0:
        yield f"{value / about.unit:.12g}"
    elif about.path and not str(value).startswith(about.keywords or ("\0",)):
        yield str(Path(value).absolute())
    else:
        yield str(value)


def path_names(options: type) -> tuple[str, ...]:
    """Names of the options whose value may be a path."""
    return tuple(each.names[0] for each in declared(options) if each.about.path)
