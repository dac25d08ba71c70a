"""``ganfx evaluate``: numbers about what came out, and limits that it is held to."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ganfx import console
from ganfx.cli.commands import Command, Group
from ganfx.cli.declared import takes_options
from ganfx.errors import UsageError, nearest
from ganfx.option import given
from ganfx.quality.options import (
    PANELS,
    ArtOptions,
    FlickerOptions,
    GoldenFolder,
    GoldenOptions,
    LookOptions,
    StyleOptions,
    TellOptions,
)

if TYPE_CHECKING:
    from ganfx.quality.inception import InceptionJudge
    from ganfx.quality.steadiness import Hottest, Strip
    from ganfx.styles.header import Gates

ALL = "all"
MOST = 48
"""Pictures that are judged, if nothing else is said: more of them change means little."""


class Heat(NamedTuple):
    """Where pictures of each step are put; None where nobody wants them."""

    strip: Strip | None
    hottest: Hottest | None


class Judgements(Group):
    """The judgements; ``ganfx evaluate SOURCE OUTPUT``, without a name of one, is all of them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Values from words."""
        return super().parse_args(ctx, self.completed(args))

    def completed(self, args: list[str]) -> list[str]:
        """Words with the name of a judgement in front, if there is none."""
        return [ALL, *args] if args and self._names_none(args[0]) else args

    def _names_none(self, word: str) -> bool:
        if word.startswith("-"):
            return word != "--help"
        if word in self.commands:
            return False
        is_path = not word.isalpha() or Path(word).exists()
        return is_path or nearest(word, self.commands) is None


evaluate_app = typer.Typer(
    cls=Judgements, help="Numbers about what came out, and limits for them.", no_args_is_help=True
)

Source = Annotated[
    Path, typer.Argument(metavar="SOURCE", help="Folder, plate.####.exr, a picture, or a video.")
]
Output = Annotated[Path, typer.Argument(metavar="OUTPUT", help="What became of it.")]


@evaluate_app.callback()
def _evaluate() -> None:
    """Numbers about what came out, and limits for them.

    ganfx evaluate SOURCE OUTPUT makes all judgements that there is something for.
    """


@evaluate_app.command(ALL, cls=Command)
@takes_options(*PANELS)
def judge_all(
    source: Source,
    output: Output,
    flicker: FlickerOptions,
    look: LookOptions,
    art: ArtOptions,
    style: StyleOptions,
    folder: GoldenFolder,
    golden: GoldenOptions,
    tell: TellOptions,
) -> None:
    """All judgements that there is something for: shots, pictures, --art, --golden."""
    from ganfx.quality.kinds import kinds_of

    kinds = kinds_of(source)
    _refuse_idle("shot to judge over time", kinds.shots, flicker)
    _refuse_idle("picture", kinds.pictures, look)
    _refuse_idle("picture", kinds.pictures, art)
    _refuse_idle("--art DIR", art.art is not None and kinds.pictures, style)
    _refuse_idle("--golden DIR", folder.golden is not None, golden)
    judgements: list[Generator[Any, None, None]] = []
    heat = _heat(flicker, tell)
    if kinds.shots:
        judgements.append(_flicker(source, output, flicker, heat))
    if kinds.pictures:
        judgements.append(_look(source, output, look, art, tell))
    if art.art is not None and kinds.pictures:
        judgements.append(_style(source, output, art, style, tell))
    if folder.golden is not None:
        judgements.append(_golden(folder.golden, output, golden, tell))
    _tell(judgements, (source, output), tell, flicker, heat)


@evaluate_app.command("flicker", cls=Command)
@takes_options(*PANELS, hides=lambda each: each.field == "pictures")
def judge_flicker(
    source: Source, output: Output, flicker: FlickerOptions, tell: TellOptions
) -> None:
    """How steady shots are beside their source: E_warp, tone, detail, one line a shot."""
    heat = _heat(flicker, tell)
    _tell([_flicker(source, output, flicker, heat)], (source, output), tell, flicker, heat)


@evaluate_app.command("look", cls=Command)
@takes_options(*PANELS)
def judge_look(
    source: Source, output: Output, look: LookOptions, art: ArtOptions, tell: TellOptions
) -> None:
    """What pictures kept of their source, and whether a network's grid shows."""
    _tell([_look(source, output, look, art, tell)], (source, output), tell)


@evaluate_app.command("style", cls=Command)
@takes_options(*PANELS)
def judge_style(
    source: Source, output: Output, art: ArtOptions, style: StyleOptions, tell: TellOptions
) -> None:
    """How near pictures came to art, beside the untouched photos and copies of the art."""
    if art.art is None:
        raise UsageError("near to what? give --art DIR")
    _tell([_style(source, output, art, style, tell)], (source, output), tell)


