"""``ganfx stylize``: its options are the fields of `ganfx.stylize.Options`, and of these."""

from __future__ import annotations

import math
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganfx import console
from ganfx.cli.declared import takes_options
from ganfx.errors import UsageError
from ganfx.media.waiting import sleep_when_idle
from ganfx.option import Option
from ganfx.stylize.declared.kinds import EVERYDAY, PANELS, RUNNING
from ganfx.stylize.options import Options

if TYPE_CHECKING:  # the package behind this imports torch
    from ganfx.stylize.events import Event, StylizeDone

Look = str | Path | Mapping[str | Path, float]
"""A look's name or file; or several, each with its share."""
Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="SRC...",
        help="Folders, pictures, videos, plate.1001-1100#.exr; - reads a list from stdin.",
    ),
]


TASKS = "tasks speak to their scheduler, not to this terminal"


@dataclass(frozen=True)
class LookOptions:
    """Which look: a style, or a mix of several."""

    style: Annotated[
        str,
        Option(
            "The look: a name, or a .safetensors file.",
            EVERYDAY,
            "A name is looked up in `./styles`, in your library, then among the built-in looks.",
            metavar="STYLE",
        ),
    ] = ""
    mix: Annotated[
        str,
        Option(
            "Mix of looks: noir:0.6,engraving:0.4.",
            EVERYDAY,
            "Instead of `--style`. Shares are scaled to add up to 1.",
            metavar="STYLE:SHARE,...",
        ),
    ] = ""

    recipe: Annotated[
        Path | None,
        Option(
            "Look and options from a TOML file.",
            EVERYDAY,
            "Keys are the names of these options (`hold_mode` for `--hold-mode`). What is typed as"
            " well wins. Files that it names are looked for from its folder.",
            metavar="FILE",
        ),
    ] = None

    def __post_init__(self) -> None:
        if self.style and self.mix:
            raise UsageError("give either --style or --mix", hint="looks: ganfx styles")

    @property
    def look(self) -> Look:
        """The look that is meant.

        Raises:
            UsageError: None is, or the mix makes no sense.
        """
        if not (self.style or self.mix):
            raise UsageError("which look? give --style, or --mix", hint="looks: ganfx styles")
        from ganfx.stylize.network.mixing import parse_mix

        return parse_mix(self.mix) if self.mix else self.style


@dataclass(frozen=True)
class RunOptions:
    """Reporting of a run, and runs that write nothing."""

    dry_run: Annotated[
        bool,
        Option(
            "Say what would be written; write nothing.",
            EVERYDAY,
            "Lists `source -> output` lines, and what cannot be read.",
            farm="what a job takes: ganfx plan; what it writes: ganfx stylize with --dry-run",
        ),
    ] = False
    save_recipe: Annotated[
        Path | None,
        Option(
            "Write look and options to FILE, for --recipe.",
            RUNNING,
            "All that is typed, or of another recipe; without `--out`, `--frames` and"
            " `--overwrite`, which are of one run. With `--dry-run` nothing else is written.",
            metavar="FILE",
            farm="it is ganfx stylize that writes recipes: with --dry-run it does no more",
        ),
    ] = None
    roles: Annotated[
        bool,
        Option(
            "Say what every file is taken for; write nothing.",
            EVERYDAY,
            "Base colour, normal, roughness, packed..., by the models beside textures (`.gltf`,"
            " `.mtlx`, `.usda`) and by names; what is stylised, what is copied, and which files are"
            " one picture. Needs no look.",
            farm="ganfx stylize with --roles says it",
        ),
    ] = False
    prove_chunks: Annotated[
        int | None,
        Option(
            "Check that N random splits give equal pixels.",
            RUNNING,
            "Does the shots whole and in N random splits, in a temporary folder, and compares every"
            " file; exit code 4 if one differs.",
            metavar="N",
            limits=(1, math.inf),
            farm="it is ganfx stylize that proves chunks, on this machine",
        ),
    ] = None
    log: Annotated[
        Path | None,
        Option(
            "Append every event to FILE, as JSON lines.",
            RUNNING,
            metavar="FILE",
            farm="the scheduler keeps what each task says",
        ),
    ] = None
    json: Annotated[bool, Option("Every event on stdout, as JSON lines.", RUNNING, farm=TASKS)] = (
        False
    )
    quiet: Annotated[
        bool, Option("Say only what fails.", RUNNING, names=("--quiet", "-q"), farm=TASKS)
    ] = False
    review: Annotated[
        bool,
        Option(
            "At the end, make a page to judge the results by eye: OUT/review.",
            EVERYDAY,
            "As `ganfx review` does.",
            farm="a page is made of what is finished: ganfx review",
        ),
    ] = False
    progress: Annotated[
        Literal["auto", "openjd", "tractor", "deadline", "json"],
        Option(
            "How far it is, on stdout, as a farm's worker reads it.",
            RUNNING,
            "`openjd` has OpenJD's messages, `tractor` the `TR_PROGRESS` lines of Tractor's blades,"
            " `deadline` the percents that Deadline's CommandLine plugin looks for, and `json` a"
            " line of frames done and of all for whatever else; `auto` is for people.",
            farm="tasks tell the scheduler how far they are as it expects",
        ),
    ] = "auto"


