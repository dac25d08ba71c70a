"""``ganfx keyframe``: a shot that follows the frames of it that were painted over."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganfx import console
from ganfx.cli.running_options import Device, Log, Threads
from ganfx.errors import GanfxError

if TYPE_CHECKING:  # the package behind these imports torch
    from ganfx.keyframes.coverage import Coverage
    from ganfx.keyframes.key_shot import KeyShot
    from ganfx.preset import Preset
    from ganfx.stylize import Options
    from ganfx.training.events import Event

STOP = "s"
"""The key that ends learning with the look as it is."""

Source = Annotated[
    str, typer.Argument(metavar="SHOT", help="A frame sequence: its folder, or plate.####.exr.")
]
Painted = Annotated[
    str,
    typer.Option(
        metavar="DIR",
        help="Frames that you painted over, named as these or with their numbers.",
        show_default="none yet: says which to paint",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of the results.", show_default="SHOT_NAME"),
]
Name = Annotated[str, typer.Option(metavar="NAME", help="Name of the look.")]
Minutes = Annotated[
    float, typer.Option(min=0.05, metavar="MINUTES", help="How long to learn from the keys.")
]
Suggest = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Only say which N frames to paint next; write nothing."),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a value of preset keyframe."),
]
Colorspace = Annotated[
    str, typer.Option(metavar="NAME", help="Color space of the plates, as for ganfx stylize.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Make finished frames again.")]
Opened = Annotated[
    bool, typer.Option("--open", help="Open the report of learning in a browser; it grows.")
]


def keyframe(
    source: Source,
    painted: Painted = "",
    out: Out = None,
    name: Name = "keyframe",
    minutes: Minutes = 6.0,
    suggest: Suggest = None,
    overrides: Overrides = None,
    colorspace: Colorspace = "auto",
    overwrite: Overwrite = False,
    open_report: Opened = False,
    device: Device = "auto",
    threads: Threads = None,
    log: Log = None,
) -> None:
    """Carry a few painted frames over a whole shot.

    Says which frames to paint. Once some are: checks them, learns their look in minutes, and makes
    the shot in it; painted frames come out as painted, and lead those between them. The same
    command goes on where it was stopped, and after another frame is painted.
    """
    from ganfx.keyframes.alignment import alignment_notices
    from ganfx.keyframes.coverage import measure_coverage
    from ganfx.keyframes.key_shot import open_key_shot

    key_shot = open_key_shot(source, painted, colorspace=colorspace)
    coverage = measure_coverage(key_shot, suggestions=suggest or (1 if painted else 2))
    console.show_keys(key_shot, coverage, alignment_notices(key_shot))
    if suggest is not None or not painted:
        console.show_suggestions(key_shot, coverage)
        return

    from ganfx.keyframes.learning import key_preset
    from ganfx.stylize import Options
    from ganfx.training import loop

    loop.use_threads(threads)
    preset = key_preset(key_shot, name=name, minutes=minutes, overrides=overrides or ())
    options = Options(
        painted=painted,
        out=out,
        colorspace=colorspace,
        device=device,
        threads=threads,
        overwrite=overwrite,
    )
    style = _learned(key_shot, coverage, preset, device=device, opens=open_report, log=log)
    _carry(source, style, options, log)


def _learned(
    key_shot: KeyShot,
    coverage: Coverage,
    preset: Preset,
    *,
    device: str,
    opens: bool,
    log: Path | None,
) -> Path:
    """The look of the keys, learned now unless it was before."""
    from ganfx.keyframes import learning

    learned = learning.find_run(key_shot, preset)
    style = learning.style_of(learned.run, preset)
    if learned.is_done:
        console.show_learned_before(style)
        return style
    events = learning.learn(key_shot, preset, learned, coverage, device=device)
    if _follow(events, style, opens=opens, log=log):
        learning.settle(key_shot, preset, learned)
    return style


def _carry(source: str, style: Path, options: Options, log: Path | None) -> None:
    """Make the shot; says with which command it is made again."""
    from ganfx.stylize import engine

    with console.stoppable(engine.stylize(source, style, options)) as frames:
        console.show_stylize(console.logged(frames, log))
    _refuse_stopped(frames.signal)
    console.show_again(source, style, options.painted, options.out)


def _follow(
    events: Generator[Event, None, None], style: Path, *, opens: bool, log: Path | None
) -> bool:
    """Show the training, to its end or until it is good; returns whether somebody said so.

    Raises:
        GanfxError: There is no look yet.
        StoppedError: A signal stopped it.
    """
    with console.stoppable(events, key=STOP) as source:
        stops = STOP if source.has_key else ""
        console.show_training(console.logged(source, log), stops=stops, opens=opens, ends=False)
    _refuse_stopped(source.signal)
    if not style.is_file():
        raise GanfxError("stopped before there was a look", hint="give it a minute")
    return source.by_key


def _refuse_stopped(signal: int | None) -> None:
    if signal is not None:
        raise console.StoppedError(
            signal, "stopped; what is done is kept", hint="the same command goes on"
        )
