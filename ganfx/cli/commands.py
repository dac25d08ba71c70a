"""Commands and groups of the command line, as help shows them."""

from __future__ import annotations

from typing import Any

from typer import BadParameter
from typer.core import TyperCommand, TyperGroup, TyperOption

from ganfx.errors import GanfxError
from ganfx.option import refusal, takes

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
            return super().parse_args(ctx, args)
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
