"""Options, declared once: fields of a frozen dataclass that carry all that is said of them.

The command line, a farm's options, the tables of the documentation, the checks of values and the
fingerprint of a run are derived from the fields::

    strength: Annotated[float, Option("How much of the look.", LOOK, limits=(0, 1))] = 1.0

Importing this loads nothing heavy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from numbers import Real
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from ganfx.curve import Curve, is_curve, read_amount
from ganfx.errors import UsageError, nearest

Pixels = Literal["", "always", "if set", "over time", "over time, if set", "by frame", "by effect"]
"""How a fingerprint holds an option that changes pixels: always; where it is not the default; in
frames that depend on others, always or where it is not the default; as it turns out for each frame;
or in the table of an effect."""


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
    """Values that are no path though ``path`` is set; with a colon at its end, how one begins."""
    pixels: Pixels = ""
    """Whether it changes pixels, and how a fingerprint holds it."""
    keyed: bool = False
    """Whether a number may have keys, and so another value in each frame."""
    constant: str = ""
    """Why it has one value for all frames, where keys could be expected."""
    same: str = ""
    """Why it changes no pixel, where it does not."""
    farm: str = ""
    """Advice where a farm job cannot follow it; empty where it can."""

    def is_keyword(self, value: str) -> bool:
        """Whether a value is no path, though others are."""
        begun = tuple(word for word in self.keywords if word.endswith(":"))
        return value in self.keywords or value.startswith(begun or ("\0",))


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
    def repeats(self) -> bool:
        """Whether it may be given several times: its values are a tuple."""
        return get_origin(self.type) is tuple

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


def read_texts(options: Any) -> None:
    """Make paths and curves of the texts that were given for them: ``Options(out="frames")``.

    Args:
        options: Of a frozen dataclass, while it is constructed.

    Raises:
        UsageError: A text is no number and has no keys.
    """
    for each in declared(options.__class__):
        value = getattr(options, each.field)
        if not isinstance(value, str):
            continue
        if each.kind is Path:
            object.__setattr__(options, each.field, Path(value))
        elif each.about.constant and is_curve(value):
            raise _is_constant(each, value)
        elif each.about.keyed:
            object.__setattr__(options, each.field, read_number(each, value))
        elif each.about.read is not None:
            object.__setattr__(options, each.field, each.about.read(value))


def read_number(each: Declared, text: str) -> float | Curve:
    """The number of an option, or its keys where it may have these.

    Raises:
        UsageError: It is neither, or this option has one value for all frames.
    """
    if not each.about.keyed and is_curve(text):
        raise _is_constant(each, text)
    try:
        value = read_amount(text)
        whole = each.kind is int and not isinstance(value, Curve) and value.is_integer()
        return int(value) if whole else value  # type: ignore[arg-type]  # mypy forgets the test
    except UsageError as error:
        if is_curve(text):
            told = f"{each.names[0]} {error.message}"
            raise UsageError(told, hint=error.hint) from error
        raise refusal(each.names[0], text, _expected(each), each.choices) from None


def _is_constant(each: Declared, value: object) -> UsageError:
    told = f"{each.names[0]} {value}: it has one value for all frames"
    return UsageError(told, hint=each.about.constant or None)


def check_values(options: Any) -> None:
    """Refuse values out of their limits or of another kind, and words that are none of an option's.

    Raises:
        UsageError: Naming the option, and what it takes.
    """
    for each in declared(options.__class__):
        value = getattr(options, each.field)
        if isinstance(value, Curve):
            _check_keys(each, value)
        elif value is not None and not _takes(each, value):
            raise _refused(each, value)


def _check_keys(each: Declared, curve: Curve) -> None:
    if not each.about.keyed:
        raise _is_constant(each, curve)
    for frame, value in curve.keys:
        if not _takes(each, value):
            raise refusal(each.names[0], f"{frame}:{value:g}", _expected(each))


def _takes(each: Declared, value: Any) -> bool:
    """Whether an option may have a value."""
    if each.choices and value in each.choices:
        return True
    if each.about.limits is None:
        return not each.choices
    if not isinstance(value, Real) or (each.kind is int and value % 1 != 0):
        return False
    least, most = each.about.limits
    return least <= float(value) <= most  # not a number is neither


def _refused(each: Declared, value: Any) -> UsageError:
    """An error about a value, in the words of the command line where it takes the same."""
    about, unit = each.about, each.about.unit
    if about.words or about.flags:  # what is typed is another word
        expected = takes(each.kind, None, each.choices)
        return UsageError(f"{each.field}={value!r}: expected {expected}")
    shown = value / unit if isinstance(value, Real) and unit != 1.0 else value
    return refusal(each.names[0], shown, _expected(each), each.choices)


def _expected(each: Declared) -> str:
    about, unit = each.about, each.about.unit
    limits = None if about.limits is None else (about.limits[0] / unit, about.limits[1] / unit)
    return takes(each.kind if unit == 1.0 else float, limits, each.choices)


def takes(
    kind: Any, limits: tuple[float | None, float | None] | None, choices: Sequence[Any] = ()
) -> str:
    """What an option takes, in words: ``a number from 0 to 1``, ``a, b or c``.

    Args:
        kind: The type of a number.
        limits: Least and largest; None, or infinity, where there is no limit.
        choices: What may be given as well, or instead if ``kind`` is of no number.
    """
    *others, last = _shown(choices) or [""]
    words = f"{', '.join(others)} or {last}" if others else last
    if kind not in (int, float):
        return words
    number = _number(kind, *(limits or (None, None)))
    return f"{number}, or {words}" if words else number


def _number(kind: type, least: float | None, most: float | None) -> str:
    noun = "a whole number" if kind is int else "a number"
    if least is None:
        return noun if most is None else f"{noun} of at most {most:g}"
    if most is None or most == math.inf:
        return f"{noun} of at least {least:g}"
    return f"{noun} from {least:g} to {most:g}"


def _shown(choices: Sequence[Any]) -> list[str]:
    """Choices as they are typed, without those that leave an option out."""
    return [str(choice) for choice in choices if choice not in ("", None)]


def refusal(name: str, value: object, expected: str, choices: Sequence[Any] = ()) -> UsageError:
    """An error about the value of an option.

    Args:
        name: Of the option, as it is typed.
        value: What was given.
        expected: What it takes.
        choices: Words of which one may have been meant.
    """
    near = nearest(str(value), _shown(choices))
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    hint = f"did you mean {near}?" if near else None
    return UsageError(f"{name} {shown}: expected {expected}", hint=hint)


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
    return flags.get(value, each.names[0]) if flags else each.names[0]


def as_words(options: Any, *, without: frozenset[str] = frozenset()) -> Iterator[str]:
    """The command line that gives these options; paths absolute.

    Args:
        options: Of a dataclass with `Option` fields.
        without: Fields to leave out.
    """
    for name, each in given(options).items():
        if name not in without:
            yield from _typed(each, getattr(options, name))


def typed_values(options: Any) -> dict[str, Any]:
    """What would be typed for options that are not their defaults, by parameter; paths absolute."""
    found: dict[str, Any] = {}
    for name, each in given(options).items():
        first, *rest = _typed(each, getattr(options, name))
        if each.repeats:
            found[name] = [absolute_text(one) for one in getattr(options, name)]
        elif rest:
            found[name] = rest[0]
        else:
            found[first.removeprefix("--").replace("-", "_") if each.about.flags else name] = True
    return found


def _typed(each: Declared, value: Any) -> Iterator[str]:
    about = each.about
    if each.repeats:
        for one in value:
            yield from (each.names[0], absolute_text(one))
        return
    yield name_of(each, value)
    if about.flags or value is True:
        return
    meant = {repr(value): word for word, value in about.words.items()}
    if repr(value) in meant:
        yield meant[repr(value)]
    elif about.unit != 1.0:
        yield f"{value / about.unit:.12g}"
    elif about.path and not about.is_keyword(str(value)):
        yield str(Path(value).absolute())
    else:
        yield absolute_text(value)


def absolute_text(value: Any) -> str:
    """A value as it is typed; what names files in a notation of its own makes them absolute."""
    return str(value.absolute() if hasattr(value, "absolute") else value)


def path_names(options: type) -> tuple[str, ...]:
    """Names of the options whose value may be a path."""
    return tuple(each.names[0] for each in declared(options) if each.about.path)