@evaluate_app.command("golden", cls=Command)
@takes_options(*PANELS)
def judge_golden(
    golden: Annotated[
        Path, typer.Argument(metavar="GOLDEN", help="Folder of pictures as they should be.")
    ],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder of the new ones.")],
    limits: GoldenOptions,
    tell: TellOptions,
) -> None:
    """How pictures differ from approved ones, or from another version: FLIP, stored values."""
    _tell([_golden(golden, output, limits, tell)], (golden, output), tell)


def _refuse_idle(what: str, there: bool, options: object) -> None:
    """Refuse limits that nothing would be held to."""
    if not there and (idle := given(options)):
        name = next(iter(idle.values())).names[0]
        raise UsageError(f"{name} is held to nothing: there is no {what}")


def _flicker(
    source: Path, output: Path, options: FlickerOptions, heat: Heat
) -> Generator[Any, None, None]:
    from ganfx.quality.gates import held_flicker
    from ganfx.quality.steadiness import evaluate_flicker

    scores = evaluate_flicker(
        source, output, unfiltered=options.unfiltered, strip=heat.strip, hottest=heat.hottest
    )
    return held_flicker(scores, options)


def _look(
    source: Path, output: Path, options: LookOptions, art: ArtOptions, tell: TellOptions
) -> Generator[Any, None, None]:
    from ganfx.quality.appearance import evaluate_look
    from ganfx.quality.gates import held_look

    gates = _gates(output, options)
    scores = evaluate_look(source, output, art=art.art, most=tell.pictures or MOST)
    return held_look(scores, gates, str(output), options.max_unrest)


def _style(
    source: Path, output: Path, art: ArtOptions, options: StyleOptions, tell: TellOptions
) -> Generator[Any, None, None]:
    from ganfx.quality.gates import held_style
    from ganfx.quality.style import evaluate_style

    assert art.art is not None
    inception = _inception(options)
    scores = evaluate_style(
        source, output, art.art, most=tell.pictures or MOST, inception=inception
    )
    return held_style(scores, options, str(output))


def _inception(options: StyleOptions) -> InceptionJudge | None:
    if not options.kid:
        return None
    from ganfx.quality.inception import InceptionJudge

    return InceptionJudge(options.weights)


def _golden(
    golden: Path, output: Path, options: GoldenOptions, tell: TellOptions
) -> Generator[Any, None, None]:
    from ganfx.quality.gates import held_golden
    from ganfx.quality.golden import evaluate_golden

    return held_golden(evaluate_golden(golden, output, most=tell.pictures), options, str(output))


def _heat(options: FlickerOptions, tell: TellOptions) -> Heat:
    """Where pictures of each step are put, if they are wanted."""
    from ganfx.media.formats import PICTURE_SUFFIXES
    from ganfx.quality.evaluation_page import SHOWN
    from ganfx.quality.steadiness import Hottest

    path = options.strip
    if path is not None and path.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(f"--strip {path}: not a picture format", hint="PNG or JPEG")
    return Heat(None if path is None else [], None if tell.html is None else Hottest(SHOWN))


def _tell(
    judgements: Sequence[Generator[Any, None, None]],
    judged: tuple[Path, Path],
    tell: TellOptions,
    flicker: FlickerOptions | None = None,
    heat: Heat | None = None,
) -> None:
    """Show what the judgements find, write what was asked for, and fail at gates."""
    from ganfx.quality.evaluation import chained, write_csv

    with console.stoppable(chained(judgements)) as events:
        found = console.show_evaluation(events, json=tell.json)
    if events.signal is not None:
        raise console.StoppedError(events.signal, "stopped", hint="nothing was changed")
    source, output = judged
    if tell.csv is not None:
        write_csv(tell.csv, found)
    if tell.html is not None:
        from ganfx.quality.evaluation_page import write_page

        hottest = heat.hottest if heat else None
        write_page(tell.html, found, source=str(source), output=str(output), hottest=hottest)
        console.note(f"written: {tell.html}")
    if flicker is not None and flicker.strip is not None and heat is not None and heat.strip:
        _write_strip(flicker.strip, heat.strip)
    if found.missed:
        from ganfx.stylize.job.finished import marks_of

        console.refuse_missed(found.missed, marks_of(output))


def _write_strip(path: Path, strip: Strip) -> None:
    from ganfx.media.frames import write_picture
    from ganfx.quality.sheets import contact_sheet
    from ganfx.quality.steadiness import heat_strip

    write_picture(path, contact_sheet(heat_strip(strip)))
    console.print_result(path)


def _gates(output: Path, options: LookOptions) -> Gates:
    """The limits that were asked for; else those of the looks that the frames' record names."""
    from ganfx.styles.gates import gates_of
    from ganfx.styles.header import Gates
    from ganfx.stylize.job.finished import looks_of

    asked = {"min_structure": options.min_structure, "max_grid": options.max_grid}
    given = {name: value for name, value in asked.items() if value is not None}
    if len(given) == len(asked):
        return Gates(**given)
    looks = looks_of(output)
    own = gates_of(looks)
    console.show_gates(looks, own)
    return Gates(**{**own.model_dump(), **given})
