"""``ganfx export``: its options are the fields of `ExportOptions`."""

from __future__ import annotations

from typing import Annotated

import typer

from ganfx import console
from ganfx.cli.completing import complete_look
from ganfx.cli.declared import takes_options
from ganfx.styles.export.options import PANELS, ExportOptions

Style = Annotated[
    str,
    typer.Argument(
        metavar="STYLE", help="The look: a name, or a file.", autocompletion=complete_look
    ),
]


@takes_options(*PANELS)
def export(style: Style, options: ExportOptions) -> None:
    """Write a look's network for another program: ONNX, TorchScript, Nuke, Flame, game engines.

    A report beside the files says how near each comes to what ganfx makes itself, what could not
    be tried, and what of the look is not in the network.
    """
    from ganfx.styles.export.exporting import export_style

    console.show_export(export_style(style, options))
