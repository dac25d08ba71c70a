"""Typer signatures from declared options.

A command takes dataclasses of options as parameters; `takes_options` spreads their fields into
options of the command line, in the order of their panels, and puts them together again::

    @takes_options
    def stylize(source: Sources, look: LookOptions, options: Options) -> None: ...
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import wraps
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import typer

from ganfx.errors import UsageError
from ganfx.option import Declared, declared
from ganfx.stylize.options import PANELS

T = TypeVar("T")


def takes_options(
    function: Callable[..., None] | None = None, *, hidden: tuple[type, ...] = ()
) -> Any:
    """A command with the fields of its dataclass parameters as options.

    Args:
        function: Its parameters are Typer's, or dataclasses with `ganfx.option.Option` fields.
        hidden: Of these dataclasses, those whose options help does not list.
    """
    if function is None:
        return lambda command: takes_options(command, hidden=hidden)
    plain = inspect.signature(function, eval_str=True)
    kinds = {
        name: each.annotation for name, each in plain.parameters.items() if _declares(each)
    }
    parameters = [each for name, each in plain.parameters.items() if name not in kinds]
    options = [
        _parameter(each, hidden=kind in hidden) for kind in kinds.values() for each in declared(kind)
    ]
    parameters += sorted(options, key=_panel)

    @wraps(function)
    def command(**values: Any) -> None:
        built = {name: _built(kind, values) for name, kind in kinds.items()}
        own = {name: value for name, value in values.items() if name in plain.parameters}
        function(**own, **built)

    command.__signature__ = plain.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _declares(parameter: inspect.Parameter) -> bool:
    return isinstance(parameter.annotation, type) and is_dataclass(parameter.annotation)


def _panel(parameter: inspect.Parameter) -> int:
    option = get_args(parameter.annotation)[1]
    return PANELS.index(option.rich_help_panel) if option.rich_help_panel in PANELS else 0


def _parameter(each: Declared, *, hidden: bool) -> inspect.Parameter:
    about = each.about
    kind = _typed_kind(each)
    is_number = kind in (int, float)
    least, most = (about.limits or (None, None)) if is_number else (None, None)
    option = typer.Option(
        *_declarations(each),
        help=about.help,
        metavar=about.metavar,
        min=least if about.unit == 1.0 else None,
        max=None if most is None or most == float("inf") else most,
        show_default=about.default if about.default is not None else _says_much(each),
        rich_help_panel=about.panel,
        hidden=hidden,
    )
    bare = each.initial if about.default is None and not about.flags else None
    shown = bare if bare not in ("", None) else None if kind is not bool else False
    optional = kind if shown is not None else kind | None
    return inspect.Parameter(
        each.field, inspect.Parameter.KEYWORD_ONLY, default=shown, annotation=Annotated[optional, option]
    )
