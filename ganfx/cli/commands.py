"""Commands and groups of the command line, as help shows them."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption


class Command(TyperCommand):
    """A command whose flags show no type."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options."""
        return [_shown(each) for each in super().get_params(ctx)]


class Group(TyperGroup):
    """A group of commands whose flags show no type."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options."""
        return [_shown(each) for each in super().get_params(ctx)]


def _shown(parameter: Any) -> Any:
    """``--quiet <bool>`` would invite ``--quiet true``: a flag takes no value."""
    if isinstance(parameter, TyperOption) and parameter.is_flag:
        parameter.metavar = ""
    return parameter
