"""Commands and groups of the command line, as help shows them."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption

UNBROKEN = 20
"""Letters of a type that every terminal shows in one line."""


class Command(TyperCommand):
    """A command whose flags show no type."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options."""
        return [_shown(each, ctx) for each in super().get_params(ctx)]


class Group(TyperGroup):
    """A group of commands whose flags show no type."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options."""
        return [_shown(each, ctx) for each in super().get_params(ctx)]


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
