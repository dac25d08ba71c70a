"""Typer signatures from declared options.

A command takes dataclasses of options as parameters; `takes_options` spreads their fields into
options of the command line, in the order of their panels, and puts them together again::

    @takes_options()
    def stylize(source: Sources, look: LookOptions, options: Options) -> None: ...
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import wraps
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ganfx.cli.completing import BY_FIELD, Completion, complete_one_of
from ganfx.errors import UsageError
from ganfx.option import Declared, declared, read_number

Command = Callable[..., None]


def takes_options(
    *panels: str,
    hides: Callable[[Declared], bool] = lambda each: False,
    changes: Mapping[str, type] | None = None,
) -> Callable[[Command], Command]:
    """Give a command the fields of its dataclass parameters as options.

    Args:
        panels: Headings, in the order in which help shows them.
        hides: Which options help does not list.
        changes: Parameters that take what is typed of such fields as a dictionary: None for
            what is not, whose value is then not the field's default but a preset's.
    """
    partly = changes or {}

    def declare(function: Command) -> Command:
        plain = inspect.signature(function, eval_str=True)
        whole = {n: each.annotation for n, each in plain.parameters.items() if _declares(each)}
        kinds = {**whole, **partly}
        own = [each for name, each in plain.parameters.items() if name not in kinds]
        spread = [
            parameter
            for name, kind in kinds.items()
            for each in declared(kind)
            for parameter in (
                [_change(each)] if name in partly else _parameters(each, hidden=hides(each))
            )
        ]
        order = ["", *panels]
        parameters = sorted([*own, *spread], key=lambda each: order.index(_panel_of(each)))

        @wraps(function)
        def command(**values: Any) -> None:
            built = {name: built_from(kind, values) for name, kind in whole.items()}
            for name, kind in partly.items():
                built[name] = {each.field: values[each.field] for each in declared(kind)}
            function(**{each.name: values[each.name] for each in own}, **built)

        parameters = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in parameters]
        command.__signature__ = plain.replace(parameters=parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {each.name: each.annotation for each in parameters}
        return command

    return declare


def built_from(kind: type, values: Mapping[str, Any]) -> Any:
    """Options of a dataclass from what was typed; None is what was not.

    Raises:
        UsageError: They make no sense.
    """
    typed = {each.field: _meant(each, values) for each in declared(kind)}
    return kind(**{name: value for name, value in typed.items() if value is not None})


def _declares(parameter: Parameter) -> bool:
    return isinstance(parameter.annotation, type) and is_dataclass(parameter.annotation)


def _panel_of(parameter: Parameter) -> str:
    """The heading of an option; none of an argument."""
    about = getattr(parameter.annotation, "__metadata__", ())
    panel: str | None = getattr(about[0], "rich_help_panel", None) if about else None
    return panel or ""


def _parameters(each: Declared, *, hidden: bool) -> Iterator[Parameter]:
    about = each.about
    for flag, (_, help_) in about.flags.items():
        option = typer.Option(flag, help=help_, rich_help_panel=about.panel, hidden=hidden)
        yield _parameter(_of_flag(flag), False, bool, option)
    if about.flags:
        return
    least, most = about.limits or (None, None)
    plain = each.kind in (int, float) and about.unit == 1.0 and _typed(each) is not str
    option = typer.Option(
        *each.names,
        help=about.help,
        metavar=_metavar(each),
        min=least if plain else None,
        max=most if plain and most != math.inf else None,
        show_default=about.default
        or not any(each.initial is bare for bare in (None, "", False, ())),
        rich_help_panel=about.panel,
        hidden=hidden,
        autocompletion=_completion(each),
    )
    yield _parameter(each.field, _shown(each), _typed(each), option)


def _metavar(each: Declared) -> str | None:
    """Placeholder of a value: what is typed as text may be a number nevertheless."""
    about = each.about
    number = about.keyed or (about.constant and about.read is None)
    return about.metavar or ("NUMBER" if number else None)


def _change(each: Declared) -> Parameter:
    """An option whose value is a preset's unless it is given; the command's help says so."""
    about = each.about
    names = () if each.kind is bool else each.names  # Typer adds --no-...
    option = typer.Option(
        *names,
        help=about.help,
        metavar=about.metavar,
        show_default=about.default or False,
        rich_help_panel=about.panel,
        autocompletion=_completion(each),
    )
    return _parameter(each.field, None, each.kind, option)


def _completion(each: Declared) -> Completion | None:
    """Completions of a value for a shell; the choices of a `Literal` by default."""
    words = tuple(each.about.words) or tuple(str(word) for word in each.choices if word)
    return BY_FIELD.get(each.field) or (complete_one_of(words) if words else None)


def _parameter(name: str, default: Any, kind: Any, option: Any) -> Parameter:
    annotation = kind if default is not None else kind | None
    return Parameter(
        name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[annotation, option]
    )


def _shown(each: Declared) -> Any:
    """The default as it would be typed; None where it goes without saying."""
    if each.initial in ("", ()) or each.about.default is not None:
        return None
    meant = {value: word for word, value in each.about.words.items()}
    shown = meant.get(each.initial, each.initial)
    return str(shown) if _typed(each) is str and shown is not None else shown


def _typed(each: Declared) -> Any:
    """The type of what is typed for an option."""
    if each.repeats:
        kind = each.kind if each.kind in (int, float, Path) else str
        return list[kind]  # type: ignore[valid-type]
    if each.about.read is not None or each.about.keyed or each.about.constant:
        return str
    words = tuple(each.about.words) or tuple(
        word for word in each.choices if word not in ("", None)
    )
    if words:
        return Literal[words]
    return float if each.about.unit != 1.0 else each.kind


def _meant(each: Declared, values: Mapping[str, Any]) -> Any:
    """The value of a field, from what was typed."""
    about = each.about
    if about.flags:
        asked = [flag for flag in about.flags if values[_of_flag(flag)]]
        if len(asked) > 1:
            raise UsageError(f"give {' or '.join(asked)}, not both")
        return about.flags[asked[0]][0] if asked else None
    value = values[each.field]
    if value is None or each.repeats:
        return tuple(value) if value else None
    if about.keyed or (about.constant and about.read is None):
        return read_number(each, value)
    if about.read is not None:
        return about.read(value)
    if about.words:
        return about.words[value]
    return value if about.unit == 1.0 else round(value * about.unit)


def _of_flag(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")
