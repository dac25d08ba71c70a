"""Commands and groups of the command line, as help shows them."""

from __future__ import annotations

from typing import Any

from typer import BadParameter
from typer.core import TyperCommand, TyperGroup, TyperOption

from ganfx.errors import GanfxError
from ganfx.option import declared, refusal, takes

UNBROKEN = 20
"""Letters of a type that every terminal shows in one line."""


class Command(TyperCommand):
    """A command whose flags show no type."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options."""
        return [_shown(each, ctx) for each in super().get_params(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Values from words.

        Raises:
            UsageError: An option does not take its value.
        """
        try:
            rest = super().parse_args(ctx, list(args))
            if ctx.params.get("recipe"):
                _take_recipe(ctx)
                ctx.params.clear()
                rest = super().parse_args(ctx, args)
            return rest
        except BadParameter as error:
            refused = _refused(error)
            if refused is None:
                raise
            raise refused from None


class Group(TyperGroup):
    """A group of commands whose flags show no type."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options."""
        return [_shown(each, ctx) for each in super().get_params(ctx)]


def _take_recipe(ctx: Any) -> None:
    """Make what a recipe says the defaults of what is not typed."""
    from ganfx.stylize.recipe import LOOKS, load_recipe

    found = load_recipe(ctx.params["recipe"]).typed
    for group in (LOOKS, _flags_of("portable")):
        # Of what excludes each other, what is typed replaces what the recipe says.
        if any(_is_typed(ctx, name) for name in group):
            found = {name: value for name, value in found.items() if name not in group}
    ctx.default_map = found


def _flags_of(field: str) -> tuple[str, ...]:
    """Parameters of the flags of which one is an option's value."""
    from ganfx.stylize.options import Options

    flags = next(each.about.flags for each in declared(Options) if each.field == field)
    return tuple(flag.removeprefix("--").replace("-", "_") for flag in flags)


def _is_typed(ctx: Any, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _refused(error: BadParameter) -> GanfxError | None:
    """In the words of `ganfx.option`; None for what is no value that an option does not take."""
    from pydantic import ValidationError  # Typer has loaded it by now

    option, cause = error.param, error.__cause__
    if not isinstance(option, TyperOption) or not isinstance(cause, ValidationError):
        return None
    kind = option.type_descriptor
    limits = kind.parameter_info.min, kind.parameter_info.max
    choices = kind.choices or ()
    value = cause.errors()[0]["input"]
    return refusal(option.opts[0], value, takes(kind.annotation, limits, choices), choices)


def _shown(parameter: Any, ctx: Any) -> Any:
    """``--quiet <bool>`` would invite ``--quiet true``: a flag takes no value.

    Many choices get spaces, where a narrow terminal may break the line: not within a word.
    """
    if not isinstance(parameter, TyperOption):
        return parameter
    if parameter.is_flag:
        parameter.metavar = ""
        return parameter
    shown = parameter.display_type_rich(ctx) or ""
    if "|" in shown and len(shown) > UNBROKEN:
        parameter.metavar = " | ".join(part.strip() for part in shown.split("|"))
    return parameter