@takes_options(*PANELS)
def stylize(source: Sources, look: LookOptions, options: Options, run: RunOptions) -> None:
    """Apply a look to folders, frame sequences and video."""
    if run.roles:
        from ganfx.stylize.job.texture_roles import texture_roles

        console.show_roles(texture_roles(listed(source), options), json=run.json)
        return
    hold_to_portable(options)
    sleep_when_idle()  # the process is ours; before torch is imported
    chosen, sources = look.look, listed(source)
    if run.save_recipe is not None:
        from ganfx.stylize.recipe import Recipe, write_recipe

        write_recipe(run.save_recipe, Recipe(look.style, look.mix, options))
    from ganfx.media.allocation import keep_freed_memory
    from ganfx.stylize import chunk_check

    keep_freed_memory()  # which ends with the run
    if run.prove_chunks is not None:
        splits = chunk_check.prove_chunks(sources, chosen, options, splits=run.prove_chunks)
        console.show_proof(splits)
        return
    if run.review:
        refuse_scattered(sources, options)
    ends: list[StylizeDone] = []
    with console.stoppable(_begun(sources, chosen, options, dry_run=run.dry_run)) as events:
        shown = _noted(console.logged(events, run.log), ends)
        try:
            if run.progress != "auto":
                console.show_farm_progress(shown, run.progress)
            else:
                console.show_stylize(shown, json=run.json, quiet=run.quiet)
        finally:
            if run.review and not run.dry_run and ends and ends[0].done + ends[0].skipped:
                _review(ends[0].output, options, json=run.json)
    if events.signal is not None:
        raise console.StoppedError(
            events.signal,
            "stopped; finished pictures and whole videos are kept",
            hint="the same command does the rest",
        )


def refuse_scattered(sources: list[Path], options: Options) -> None:
    """Refuse a page of results that lie in several places.

    Raises:
        UsageError: They do.
    """
    if len(sources) > 1 and options.out is None:
        raise UsageError(
            "--review makes one page, and results of several sources go beside each of them",
            hint="give --out DIR",
        )


def _noted(events: Iterable[Event], ends: list[StylizeDone]) -> Iterator[Event]:
    """The same events; ``ends`` gets the sum."""
    from ganfx.stylize.events import StylizeDone

    for event in events:
        if isinstance(event, StylizeDone):
            ends.append(event)
        yield event


def _review(output: Path, options: Options, *, json: bool) -> None:
    from ganfx.cli.reviewing import write_review
    from ganfx.review.options import Options as ReviewOptions

    colors = ReviewOptions(colorspace=options.colorspace, ocio=options.ocio)
    write_review(output, colors, json=json)


def _begun(
    sources: list[Path], look: Look, options: Options, *, dry_run: bool
) -> Generator[Event, None, None]:
    """The events of a run, of a timeline or of anything else."""
    from ganfx.stylize import engine
    from ganfx.stylize.conform import conform
    from ganfx.stylize.conform.timeline import is_timeline

    if not any(is_timeline(source) for source in sources):
        if options.handles:
            raise UsageError("--handles is for timelines (.otio, .edl), and there is none")
        begin = engine.rehearse if dry_run else engine.stylize
        return begin(sources, look, options)
    if len(sources) > 1:
        raise UsageError("give one timeline, and nothing beside it")
    return conform(sources[0], look, options, dry_run=dry_run)


def hold_to_portable(options: Options) -> None:
    """Choose the instructions of this process, before what has to know them is imported."""
    if options.portable:
        from ganfx.media.portable import use_portable_cpu

        use_portable_cpu(options.portable)


def listed(sources: list[Path]) -> list[Path]:
    """The sources, with ``-`` replaced by the lines of standard input."""
    return [
        each
        for source in sources
        for each in (
            [Path(line.rstrip("\r\n")) for line in sys.stdin if line.strip()]
            if source == Path("-")
            else [source]
        )
    ]
