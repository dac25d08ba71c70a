"""A training run on screen: its facts, its losses, and what to do with the style."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ganfx.console.art import show_art
from ganfx.console.browser import open_in_browser
from ganfx.console.output import err, fact, note, out, print_result
from ganfx.console.training_view import BALANCE, TrainingView
from ganfx.quality.wording import GIBIBYTE, duration

if TYPE_CHECKING:  # the package behind these imports torch
    from ganfx.training import events as training
    from ganfx.training.dry_run import RunCost


class Outcome(NamedTuple):
    """How far a run came."""

    step: int  # the last one done
    is_done: bool  # whether it was the last of the run


def show_training(
    events: Iterable[training.Event],
    *,
    explain: bool = False,
    stops: str = "",
    opens: bool = False,
    ends: bool = True,
) -> Outcome:
    """Show a run as it happens.

    In a terminal, one block is kept up to date and notices go above it. Elsewhere there is
    a line for each logged step, preview and checkpoint.

    Args:
        events: Of the run.
        explain: Say why each value was chosen from the art.
        stops: The key that stops it; "" where none does.
        opens: Whether its report is opened in a browser once it is there.
        ends: Whether the style is what was asked for: else it is used at once.
    """
    from ganfx.training import events as kinds

    view = TrainingView(fancy=err.encoding.lower().startswith("utf"))
    live = _is_live()
    done: training.TrainingDone | None = None
    report: Path | None = None
    with Live(view, console=err, refresh_per_second=4) if live else nullcontext():
        for event in events:
            view.note(event)
            match event:
                case kinds.TrainingStarted():
                    _show_training_facts(event)
                    if event.preset.train.minutes is not None:
                        time = duration(60 * event.preset.train.minutes)
                        fact("budget", f"{time}, not counting the time until here")
                    if stops:
                        fact("stop", f"press {stops} when it is good: the look is kept")
                case kinds.ArtAnalyzed():
                    show_art(event, explain=explain)
                case kinds.Notice():
                    note(event.message)
                case kinds.TrainingDone():
                    done = event
                case kinds.ReportSaved():
                    if opens and report is None:
                        open_in_browser(event.path)
                    report = event.path
                case _ if not live:
                    _show_line(event, view.left())
    if done is not None and ends:
        _show_trained(done, report)
    elif done is not None:
        fact("look", f"{done.style}, after {done.steps:,} steps")
    return Outcome(view.step, done is not None)


def _show_line(event: training.Event, left: float | None) -> None:
    """Print an event as a line of a log, if it is worth one."""
    from ganfx.training import events as kinds

    match event:
        case kinds.StepDone(losses=dict()):
            err.print(Text(_step_line(event, left)))
        case kinds.PreviewSaved():
            _show_path("preview", event.path)
        case kinds.PlateShown():
            _show_path("watched", event.path)
        case kinds.CheckpointSaved():
            _show_path("checkpoint", event.path)


def _show_path(what: str, path: Path) -> None:
    err.print(Text.assemble((f"{what:<12}", "dim"), str(path)))


def show_cost(
    estimating: Generator[training.Loading, None, RunCost],
    *,
    json: bool = False,
    explain: bool = False,
) -> None:
    """Show the cost of a run as a table on stdout.

    Args:
        estimating: The steps that are tried.
        json: The resolved preset on stdout, as JSON, and the table on stderr.
        explain: Say why each value was chosen from the art.
    """
    cost = _last(estimating)
    started = cost.started
    for notice in cost.notices:
        note(notice)
    if json:
        print_result(started.preset.model_dump_json(indent=2))
    to = err if json else out
    _show_training_facts(started, to=to)
    if cost.analyzed is not None:
        show_art(cost.analyzed, explain=explain, to=to)
    for name, value in _cost_facts(cost):
        fact(name, value, to=to)
    if not json:
        note("nothing was written; --json prints the resolved preset")


def _cost_facts(cost: RunCost) -> Iterator[tuple[str, str]]:
    started, train = cost.started, cost.started.preset.train
    batch = f"{train.batch_size:,} crops of {train.crop_size} pixels a step"
    if cost.largest_batch is not None:
        batch += f"; {cost.largest_batch:,} would fit (train.batch_size)"
    yield "batch", batch
    yield "speed", f"{cost.seconds_per_step:.2f} s a step, {cost.images_per_second:.1f} images/s"
    yield "time", f"{duration(3600 * cost.hours)} for {cost.steps:,} steps"
    where = "GPU memory" if started.device[:3] != "CPU" else "memory"
    yield where, f"{cost.memory / GIBIBYTE:.1f} GiB at most" if cost.memory else "unknown"


def _last(estimating: Generator[training.Loading, None, RunCost]) -> RunCost:
    """The cost, with the loading of pictures shown until it is done."""
    view = TrainingView()
    with Live(view, console=err, transient=True) if _is_live() else nullcontext():
        while True:
            try:
                view.note(next(estimating))
            except StopIteration as finished:
                found: RunCost = finished.value
                return found


def _is_live() -> bool:
    return err.is_terminal and not err.is_dumb_terminal


def _show_training_facts(event: training.TrainingStarted, *, to: Console | None = None) -> None:
    recipe = "paired" if event.preset.data.pairs else "unpaired"
    sizes = (event.generator_parameters / 1e6, event.discriminator_parameters / 1e6)
    facts = {
        "preset": f"{event.preset.name}, {recipe}, {event.preset.loss.adversarial}",
        "photos": event.photos,
        "art": event.art,
        "model": "generator {:.2f} M, discriminators {:.2f} M parameters".format(*sizes),
        "device": f"{event.device}, {event.precision}",
    }
    for name, value in facts.items():
        fact(name, value, to=to)
    if event.run != Path():
        fact("run", str(event.run))
    if event.first_step > 1:
        fact("resumed", f"after step {event.first_step - 1}")
    if event.uses_samples:
        note(
            "this run learns from rendered sample scenes. For a look of your own:"
            f" ganfx train {event.preset.name} --photos DIR --art DIR"
        )


def _step_line(event: training.StepDone, left: float | None) -> str:
    values = (event.losses or {}).items()
    losses = [f"{name} {value:.3g}" for name, value in values if not name.startswith(BALANCE)]
    steps = "?" if event.steps is None else str(event.steps)
    facts = [f"{event.images_per_second:.1f} images/s"] if event.images_per_second else []
    if event.memory is not None:
        facts.append(f"{event.memory / GIBIBYTE:.1f} GiB")
    if left:
        facts.append(f"{duration(left)} left")
    return "  ".join([f"step {event.step:>6}/{steps}", *losses, *facts])


def show_stopped(look: Path, report: Path, step: int, resuming: str, *, wanted: bool) -> None:
    """What there is of a run that was stopped, and how it is used.

    Args:
        look: Its style file; nothing is shown where it is not there.
        report: Its report; told where it is there.
        step: The last one done.
        resuming: The command that continues it.
        wanted: Whether that was meant as its end: the look is its result then.
    """
    if not look.is_file():
        return
    if wanted:
        err.print(Text(f"stopped after step {step:,}; the style is"))
        print_result(look)
    else:
        fact("look", str(look))
    _show_uses(look, report if report.is_file() else None)
    if wanted:
        fact("go on", resuming)


def _show_trained(event: training.TrainingDone, report: Path | None) -> None:
    err.print(Text(f"done in {duration(event.seconds)}; the style is"))
    print_result(event.style)
    _show_uses(event.style, report)


def _show_uses(look: Path, report: Path | None) -> None:
    """What there is beside a look, and what can be done with it."""
    if report is not None:
        fact("report", str(report))
    fact("use it", f"ganfx stylize shots/ --style {look}")
    fact("keep it", f"ganfx styles add {look}")
