"""``ganfx train``: a look of one's own, and what to do when it is stopped."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganfx import console
from ganfx.cli.completing import complete_look, complete_preset
from ganfx.cli.running_options import Device, Log, Threads
from ganfx.errors import GanfxError, UsageError

if TYPE_CHECKING:  # the package behind it imports torch
    from ganfx.preset import Preset
    from ganfx.training.events import Event

STOP = "s"
"""The key that ends a run with its look as it is."""

Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a preset value: train.steps=2000."),
]


PresetName = Annotated[
    str,
    typer.Argument(
        metavar="PRESET",
        help="A TOML file, or the name of a preset: look is the one for a look of your own.",
        autocompletion=complete_preset,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Name of the look and its file.", show_default="the preset's"
    ),
]
Photos = Annotated[str | None, typer.Option(metavar="DIR", help="Plain photographs.")]
Art = Annotated[str | None, typer.Option(metavar="DIR", help="Pictures that have the look.")]
Pairs = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="Folder with photos/ and painted/, same file names."),
]
Background = Annotated[
    str | None,
    typer.Option(
        metavar="COLOR",
        help="What transparent pixels of pictures are put on: a name, or #rrggbb.",
        show_default="the preset's: white",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of the run.", show_default="runs/NAME-N"),
]
Init = Annotated[
    str | None,
    typer.Option(
        metavar="STYLE",
        help="Begin with the weights of this look.",
        autocompletion=complete_look,
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Continue an interrupted run.")]
Force = Annotated[bool, typer.Option("--force", help="Resume even if the preset has changed.")]
Watched = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="PLATE", help="Show this picture, or folder, in the look so far. Repeatable."
    ),
]
Replayed = Annotated[
    Path | None,
    typer.Option(
        metavar="RUN", help="Go by the clock of this run with train.minutes: the same weights."
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what training would cost; write nothing.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="With --dry-run: print the resolved preset, as JSON.")
]
Explained = Annotated[
    bool,
    typer.Option("--explain", help="Say why each value was chosen from the art (preset look)."),
]
Opened = Annotated[
    bool, typer.Option("--open", help="Open the report in a browser; it grows with the run.")
]
Tensorboard = Annotated[
    bool, typer.Option("--tensorboard", help="Also write curves and previews for TensorBoard.")
]


def train(
    preset: PresetName,
    overrides: Overrides = None,
    name: Name = None,
    photos: Photos = None,
    art: Art = None,
    pairs: Pairs = None,
    background: Background = None,
    out: Out = None,
    init: Init = None,
    resume: Resume = False,
    force: Force = False,
    watch: Watched = None,
    replay: Replayed = None,
    dry_run: DryRun = False,
    json: AsJson = False,
    explain: Explained = False,
    open_report: Opened = False,
    tensorboard: Tensorboard = False,
    device: Device = "auto",
    threads: Threads = None,
    log: Log = None,
) -> None:
    """Train the look of a preset, from photos and art.

    The look is there from the first minute on, in the folder of the run. Press s in the terminal
    when it is good, or Ctrl-C: it is kept, and the run can be continued with --resume.
    """
    given = {"photos": photos, "art": art, "pairs": pairs, "background": background}
    _refuse_empty({"name": name, **given, "init": init})
    checked = _with_options(preset, overrides or [], name, given)
    _check_flags(checked, explain=explain, json=json, dry_run=dry_run)

    from ganfx.training import (  # torch: the preset is fine
        checkpoints,
        export,
        loop,
        tensorboard_log,
    )
    from ganfx.training.dry_run import estimate_cost_steps
    from ganfx.training.watch import find_plates

    loop.use_threads(threads)
    with _named_as_given(given):
        if dry_run:
            if out and not resume:
                checkpoints.refuse_run(out)
            find_plates(watch or ())
            cost = estimate_cost_steps(checked, device=device, init=init or "")
            console.show_cost(cost, json=json, explain=explain)
            return
        choose = checkpoints.latest_run if resume else checkpoints.next_run
        run = out or choose(checked.name)
        events = loop.train(
            checked,
            run,
            device=device,
            resume=resume,
            force=force,
            init=init or "",
            replay=replay,
            watch=watch or (),
        )
        if tensorboard:
            events = tensorboard_log.logged(events, run)
        look = export.style_path(run, checked)
        _follow(events, run, look, explain=explain, opens=open_report, log=log)


def _check_flags(preset: Preset, *, explain: bool, json: bool, dry_run: bool) -> None:
    if explain and not preset.data.look_at_art:
        raise UsageError(
            f"--explain: preset {preset.name} chooses nothing from the art",
            hint="take preset look, or add --set data.look_at_art=true",
        )
    if json and not dry_run:
        raise UsageError("--json prints the preset of a --dry-run: add --dry-run, or take --log")


def _refuse_empty(given: Mapping[str, str | None]) -> None:
    """Refuse options with nothing behind them, as a script gives where its variable is not set."""
    for option, value in given.items():
        if value == "":
            raise UsageError(f"--{option}: nothing is given", hint="give a value, or leave it out")


def _with_options(
    preset: str, overrides: list[str], name: str | None, given: Mapping[str, str | None]
) -> Preset:
    """The preset with the name and the pictures that were given."""
    from ganfx.media.background import parse_color
    from ganfx.preset import load_preset, override_data, renamed
    from ganfx.styles.library import is_built_in

    checked = load_preset(preset, overrides)
    if name is not None:
        checked = renamed(checked, name)
        if is_built_in(name):
            console.note(
                f"{name} is the name of a built-in look too: once yours is in your library,"
                f" --style {name} means yours"
            )
    if given["background"] is not None:
        parse_color(given["background"], "--background")
    return override_data(checked, **{option: value or "" for option, value in given.items()})


@contextmanager
def _named_as_given(given: Mapping[str, str | None]) -> Iterator[None]:
    """Errors of what an option names begin with the option, not with its key of the preset."""
    from ganfx.preset import KeyedError

    try:
        yield
    except KeyedError as error:
        option = error.key.removeprefix("data.")
        if given.get(option) is None:
            raise
        raise UsageError(f"--{option}: {error.problem}", hint=error.hint) from error


def _follow(
    events: Generator[Event, None, None],
    run: Path,
    look: Path,
    *,
    explain: bool,
    opens: bool,
    log: Path | None,
) -> None:
    """Show a run, and where it is stopped, say what is there and how to go on.

    Raises:
        GanfxError: There is no look yet.
        StoppedError: A signal stopped it.
    """
    from ganfx.training import checkpoints
    from ganfx.training.report import REPORT

    with console.stoppable(events, key=STOP) as source:
        stops = STOP if source.has_key else ""
        step, is_done = console.show_training(
            console.logged(source, log), explain=explain, stops=stops, opens=opens
        )
    if source.by_key and is_done:
        return
    if source.signal is not None or source.by_key:
        console.show_stopped(look, run / REPORT, step, _resuming(run), wanted=source.by_key)
    if source.by_key and not look.is_file():
        raise GanfxError("stopped before there was a look")
    if source.signal is not None:
        saved = run / checkpoints.LATEST
        # While pictures are loaded, there is no run yet, or one that is as it was.
        begun = f"stopped after step {step}; saved {saved}" if step else "stopped before a step"
        there = saved.is_file()
        raise console.StoppedError(
            source.signal,
            begun if there else "stopped before the run began: nothing was written",
            hint=f"continue with: {_resuming(run)}" if there else "start again in the same way",
        )


def _resuming(run: Path) -> str:
    """The command that was given, with what makes it continue this run."""
    # The run has gone on from there, and has the record that it goes by.
    given = _without(_without(sys.argv[1:], "--init"), "--replay")
    given = [word for word in given if word != "--resume"]
    named = any(word == "--out" or word.startswith("--out=") for word in given)
    processes = os.environ.get("WORLD_SIZE", "1")
    alone = processes == "1" or "LOCAL_RANK" not in os.environ
    command = ["ganfx"] if alone else ["torchrun", "--nproc-per-node", processes, "-m", "ganfx"]
    return shlex.join([*command, *given, "--resume", *([] if named else ["--out", str(run)])])


def _without(words: list[str], option: str) -> list[str]:
    """A command without an option that takes a value."""
    return [
        word
        for before, word in zip(["", *words], words, strict=False)
        if option not in (before, word) and not word.startswith(f"{option}=")
    ]
