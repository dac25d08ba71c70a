"""``ganfx train``: a look of one's own, and what to do when it is stopped."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from ganfx import console
from ganfx.cli.completing import complete_look, complete_preset
from ganfx.cli.running_options import Device, Log, Threads
from ganfx.errors import GanfxError, UsageError

STOP = "s"
"""The key that ends a run with its look as it is."""

Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a preset value: train.steps=2000."),
]


def train(
    preset: Annotated[
        str,
        typer.Argument(
            metavar="PRESET",
            help="A TOML file, or the name of a preset: look is the one for a look of your own.",
            autocompletion=complete_preset,
        ),
    ],
    overrides: Overrides = None,
    name: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Name of the look and its file.", show_default="the preset's"
        ),
    ] = "",
    photos: Annotated[str, typer.Option(metavar="DIR", help="Plain photographs.")] = "",
    art: Annotated[str, typer.Option(metavar="DIR", help="Pictures that have the look.")] = "",
    pairs: Annotated[
        str, typer.Option(metavar="DIR", help="Folder with photos/ and painted/, same file names.")
    ] = "",
    background: Annotated[
        str,
        typer.Option(
            metavar="COLOR",
            help="What transparent pixels of pictures are put on: a name, or #rrggbb.",
            show_default="the preset's: white",
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the run.", show_default="runs/NAME-N"),
    ] = None,
    init: Annotated[
        str,
        typer.Option(
            metavar="STYLE",
            help="Begin with the weights of this look.",
            autocompletion=complete_look,
        ),
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted run.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Resume even if the preset has changed.")
    ] = False,
    watch: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PLATE", help="Show this picture, or folder, in the look so far. Repeatable."
        ),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN", help="Go by the clock of this run with train.minutes: the same weights."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what training would cost; write nothing.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="With --dry-run: print the resolved preset, as JSON.")
    ] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Say why each value was chosen from the art (preset look)."),
    ] = False,
    open_report: Annotated[
        bool, typer.Option("--open", help="Open the report in a browser; it grows with the run.")
    ] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Also write curves and previews for TensorBoard.")
    ] = False,
    device: Device = "auto",
    threads: Threads = None,
    log: Log = None,
) -> None:
    """Train the look of a preset, from photos and art.

    The look is there from the first minute on, in the folder of the run. Press s in the terminal
    when it is good, or Ctrl-C: it is kept, and the run can be continued with --resume.
    """
    from ganfx.preset import load_preset, override_data, renamed

    checked = load_preset(preset, overrides or [])
    checked = renamed(checked, name) if name else checked
    checked = override_data(checked, photos=photos, art=art, pairs=pairs, background=background)

    if explain and not checked.data.look_at_art:
        raise UsageError(
            f"--explain: preset {checked.name} chooses nothing from the art",
            hint="take preset look, or add --set data.look_at_art=true",
        )

    from ganfx.training import (  # torch: the preset is fine
        checkpoints,
        export,
        loop,
        tensorboard_log,
    )
    from ganfx.training.dry_run import estimate_cost_steps
    from ganfx.training.watch import find_plates

    loop.use_threads(threads)
    if dry_run:
        if out and not resume:
            checkpoints.refuse_run(out)
        find_plates(watch or ())
        cost = estimate_cost_steps(checked, device=device, init=init)
        console.show_cost(cost, json=json, explain=explain)
        return
    if json:
        raise UsageError("--json prints the preset of a --dry-run: add --dry-run, or take --log")
    choose = checkpoints.latest_run if resume else checkpoints.next_run
    run = out or choose(checked.name)
    events = loop.train(
        checked,
        run,
        device=device,
        resume=resume,
        force=force,
        init=init,
        replay=replay,
        watch=watch or (),
    )
    if tensorboard:
        events = tensorboard_log.logged(events, run)
    with console.stoppable(events, key=STOP) as source:
        stops = STOP if source.has_key else ""
        step, is_done = console.show_training(
            console.logged(source, log), explain=explain, stops=stops, opens=open_report
        )
    if source.by_key and is_done:
        return
    look = export.style_path(run, checked)
    if source.signal is not None or source.by_key:
        console.show_stopped(look, step, _resuming(run), wanted=source.by_key)
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
