"""The ``ganfx`` command: parse, call, show.

No work is done here. What a command needs is imported inside it, so that ``--help``
and a mistyped option answer at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganfx import __version__, console
from ganfx.cli.checking import assemble, verify
from ganfx.cli.commands import Command, Group
from ganfx.cli.completing import complete_look, complete_teacher
from ganfx.cli.evaluating import evaluate_app
from ganfx.cli.farming import farm_app, plan
from ganfx.cli.keyframing import keyframe
from ganfx.cli.preprocessing import preprocess
from ganfx.cli.running_options import Device
from ganfx.cli.stylizing import stylize
from ganfx.cli.training import train
from ganfx.errors import EXIT_FAILED, EXIT_INTERRUPTED, GanfxError, UsageError

app = typer.Typer(
    help="Train looks and apply them to film and game footage.",
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
styles_app = typer.Typer(
    cls=Group,
    help="List the looks; or show, add, remove or preview them.",
    invoke_without_command=True,
)
app.command(cls=Command)(preprocess)
app.command(cls=Command)(stylize)
app.command(cls=Command)(plan)
app.command(cls=Command)(verify)
app.command(cls=Command)(assemble)
app.command(cls=Command)(train)
app.command(cls=Command)(keyframe)
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(farm_app, name="farm")
app.add_typer(styles_app, name="styles")


def main() -> None:
    """Entry point: the one place where errors become exit codes."""
    json = "--json" in sys.argv  # whoever reads it finds the error at its end
    try:
        app(prog_name="ganfx")  # of `python -m ganfx`, too: shells complete by it
    except GanfxError as error:
        console.print_error(error, json=json)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        if error.filename is None:
            raise  # no file of the user's: a bug
        console.print_error(GanfxError(f"{error.filename}: {error.strerror}"), json=json)
        raise SystemExit(EXIT_FAILED) from None
    except KeyboardInterrupt:
        raise SystemExit(EXIT_INTERRUPTED) from None


def _version(wanted: bool) -> None:
    if wanted:
        console.print_result(f"ganfx {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command(cls=Command)
def presets() -> None:
    """List the presets that train takes; look is the one for a look of your own."""
    from ganfx.preset import list_presets, load_preset

    console.show_presets(load_preset(path) for path in list_presets())


@app.command(cls=Command)
def samples(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write to.")],
    photos: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Your photos, instead of a rendered shot."),
    ] = None,
    teacher: Annotated[
        str,
        typer.Option(
            help="Who paints: noir, anime, ink, watercolor or impressionist.",
            autocompletion=complete_teacher,
        ),
    ] = "noir",
    frames: Annotated[int, typer.Option(min=1, help="Frames of the rendered shot.")] = 24,
    art: Annotated[int, typer.Option(min=0, help="Pictures in the art set.")] = 24,
    size: Annotated[str, typer.Option(metavar="WxH", help="Size of the frames.")] = "960x540",
    seed: Annotated[int, typer.Option(min=0, help="Another seed renders another place.")] = 1,
    format_: Annotated[
        str, typer.Option("--format", metavar="png|exr", help="File format of the frames.")
    ] = "png",
) -> None:
    """Render a sample shot with its optical flow and an art set; or turn your photos into pairs."""
    from ganfx.samples import writing

    if photos is not None:
        events = writing.teach_folder(photos, out, teacher)
    else:
        width, height = _parse_size(size)
        events = writing.write_samples(
            out,
            frames=frames,
            width=width,
            height=height,
            seed=seed,
            format=format_,
            teacher=teacher,
            art=art,
        )
    with console.stoppable(events) as source:
        console.show_samples(source)
    console.print_result(out)


@styles_app.callback()
def styles(context: typer.Context) -> None:
    """List the looks that --style accepts."""
    if context.invoked_subcommand is None:
        from ganfx.styles.library import list_styles

        console.show_styles(list_styles())


@styles_app.command("show", cls=Command)
def styles_show(
    style: Annotated[
        str,
        typer.Argument(
            metavar="STYLE",
            help="A name, or a file; of a mix (noir:0.6,engraving:0.4) the licences.",
            autocompletion=complete_look,
        ),
    ],
    strip: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write a before-and-after strip: PNG or JPEG."),
    ] = None,
    on: Annotated[
        Path | None,
        typer.Option(
            metavar="PHOTO", help="Picture to show in the strip.", show_default="a rendered one"
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE.")] = False,
    device: Device = "auto",
) -> None:
    """Show a look's card: what it learned from, how, what it is good at, and its licence."""
    from ganfx.styles.card import card, mix_card
    from ganfx.styles.library import find_style

    if "," in style and not Path(style).exists():
        from ganfx.stylize.network.mixing import parse_mix

        if strip is not None or on is not None:
            raise UsageError("a strip shows one look", hint="leave out --strip and --on")
        shares = parse_mix(style)
        console.show_card(mix_card({find_style(name): share for name, share in shares.items()}))
        return
    if on is not None and strip is None:
        raise UsageError("--on PHOTO needs --strip FILE: where to write before and after")
    console.show_card(card(find_style(style)))
    if strip is not None:
        from ganfx.stylize.preview import write_strip

        console.print_result(
            write_strip(style, strip, photo=on, device=device, overwrite=overwrite)
        )


@styles_app.command("add", cls=Command)
def styles_add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .safetensors style.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a style of the same name.")
    ] = False,
) -> None:
    """Copy a look into your library, so that --style accepts its name."""
    from ganfx.styles.library import add_style

    console.print_result(add_style(file, overwrite=overwrite))


@styles_app.command("remove", cls=Command)
def styles_remove(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A look of your library.", autocompletion=complete_look
        ),
    ],
) -> None:
    """Remove a look from your library; those that ship with ganfx stay."""
    from ganfx.styles.library import remove_style

    console.print_result(remove_style(name))


@styles_app.command("preview", cls=Command)
def styles_preview(
    frame: Annotated[Path, typer.Argument(metavar="FRAME", help="Any picture, or a video.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The sheet: PNG or JPEG.")] = Path(
        "preview.png"
    ),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the sheet.")] = False,
    device: Device = "auto",
) -> None:
    """Put one frame through every look, on one sheet, to choose by eye."""
    from ganfx.stylize.preview import preview_styles

    console.print_result(preview_styles(frame, out, device=device, overwrite=overwrite))


def _parse_size(text: str) -> tuple[int, int]:
    width, times, height = text.lower().partition("x")
    if not (times and width.isdecimal() and height.isdecimal()):
        raise UsageError(f"--size {text}: expected WIDTHxHEIGHT, such as 960x540")
    return int(width), int(height)
